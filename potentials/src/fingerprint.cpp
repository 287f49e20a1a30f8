#include "fingerprint.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <fmt/format.h>
#include <openssl/evp.h>

#include <structures/error.hpp>
#include <structures/io.hpp>

namespace ionpass {

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> parameter_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string extension = entry.path().extension().string();
    if (entry.is_regular_file() &&
        (extension == ".skf" || extension == ".spl" || extension == ".yaml" || extension == ".csv"))
      files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::string folder_fingerprint(const std::vector<fs::path>& folders) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  bool ok = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  for (const fs::path& folder : folders) {
    if (folder.empty()) continue;
    for (const fs::path& file : parameter_files(folder)) {
      const std::string name = file.filename().string();
      const std::string text = read_text_file(file);
      ok = ok && EVP_DigestUpdate(context.get(), name.data(), name.size() + 1) == 1;
      ok = ok && EVP_DigestUpdate(context.get(), text.data(), text.size()) == 1;
    }
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  ok = ok && EVP_DigestFinal_ex(context.get(), digest.data(), &length) == 1;
  if (!ok)
    throw Error("the SHA-256 of the parameter files could not be computed (libcrypto refused)");
  std::string out;
  for (unsigned i = 0; i < length; ++i) out += fmt::format("{:02x}", digest[i]);
  return out;
}

}  // namespace ionpass
