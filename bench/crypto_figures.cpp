// SPDX-License-Identifier: BSL-1.0
// Prints the crypto.* and pq.* figures, one JSON object a line.
#include <openssl/evp.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "mtproto/crypto/aes_ige.hpp"
#include "mtproto/crypto/message_cipher.hpp"
#include "mtproto/crypto/pq.hpp"
#include "mtproto/crypto/random.hpp"

namespace {

using namespace mtfetch;
using namespace mtfetch::crypto;

constexpr std::size_t message_size = std::size_t{1} << 20;

double seconds_of(const auto& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void print(const char* figure, double value, const char* unit, const char* note) {
  std::printf("{\"figure\": \"%s\", \"value\": %.3f, \"unit\": \"%s\", \"note\": \"%s\"}\n", figure,
              value, unit, note);
}

// What one would write with OpenSSL alone, done fairly: one context kept for all, a key set a
// message, one update a block, then one digest call. It shares nothing with our own kernels.
class evp_baseline {
 public:
  evp_baseline()
      : context_(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free),
        cipher_(EVP_CIPHER_fetch(nullptr, "AES-256-ECB", nullptr), EVP_CIPHER_free),
        digest_(EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_free),
        hash_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {}

  bool open(byte_span packet, const auth_key& key) {
    message_key msg_key{};
    std::copy_n(packet.begin() + 8, msg_key.size(), msg_key.begin());
    const aes_key_iv with = derive_v2(key, msg_key, side::server);
    const byte_span text = packet.subspan(packet_head);
    decrypt(text, with);
    std::array<std::uint8_t, 32> large{};
    EVP_DigestInit_ex2(hash_.get(), digest_.get(), nullptr);
    EVP_DigestUpdate(hash_.get(), key.view().data() + 96, 32);
    EVP_DigestUpdate(hash_.get(), text.data(), text.size());
    EVP_DigestFinal_ex(hash_.get(), large.data(), nullptr);
    return std::equal(msg_key.begin(), msg_key.end(), large.begin() + 8);
  }

 private:
  struct block {
    std::uint64_t low;
    std::uint64_t high;
    block operator^(block with) const { return {low ^ with.low, high ^ with.high}; }
  };

  void decrypt(byte_span text, const aes_key_iv& with) {
    EVP_DecryptInit_ex2(context_.get(), cipher_.get(), with.key.data(), nullptr, nullptr);
    EVP_CIPHER_CTX_set_padding(context_.get(), 0);
    block ciphertext{};
    block plaintext{};
    std::memcpy(&ciphertext, with.iv.data(), 16);
    std::memcpy(&plaintext, with.iv.data() + 16, 16);
    for (std::size_t at = 0; at < text.size(); at += 16) {
      block in{};
      std::memcpy(&in, text.data() + at, 16);
      block work = in ^ plaintext;
      auto* raw = reinterpret_cast<std::uint8_t*>(&work);
      int written = 0;
      EVP_DecryptUpdate(context_.get(), raw, &written, raw, 16);
      plaintext = work ^ ciphertext;
      ciphertext = in;
      std::memcpy(text.data() + at, &plaintext, 16);
    }
  }

  std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context_;
  std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)> cipher_;
  std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> digest_;
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> hash_;
};

bool open_figures() {
  std::array<std::uint8_t, 256> raw{};
  system_random()(raw);
  const auth_key key(raw);
  bytes sealed(packet_head + message_size);
  system_random()(sealed);
  seal(sealed, key, side::server);

  evp_baseline baseline;
  bytes packet = sealed;
  bool good = true;
  std::vector<double> ratios;
  std::vector<double> ours;
  for (int round = 0; round < 201; ++round) {
    packet = sealed;
    const double theirs = seconds_of([&] { good = baseline.open(packet, key) && good; });
    packet = sealed;
    ours.push_back(seconds_of([&] { good = !open(packet, key, side::server) && good; }));
    ratios.push_back(theirs / ours.back());
  }
  const std::string note = "kernel " + std::string(ige_kernel_name()) + ", then SHA-256";
  print("crypto.open_1mib_vs_evp", median(ratios), "x", note.c_str());
  print("crypto.open_1mib_mb_s", static_cast<double>(message_size) / median(ours) / 1e6, "MB/s",
        note.c_str());
  return good;
}

bool pq_figure() {
  std::mt19937_64 random(1);
  const auto prime = [&random] {
    std::uint64_t n = (std::uint64_t{1} << 30) + random() % (std::uint64_t{1} << 29);
    while (!is_prime(n)) ++n;
    return n;
  };
  bool good = true;
  std::vector<double> times;
  for (int i = 0; i < 301; ++i) {
    const std::uint64_t pq = prime() * prime();
    times.push_back(seconds_of([&] { good = factorize(pq).has_value() && good; }));
  }
  print("pq.median_ms", median(times) * 1000, "ms", "two primes of 31 bits");
  return good;
}

}  // namespace

int main() {
  // What does not compute rightly has no speed.
  const bool good = open_figures() && pq_figure();
  if (!good) std::fputs("crypto_figures: a result is wrong\n", stderr);
  return good ? 0 : 1;
}
