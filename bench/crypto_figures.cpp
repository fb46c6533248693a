// SPDX-License-Identifier: BSL-1.0
// Prints the crypto.* and pq.* figures, one JSON object a line.
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "bench/crypto_evp_baseline.hpp"
#include "mtproto/crypto/aes_ige.hpp"
#include "mtproto/crypto/message_cipher.hpp"
#include "mtproto/crypto/message_kernels.hpp"
#include "mtproto/crypto/pq.hpp"
#include "mtproto/crypto/random.hpp"
#include "mtproto/crypto/sha.hpp"

namespace {

using namespace mtfetch;
using namespace mtfetch::crypto;

constexpr std::size_t message_size = std::size_t{1} << 20;
constexpr std::size_t batch_size = 8;

// Of this thread's own processor time, so that other programs on the machine disturb little.
double seconds_now() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double seconds_of(const auto& work) {
  const double begin = seconds_now();
  work();
  return seconds_now() - begin;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void print(const char* figure, double value, const char* unit, const std::string& note) {
  std::printf("{\"figure\": \"%s\", \"value\": %.3f, \"unit\": \"%s\", \"note\": \"%s\"}\n", figure,
              value, unit, note.c_str());
}

std::string kernel_name() {
  const message_kernel* best = best_message_kernel();
  return "kernel " + (best == nullptr ? std::string("portable") : std::string(best->name));
}

auth_key random_key() {
  std::array<std::uint8_t, 256> raw{};
  system_random()(raw);
  return auth_key(raw);
}

bytes random_packet() {
  bytes packet(packet_head + message_size);
  system_random()(packet);
  return packet;
}

// AES-IGE in one stream, then SHA-256, as they are without a kernel that does both.
bool open_one_after_another(byte_span packet, const auth_key& key) {
  message_key msg_key{};
  std::copy_n(packet.begin() + 8, msg_key.size(), msg_key.begin());
  const aes_key_iv with = derive_v2(key, msg_key, side::server);
  const byte_span text = packet.subspan(packet_head);
  ige_decrypt(text, with.key, with.iv);
  const sha256_digest large = sha256(key.view().subspan(96, 32), text);
  return equal_in_constant_time(msg_key, byte_view(large).subspan(8, 16));
}

// Each round does all sides in turn, on the same packet.
bool open_figures() {
  const auth_key key = random_key();
  bytes sealed = random_packet();
  seal(sealed, key, side::server);
  bytes packet = sealed;
  evp_baseline baseline;
  bool good = true;
  const auto timed = [&](const auto& opens) {
    packet = sealed;
    return seconds_of([&] { good = opens() && good; });
  };
  std::vector<double> against_evp;
  std::vector<double> against_sequential;
  std::vector<double> ours;
  for (int round = 0; round < 201; ++round) {
    const double evp = timed([&] { return baseline.open(packet, key, side::server); });
    const double sequential = timed([&] { return open_one_after_another(packet, key); });
    ours.push_back(timed([&] { return !open(packet, key, side::server); }));
    against_evp.push_back(evp / ours.back());
    against_sequential.push_back(sequential / ours.back());
  }
  const std::string note = kernel_name();
  print("crypto.open_1mib_vs_evp", median(against_evp), "x", note);
  print("crypto.open_1mib_vs_sequential", median(against_sequential), "x",
        note + "; sequential: " + std::string(ige_kernel_name()) + ", then SHA-256");
  print("crypto.open_1mib_mb_s", static_cast<double>(message_size) / median(ours) / 1e6, "MB/s",
        note);
  return good;
}

bool open_batch_figure() {
  const auth_key key = random_key();
  std::vector<bytes> sealed(batch_size);
  for (bytes& one : sealed) {
    one = random_packet();
    seal(one, key, side::server);
  }
  bool good = true;
  std::vector<double> ratios;
  std::vector<double> rates;
  for (int round = 0; round < 61; ++round) {
    std::vector<bytes> packets = sealed;
    const double single = seconds_of([&] {
      for (bytes& packet : packets) good = !open(packet, key, side::server) && good;
    });
    packets = sealed;
    std::vector<open_job> jobs;
    for (bytes& packet : packets) jobs.push_back({packet, &key, side::server, {}});
    const double together = seconds_of([&] { open_batch(jobs); });
    for (const open_job& job : jobs) good = !job.error && good;
    ratios.push_back(single / together);
    rates.push_back(static_cast<double>(batch_size * message_size) / together / 1e6);
  }
  print("crypto.open_batch8_vs_single", median(ratios), "x",
        kernel_name() + "; together " + std::to_string(static_cast<int>(median(rates))) + " MB/s");
  return good;
}

// The sealed packets of all sides must be the same.
bool seal_figures() {
  const auth_key key = random_key();
  std::vector<bytes> plain(batch_size);
  for (bytes& one : plain) one = random_packet();
  evp_baseline baseline;
  bool good = true;
  std::vector<double> single_ratios;
  std::vector<double> batch_ratios;
  for (int round = 0; round < 61; ++round) {
    std::vector<bytes> expected = plain;
    const double evp = seconds_of([&] {
      for (bytes& packet : expected) baseline.seal(packet, key, side::server);
    });
    std::vector<bytes> packets = plain;
    const double single = seconds_of([&] {
      for (bytes& packet : packets) seal(packet, key, side::server);
    });
    good = packets == expected && good;
    packets = plain;
    std::vector<seal_job> jobs;
    for (bytes& packet : packets) jobs.push_back({packet, &key, side::server});
    const double together = seconds_of([&] { seal_batch(jobs); });
    good = packets == expected && good;
    single_ratios.push_back(evp / single);
    batch_ratios.push_back(evp / together);
  }
  print("crypto.seal_1mib_vs_evp", median(single_ratios), "x", kernel_name());
  print("crypto.seal_batch8_vs_evp", median(batch_ratios), "x", kernel_name());
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
  const bool good = open_figures() && open_batch_figure() && seal_figures() && pq_figure();
  if (!good) std::fputs("crypto_figures: a result is wrong\n", stderr);
  return good ? 0 : 1;
}
