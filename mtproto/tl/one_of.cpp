// SPDX-License-Identifier: BSL-1.0
#include "mtproto/tl/one_of.hpp"

#include <algorithm>
#include <stdexcept>

#include "mtproto/tl/reader.hpp"
#include "mtproto/tl/writer.hpp"

namespace mtfetch::tl {

void any_of::read(reader& in, const class_info& info) {
  const std::uint32_t id = in.u32();
  if (in.error()) return;
  const auto id_of = [](const alternative* a) { return a->id; };
  const auto at = std::ranges::lower_bound(info.alternatives, id, {}, id_of);
  if (at == info.alternatives.end() || (*at)->id != id) {
    return in.fail(protocol_errc::unknown_constructor);
  }
  if (!in.enter()) return;
  if (held_ != nullptr) held_->destroy(value_);
  held_ = nullptr;
  value_ = (*at)->create();
  held_ = *at;
  held_->read(in, value_);
  in.leave();
}

void any_of::write(writer& out, const class_info& info) const {
  if (held_ == nullptr) {
    throw std::logic_error("an empty " + std::string(info.name) + " cannot be written");
  }
  out.u32(held_->id);
  held_->write(out, value_);
}

bool same_bytes(const void* a, const void* b, void (*write)(writer&, const void*)) {
  if (a == b) return true;
  bytes first;
  bytes second;
  writer to_first(first);
  writer to_second(second);
  write(to_first, a);
  write(to_second, b);
  return first == second;
}

}  // namespace mtfetch::tl
