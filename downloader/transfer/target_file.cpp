// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/target_file.hpp"

#include "downloader/engine/range_set.hpp"
#include "downloader/sink/target_name.hpp"
#include "downloader/transfer/digests.hpp"

#include <algorithm>
#include <utility>

namespace mtfetch::transfer {
namespace {

namespace fs = std::filesystem;
using engine::hash_window;
using engine::window_record;

// Read back from the page cache in pieces that stay in the processor's.
constexpr std::size_t read_size = std::size_t{256} * 1024;

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
  for (int number = 0;; ++number) {
    fs::path name = sink::numbered(wish.name, number);
    if (wish.is_ours && wish.is_ours(name)) continue;
    try {
      if (auto claimed = claim_name(name, wish)) return std::move(*claimed);
    } catch (const sink::name_in_use&) {  // for another file: as if it had the name already
    }
  }
}

std::optional<target_file> target_file::claim_name(const fs::path& name, const target_wish& wish) {
  const fs::path path = part_path(name);
  const fs::path journal_path = journal::path_of(path);
  const std::int64_t content = number_of(wish.identity);
  auto part = sink::part_file::open_existing(path, wish.calls, content);
  if (part) {
    // Without a journal the bytes are somebody else's; with none, a name that we made and no more.
    if (part->size() > 0 && !fs::exists(journal_path)) return std::nullopt;
  } else {
    if (fs::exists(name)) return std::nullopt;
    part = sink::part_file::open(path, wish.calls, content);
  }
  journal kept(journal_path, wish.identity);
  if (kept.state() == journal::found::other) {
    if (part->size() == 0) fs::remove(path);  // made a moment ago
    return std::nullopt;
  }
  target_file claimed(name, wish, std::move(*part), std::move(kept));
  claimed.examine(wish.look_for_unclaimed);
  claimed.part_.reserve(claimed.size_);
  return claimed;
}

target_file::target_file(fs::path name, const target_wish& wish, sink::part_file part, journal kept)
    : name_(std::move(name)),
      wanted_(wish.name),
      size_(wish.identity.size),
      whole_(wish.whole_file_sha256),
      part_(std::move(part)),
      journal_(std::move(kept)) {
  if (journal_.state() == journal::found::damaged) {
    notes_.push_back("the journal of " + name_.string() +
                     " was damaged: what was there is checked again");
  }
}

void target_file::examine(bool look_for_unclaimed) {
  bytes window(static_cast<std::size_t>(hash_window));
  const auto digest_at = [&](std::int64_t offset, std::int32_t size) {
    const byte_span read = byte_span(window).first(static_cast<std::size_t>(size));
    part_.read(offset, read);
    return crypto::sha256(read);
  };
  const std::int64_t there = part_.size();
  engine::range_set claimed;
  std::vector<window_record> wrong;
  for (const window_record& said : journal_.windows()) {
    claimed.add(said.bytes());
    const bool holds =
        said.bytes().end <= there && digest_at(said.offset, said.size) == said.sha256;
    (holds ? complete_ : wrong).push_back(said);
  }
  if (!wrong.empty()) {
    journal_.forget(wrong);
    notes_.push_back(std::to_string(wrong.size()) + " windows of " + part_.path().string() +
                     " are not as they were written; they are fetched again");
  }
  if (!look_for_unclaimed) return;
  for (const auto& [begin, end] : part_.written_ranges()) {
    // Windows that were written whole; a page more or less at the edges does not matter.
    std::int64_t offset = (begin + hash_window - 1) / hash_window * hash_window;
    for (; offset < size_; offset += hash_window) {
      window_record found;
      found.offset = offset;
      found.size = static_cast<std::int32_t>(std::min(hash_window, size_ - offset));
      if (found.bytes().end > std::min(end, there)) break;
      if (claimed.contains(found.bytes())) continue;
      found.sha256 = digest_at(found.offset, found.size);
      candidates_.push_back(found);
    }
  }
}

std::vector<window_record> target_file::store(const engine::part& what, byte_view data) {
  const std::int64_t begin = what.offset / hash_window * hash_window;
  const std::int64_t whole = std::min(hash_window, size_ - begin);
  if (what.offset == begin && what.size >= whole) {
    std::vector<window_record> windows = hash_windows(what, data);
    part_.write(what.offset, data);
    return windows;
  }
  // A reader's part: a piece of a window, which is hashed when it is whole.
  part_.write(what.offset, data);
  std::int64_t& have = pieces_[begin];
  have += what.size;
  if (have < whole) return {};
  pieces_.erase(begin);
  bytes window(static_cast<std::size_t>(whole));
  part_.read(begin, window);
  engine::part all = what;
  all.offset = begin;
  all.size = static_cast<std::int32_t>(whole);
  return hash_windows(all, window);
}

void target_file::checkpoint(std::span<const window_record> windows, int dc) {
  if (windows.empty()) return;
  part_.sync_data();
  if (dc != journal_.dc()) journal_.set_dc(dc);
  journal_.record(windows);
}

void target_file::hash_to(std::int64_t prefix) {
  if (!whole_) return;
  buffer_.resize(read_size);
  while (hashed_ < prefix) {
    const auto most = std::min<std::int64_t>(read_size, prefix - hashed_);
    const byte_span piece = byte_span(buffer_).first(static_cast<std::size_t>(most));
    part_.read(hashed_, piece);
    stream_.update(piece);
    hashed_ += most;
  }
}

std::string target_file::finish() {
  hash_to(size_);
  name_ = part_.finish(size_, name_, wanted_);
  journal_.remove();
  return whole_ ? hex(stream_.finish()) : std::string();
}

}  // namespace mtfetch::transfer
