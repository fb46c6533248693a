// SPDX-License-Identifier: BSL-1.0
#include <mtfetch/verify.hpp>

#include "downloader/catalogue/catalogue.hpp"
#include "downloader/transfer/progress_meter.hpp"
#include "downloader/transfer/sidecar.hpp"
#include "downloader/verify/compare.hpp"

#include <asio/error.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

namespace mtfetch {
namespace {

namespace fs = std::filesystem;

std::string plural(std::int64_t count, const std::string& noun) {
  return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

// What download_options::write_info puts beside a file.
bool is_sidecar_of(const std::string& name, const std::set<std::string>& known) {
  const std::string extension = transfer::sidecar_path("").string();
  return name.ends_with(extension) &&
         known.contains(name.substr(0, name.size() - extension.size()));
}

fs::path part_of(const fs::path& name) {
  fs::path path = name;
  path += ".part";
  return path;
}

std::shared_ptr<catalogue> open(const fs::path& folder) {
  auto found = catalogue::open_existing(folder);
  return found ? std::make_shared<catalogue>(std::move(*found)) : nullptr;
}

// One call of verify.
class run {
 public:
  explicit run(const verify_options& options) : options_(options) {}

  void look_at(const fs::path& path);
  verify_report end();

 private:
  struct task {
    std::size_t file;               // index into the report
    std::shared_ptr<catalogue> in;  // the hashes are read when they are needed: all may be much
  };
  void look_at_folder(const fs::path& folder);
  void look_at_entry(const fs::path& folder, const std::string& name,
                     const std::shared_ptr<catalogue>& in);
  void look_at_file(const fs::path& path);
  void list_foreign(const fs::path& folder, const std::set<std::string>& known);
  void plan(const fs::path& folder, const catalogued_file& known, std::shared_ptr<catalogue> in);
  void compare(const task& one);
  verified_file& add(fs::path path, file_condition condition);
  void add_wrong(const fs::path& path, file_condition condition, std::string sentence);
  void tell(const task& one, std::int64_t done, bool finished);

  const verify_options& options_;
  verify_report report_;
  std::vector<task> tasks_;
  std::set<fs::path> folders_;  // looked at
  std::int64_t all_done_ = 0;
  std::int64_t all_total_ = 0;
  std::size_t done_files_ = 0;
  transfer::progress_meter meter_;
  time_point next_told_ = time_point::min();
};

verified_file& run::add(fs::path path, file_condition condition) {
  verified_file& added = report_.files.emplace_back();
  added.path = std::move(path);
  added.condition = condition;
  return added;
}

void run::add_wrong(const fs::path& path, file_condition condition, std::string sentence) {
  add(path, condition).error = std::move(sentence);
}

void run::look_at(const fs::path& path) try {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    look_at_folder(path.has_filename() ? path : path.parent_path());
  } else {
    look_at_file(path);
  }
} catch (const std::system_error& failed) {  // of a catalogue, or of a folder
  add_wrong(path, file_condition::unreadable, failed.what());
}

void run::look_at_file(const fs::path& path) {
  const auto found = open(path.parent_path());
  const auto known = found ? found->find(path.filename().string()) : std::nullopt;
  if (known) return plan(path.parent_path(), *known, found);
  std::error_code ignored;
  const bool is_there = fs::exists(path, ignored);
  if (is_there && path.extension() == ".part") {
    return add_wrong(path, file_condition::unfinished,
                     path.string() + " is unfinished: a download under way, or to be gone on with");
  }
  add_wrong(path, file_condition::unknown,
            path.string() + (!is_there ? " is not there"
                             : found   ? " is not in the catalogue of its folder"
                                       : " cannot be verified: its folder has no catalogue"));
}

void run::look_at_folder(const fs::path& folder) {
  if (!folders_.insert(folder).second) return;
  const auto found = open(folder);
  std::set<fs::path> within;
  if (found) {
    for (const std::string& below : found->folders()) {
      if (fs::exists(catalogue::path_of(folder / below))) within.insert(folder / below);
    }
    const std::vector<std::string> names = found->names();
    for (const std::string& name : names) {
      look_at_entry(folder, name, found);
    }
    list_foreign(folder, {names.begin(), names.end()});
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory() && !entry.is_symlink() &&
        fs::exists(catalogue::path_of(entry.path()))) {
      within.insert(entry.path());
    }
  }
  for (const fs::path& each : within) look_at(each);
  if (found || !within.empty()) return;
  add_wrong(folder, file_condition::unknown,
            folder.string() + " cannot be verified: it has no catalogue");
}

// A row that cannot be, as in a folder that came from somebody else, holds up no other.
void run::look_at_entry(const fs::path& folder, const std::string& name,
                        const std::shared_ptr<catalogue>& in) try {
  if (const auto known = in->find(name)) plan(folder, *known, in);
} catch (const error& failed) {
  add_wrong(catalogue::path_of(folder), file_condition::unreadable, failed.what());
}

// Files that no catalogue speaks of: somebody else's, and downloads under way.
void run::list_foreign(const fs::path& folder, const std::set<std::string>& known) {
  std::set<std::string> foreign;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (catalogue::is_own_name(name) || known.contains(name) || !entry.is_regular_file()) continue;
    if (name.find(".part.journal") == std::string::npos) foreign.insert(name);
  }
  for (const std::string& name : foreign) {
    const bool is_part = name.ends_with(".part");
    if (is_part && known.contains(name.substr(0, name.size() - 5))) continue;
    if (is_sidecar_of(name, known)) continue;
    std::error_code ignored;
    verified_file& added =
        add(folder / name, is_part ? file_condition::unfinished : file_condition::unknown);
    const std::uintmax_t size = fs::file_size(added.path, ignored);
    if (!ignored) added.there = static_cast<std::int64_t>(size);
  }
}

