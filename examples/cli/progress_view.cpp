// SPDX-License-Identifier: BSL-1.0
#include "examples/cli/progress_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "examples/cli/media_facts.hpp"
#include "examples/cli/quantities.hpp"
#include "examples/cli/terminal.hpp"

namespace mtfetch::cli {
namespace {

constexpr auto line_interval = std::chrono::seconds(2);
constexpr auto news_interval = std::chrono::seconds(1);  // a pause may come and go many times

double seconds_left(const progress& p) {
  return p.rate > 0 ? static_cast<double>(p.total - p.done) / p.rate : -1;
}

// Standard output may be a closed pipe; that is no reason to lose a download.
void print_line(std::FILE* to, std::string_view text) {
  fmt::print(to, "{}\n", text);
  std::fflush(to);
}

std::string json_text(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

void print_event(std::string_view json_object) {
  print_line(stdout, json_object);
}

std::string bar_line(const progress& p, int width) {
  const double share =
      p.total > 0 ? std::clamp(static_cast<double>(p.done) / static_cast<double>(p.total), 0.0, 1.0)
                  : 1.0;
  std::string facts =
      fmt::format(" {:3.0f}%  {} / {}", share * 100, size_text(p.done), size_text(p.total));
  facts += p.pause.empty()
               ? fmt::format("  {}  {} left", rate_text(p.rate), time_text(seconds_left(p)))
               : fmt::format("  {}", printable(p.pause));
  if (p.files > 1) facts += fmt::format("  [{}/{}]", p.file + 1, p.files);
  const int room = width - 1;
  const int facts_width = std::min(display_width(facts), room);
  const int name_width = std::clamp(room - facts_width - 12, 0, 28);
  const std::string name = fit(printable(p.name), name_width);
  const int bar_width = std::clamp(room - facts_width - display_width(name) - 3, 0, 30);
  std::string line = name;
  if (bar_width >= 5) {
    const auto full = static_cast<int>(share * bar_width);
    line += name.empty() ? "[" : " [";
    for (int i = 0; i < bar_width; ++i) line += i < full ? "#" : "-";
    line += "]";
  }
  return fit(line + facts, room);
}

progress_view::progress_view(view_kind kind) : kind_(kind) {}

progress_view::~progress_view() {
  clear();
}

void progress_view::clear() {
  if (!drawn_) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  drawn_ = false;
}

void progress_view::show(const progress& p) {
  switch (kind_) {
    case view_kind::bar:
      return draw(p);
    case view_kind::lines:
      return line(p);
    case view_kind::json: {
      nlohmann::ordered_json event = {
          {"event", "progress"},    {"file", p.file},           {"files", p.files},
          {"name", p.name},         {"done", p.done},           {"total", p.total},
          {"all_done", p.all_done}, {"all_total", p.all_total}, {"rate", p.rate}};
      if (!p.pause.empty()) event["pause"] = p.pause;
      return print_event(json_text(event));
    }
    case view_kind::quiet:
      return;
  }
}

void progress_view::draw(const progress& p) {
  if (p.finished) return clear();
  fmt::print(stderr, "\r{}\x1b[K", bar_line(p, terminal_width()));
  std::fflush(stderr);
  drawn_ = true;
}

void progress_view::line(const progress& p) {
  const auto now = std::chrono::steady_clock::now();
  const bool news = p.pause != last_pause_;
  if (p.finished || now - last_ < (news ? news_interval : line_interval)) return;
  last_ = now;
  last_pause_ = p.pause;
  const std::string state =
      p.pause.empty() ? fmt::format("{}, {} left", rate_text(p.rate), time_text(seconds_left(p)))
                      : printable(p.pause);
  print_line(stderr, fmt::format("{}: {} of {} ({})", printable(p.name), size_text(p.done),
                                 size_text(p.total), state));
}

void progress_view::finished(const file_report& file, const media* what) {
  clear();
  const auto seconds = static_cast<double>(file.took.count()) / 1000.0;
  const double rate = seconds > 0 ? static_cast<double>(file.fetched) / seconds : 0;
  if (kind_ == view_kind::json) {
    nlohmann::ordered_json event = {{"event", file.ok() ? "file_done" : "file_failed"},
                                    {"path", file.path.string()},
                                    {"size", file.size},
                                    {"fetched", file.fetched},
                                    {"resumed", file.resumed},
                                    {"verified", file.verified},
                                    {"seconds", seconds}};
    if (file.already_there) event["already_there"] = true;
    if (!file.sha256.empty()) event["sha256"] = file.sha256;
    if (what != nullptr) event["media"] = media_facts(*what);
    if (!file.notes.empty()) event["notes"] = file.notes;
    if (!file.ok()) event["error"] = file.error;
    return print_event(json_text(event));
  }
  for (const std::string& note : file.notes) {
    print_line(stderr,
               fmt::format("{}: {}", printable(file.path.filename().string()), printable(note)));
  }
  if (!file.ok()) return print_line(stderr, printable(file.error));
  if (kind_ == view_kind::quiet) return;
  if (file.already_there) {
    return print_line(stdout, fmt::format("already there: {}", printable(file.path.string())));
  }
  std::string text =
      fmt::format("{}  {} in {:.2f} s", file.path.string(), size_text(file.size), seconds);
  if (rate > 0) text += fmt::format(", {}", rate_text(rate));
  if (file.resumed > 0) text += fmt::format(", {} were here before", size_text(file.resumed));
  text += file.verified == file.size ? ", verified" : ", not verified by the server's hashes";
  print_line(stdout, text);
  if (!file.sha256.empty()) print_line(stdout, fmt::format("  SHA-256 {}", file.sha256));
}

void progress_view::say(std::string_view sentence) {
  clear();
  if (kind_ == view_kind::json) {
    return print_event(json_text(nlohmann::ordered_json{{"event", "note"}, {"text", sentence}}));
  }
  print_line(stderr, printable(sentence));
}

}  // namespace mtfetch::cli
