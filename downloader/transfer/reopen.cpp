// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/reopen.hpp"

#include "downloader/journal/database_files.hpp"
#include "downloader/sink/part_file.hpp"

#include <mtfetch/error.hpp>

#include <string>
#include <system_error>
#include <utility>

namespace mtfetch::transfer {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(std::error_code code, const std::string& doing, const fs::path& path) {
  throw error(code, doing + ' ' + path.string() + ": " + code.message());
}

// Takes the empty NAME.part and its journal away again, unless it has become the real one.
class placeholder {
 public:
  placeholder(fs::path name, const sink::file_calls& calls)
      : name_(std::move(name)),
        held_(sink::part_file::open(name_, calls)),
        layer_(calls.journal_layer) {
    if (held_.size() == 0) return;
    fail(std::make_error_code(std::errc::file_exists),
         "an unfinished download is in the way:", name_);
  }
  ~placeholder() {
    if (kept_) return;
    if (has_journal_) journal_impl::remove_files(journal::path_of(name_), layer_);
    std::error_code ignored;
    fs::remove(name_, ignored);
  }
  placeholder(const placeholder&) = delete;
  placeholder& operator=(const placeholder&) = delete;
  void keep() { kept_ = true; }
  void journal_is_ours() { has_journal_ = true; }

 private:
  fs::path name_;
  sink::part_file held_;
  std::string layer_;
  bool kept_ = false;
  bool has_journal_ = false;
};

}  // namespace

void reopen(const fs::path& name, const file_identity& identity,
            std::span<const engine::window_record> good, const sink::file_calls& calls) {
  fs::path part_name = name;
  part_name += ".part";
  // An empty NAME.part of our own holds the name against others until the real one takes its place.
  placeholder held(part_name, calls);
  auto whole = sink::part_file::open_existing(name, calls);
  if (!whole) fail(std::make_error_code(std::errc::no_such_file_or_directory), "cannot open", name);
  // What the journal will claim must be on the disk: another program may have put the file here.
  whole->sync_data();
  {
    const fs::path path = journal::path_of(part_name);
    journal kept(path, identity, calls.journal_layer);
    if (kept.state() == journal::found::foreign) {
      fail(std::make_error_code(std::errc::file_exists),
           "what is no journal of ours is in the way:", path);
    }
    held.journal_is_ours();
    if (kept.state() != journal::found::fresh) {  // of a download without a byte: nothing is lost
      kept.remove();
      kept = journal(path, identity, calls.journal_layer);
    }
    kept.record(good);
  }
  sink::sync_folder(calls, name.parent_path());
  std::error_code failed;
  fs::rename(name, part_name, failed);
  if (failed) fail(failed, "cannot rename", name);
  held.keep();
  sink::sync_folder(calls, name.parent_path());
}

}  // namespace mtfetch::transfer
