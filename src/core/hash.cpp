#include "core/hash.h"

#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "core/error.h"
#include "core/files.h"

namespace arcuate {

namespace {

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new()) { check(context_ && EVP_DigestInit_ex(context_, EVP_sha256(), nullptr) == 1); }
  ~Sha256() { EVP_MD_CTX_free(context_); }
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::string_view bytes) { check(EVP_DigestUpdate(context_, bytes.data(), bytes.size()) == 1); }
  std::string text() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    check(EVP_DigestFinal_ex(context_, digest.data(), &size) == 1);
    std::string hexadecimal;
    for (unsigned i = 0; i < size; ++i) hexadecimal += fmt::format("{:02x}", digest[i]);
    return hexadecimal;
  }

 private:
  static void check(bool good) {
    if (!good) fail(Fault::failed, "OpenSSL cannot compute SHA-256");
  }
  EVP_MD_CTX* context_;
};

}  // namespace

std::string sha256(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.text();
}

std::string sha256_file(const fs::path& path) {
  // Read, not mapped: a large file would count as memory of this process.
  std::ifstream file(path, std::ios::binary);
  if (fs::is_directory(path)) bad_input("cannot read '{}': it is a folder, a file was expected", path.string());
  if (!file) bad_input("cannot read '{}': {}", path.string(), std::strerror(errno));
  Sha256 hash;
  std::vector<char> buffer(1 << 20);
  while (file) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    hash.add({buffer.data(), static_cast<size_t>(file.gcount())});
  }
  if (!file.eof()) bad_input("cannot read '{}' to its end: {}", path.string(), std::strerror(errno));
  return hash.text();
}

}  // namespace arcuate
