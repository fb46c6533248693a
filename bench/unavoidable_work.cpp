// SPDX-License-Identifier: BSL-1.0
// Measures what no client can leave out for a downloaded byte, each alone: taking it from a socket,
// opening its packet with the fastest kernel, hashing its window, writing it. Prints processor
// seconds per GiB as one JSON object; loopback.limit_ratio is made of them.
//
// usage: unavoidable_work FILE BYTES RATE
//   FILE is written to, as large as BYTES, at RATE bytes a second: a virtual machine may give
//   memory that lies free back to its host, so that pages cost more the later they are taken.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "mtproto/crypto/auth_key.hpp"
#include "mtproto/crypto/message_cipher.hpp"
#include "mtproto/crypto/sha.hpp"

namespace {

using namespace mtfetch;

constexpr std::size_t packet_size = (std::size_t{1} << 20) + 64;
constexpr std::size_t packets = 32;  // as much as a download has in memory: no cache holds it
constexpr std::size_t at_once = 4;
constexpr std::size_t window = std::size_t{128} << 10;
constexpr double gib = 1 << 30;

double seconds_now() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

[[noreturn]] void fail(const char* doing) {
  throw std::system_error(errno, std::generic_category(), doing);
}

std::vector<bytes> ring() {
  std::vector<bytes> made(packets, bytes(packet_size));
  std::mt19937_64 drawn(1);
  for (bytes& packet : made) {
    for (std::size_t i = 0; i + 8 <= packet.size(); i += 512) {
      packet[i] = static_cast<std::uint8_t>(drawn());
    }
  }
  return made;
}

double receiving(std::vector<bytes>& into) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  auto* const address = reinterpret_cast<sockaddr*>(&at);
  if (::bind(listener, address, size) != 0 || ::listen(listener, 1) != 0 ||
      ::getsockname(listener, address, &size) != 0) {
    fail("listen");
  }
  const int reader = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(reader, address, size) != 0) fail("connect");
  const int writer = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  std::thread sender([writer] {
    const bytes data(packet_size);
    for (double left = gib; left > 0;) {
      const ssize_t sent = ::send(writer, data.data(), data.size(), MSG_NOSIGNAL);
      if (sent <= 0) break;
      left -= static_cast<double>(sent);
    }
    ::close(writer);
  });
  const double begin = seconds_now();
  double came = 0;
  for (std::size_t n = 0;; ++n) {
    bytes& packet = into[n % packets];
    const ssize_t got = ::recv(reader, packet.data(), packet.size(), MSG_WAITALL);
    if (got < 0) fail("recv");
    if (got == 0) break;
    came += static_cast<double>(got);
  }
  const double took = seconds_now() - begin;
  sender.join();
  ::close(reader);
  ::close(listener);
  return took / (came / gib);
}

double opening(std::vector<bytes>& of) {
  std::array<std::uint8_t, 256> secret{};
  secret[0] = 1;
  const crypto::auth_key key(secret);
  std::vector<crypto::open_job> jobs;
  const double begin = seconds_now();
  for (std::size_t n = 0; n < (std::size_t{1} << 10) / at_once; ++n) {
    jobs.clear();
    for (std::size_t i = 0; i < at_once; ++i) {
      // Opened or refused, the work is the same: msg_key is compared last.
      const byte_span packet = byte_span(of[(n * at_once + i) % packets]).first(packet_size - 8);
      for (std::size_t byte = 0; byte < 8; ++byte) {
        packet[byte] = static_cast<std::uint8_t>(key.id() >> 8 * byte);
      }
      jobs.push_back({packet, &key, crypto::side::server, {}});
    }
    crypto::open_batch(jobs);
  }
  return seconds_now() - begin;
}

double hashing(const std::vector<bytes>& of) {
  std::array<crypto::sha256_digest, 8> digests;
  const double begin = seconds_now();
  for (std::size_t n = 0; n < std::size_t{1} << 10; ++n) {
    std::vector<byte_view> windows;
    for (std::size_t i = 0; i < digests.size(); ++i) {
      windows.push_back(byte_view(of[n % packets]).subspan(i * window, window));
    }
    crypto::sha256_each(windows, digests);
  }
  return seconds_now() - begin;
}

double writing(const std::vector<bytes>& from, const std::string& path, std::int64_t size,
               double rate) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file == -1) fail("open");
  const auto pace = std::chrono::steady_clock::now();
  const double begin = seconds_now();
  static_cast<void>(::fallocate(file, FALLOC_FL_KEEP_SIZE, 0, size));  // where it can be had
  constexpr std::size_t part = std::size_t{1} << 20;
  for (std::int64_t at = 0, n = 0; at < size; at += part, ++n) {
    const bytes& packet = from[static_cast<std::size_t>(n) % packets];
    if (::pwrite(file, packet.data(), part, at) != static_cast<ssize_t>(part)) fail("write");
    if (n % packets == 0) {
      std::this_thread::sleep_until(
          pace + std::chrono::duration_cast<std::chrono::nanoseconds>(
                     std::chrono::duration<double>(static_cast<double>(at) / rate)));
    }
  }
  const double took = seconds_now() - begin;
  ::close(file);
  return took / (static_cast<double>(size) / gib);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: unavoidable_work FILE BYTES RATE\n", stderr);
    return 2;
  }
  std::vector<bytes> data = ring();
  const double recv = receiving(data);
  const double open = opening(data);
  const double hash = hashing(data);
  const double write =
      writing(data, argv[1], std::strtoll(argv[2], nullptr, 10), std::strtod(argv[3], nullptr));
  std::printf("{\"recv\": %.3f, \"open\": %.3f, \"hash\": %.3f, \"write\": %.3f}\n", recv, open,
              hash, write);
}
