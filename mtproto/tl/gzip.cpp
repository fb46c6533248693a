// SPDX-License-Identifier: BSL-1.0
#include "mtproto/tl/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <new>
#include <stdexcept>

#include "mtfetch/error.hpp"

namespace mtfetch::tl {
namespace {

constexpr int window_bits = 15;
constexpr int gzip_or_zlib = 32;  // added to the window bits: recognise the framing
constexpr int gzip_only = 16;
constexpr std::size_t first_output = 16 * 1024;

// The stream functions count in uInt.
constexpr std::size_t largest_piece = std::numeric_limits<uInt>::max();

// zlib never writes to its input, but older headers do not say so.
Bytef* input_of(byte_view data) {
  return const_cast<Bytef*>(data.data());
}

}  // namespace

result<bytes> gunzip(byte_view packed, std::size_t limit) {
  if (packed.size() > largest_piece) return protocol_errc::gzip_too_large;
  z_stream stream{};
  if (inflateInit2(&stream, window_bits + gzip_or_zlib) != Z_OK) throw std::bad_alloc();
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, &inflateEnd);
  stream.next_in = input_of(packed);
  stream.avail_in = static_cast<uInt>(packed.size());

  // One byte past the limit tells "exactly the limit" from "more".
  const std::size_t most = std::min(limit, largest_piece - 1) + 1;
  bytes out(std::min(most, std::max(first_output, packed.size() * 3)));
  std::size_t used = 0;
  while (true) {
    stream.next_out = out.data() + used;
    stream.avail_out = static_cast<uInt>(out.size() - used);
    const int outcome = inflate(&stream, Z_NO_FLUSH);
    used = out.size() - stream.avail_out;
    if (used == most) return protocol_errc::gzip_too_large;
    if (outcome == Z_STREAM_END) break;
    if (outcome == Z_MEM_ERROR) throw std::bad_alloc();
    if (outcome != Z_OK) return protocol_errc::gzip_corrupt;
    if (stream.avail_out == 0) {
      out.resize(std::min(most, out.size() * 2));
    } else if (stream.avail_in == 0) {
      return protocol_errc::gzip_corrupt;
    }
  }
  out.resize(used);
  return out;
}

bytes gzip(byte_view data) {
  if (data.size() > largest_piece) throw std::length_error("too large for one gzip stream");
  z_stream stream{};
  constexpr int memory_level = 8;
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window_bits + gzip_only,
                   memory_level, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, &deflateEnd);
  bytes out(deflateBound(&stream, static_cast<uLong>(data.size())));
  stream.next_in = input_of(data);
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  // deflateBound promises that one call is enough.
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  return out;
}

}  // namespace mtfetch::tl
