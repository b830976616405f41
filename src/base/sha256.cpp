#include "base/sha256.h"

#include <openssl/evp.h>

#include <array>

#include "base/check.h"

namespace pythia {

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  PYTHIA_CHECK(state_->context != nullptr);
  PYTHIA_CHECK(EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) == 1);
}

Sha256::~Sha256() { EVP_MD_CTX_free(state_->context); }

void Sha256::Update(std::string_view bytes) {
  PYTHIA_CHECK(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
}

std::string Sha256::HexDigest() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  PYTHIA_CHECK(EVP_DigestFinal_ex(state_->context, digest.data(), &length) == 1);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(size_t{2} * length);
  for (unsigned int i = 0; i < length; ++i) {
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 15];
  }
  return hex;
}

std::string HexSha256(std::string_view bytes) {
  Sha256 hash;
  hash.Update(bytes);
  return hash.HexDigest();
}

struct RawSha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
};

RawSha256::RawSha256() : state_(std::make_unique<State>()) {
  PYTHIA_CHECK(state_->context != nullptr && state_->algorithm != nullptr);
}

RawSha256::~RawSha256() {
  EVP_MD_free(state_->algorithm);
  EVP_MD_CTX_free(state_->context);
}

std::array<uint8_t, 32> RawSha256::Of(std::string_view bytes) {
  std::array<uint8_t, 32> digest{};
  PYTHIA_CHECK(EVP_DigestInit_ex2(state_->context, state_->algorithm, nullptr) == 1);
  PYTHIA_CHECK(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
  PYTHIA_CHECK(EVP_DigestFinal_ex(state_->context, digest.data(), nullptr) == 1);
  return digest;
}

}  // namespace pythia
