// SPDX-License-Identifier: BSL-1.0
#include "mtproto/tl/codec.hpp"

#include "mtproto/tl/reader.hpp"
#include "mtproto/tl/writer.hpp"

namespace mtfetch::tl {

void get(reader& in, std::int32_t& value) {
  value = in.i32();
}
void get(reader& in, std::int64_t& value) {
  value = in.i64();
}
void get(reader& in, double& value) {
  value = in.f64();
}
void get(reader& in, bool& value) {
  value = in.boolean();
}
void get(reader& in, int128& value) {
  value = in.i128();
}
void get(reader& in, int256& value) {
  value = in.i256();
}
void get(reader& in, std::string& value) {
  value = in.string();
}
void get(reader& in, shared_bytes& value) {
  value = in.bytes();
}
void get(reader& in, std::vector<bool>& value) {
  if (!open_vector(in)) return;
  value.assign(in.count(4), false);
  for (auto item : value) item = in.boolean();
}
void get(reader& in, std::optional<std::int32_t>& value) {
  value = in.i32();
}
void get(reader& in, std::optional<std::int64_t>& value) {
  value = in.i64();
}
void get(reader& in, std::optional<double>& value) {
  value = in.f64();
}
void get(reader& in, std::optional<bool>& value) {
  value = in.boolean();
}
void get(reader& in, std::optional<int128>& value) {
  get(in, value.emplace());
}
void get(reader& in, std::optional<int256>& value) {
  get(in, value.emplace());
}
void get(reader& in, std::optional<std::string>& value) {
  value = in.string();
}
void get(reader& in, std::optional<shared_bytes>& value) {
  value = in.bytes();
}
void get_rest(reader& in, raw& value) {
  value = in.rest_shared();
}
std::uint32_t get_flags(reader& in) {
  return in.u32();
}

void put(writer& out, std::int32_t value) {
  out.i32(value);
}
void put(writer& out, std::int64_t value) {
  out.i64(value);
}
void put(writer& out, double value) {
  out.f64(value);
}
void put(writer& out, bool value) {
  out.boolean(value);
}
void put(writer& out, const int128& value) {
  out.i128(value);
}
void put(writer& out, const int256& value) {
  out.i256(value);
}
void put(writer& out, const std::string& value) {
  out.string(value);
}
void put(writer& out, const shared_bytes& value) {
  out.bytes(value);
}
void put(writer& out, const std::vector<bool>& value) {
  put_vector_head(out, value.size());
  for (const bool item : value) out.boolean(item);
}
void put_rest(writer& out, const raw& value) {
  out.raw(value);
}
void put_flags(writer& out, std::uint32_t value) {
  out.u32(value);
}
void put_id(writer& out, std::uint32_t id) {
  out.u32(id);
}

bool open(reader& in, std::uint32_t id) {
  const std::uint32_t found = in.u32();
  if (in.error()) return false;
  if (found != id) return in.fail(protocol_errc::wrong_constructor), false;
  return in.enter();
}

bool open_bare(reader& in) {
  return in.enter();
}

void close(reader& in) {
  in.leave();
}

std::size_t get_count(reader& in, std::size_t least_item_size) {
  return in.count(least_item_size);
}

bool open_vector(reader& in) {
  const std::uint32_t found = in.u32();
  if (in.error()) return false;
  if (found != vector_id) return in.fail(protocol_errc::wrong_constructor), false;
  return true;
}

void put_vector_head(writer& out, std::size_t count) {
  out.u32(vector_id);
  put_count(out, count);
}

void put_count(writer& out, std::size_t count) {
  out.u32(static_cast<std::uint32_t>(count));
}

}  // namespace mtfetch::tl
