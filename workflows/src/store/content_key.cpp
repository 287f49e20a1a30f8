// Keys by content: canonical bytes of a geometry and a potential, hashed by libcrypto.
#include <cmath>
#include <memory>

#include <fmt/format.h>
#include <openssl/evp.h>

#include <structures/error.hpp>
#include <workflows/store.hpp>

namespace ionpass::workflows {
namespace {

using Digest = std::array<std::uint8_t, 32>;

/// Geometries closer than this are the same, Å (and e for the charge).
constexpr double resolution = 1e-8;

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

Digest sha256(std::string_view bytes) {
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  Digest digest{};
  unsigned length = 0;
  const bool done = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1 &&
                    EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
                    EVP_DigestFinal_ex(context.get(), digest.data(), &length) == 1;
  if (!done || length != digest.size())
    throw Error("libcrypto cannot compute SHA-256: check the OpenSSL installation");
  return digest;
}

std::string hex_digits(const Digest& digest) {
  std::string out;
  for (const std::uint8_t byte : digest) out += fmt::format("{:02x}", byte);
  return out;
}

/// Little-endian on every machine, so that a store can move between them.
void append_integer(std::string& bytes, std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  for (int shift = 0; shift < 64; shift += 8)
    bytes += static_cast<char>(static_cast<unsigned char>((bits >> shift) & 0xFFU));
}

void append_rounded(std::string& bytes, double value, std::string_view what) {
  const double steps = value / resolution;
  if (!(std::abs(steps) < 9e18))
    throw InputError(
        fmt::format("{} is {}: it must be a finite number of ordinary size", what, value));
  append_integer(bytes, std::llround(steps));
}

void append_text(std::string& bytes, std::string_view text) {
  append_integer(bytes, static_cast<std::int64_t>(text.size()));
  bytes += text;
}

std::string canonical_bytes(const Structure& structure, const EvaluationRequest& request) {
  std::string bytes = "ionpass evaluation 1\n";
  append_integer(bytes, static_cast<std::int64_t>(structure.size()));
  for (const int number : structure.numbers) append_integer(bytes, number);
  for (Eigen::Index atom = 0; atom < structure.positions.cols(); ++atom)
    for (int axis = 0; axis < 3; ++axis)
      append_rounded(bytes, structure.positions(axis, atom),
                     fmt::format("the position of atom {}", atom));
  append_integer(bytes, structure.is_periodic() ? 1 : 0);
  if (structure.is_periodic())
    for (const double entry : structure.cell->matrix().reshaped())
      append_rounded(bytes, entry, "a cell vector");
  append_rounded(bytes, structure.charge, "the charge");
  append_integer(bytes, request.stress ? 1 : 0);
  // Only where it is given, so that keys made before it could be stay valid.
  if (structure.unpaired) append_integer(bytes, *structure.unpaired);
  return bytes;
}

}  // namespace

std::string ContentKey::hex() const { return hex_digits(bytes); }

std::string potential_fingerprint(const PotentialDescription& description) {
  std::string text = description.name + "\n" + description.version + "\n";
  for (const auto& [name, value] : description.settings) text += name + "=" + value + "\n";
  return text;
}

ContentKey content_key(const Structure& structure, const EvaluationRequest& request,
                       const PotentialDescription& description) {
  std::string bytes = canonical_bytes(structure, request);
  append_text(bytes, potential_fingerprint(description));
  return ContentKey{sha256(bytes)};
}

std::string sha256_hex(std::string_view text) { return hex_digits(sha256(text)); }

}  // namespace ionpass::workflows
