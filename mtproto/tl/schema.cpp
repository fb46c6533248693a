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

const tables::class_* own_class_row(const schema_tables& home, std::string_view name) {
  const auto name_of = [&](const tables::class_& row) { return text_of(home, row.name); };
  const auto at = std::ranges::lower_bound(home.classes, name, {}, name_of);
  return at != home.classes.end() && name_of(*at) == name ? &*at : nullptr;
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

class_view schema::find_class(std::string_view name) const {
  // An overlay adds no constructor to a class that its base has, so the lowest schema knows the
  // members; each is then looked up from the top.
  const tables::class_* row = nullptr;
  const schema_tables* home = nullptr;
  for (const schema* at = this; at != nullptr; at = at->base_) {
    const auto* own = own_class_row(*at->tables_, name);
    if (own != nullptr && own->member_count > 0) {
      row = own;
      home = at->tables_;
    }
  }
  return row != nullptr ? class_view(*this, *home, *row) : class_view();
}

definition class_view::member(std::size_t i) const {
  const auto index = home_->members[row_->first_member + i];
  return in_->find(text_of(*home_, home_->constructors[index].name));
}

definition schema::only_member(std::string_view class_name) const {
  const class_view found = find_class(class_name);
  return found.size() == 1 ? found.member(0) : definition();
}

}  // namespace mtfetch::tl
