// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/target_file.hpp"

#include "downloader/sink/target_name.hpp"
#include "downloader/transfer/digests.hpp"
#include "mtproto/crypto/sha.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace mtfetch::transfer {
namespace {

namespace fs = std::filesystem;
using engine::hash_window;
using engine::window_record;

// What one job of the worker reads and hashes: others wait behind it, and a cancelled run does.
constexpr std::int64_t at_once = 2 * engine::mib;

// A number for what makes two downloads the same file, below 2^56.
std::int64_t number_of(const file_identity& what) {
  const std::string text =
      std::to_string(what.id) + ' ' + std::to_string(what.size) + ' ' + what.variant;
  const auto digest = crypto::sha256(as_bytes(text));
  std::int64_t number = 0;
  for (const std::uint8_t byte : std::span(digest).first<7>()) number = number << 8 | byte;
  return number;
}

fs::path part_path(const fs::path& name) {
  fs::path path = name;
  path += ".part";
  return path;
}

}  // namespace

target_file target_file::claim(const target_wish& wish) {
  std::vector<std::string> passed;
  for (int number = wish.names ? wish.names->first_free(wish.name) : 0;; ++number) {
    const fs::path name = sink::numbered(wish.name, number);
    if (wish.names && wish.names->contains(name)) continue;
    try {
      if (auto claimed = claim_name(name, wish, passed)) {
        claimed->notes_.insert(claimed->notes_.begin(), passed.begin(), passed.end());
        if (wish.names) wish.names->add(name);
        return std::move(*claimed);
      }
    } catch (const sink::name_in_use&) {  // for another file: as if it had the name already
    }
  }
}

// Whose is a NAME.part? Ours is the one beside a NAME.part.journal. That is made, with no bytes in
// it, before NAME.part gets its first byte, and goes only after NAME.part has its last name; so at
// whatever moment a run is killed, the next one knows its own. A NAME.part of no bytes is nobody's
// loss. Any other is a stranger's, which is never touched, and the file takes another name.
std::optional<target_file> target_file::claim_name(const fs::path& name, const target_wish& wish,
                                                   std::vector<std::string>& passed) {
  const fs::path path = part_path(name);
  const fs::path journal_path = journal::path_of(path);
  const std::int64_t content = number_of(wish.identity);
  auto part = sink::part_file::open_existing(path, wish.calls, content);
  if (!part) {
    if (fs::exists(name)) {
      journal::remove_orphan(journal_path, wish.calls.journal_layer);
      if (wish.names) wish.names->add(name);
      return std::nullopt;
    }
    part = sink::part_file::open(path, wish.calls, content);
  }
  const bool is_empty = part->size() == 0;
  if (!is_empty && !fs::exists(journal_path)) {
    passed.push_back(path.string() + " was not made by mtfetch; it is left as it is");
    return std::nullopt;
  }
  journal kept = [&] {
    try {
      return journal(journal_path, wish.identity, wish.calls.journal_layer);
    } catch (const error&) {
      if (is_empty) part->remove();
      throw;
    }
  }();
  if (kept.state() == journal::found::other || kept.state() == journal::found::foreign) {
    if (is_empty) part->remove();  // made a moment ago
    passed.push_back(kept.state() == journal::found::other
                         ? path.string() + " is the beginning of another file; it is left as it is"
                         : journal_path.string() +
                               " was made by a later version of mtfetch or by another program; "
                               "it is left as it is");
    return std::nullopt;
  }
  return target_file(name, wish, std::move(*part), std::move(kept));
}

target_file::target_file(fs::path name, const target_wish& wish, sink::part_file part, journal kept)
    : name_(std::move(name)),
      wanted_(wish.name),
      size_(wish.identity.size),
      whole_(wish.whole_file_sha256),
      part_(std::move(part)),
      journal_(std::move(kept)),
      left_(std::in_place, part_, journal_.windows(), size_, wish.look_for_unclaimed),
      digests_(wish.identity.size) {
  if (journal_.state() == journal::found::damaged) {
    notes_.push_back("the journal of " + name_.string() +
                     " was damaged: what was there is checked again");
  }
}

bool target_file::examine() {
  if (!left_->go_on(part_, at_once)) return false;
  complete_ = std::move(left_->complete);
  candidates_ = std::move(left_->candidates);
  const std::vector<window_record> wrong = std::move(left_->wrong);
  left_.reset();
  remember(complete_);
  if (!wrong.empty()) {
    journal_.forget(wrong);
    notes_.push_back(std::to_string(wrong.size()) + " windows of " + part_.path().string() +
                     " are not as they were written; they are fetched again");
  }
  try {
    part_.reserve(size_);
  } catch (const error&) {
    leave();
    throw;
  }
  return true;
}

std::vector<window_record> target_file::store(const engine::part& what, byte_view data,
                                              std::int64_t prefix) {
  const std::int64_t begin = what.offset / hash_window * hash_window;
  const std::int64_t whole = std::min(hash_window, size_ - begin);
  part_.write(what.offset, data);
  if (what.offset == begin && what.size >= whole) return hash(what, data, prefix);
  // A reader's part: a piece of a window, which is hashed when it is whole.
  std::int64_t& have = pieces_[begin];
  have += what.size;
  if (have < whole) return {};
  pieces_.erase(begin);
  bytes window(static_cast<std::size_t>(whole));
  part_.read(begin, window);
  engine::part all = what;
  all.offset = begin;
  all.size = static_cast<std::int32_t>(whole);
  return hash(all, window, prefix);
}

std::vector<window_record> target_file::hash(const engine::part& what, byte_view data,
                                             std::int64_t prefix) {
  if (!whole_) return hash_windows(what, data);
  return hash_windows(what, data, [&](auto windows, auto digests) {
    hash_.each(windows, digests, prefix, reader());
  });
}

void target_file::checkpoint(std::span<const window_record> windows, int dc) {
  remember(windows);
  // Those of a checkpoint that failed, on a full disk, are here still.
  unrecorded_.insert(unrecorded_.end(), windows.begin(), windows.end());
  if (unrecorded_.empty()) return;
  part_.sync_data();
  if (dc != journal_.dc()) journal_.set_dc(dc);
  journal_.record(unrecorded_);
  unrecorded_.clear();
}

whole_hash::reader target_file::reader() const {
  return [this](std::int64_t offset, byte_span into) { part_.read(offset, into); };
}

void target_file::remember(std::span<const window_record> windows) {
  for (const window_record& window : windows) digests_.set(window);
}

bool target_file::hash_rest(std::span<const window_record> rest) {
  remember(rest);
  // Should what is left to do fail or be given up, a checkpoint can still write them down.
  unrecorded_.insert(unrecorded_.end(), rest.begin(), rest.end());
  return !whole_ || hash_.go_on(size_, at_once, reader());
}

std::string target_file::finish() {
  std::string sha256;
  if (whole_) sha256 = hex(hash_.finish(size_, reader()));
  name_ = part_.finish(size_, name_, wanted_);
  is_finished_ = true;
  unrecorded_.clear();
  journal_.remove();
  return sha256;
}

void target_file::leave() {
  if (is_finished_) return;
  // A journal with nothing in it would not say to which file the bytes belong.
  if (part_.size() > 0) return journal_.record({});
  if (!journal_.windows().empty()) return;
  journal_.remove();  // first: without NAME.part somebody else may make a new one of each
  part_.remove();
}

}  // namespace mtfetch::transfer
