// SPDX-License-Identifier: BSL-1.0
// repair(): damaged files as downloads that were interrupted.
#include <mtfetch/verify.hpp>

#include "downloader/catalogue/catalogue.hpp"
#include "downloader/resolve/fetch_from.hpp"
#include "downloader/transfer/reopen.hpp"
#include "downloader/transfer/transfer.hpp"

#include <mtfetch/client.hpp>
#include <mtfetch/resolve.hpp>
#include <mtfetch/takeout.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

namespace mtfetch {
namespace {

namespace fs = std::filesystem;

// What is known of the files that go to the transfer, for its worker thread.
struct mended {
  std::vector<verified_file> files;
  std::vector<std::optional<catalogued_file>> known;  // as it was before
};

std::string link_of(const media_origin& origin) {
  if (!origin.link.empty()) return origin.link;
  const std::string message = std::to_string(origin.message_id) + "?single";
  if (!origin.username.empty()) return "https://t.me/" + origin.username + '/' + message;
  return "https://t.me/c/" + std::to_string(origin.channel_id) + '/' + message;
}

std::optional<catalogued_file> find(const fs::path& path) {
  auto in = catalogue::open_existing(path.parent_path());
  return in ? in->find(path.filename().string()) : std::nullopt;
}

// The damaged file becomes an interrupted download, unless it is one already, or nothing at all.
void make_unfinished(const verified_file& file, std::optional<catalogued_file>& known) {
  known = find(file.path);
  if (!known || known->identity.id != file.id || known->identity.size != file.size) {
    throw error(make_error_code(storage_errc::file_changed),
                file.path.string() + " is another file in its folder's catalogue by now");
  }
  if (file.condition != file_condition::damaged) return;
  std::vector<engine::window_record> good;
  for (std::size_t i = 0; i < known->windows.count(); ++i) {
    const engine::window_record window = known->windows.at(i);
    const bool is_damaged = std::ranges::any_of(file.damaged, [&](const byte_range& range) {
      return window.offset < range.end && range.begin < window.bytes().end;
    });
    if (!is_damaged) good.push_back(window);
  }
  transfer::reopen(file.path, known->identity, good);
}

// With hashes of the server a window cannot come back wrong; without them this is what can be told.
std::string compare_with_first(const catalogued_file& known, const window_digests& now) {
  std::size_t others = 0;
  for (std::size_t i = 0; i < now.count(); ++i) {
    if (now.at(i).sha256 != known.windows.at(i).sha256) ++others;
  }
  if (others == 0) return {};
  return std::to_string(others) + " windows are other bytes now than when it was fetched first";
}

// Exactly the file that was fetched; another one in its message is no repair.
const media* same_file(const std::vector<media>& found, const verified_file& wanted) {
  const auto same = std::ranges::find_if(found, [&](const media& one) {
    return one.id == wanted.id && one.size == wanted.size && one.thumb_size == wanted.thumb_size;
  });
  return same == found.end() ? nullptr : &*same;
}

}  // namespace

asio::awaitable<report> repair(client& client, std::vector<verified_file> files,
                               download_options options) {
  if (options.takeout) check_takeout(client);  // before anything is looked up
  std::erase_if(files, [](const verified_file& file) { return !file.can_be_repaired(); });
  report done;
  std::vector<std::size_t> reported;  // indices of those that are fetched
  std::vector<media> fetched;
  const auto work = std::make_shared<mended>();
  transfer::transfer_settings settings;
  std::set<std::string> named;  // an album has ten files behind one
  for (const verified_file& file : files) named.insert(link_of(file.origin));
  std::vector<std::string> asked(named.begin(), named.end());
  std::map<std::string, resolved_link> links;
  for (resolved_link& one : co_await resolve(client, std::move(asked))) {
    std::string link = one.link;
    links.emplace(std::move(link), std::move(one));
  }
  for (verified_file& file : files) {
    file_report& outcome = done.files.emplace_back();
    outcome.path = file.path;
    outcome.size = file.size;
    const std::string link = link_of(file.origin);
    const resolved_link& seen = links.at(link);
    const media* const same = same_file(seen.files, file);
    if (same == nullptr) {
      outcome.code = seen.code ? seen.code : make_error_code(storage_errc::file_changed);
      outcome.error = file.path.string() + " cannot be repaired: " +
                      (seen.code ? seen.error : "the message of " + link + " has another file now");
      continue;
    }
    reported.push_back(done.files.size() - 1);
    fetched.push_back(*same);
    settings.names.push_back(file.path);
    work->files.push_back(std::move(file));
  }
  if (fetched.empty()) co_return done;
  work->known.resize(work->files.size());
  settings.before_claim = [work](std::size_t i) {
    make_unfinished(work->files[i], work->known[i]);
  };
  settings.after_finish = [work](std::size_t i, const window_digests& now) {
    return compare_with_first(*work->known[i], now);
  };
  const bool in_takeout = options.takeout;
  const std::int64_t largest = std::ranges::max_element(fetched, {}, &media::size)->size;
  const fetcher fetch = [&](transfer::source from) {
    return transfer::transfer_files(std::move(from), std::move(fetched), std::move(options),
                                    std::move(settings));
  };
  report ended = co_await fetch_from(client, in_takeout, largest, fetch);
  for (std::size_t i = 0; i < reported.size(); ++i) {
    done.files[reported[i]] = std::move(ended.files[i]);
  }
  done.notes = std::move(ended.notes);
  co_return done;
}

}  // namespace mtfetch
