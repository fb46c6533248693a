// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/finished_files.hpp"

#include <mtfetch/error.hpp>

#include <chrono>

namespace mtfetch::transfer {
namespace {

constexpr std::chrono::seconds between_writes{1};
// Of files that wait because the catalogue cannot be written: memory has its limit too.
constexpr std::size_t most_waiting = 10'000;

}  // namespace

void finished_files::add(std::size_t file, const std::filesystem::path& path,
                         catalogued_file entry) {
  const auto [at, is_new] = folders_.try_emplace(path.parent_path());
  folder& into = at->second;
  if (is_new && !root_.empty()) {
    const auto relative = path.parent_path().lexically_relative(root_.parent_path());
    if (!relative.empty() && relative != "." && *relative.begin() != "..") {
      folders_[root_.parent_path()].below.push_back(relative.generic_string());
    }
  }
  entry.name = path.filename().string();
  entry.finished = std::chrono::duration_cast<std::chrono::seconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  into.last = file;
  if (into.waiting.size() < most_waiting) {
    into.waiting.push_back(std::move(entry));
  } else {
    ++into.lost;
  }
}

void finished_files::flush_due(time_point now) {
  for (auto& [where, one] : folders_) {
    if ((one.waiting.empty() && one.below.empty()) || now < one.next_write) continue;
    write(where, one, std::chrono::milliseconds(0));
    one.next_write = now + between_writes;
  }
}

void finished_files::write(const std::filesystem::path& where, folder& one,
                           std::chrono::milliseconds patience) try {
  if (!one.into) one.into = std::make_unique<catalogue>(where, patience);
  one.into->wait_at_most(patience);
  one.into->record(one.waiting);
  if (!one.below.empty()) one.into->record_folders(one.below);
  one.below.clear();
  one.was_damaged = one.was_damaged || one.into->was_damaged();
  one.waiting.clear();
  one.problem.clear();
} catch (const std::system_error& failed) {
  one.problem = failed.what();
}

std::vector<std::pair<std::size_t, std::string>> finished_files::end() {
  std::vector<std::pair<std::size_t, std::string>> notes;
  for (auto& [where, one] : folders_) {
    if (!one.waiting.empty() || !one.below.empty()) write(where, one, catalogue::longest_wait);
    if (one.was_damaged) {
      notes.emplace_back(one.last, "the catalogue of the folder was damaged; it is now " +
                                       catalogue::path_of(where).string() +
                                       ".damaged, and a new one is begun");
    }
    const std::size_t missing = one.waiting.size() + one.lost;
    if (missing > 0) {
      notes.emplace_back(one.last, std::to_string(missing) +
                                       " files are whole but not in the folder's catalogue, so "
                                       "that they cannot be verified later: " +
                                       one.problem);
    }
  }
  folders_.clear();
  return notes;
}

}  // namespace mtfetch::transfer
