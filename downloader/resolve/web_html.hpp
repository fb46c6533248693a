// SPDX-License-Identifier: BSL-1.0
// HTML from anywhere, parsed within bounds, and questions about its tree. Pages may be hostile:
// nothing here recurses, and memory has a limit.
#pragma once

#include <mtfetch/result.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

struct GumboInternalNode;

namespace mtfetch::web {

/// An element of a tree; lives as long as its html_tree.
class html_node {
 public:
  explicit html_node(const GumboInternalNode* node = nullptr) : node_(node) {}
  explicit operator bool() const { return node_ != nullptr; }

  bool has_tag(std::string_view name) const;
  /// One of the words of its class attribute.
  bool has_class(std::string_view name) const;
  bool has_attribute(const char* name) const;
  /// Empty where there is none.
  std::string_view attribute(const char* name) const;

  enum class step { into, over, stop };
  /// Every element below this one in the order of the document; what `visit` says decides whether
  /// its children are seen.
  void walk(const std::function<step(html_node)>& visit) const;
  /// The first element below this one with that class; false where there is none.
  html_node first(std::string_view class_name) const;
  html_node first_tag(std::string_view name) const;
  /// Its text as people see it: <br> and blocks break lines, other white space is one space. At
  /// most `most` bytes of valid UTF-8.
  std::string text(std::size_t most = 64 * 1024) const;

 private:
  const GumboInternalNode* node_;
};

class html_tree {
 public:
  /// The largest page that is read, its most tags, and the memory that its tree may take.
  static constexpr std::size_t most_bytes = 2 << 20;
  static constexpr std::size_t most_tags = 30'000;
  static constexpr std::size_t most_memory = 64 << 20;

  /// protocol_errc::bad_length where the page is beyond a limit; all else is some tree.
  static result<html_tree> parse(std::string_view html);
  html_tree(html_tree&&) noexcept;
  html_tree& operator=(html_tree&&) noexcept;
  ~html_tree();

  html_node root() const;

 private:
  struct arena;
  html_tree();
  std::unique_ptr<arena> memory_;
};

}  // namespace mtfetch::web
