// SPDX-License-Identifier: BSL-1.0
#include "downloader/resolve/web_html.hpp"

#include <gumbo.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstddef>
#include <cstdlib>
#include <mtfetch/error.hpp>
#include <vector>

namespace mtfetch::web {
namespace {

const GumboVector* children_of(const GumboNode* node) {
  if (node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE) {
    return &node->v.element.children;
  }
  return node->type == GUMBO_NODE_DOCUMENT ? &node->v.document.children : nullptr;
}

const GumboNode* child(const GumboVector& of, unsigned at) {
  return static_cast<const GumboNode*>(of.data[at]);
}

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

bool breaks_lines(GumboTag tag) {
  constexpr std::array<GumboTag, 6> blocks = {GUMBO_TAG_DIV, GUMBO_TAG_P,  GUMBO_TAG_BLOCKQUOTE,
                                              GUMBO_TAG_PRE, GUMBO_TAG_LI, GUMBO_TAG_UL};
  return std::ranges::find(blocks, tag) != blocks.end();
}

// Gathers text as a browser shows it.
class text_writer {
 public:
  explicit text_writer(std::size_t most) : most_(most) {}
  bool full() const { return out_.size() >= most_; }
  void add(std::string_view words, bool as_it_stands) {
    for (const char c : words) {
      if (as_it_stands && c == '\n') {
        newline();
      } else if (!as_it_stands && is_space(c)) {
        space_ = true;
      } else {
        before_letter();
        out_ += c;
      }
    }
  }
  void newline() {
    ++lines_;
    space_ = false;
  }
  void begin_line() {
    if (lines_ == 0) newline();
  }
  std::string take() && {
    if (out_.size() > most_) {
      while (most_ > 0 && (static_cast<unsigned char>(out_[most_]) & 0xc0U) == 0x80) --most_;
      out_.resize(most_);
    }
    return std::move(out_);
  }

 private:
  void before_letter() {
    if (!out_.empty()) {  // no blank lines and no spaces at either end
      if (lines_ > 0) out_.append(std::min<std::size_t>(lines_, 3), '\n');
      if (space_ && lines_ == 0) out_ += ' ';
    }
    lines_ = 0;
    space_ = false;
  }
  std::string out_;
  std::size_t most_;
  std::size_t lines_ = 0;
  bool space_ = false;
};

}  // namespace

bool html_node::has_tag(std::string_view name) const {
  return node_->type == GUMBO_NODE_ELEMENT &&
         name == gumbo_normalized_tagname(node_->v.element.tag);
}

bool html_node::has_attribute(const char* name) const {
  return node_->type == GUMBO_NODE_ELEMENT &&
         gumbo_get_attribute(&node_->v.element.attributes, name) != nullptr;
}

std::string_view html_node::attribute(const char* name) const {
  if (!has_attribute(name)) return {};
  return gumbo_get_attribute(&node_->v.element.attributes, name)->value;
}

bool html_node::has_class(std::string_view name) const {
  std::string_view classes = attribute("class");
  while (!classes.empty()) {
    const auto end = std::ranges::find_if(classes, is_space);
    const std::string_view word(classes.begin(), end);
    if (word == name) return true;
    classes.remove_prefix(std::min(word.size() + 1, classes.size()));
  }
  return false;
}

void html_node::walk(const std::function<step(html_node)>& visit) const {
  std::vector<const GumboNode*> left;
  const auto push_children = [&left](const GumboNode* of) {
    const GumboVector* all = children_of(of);
    for (unsigned i = all == nullptr ? 0 : all->length; i > 0; --i) {
      left.push_back(child(*all, i - 1));
    }
  };
  push_children(node_);
  while (!left.empty()) {
    const GumboNode* const node = left.back();
    left.pop_back();
    if (node->type != GUMBO_NODE_ELEMENT) continue;
    const step next = visit(html_node(node));
    if (next == step::stop) return;
    if (next == step::into) push_children(node);
  }
}

html_node html_node::first(std::string_view class_name) const {
  html_node found;
  walk([&](html_node node) {
    if (!node.has_class(class_name)) return step::into;
    found = node;
    return step::stop;
  });
  return found;
}

html_node html_node::first_tag(std::string_view name) const {
  html_node found;
  walk([&](html_node node) {
    if (!node.has_tag(name)) return step::into;
    found = node;
    return step::stop;
  });
  return found;
}

std::string html_node::text(std::size_t most) const {
  struct visit {
    const GumboNode* node;
    bool preformatted;
    bool leaving;  // the end of a block
  };
  text_writer out(most);
  std::vector<visit> left = {{node_, false, false}};
  while (!left.empty() && !out.full()) {
    const visit now = left.back();
    left.pop_back();
    const GumboNode& node = *now.node;
    if (now.leaving) {
      out.begin_line();
      continue;
    }
    if (node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE ||
        node.type == GUMBO_NODE_CDATA) {
      out.add(node.v.text.text, now.preformatted);
      continue;
    }
    if (node.type != GUMBO_NODE_ELEMENT) continue;
    const GumboTag tag = node.v.element.tag;
    if (tag == GUMBO_TAG_SCRIPT || tag == GUMBO_TAG_STYLE) continue;
    if (tag == GUMBO_TAG_BR) out.newline();
    if (breaks_lines(tag)) {
      out.begin_line();
      left.push_back({&node, false, true});
    }
    const GumboVector& all = node.v.element.children;
    for (unsigned i = all.length; i > 0; --i) {
      left.push_back({child(all, i - 1), now.preformatted || tag == GUMBO_TAG_PRE, false});
    }
  }
  return std::move(out).take();
}

// Gumbo 0.10 frees its tree by recursion, which a deep page turns into a crash, and knows no limit:
// misnested tags make it copy elements without end. So its memory comes from here, is freed at
// once, and where it is used up the parser is left by a jump: its frames are C and own nothing.
struct html_tree::arena {
  ~arena() {
    for (void* block : blocks) std::free(block);
  }
  static void* allocate(void* self, std::size_t size) {
    return static_cast<arena*>(self)->take(size);
  }
  static void keep(void*, void*) {}

