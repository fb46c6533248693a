// SPDX-License-Identifier: BSL-1.0
// The media that a command's links lead to, as they are read; what leads nowhere is told.
#pragma once

#include <mtfetch/media_filter.hpp>
#include <mtfetch/mtfetch.hpp>

#include <asio/awaitable.hpp>
#include <cstdint>
#include <exception>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "examples/cli/outcome.hpp"
#include "examples/cli/progress_view.hpp"

namespace mtfetch::cli {

/// A hundred links or messages at a time. Flood waits are sat out, and said. The client and the
/// view must outlive it.
class link_supply {
 public:
  /// The filter's dates and order are those in which chats are read.
  link_supply(client& of, std::vector<std::string> links, resolve_options wanted,
              media_filter filter, progress_view& view);

  /// The next media that pass the filter, each file once; none at the end.
  asio::awaitable<std::vector<media>> more();
  /// All of them so far, in the order in which they were given out, without what only a request
  /// needs.
  const std::vector<media>& facts() const { return facts_; }
  /// The worst that became of a link.
  outcome ending() const { return ending_; }

 private:
  // False: it was a flood wait, which is over.
  asio::awaitable<bool> is_lost(std::exception_ptr thrown);
  void take(resolved_link link, std::vector<media>& into);
  bool is_full() const { return filter_.limit != 0 && facts_.size() >= filter_.limit; }

  link_reader links_;
  media_filter filter_;
  progress_view& view_;
  std::set<std::pair<std::int64_t, std::string>> seen_;  // two links may lead to one album
  std::vector<media> facts_;
  outcome ending_ = outcome::done;
  bool ended_ = false;
};

/// The worst of two: the network's failure says more than a file's, an interruption more than both.
outcome worse(outcome a, outcome b);

}  // namespace mtfetch::cli
