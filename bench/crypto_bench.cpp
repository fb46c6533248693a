// SPDX-License-Identifier: BSL-1.0
// Google Benchmark of the crypto room: kernels, whole messages, hashes, key exchange arithmetic.
#include <benchmark/benchmark.h>

#include <random>

#include "mtproto/crypto/aes_ctr.hpp"
#include "mtproto/crypto/dh.hpp"
#include "mtproto/crypto/ige_kernels.hpp"
#include "mtproto/crypto/message_cipher.hpp"
#include "mtproto/crypto/pq.hpp"
#include "mtproto/crypto/random.hpp"
#include "mtproto/crypto/rsa.hpp"
#include "mtproto/crypto/rsa_pad.hpp"
#include "mtproto/crypto/sha.hpp"

namespace {

using namespace mtfetch;
using namespace mtfetch::crypto;

constexpr std::size_t mib = std::size_t{1} << 20;

bytes random_bytes(std::size_t size) {
  bytes out(size);
  system_random()(out);
  return out;
}

auth_key random_key() {
  std::array<std::uint8_t, 256> raw{};
  system_random()(raw);
  return auth_key(raw);
}

void count_bytes(benchmark::State& state, std::size_t each) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(each));
}

using way = void (*)(byte_span, key256, ige_chain);

void ige(benchmark::State& state, way run) {
  bytes data = random_bytes(static_cast<std::size_t>(state.range(0)));
  const secret<32> key;
  secret<32> chain;
  for (auto _ : state) run(data, key, chain.span());
  count_bytes(state, data.size());
}

void open_message(benchmark::State& state) {
  const auth_key key = random_key();
  bytes sealed = random_bytes(packet_head + static_cast<std::size_t>(state.range(0)));
  seal(sealed, key, side::server);
  bytes packet = sealed;
  for (auto _ : state) {
    // Opening is in place, so the sealed bytes must come back first; that time is not counted.
    state.PauseTiming();
    packet = sealed;
    state.ResumeTiming();
    if (open(packet, key, side::server)) state.SkipWithError("the packet does not open");
  }
  count_bytes(state, sealed.size());
}

void seal_message(benchmark::State& state) {
  const auth_key key = random_key();
  bytes packet = random_bytes(packet_head + static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) seal(packet, key, side::client);
  count_bytes(state, packet.size());
}

// Messages together, of the size and in the number given.
void open_messages(benchmark::State& state) {
  const auth_key key = random_key();
  bytes sealed = random_bytes(packet_head + static_cast<std::size_t>(state.range(0)));
  seal(sealed, key, side::server);
  std::vector<bytes> packets(static_cast<std::size_t>(state.range(1)), sealed);
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<open_job> jobs;
    for (bytes& packet : packets) {
      packet = sealed;
      jobs.push_back({packet, &key, side::server, {}});
    }
    state.ResumeTiming();
    open_batch(jobs);
  }
  count_bytes(state, packets.size() * sealed.size());
}

void seal_messages(benchmark::State& state) {
  const auth_key key = random_key();
  const std::size_t size = packet_head + static_cast<std::size_t>(state.range(0));
  std::vector<bytes> packets(static_cast<std::size_t>(state.range(1)), random_bytes(size));
  std::vector<seal_job> jobs;
  for (bytes& packet : packets) jobs.push_back({packet, &key, side::client});
  for (auto _ : state) seal_batch(jobs);
  count_bytes(state, packets.size() * size);
}

void sha256_of_bytes(benchmark::State& state) {
  const bytes data = random_bytes(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(sha256(data));
  count_bytes(state, data.size());
}

void ctr_keystream(benchmark::State& state) {
  aes_ctr stream(bytes(32), bytes(16));
  bytes data = random_bytes(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) stream.apply(data);
  count_bytes(state, data.size());
}

void pq_of_two_31_bit_primes(benchmark::State& state) {
  std::mt19937_64 random(1);
  std::vector<std::uint64_t> products;
  const auto prime = [&random] {
    std::uint64_t n = (std::uint64_t{1} << 30) + random() % (std::uint64_t{1} << 29);
    while (!is_prime(n)) ++n;
    return n;
  };
  for (int i = 0; i < 64; ++i) products.push_back(prime() * prime());
  std::size_t next = 0;
  for (auto _ : state) benchmark::DoNotOptimize(factorize(products[next++ % products.size()]));
}

void dh_power(benchmark::State& state) {
  const bytes exponent = random_bytes(256);
  const auto base = power(3, random_bytes(256), known_prime());
  for (auto _ : state) benchmark::DoNotOptimize(power(base, exponent, known_prime()));
}

void rsa_pad_and_unpad(benchmark::State& state) {
  const rsa_private_key key = rsa_private_key::generate();
  const random_source random = system_random();
  const bytes data(96, 1);
  for (auto _ : state) {
    if (!rsa_unpad(rsa_pad(data, key.public_key(), random), key)) {
      state.SkipWithError("the block does not open");
    }
  }
}

BENCHMARK(open_message)->Arg(128)->Arg(16 << 10)->Arg(mib);
BENCHMARK(seal_message)->Arg(128)->Arg(16 << 10)->Arg(mib);
BENCHMARK(open_messages)->ArgsProduct({{128, 16 << 10, mib}, {2, 4, 8}});
BENCHMARK(seal_messages)->ArgsProduct({{128, 16 << 10, mib}, {2, 4, 8}});
BENCHMARK(sha256_of_bytes)->Arg(64)->Arg(128 << 10)->Arg(mib);
BENCHMARK(ctr_keystream)->Arg(128)->Arg(mib);
BENCHMARK(pq_of_two_31_bit_primes)->Unit(benchmark::kMicrosecond);
BENCHMARK(dh_power)->Unit(benchmark::kMicrosecond);
BENCHMARK(rsa_pad_and_unpad)->Unit(benchmark::kMicrosecond);

}  // namespace

int main(int argc, char** argv) {
  for (const ige_kernel& kernel : usable_ige_kernels()) {
    const std::string name(kernel.name);
    for (const std::int64_t size : {std::int64_t{128}, std::int64_t{16} << 10, std::int64_t{mib}}) {
      benchmark::RegisterBenchmark(("ige_encrypt/" + name).c_str(), ige, kernel.encrypt)->Arg(size);
      benchmark::RegisterBenchmark(("ige_decrypt/" + name).c_str(), ige, kernel.decrypt)->Arg(size);
    }
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
}
