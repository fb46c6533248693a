// SPDX-License-Identifier: BSL-1.0
// Shows progress: a redrawn bar on a terminal, plain lines when piped, one JSON event a line.
#pragma once

#include <mtfetch/download.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace mtfetch::cli {

enum class view_kind { bar, lines, json, quiet };

class progress_view {
 public:
  explicit progress_view(view_kind kind);
  ~progress_view();
  progress_view(const progress_view&) = delete;
  progress_view& operator=(const progress_view&) = delete;

  /// To be given to download(): call for each report of progress.
  void show(const progress& p);
  /// The end of one file; JSON events say what it is too, where that is known.
  void finished(const file_report& file, const media* what = nullptr);
  /// Something that a person should know; never lost under the bar.
  void say(std::string_view sentence);
  /// Removes the bar.
  void clear();

 private:
  void draw(const progress& p);
  void line(const progress& p);

  view_kind kind_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_{};
  std::string last_pause_;
};

/// One line of the bar for a terminal of `width` columns.
std::string bar_line(const progress& p, int width);

/// One JSON event on standard output: {"event":NAME, ...}; `fields` is a JSON object's text.
void print_event(std::string_view json_object);

}  // namespace mtfetch::cli
