// SPDX-License-Identifier: BSL-1.0
#include "mtproto/session/request_table.hpp"

#include <utility>

namespace mtfetch::session {

namespace {
// A slot does not hold on to the memory of an unusually large request.
constexpr std::size_t kept_capacity = 4096;

std::uint32_t slot_of(request_id id) {
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(id));
}
std::uint32_t use_of(request_id id) {
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(id) >> 32);
}
}  // namespace

request_id request_table::take(request*& out, request_options options) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  slot& chosen = slots_[index];
  chosen.taken = true;
  ++chosen.use;
  ++size_;
  bytes body = std::move(chosen.held.body);
  chosen.held = {};
  chosen.held.body = std::move(body);
  chosen.held.options = options;
  out = &chosen.held;
  return request_id{std::uint64_t{chosen.use} << 32 | index};
}

request_id request_table::add(bytes body, request_options options) {
  request* made = nullptr;
  const request_id id = take(made, options);
  made->body = std::move(body);
  return id;
}

request_id request_table::add(byte_view body, request_options options) {
  request* made = nullptr;
  const request_id id = take(made, options);
  made->body.assign(body.begin(), body.end());
  return id;
}

request_id request_table::add(body_maker make, request_options options) {
  request* made = nullptr;
  const request_id id = take(made, options);
  made->body.clear();
  made->make = std::move(make);
  return id;
}

request* request_table::find(request_id id) {
  const std::uint32_t index = slot_of(id);
  if (index >= slots_.size()) return nullptr;
  slot& named = slots_[index];
  return named.taken && named.use == use_of(id) ? &named.held : nullptr;
}

void request_table::remove(request_id id) {
  request* gone = find(id);
  if (gone == nullptr) return;
  if (gone->body.capacity() > kept_capacity) gone->body = {};
  gone->make = {};
  slots_[slot_of(id)].taken = false;
  free_.push_back(slot_of(id));
  --size_;
}

}  // namespace mtfetch::session