  void* take(std::size_t size) {
    constexpr std::size_t step = alignof(std::max_align_t);
    constexpr std::size_t block_size = 256 << 10;
    if (size > most_memory) std::longjmp(out_of_memory, 1);
    size = (size + step - 1) / step * step;
    if (size > room) {
      const std::size_t wanted = std::max(size, block_size);
      if (used + wanted > most_memory || count == std::size(blocks)) {
        std::longjmp(out_of_memory, 1);
      }
      void* const block = std::malloc(wanted);
      if (block == nullptr) std::longjmp(out_of_memory, 1);
      blocks[count++] = block;
      used += wanted;
      next = static_cast<std::byte*>(block);
      room = wanted;
    }
    void* const given = next;
    next += size;
    room -= size;
    return given;
  }

  // False where the memory was used up. Alone in a function: no local changes under the jump.
  bool parse() {
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = allocate;
    options.deallocator = keep;
    options.userdata = this;
    options.max_errors = 0;
    if (setjmp(out_of_memory) != 0) return false;
    output = gumbo_parse_with_options(&options, page.data(), page.size());
    return true;
  }

  std::string page;  // the tree points into it
  std::jmp_buf out_of_memory{};
  std::array<void*, 512> blocks{};
  std::size_t count = 0;
  std::size_t used = 0;
  std::byte* next = nullptr;
  std::size_t room = 0;
  GumboOutput* output = nullptr;
};

html_tree::html_tree() = default;
html_tree::html_tree(html_tree&&) noexcept = default;
html_tree& html_tree::operator=(html_tree&&) noexcept = default;
html_tree::~html_tree() = default;

result<html_tree> html_tree::parse(std::string_view html) {
  if (html.size() > most_bytes) return protocol_errc::bad_length;
  if (static_cast<std::size_t>(std::ranges::count(html, '<')) > most_tags) {
    return protocol_errc::bad_length;
  }
  html_tree out;
  out.memory_ = std::make_unique<arena>();
  out.memory_->page = html;
  if (!out.memory_->parse()) return protocol_errc::bad_length;
  return out;
}

html_node html_tree::root() const {
  return html_node(memory_->output->document);
}

}  // namespace mtfetch::web
