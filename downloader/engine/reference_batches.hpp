// SPDX-License-Identifier: BSL-1.0
// Which file references are read anew together, and when: a hundred messages of a chat in one call.
#pragma once

#include "downloader/engine/pause.hpp"
#include "downloader/engine/retry.hpp"

#include <mtfetch/bytes.hpp>
#include <mtfetch/error.hpp>
#include <mtfetch/instant.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mtfetch::engine {

struct reference_limits {
  std::size_t most_files = 100;  ///< in one call: so many messages channels.getMessages gives
  std::size_t most_calls = 4;    ///< under way at once, of as many chats
  /// References that were read so long after one that has lapsed are taken to lapse soon.
  duration about_then = std::chrono::minutes(5);
  int max_attempts = 10;  ///< of calls for one chat in a row; flood waits are none
  backoff retry;
};

/// The file references of one run: those that lapsed, and those that lapse with them.
///
/// When the server refuses one, all of the same chat that were read no later have lapsed as well.
/// So whoever waits is put into one call per chat, and what room is left goes to files that have
/// not been refused yet: those under way before those in line. What is refused while a call for its
/// chat is under way waits for the next. No clock, no I/O: after any event ask `poll` until it
/// gives nothing, and again at `deadline`. Files have numbers of the caller's choice, the first in
/// line the lowest. https://core.telegram.org/api/file-references
class reference_batches {
 public:
  using file_number = std::size_t;
  enum class call_id : std::uint64_t {};
  struct call {
    call_id id{};
    std::vector<file_number> files;  ///< all of one chat
  };
  /// What an answer, or none, means for one file of the call. Of others there is nothing to tell.
  enum class outcome {
    renewed,  ///< take the new reference
    failed,   ///< it waited for one, and there is none
  };
  struct ended {
    file_number file = 0;
    outcome how = outcome::failed;
    std::size_t place = 0;  ///< in call::files
  };

  reference_batches(reference_limits limits, random_source random);

  /// A file in line whose reference was read then from a message of this chat.
  void add(file_number file, std::int64_t chat, time_point read);
  /// It is fetched from now on. Where its reference is known to have lapsed it is read at once.
  void begin(file_number file);
  /// The server refused its reference: it waits for a new one.
  void on_lapsed(file_number file);
  /// It is over.
  void remove(file_number file);

  /// The next call to be made. Answer with on_answer, on_refused or on_lost.
  std::optional<call> poll(time_point now);
  time_point deadline() const;
  /// `fresh`: for each of call::files whether its message gave a new reference.
  std::vector<ended> on_answer(call_id id, const std::vector<bool>& fresh);
  /// The call as a whole was refused. A flood wait is waited for.
  std::vector<ended> on_refused(call_id id, const rpc_failure& failure, time_point now);
  /// It failed on its way; `why` is told while the next try is waited for.
  std::vector<ended> on_lost(call_id id, std::string why, time_point now);

  /// Why a file that waits for its reference goes on waiting, other than for an answer.
  std::optional<pause> why_paused(file_number file, time_point now) const;

 private:
  enum class wish { none, ahead, waits };
  struct entry {
    std::int64_t chat = 0;
    time_point read;
    bool is_renewed = false;
    bool is_missed = false;  // its message gave none: not asked for again until it waits
    wish wanted = wish::none;
  };
  struct chat {
    std::set<file_number> in_line;
    std::set<file_number> begun;
    std::set<file_number> wanted;                 // of both
    time_point lapsed_until = time_point::min();  // references read no later have lapsed
    time_point due = time_point::min();           // no call before
    int attempts = 0;
    std::string trouble;
    bool is_asked = false;
    bool is_empty() const { return in_line.empty() && begun.empty(); }
  };
  struct sent_call {
    std::int64_t chat = 0;
    std::vector<file_number> files;
    time_point at;
  };

  std::vector<file_number> choose(const chat& of) const;
  bool lapses_with(const entry& one, time_point lapsed) const;
  void forget_if_empty(std::int64_t id);
  void want(file_number file, wish how);
  void drop_wish(file_number file);
  sent_call take(call_id id);
  std::vector<ended> give_up(const sent_call& made);
  std::vector<ended> try_again(const sent_call& made, std::string why, time_point now);

  reference_limits limits_;
  random_source random_;
  std::map<file_number, entry> files_;
  std::map<std::int64_t, chat> chats_;
  std::set<std::int64_t> asking_;  // chats with files that want a call
  std::map<call_id, sent_call> calls_;
  time_point flood_until_ = time_point::min();  // a flood wait is the account's, not a chat's
  bool premium_ = false;
  std::uint64_t next_call_ = 1;
};

}  // namespace mtfetch::engine