void run::plan(const fs::path& folder, const catalogued_file& known,
               std::shared_ptr<catalogue> in) {
  verified_file& added = add(folder / known.name, file_condition::unreadable);
  added.size = known.identity.size;
  added.server_hashed = known.windows.verified_bytes();
  added.sha256 = known.sha256;
  added.id = known.identity.id;
  added.thumb_size = known.identity.variant;
  added.origin = known.origin;
  all_total_ += added.size;
  tasks_.push_back({report_.files.size() - 1, std::move(in)});
}

void run::compare(const task& one) {
  verified_file& file = report_.files[one.file];
  std::error_code ignored;
  if (!fs::exists(file.path, ignored)) {
    const bool is_begun = fs::exists(part_of(file.path), ignored);
    file.condition = is_begun ? file_condition::unfinished : file_condition::missing;
    file.error = file.path.string() +
                 (is_begun ? " is unfinished: it is being fetched or repaired" : " is missing");
    return;
  }
  try {
    const auto known = one.in->find(file.path.filename().string());
    if (!known || known->identity.size != file.size) {
      file.error = file.path.string() + " was replaced while this went on";
      return;
    }
    const verifying::open_file opened(file.path);
    file.there = opened.size();
    const auto on_read = [&](std::int64_t done) { tell(one, done, false); };
    file.damaged = verifying::compare(opened, known->windows, on_read);
  } catch (const error& failed) {
    file.error = failed.what();
    return;
  }
  file.condition = file_condition::whole;
  if (file.damaged.empty() && file.there == file.size) return;
  file.condition = file_condition::damaged;
  std::string what;
  if (!file.damaged.empty()) {
    what = std::to_string(file.damaged_bytes()) + " of its " + plural(file.size, "byte") + " (" +
           plural(static_cast<std::int64_t>(file.damaged.size()), "range") +
           ") are not as they were fetched";
  }
  if (file.there != file.size) {
    const std::int64_t apart = std::abs(file.there - file.size);
    if (!what.empty()) what += "; ";
    what +=
        "it is " + plural(apart, "byte") + (file.there > file.size ? " too long" : " too short");
  }
  file.error = file.path.string() + " is damaged: " + what;
}

void run::tell(const task& one, std::int64_t done, bool finished) {
  if (options_.stop.stop_requested()) throw std::system_error(asio::error::operation_aborted);
  if (!options_.on_progress) return;
  const time_point now = std::chrono::steady_clock::now();
  if (!finished && now < next_told_) return;
  next_told_ = now + std::chrono::milliseconds(100);
  meter_.observe(all_done_ + done, now);
  progress seen;
  seen.file = done_files_;
  seen.files = tasks_.size();
  seen.name = report_.files[one.file].path.filename().string();
  seen.done = done;
  seen.total = report_.files[one.file].size;
  seen.all_done = all_done_ + done;
  seen.all_total = all_total_;
  seen.rate = meter_.rate();
  seen.finished = finished;
  options_.on_progress(seen);
}

verify_report run::end() {
  for (const task& one : tasks_) {
    compare(one);
    const std::int64_t size = report_.files[one.file].size;
    tell(one, size, true);
    all_done_ += size;
    ++done_files_;
  }
  return std::move(report_);
}

}  // namespace

std::string_view to_string(file_condition condition) {
  switch (condition) {
    case file_condition::whole:
      return "whole";
    case file_condition::damaged:
      return "damaged";
    case file_condition::missing:
      return "missing";
    case file_condition::unfinished:
      return "unfinished";
    case file_condition::unknown:
      return "unknown";
    case file_condition::unreadable:
      return "unreadable";
  }
  return "";
}

std::int64_t verified_file::damaged_bytes() const {
  return std::accumulate(damaged.begin(), damaged.end(), std::int64_t{0},
                         [](std::int64_t sum, byte_range r) { return sum + r.end - r.begin; });
}

bool verified_file::can_be_repaired() const {
  return id != 0 && !ok() && condition != file_condition::unreadable;
}

bool verify_report::ok() const {
  return std::ranges::all_of(files, [](const verified_file& file) { return file.ok(); });
}

verify_report verify(const std::vector<fs::path>& paths, const verify_options& options) {
  run all(options);
  for (const fs::path& path : paths) all.look_at(path);
  return all.end();
}

}  // namespace mtfetch
