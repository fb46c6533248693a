// SPDX-License-Identifier: BSL-1.0
#include "mtproto/tl/schema.hpp"

#include <algorithm>

namespace mtfetch::tl {
namespace {

std::string_view text_of(const schema_tables& home, tables::text text) {
  return home.pool.substr(text.offset, text.size);
}

const tables::constructor* own_row(const schema_tables& home, std::string_view name) {
  const auto name_of = [&](std::uint16_t index) {
    return text_of(home, home.constructors[index].name);
  };
  const auto at = std::ranges::lower_bound(home.by_name, name, {}, name_of);
  return at != home.by_name.end() && name_of(*at) == name ? &home.constructors[*at] : nullptr;
}

}  // namespace

std::string_view type_view::class_name() const {
  return row_.kind == tl::kind::boxed ? text_of(*home_, home_->classes[row_.index].name)
                                      : std::string_view();
}

definition type_view::constructor() const {
  return row_.kind == tl::kind::bare ? definition(*home_, home_->constructors[row_.index])
                                     : definition();
}

definition schema::find(std::uint32_t id) const {
  const auto& rows = tables_->constructors;
  const auto at = std::ranges::lower_bound(rows, id, {}, &tables::constructor::id);
  if (at != rows.end() && at->id == id) return {*tables_, *at};
  if (base_ == nullptr) return {};
  const definition below = base_->find(id);
  return below && own_row(*tables_, below.name()) == nullptr ? below : definition();
}

definition schema::find(std::string_view name) const {
  if (const auto* row = own_row(*tables_, name)) return {*tables_, *row};
  return base_ != nullptr ? base_->find(name) : definition();
}

definition schema::only_member(std::string_view class_name) const {
  if (base_ != nullptr) {
    // An overlay replaces constructors and adds none, so the base knows how many there are.
    const definition below = base_->only_member(class_name);
    return below ? find(below.name()) : definition();
  }
  const auto name_of = [&](const tables::class_& row) { return text_of(*tables_, row.name); };
  const auto at = std::ranges::lower_bound(tables_->classes, class_name, {}, name_of);
  if (at == tables_->classes.end() || name_of(*at) != class_name || at->member_count != 1) {
    return {};
  }
  return {*tables_, tables_->constructors[tables_->members[at->first_member]]};
}

}  // namespace mtfetch::tl
