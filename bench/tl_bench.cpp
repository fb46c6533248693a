// SPDX-License-Identifier: BSL-1.0
// Google Benchmark of TL: reading and writing a part of a file and a page of messages, with the
// allocations that one of them takes.
#include <benchmark/benchmark.h>
#include <mtfetch/api/messages.hpp>
#include <mtfetch/api/upload.hpp>

#include <atomic>
#include <cstdlib>
#include <new>

#include "mtproto/tl/gzip.hpp"
#include "mtproto/tl/object.hpp"

namespace {

std::atomic<std::int64_t> allocations{0};

}  // namespace

// Every allocation of the program comes through here, to be counted.
void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace {

using namespace mtfetch;

constexpr std::size_t mib = std::size_t{1} << 20;

// Counts the allocations of the loop in its scope, each round.
class allocation_count {
 public:
  explicit allocation_count(benchmark::State& state) : state_(state), before_(allocations.load()) {}
  ~allocation_count() {
    state_.counters["allocations"] = benchmark::Counter(
        static_cast<double>(allocations.load() - before_), benchmark::Counter::kAvgIterations);
  }
  allocation_count(const allocation_count&) = delete;
  allocation_count& operator=(const allocation_count&) = delete;

 private:
  benchmark::State& state_;
  std::int64_t before_;
};

void count_bytes(benchmark::State& state, std::size_t each) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(each));
}

api::upload::File file_part() {
  api::upload::file part;
  part.type = api::storage::fileMp4();
  part.mtime = 1700000000;
  part.bytes = bytes(mib, 0x5a);
  return part;
}

api::Message message_with_document(std::int32_t id) {
  api::peerChannel channel;
  channel.channel_id = 1234567890;
  api::documentAttributeVideo video;
  video.duration = 12.5;
  video.w = 1920;
  video.h = 1080;
  api::documentAttributeFilename name;
  name.file_name = "a video of some length.mp4";
  api::document document;
  document.id = 1000 + id;
  document.access_hash = -id;
  document.file_reference = bytes(25, 1);
  document.mime_type = "video/mp4";
  document.size = 50'000'000;
  document.dc_id = 4;
  document.attributes.emplace_back(std::move(video));
  document.attributes.emplace_back(std::move(name));
  api::messageMediaDocument media;
  media.document = std::move(document);
  api::message message;
  message.post = true;
  message.id = id;
  message.peer_id = std::move(channel);
  message.date = 1700000000;
  message.message = "a caption of the length that captions often have, one line or two of text";
  message.media = std::move(media);
  return message;
}

api::messages::Messages page_of_messages() {
  api::messages::messages page;
  for (std::int32_t id = 0; id < 100; ++id) page.messages.push_back(message_with_document(id));
  return page;
}

void read_file_part(benchmark::State& state) {
  const auto packet = std::make_shared<const bytes>(tl::serialize(file_part()));
  {
    const allocation_count counted(state);
    for (auto _ : state) {
      auto part = tl::parse<api::upload::File>(*packet, packet);
      benchmark::DoNotOptimize(part);
    }
  }
  count_bytes(state, packet->size());
}
BENCHMARK(read_file_part);

void write_file_part(benchmark::State& state) {
  const auto part = file_part();
  bytes out = tl::serialize(part);
  {
    const allocation_count counted(state);
    for (auto _ : state) {
      out.clear();
      tl::writer to(out);
      tl::write_boxed(to, part);
      benchmark::DoNotOptimize(out.data());
    }
  }
  count_bytes(state, out.size());
}
BENCHMARK(write_file_part);

void read_messages(benchmark::State& state) {
  const auto packet = std::make_shared<const bytes>(tl::serialize(page_of_messages()));
  {
    const allocation_count counted(state);
    for (auto _ : state) {
      auto page = tl::parse<api::messages::Messages>(*packet, packet);
      benchmark::DoNotOptimize(page);
    }
  }
  count_bytes(state, packet->size());
}
BENCHMARK(read_messages);

void write_messages(benchmark::State& state) {
  const auto page = page_of_messages();
  bytes out = tl::serialize(page);
  {
    const allocation_count counted(state);
    for (auto _ : state) {
      out.clear();
      tl::writer to(out);
      tl::write_boxed(to, page);
      benchmark::DoNotOptimize(out.data());
    }
  }
  count_bytes(state, out.size());
}
BENCHMARK(write_messages);

void unpack_messages(benchmark::State& state) {
  const bytes plain = tl::serialize(page_of_messages());
  const bytes packed = tl::gzip(plain);
  for (auto _ : state) {
    auto out = tl::gunzip(packed, 16 * mib);
    benchmark::DoNotOptimize(out);
  }
  count_bytes(state, plain.size());
}
BENCHMARK(unpack_messages);

}  // namespace

BENCHMARK_MAIN();
