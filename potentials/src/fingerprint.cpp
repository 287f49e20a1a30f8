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

/// A SHA-256 under way. @throws Error if libcrypto refuses
class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    ok_ = context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1;
  }
  void add(const char* data, std::size_t size) {
    ok_ = ok_ && EVP_DigestUpdate(context_.get(), data, size) == 1;
  }
  [[nodiscard]] std::string hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    if (!ok_ || EVP_DigestFinal_ex(context_.get(), digest.data(), &length) != 1)
      throw Error("the SHA-256 of parameters could not be computed (libcrypto refused)");
    std::string out;
    for (unsigned i = 0; i < length; ++i) out += fmt::format("{:02x}", digest[i]);
    return out;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
  bool ok_ = false;
};

}  // namespace

std::string folder_fingerprint(const std::vector<fs::path>& folders) {
  Sha256 sha;
  for (const fs::path& folder : folders) {
    if (folder.empty()) continue;
    for (const fs::path& file : parameter_files(folder)) {
      const std::string name = file.filename().string();
      const std::string text = read_text_file(file);
      sha.add(name.c_str(), name.size() + 1);
      sha.add(text.data(), text.size());
    }
  }
  return sha.hex();
}

std::string text_fingerprint(std::string_view text) {
  Sha256 sha;
  sha.add(text.data(), text.size());
  return sha.hex();
}

}  // namespace ionpass
