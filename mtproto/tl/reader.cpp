// SPDX-License-Identifier: BSL-1.0
#include "mtproto/tl/reader.hpp"

namespace mtfetch::tl {
namespace {

// Slices shorter than this are copied, so that they do not pin the packet they came in.
constexpr std::size_t slice_from = 512;

}  // namespace

void reader::fail(std::error_code error) {
  if (!error_) error_ = error;
  end_ = at_;
}

void reader::fail_truncated() {
  fail(protocol_errc::truncated);
}

byte_view reader::bytes_view() {
  if (remaining() < 4) return fail_truncated(), byte_view();
  std::size_t header = 1;
  std::size_t size = at_[0];
  if (size == 254) {
    header = 4;
    size = load_u32(at_) >> 8;
  } else if (size == 255) {
    // TDLib's storage format goes on from here; MTProto does not.
    return fail(protocol_errc::bad_length), byte_view();
  }
  const std::size_t whole = (header + size + 3) & ~std::size_t{3};
  if (whole > remaining()) return fail(protocol_errc::bad_length), byte_view();
  const byte_view value(at_ + header, size);
  at_ += whole;
  return value;
}

shared_bytes reader::share(byte_view value, std::size_t from) const {
  if (value.empty()) return {};
  if (owner_ && value.size() >= from) return {owner_, value};
  return shared_bytes::copy(value);
}

shared_bytes reader::bytes() {
  return share(bytes_view(), slice_from);
}

shared_bytes reader::rest_shared() {
  return share(rest(), slice_from);
}

byte_view reader::raw_view(std::size_t size) {
  if (size > remaining()) return fail(protocol_errc::bad_length), byte_view();
  const byte_view value(at_, size);
  at_ += size;
  return value;
}

bool reader::boolean() {
  const std::uint32_t id = u32();
  if (error_) return false;
  if (id != bool_true_id && id != bool_false_id) fail(protocol_errc::bad_value);
  return id == bool_true_id;
}

std::size_t reader::count(std::size_t min_item_size) {
  const std::uint32_t items = u32();
  if (error_) return 0;
  const std::size_t item = std::max<std::size_t>(min_item_size, 4);
  if (items > remaining() / item) return fail(protocol_errc::bad_length), 0;
  return items;
}

}  // namespace mtfetch::tl
