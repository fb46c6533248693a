// SPDX-License-Identifier: BSL-1.0
// The download engine: events and the time in, decisions and the next deadline out.
#pragma once

#include "downloader/engine/cdn.hpp"
#include "downloader/engine/congestion_control.hpp"
#include "downloader/engine/connection_score.hpp"
#include "downloader/engine/decision.hpp"
#include "downloader/engine/failure.hpp"
#include "downloader/engine/flood_governor.hpp"
#include "downloader/engine/integrity.hpp"
#include "downloader/engine/pause.hpp"
#include "downloader/engine/readers.hpp"
#include "downloader/engine/request_end.hpp"
#include "downloader/engine/retry.hpp"
#include "downloader/engine/segment_manager.hpp"
#include "downloader/engine/stopwatch.hpp"

#include <mtfetch/bytes.hpp>
#include <mtfetch/error.hpp>
#include <mtfetch/instant.hpp>

#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace mtfetch::engine {

struct engine_config {
  int max_connections = 8;                ///< to one data centre
  std::int64_t max_in_flight = 28 * mib;  ///< asked for or being stored, over all files
  std::int32_t part_size = 512 * 1024;    ///< before the rate of a connection is known
  /// A part takes a connection about so long: what is lost with one is little, and what is asked
  /// for last comes soon.
  duration part_time = std::chrono::milliseconds(250);
  std::int64_t hash_ahead = 16 * mib;  ///< hashes are asked for so far before the parts
  std::int64_t hash_lag = 24 * mib;    ///< parts run at most so far before the hashes
  std::int64_t checkpoint_bytes = 32 * mib;
  duration checkpoint_interval = std::chrono::seconds(1);
  duration least_late = std::chrono::milliseconds(500);  ///< a part is not late before this
  duration least_help = std::chrono::milliseconds(200);  ///< earlier, or no copy is asked for
  duration least_dead = std::chrono::seconds(8);         ///< nor is a connection dead
  duration first_answer = std::chrono::seconds(2);       ///< expected before anything is measured
  duration idle_close = std::chrono::seconds(10);
  duration told_silence = std::chrono::seconds(3);  ///< people are told of it from then on
  std::int64_t reader_room = 8 * mib;  ///< for parts that readers wait for, beyond max_in_flight
  duration reader_part_time = std::chrono::milliseconds(50);  ///< part_time of such a part
  /// So long after the last one waited, room is kept for readers.
  duration reader_linger = std::chrono::seconds(2);
  backoff retry;
  cdn_limits cdn;
  int max_attempts = 10;  ///< of one part, failures of the server only
  int max_repairs = 3;    ///< of one hash window
  int max_refreshes = 3;  ///< of a file reference, each refused as soon as it was read
  int max_lapses = 60;    ///< of a file's references, without a byte in between
  duration fresh = std::chrono::seconds(1);  ///< so long a reference that was read must be good
  int max_migrations = 3;                    ///< of one file
  int max_connection_failures = 6;           ///< in a row, without a byte in between
  int max_barren_connections = 40;           ///< in a row, with bytes and without an answer
};

/// Which of the files go first; bytes that a reader waits for go before them all.
enum class file_priority { bulk, interactive };

/// One file as the engine needs to know it.
struct file_plan {
  std::int64_t size = 0;
  int dc = 0;
  bool verify = true;
  bool cdn = false;  ///< the source can follow redirects; only files that are verified do
  std::vector<window_record> complete;  ///< windows that are there from an earlier run
  std::vector<window_record>
      candidates;  ///< bytes found in the file that only a hash can vouch for
  file_priority priority = file_priority::bulk;
  bool only_wanted = false;  ///< nothing is fetched but what readers wait for
  /// Nothing new is asked for while so many bytes are asked for or arrived and in no checkpoint
  /// that is done: where what is not written yet lies in memory.
  std::int64_t most_held = std::numeric_limits<std::int64_t>::max();
};

struct file_progress {
  std::int64_t size = 0;
  std::int64_t done = 0;      ///< bytes complete
  std::int64_t prefix = 0;    ///< complete from the start of the file to here
  std::int64_t verified = 0;  ///< bytes compared with the server's hashes
  int dc = 0;
  std::size_t repaired = 0;  ///< hash windows that had to be fetched again
  bool refreshing = false;   ///< waits for a file reference
  int cdn_dc = 0;            ///< parts are asked for at this CDN; 0: at `dc`
  std::string cdn_left;      ///< why a CDN was given up for `dc`; empty: it was not
};

/// Downloads any number of files over a few connections to each data centre.
///
/// It owns what is missing, what is asked for where, and when to try what again. It has no clock
/// and does no I/O: after any call the driver drains `poll_decision` and calls `on_deadline` when
/// `deadline()` comes. Answers to requests that it dropped or forgot are ignored. Not thread-safe.
class engine {
 public:
  engine(engine_config config, random_source random);

  file_id add(file_plan plan, time_point now);
  /// Forgets a file, whatever its state; its requests are dropped.
  void remove(file_id file, time_point now);
  /// Hands over what is complete and in no checkpoint yet, for a file that ends or is given up.
  std::vector<window_record> take_unsynced(file_id file);

  void on_connected(connection_id connection, time_point now);
  /// It could not be opened, or was lost. Its requests go to other connections.
  void on_connection_lost(connection_id connection, std::error_code code,
                          const std::string& sentence, time_point now);

  /// Bytes of an answer came last at this time, which may lie in the past: slow is not dead. To be
  /// told before on_deadline, at least.
  void on_bytes(connection_id connection, time_point when);
  /// `size` bytes came for a part. True: store and hash them, then call on_stored or
  /// on_storage_failed. False: they are not wanted.
  bool on_part(request_id request, std::int64_t size, time_point now);
  void on_hashes(request_id request, std::span<const server_hash> hashes, time_point now);
  /// Instead of a part: the file is to be had from this CDN. `dc` 0: what the server sent cannot be
  /// followed. True: it is followed, so that parts asked for from now on take this redirect's
  /// token. https://core.telegram.org/constructor/upload.fileCdnRedirect
  bool on_cdn_redirect(request_id request, int dc, std::span<const server_hash> hashes,
                       time_point now);
  /// Instead of a part: the CDN has to be given the file first.
  /// https://core.telegram.org/constructor/upload.cdnFileReuploadNeeded
  void on_reupload_needed(request_id request, time_point now);
  void on_rpc_failure(request_id request, const rpc_failure& failure, time_point now);
  /// No answer will come for this request, though its connection may live on.
  void on_request_lost(request_id request, std::error_code code, const std::string& sentence,
                       time_point now);

  /// The bytes of a part are in the file; `windows` are the hash windows it consists of.
  void on_stored(file_id file, part what, std::span<const window_record> windows, time_point now);
  void on_storage_failed(file_id file, std::error_code code, std::string sentence, time_point now);
  void on_checkpoint(file_id file, time_point now);
  void on_reference(file_id file, time_point now);
  void on_reference_failed(file_id file, std::error_code code, std::string sentence,
                           time_point now);

  /// A reader waits for these bytes; they go before all others, those of the soonest deadline
  /// first. In place of what this reader waited for before: a seek.
  void on_read_wanted(file_id file, reader_id reader, range bytes, time_point deadline,
                      time_point now);
  /// It waits no more. What was not asked for yet is not asked for out of turn any longer; what is
  /// under way stays, unless the file is `only_wanted`.
  void on_read_over(file_id file, reader_id reader, time_point now);
  /// Whether these bytes are stored and judged: then they may be read. Ask after on_stored and
  /// on_hashes.
  bool available(file_id file, range bytes) const;
  /// What all connections to the file's data centre brought of late, in bytes a second.
  double goodput(file_id file) const;

  std::optional<decision> poll_decision();
  time_point deadline() const;
  void on_deadline(time_point now);

  file_progress progress(file_id file) const;
  /// Why the file does not move, or no faster; nothing while all is well or it is over.
  std::optional<pause> why_paused(file_id file, time_point now) const;
  std::int64_t in_flight() const { return in_flight_; }
  /// Told of each request for a part when it ends, from within the call that ends it: it must not
  /// call back.
  void watch(request_watcher told) { watcher_ = std::move(told); }

 private:
  struct file {
    file(const file_plan& plan, const cdn_limits& limits);
    // Asked for with a reference that was read anew since the first one lapsed.
    bool shows_new_reference(unsigned asked_with) const {
      return static_cast<int>(generation - asked_with) < lapses - (refreshing ? 1 : 0);
    }
    void note_answer(unsigned asked_with) {
      if (shows_new_reference(asked_with)) refreshes = lapses = 0;
    }
    int parts_dc() const { return cdn.parts_dc(dc); }
    bool uses(int centre) const { return centre == dc || centre == parts_dc(); }
    segment_manager segments;
    integrity hashes;
    cdn_route cdn;
    readers waiting;
    file_priority priority = file_priority::bulk;
    bool only_wanted = false;
    std::int64_t most_held = 0;
    std::int64_t handed_over = 0;  // in checkpoints that are done
    std::int64_t handing_over = 0;
    int dc = 0;          // the master
    bool active = true;  // neither complete nor failed
    time_point began;
    std::string trouble;  // what failed last, in words
    bool refreshing = false;
    unsigned generation = 0;  // of the file reference
    time_point reference_read = time_point::min();
    int refreshes = 0;
    int lapses = 0;
    int migrations = 0;
    int hash_failures = 0;
    std::int64_t storing = 0;
    std::int64_t verified = 0;
    std::size_t repaired = 0;
    time_point hashes_due = time_point::min();  // no question before
    std::set<std::int64_t> candidates;          // windows of an earlier run, by offset
    std::map<std::int64_t, int> repairs;        // by window offset
    std::vector<window_record> unsynced;
    std::int64_t unsynced_bytes = 0;
    time_point checkpoint_due = no_deadline;
    bool checkpointing = false;
  };
  struct connection {
    int dc = 0;
    bool open = false;
    connection_window window;
    connection_score score;
    std::int64_t outstanding_bytes = 0;
    std::size_t outstanding = 0;
    std::size_t outstanding_parts = 0;
    std::size_t bulk_parts = 0;     // of them, those that no reader waits for
    std::int64_t reader_bytes = 0;  // of the outstanding ones, those that a reader waits for
    time_point last_heard;
    duration silence{0};  // while something was asked for, when nothing is any more
    std::size_t answers = 0;
    bool brought_bytes = false;
    bool was_asked = false;
  };
  struct request {
    file_id owner{};
    connection_id over{};
    bool for_hashes = false;
    job parts;  // of a part
    bool for_reader = false;
    range asked;  // of a hash question
    range bytes() const { return for_hashes ? asked : range{parts.what.offset, parts.what.end()}; }
    bool is_bulk() const { return !for_hashes && !for_reader; }
    part_call part_as = part_call::get_file;
    hash_call hashes_as = hash_call::file_hashes;
    unsigned cdn_round = 0;  // of reuploads, when it was sent
    unsigned cdn_token = 0;
    bool is_of_cdn() const {
      return part_as == part_call::get_cdn_file || hashes_as != hash_call::file_hashes;
    }
    connection_window::mark mark;
    time_point due_at;  // when it should come, by what its connection did so far
    time_point late_at;
    int copies = 0;                  // asked for so often before
    std::optional<request_id> twin;  // the other copy of a hedged request
    bool is_copy = false;            // the second of two
    time_point wanted;               // when it could have been sent first
    unsigned generation = 0;
  };
  struct data_centre {
    flood_governor governor;
    bool premium = false;  // of the last flood wait: Premium would shorten it
    std::string trouble;   // of the last lost connection, until a request is answered
    bool has_answered = false;
    int spares = 0;    // beyond what the bytes are worth: requests are late, connections lost
    int failures = 0;  // connections in a row that brought nothing
    int barren = 0;    // connections in a row that brought bytes, and never a whole answer
    int patience = 1;  // grows when connections die silent
    std::int32_t part_limit = largest_part;
    time_point may_open = time_point::min();
    time_point idle_since = no_deadline;
    std::optional<duration> answer_time;
    double rate = 0;         // of one connection, smoothed over all; 0 while unknown
    std::uint32_t turn = 0;  // the file that comes next where all have their turn
    std::uint32_t turns = 0;
    time_point reading_until = time_point::min();
    std::optional<connection_id> lane;           // kept free for readers meanwhile
    std::int64_t owed = 0;                       // bytes that readers took before all others
    std::int64_t wanted_bytes = 0;               // to be asked for, of all its files
    std::int64_t brought = 0;                    // bytes of parts
    time_point rests_until = time_point::min();  // a CDN that failed
    replacement_rule replacing;
    // While all of its connections have as much to do as they may: nothing but their goodput
    // decides how fast its files come then.
    bool is_full = false;
    stopwatch full;
    stopwatch unanswered;  // since the last answer, the time in which it owed any
  };
  using request_entry = std::map<request_id, request>::iterator;

  // Answers and failures (answers.cpp)
  request forget(request_entry entry);
  void way_is_open(connection_id id, time_point now);
  void heard(const request& answered, time_point now);
  void measure(const request& answered, std::int64_t size, time_point now);
  void drop_twin(const request& answered);
  void give_back(const request& failed, time_point when);
  void give_back_uncut(const request& failed, time_point now);
  void try_again(request failed, std::error_code code, const std::string& sentence, time_point now);
  void migrate(file_id id, const request& failed, int dc, time_point now);
  void expire_reference(file_id id, const request& failed, time_point now);
  void judge(file_id id, const judgement& decided, time_point now);
  void judge_all(file_id id, std::span<const judgement> decided, time_point now);
  void drop_requests_of(file_id id, std::optional<time_point> take_back);
  void fail(file_id id, std::error_code code, std::string sentence);
  static void ask_for_less(data_centre& centre);
  void fail_data_centre(int dc, std::error_code code, const std::string& sentence);

  // What is told (telling.cpp)
  struct end_facts {
    ending how = ending::dropped;
    std::int64_t received = 0;
    std::int32_t flood_seconds = 0;
    std::string_view why = {};
  };
  void tell_end(const request& made, end_facts facts, time_point now) const;
  std::optional<pause> why_unanswered(file_id id, const file& owner, time_point now) const;
  // CDNs (cdn_answers.cpp)
  bool refused_by_cdn(const request& failed, const rpc_failure& failure, time_point now);
  void drop_all_but_cdn_parts(file_id id, time_point now);
  void renew_token(file_id id, const std::string& sentence, time_point now);
  void leave_cdn(file_id id, const std::string& why, time_point now);
  void leave_cdns_at(int dc, const std::string& why, time_point now);
  void leave_slow_cdns(time_point now);
  bool count_cdn_hashes(const request& answered, std::span<const server_hash> hashes,
                        time_point now);
  void count_lost_reuploads(const std::vector<file_id>& lost, const std::string& why,
                            time_point now);
  bool has_part_at_master(file_id id) const;
  bool send_reupload(file_id id, file& owner, connection_id over, time_point now);

  // What to do next (schedule.cpp)
  void settle(time_point now);
  void note_time(time_point now) { last_settled_ = std::max(last_settled_, now); }
  void open_and_close_connections(int dc, data_centre& centre, time_point now);
  void fill_connections(int dc, data_centre& centre, time_point now);
  std::optional<connection_id> next_for_bulk(int dc, const data_centre& centre,
                                             time_point now) const;
  bool send_next(int dc, data_centre& centre, connection_id over, time_point now);
  bool send_of(int dc, file_id id, file& owner, connection_id over, time_point now);
  bool send_hash_question(file_id id, file& owner, connection_id over, time_point now);
  bool question_may_go(const file& owner, time_point now) const;
  bool put_question(file_id id, file& owner, range asked, connection_id over, time_point now);
  bool part_may_go(file_id id, const file& owner) const;
  bool send_next_part(file_id id, file& owner, connection_id over, time_point now);
  void put_part(file_id id, file& owner, const job& next, connection_id over, bool for_reader,
                time_point now);
  void put(request made, std::optional<request_id> twin, time_point now);
  std::optional<connection_id> roomiest(int dc, std::optional<connection_id> avoid,
                                        bool with_room) const;
  std::optional<connection_id> soonest(int dc) const;
  std::size_t outstanding(int dc) const;
  int open_connections(int dc) const;
  void hedge_late_requests(time_point now);
  void help_at_the_end(int dc, const data_centre& centre, time_point now);
  void close_dead_connections(time_point now);
  // Connections much slower than others (replacing.cpp)
  void begin_round(int dc, data_centre& centre, time_point now);
  std::optional<connection_id> much_slower(int dc, data_centre& centre, time_point now);
  void replace(connection_id id, time_point now);

  void write_checkpoints(time_point now);
  bool has_room(const connection& candidate, bool narrow = false) const;
  std::int32_t part_size(const file& owner, const connection& over) const;
  duration expected(const connection& over) const;
  duration late_after(const request& made) const;
  duration dead_after(const connection& over) const;
  data_centre& centre_of(int dc) { return centres_[dc]; }

  // For readers (reading.cpp)
  void serve_readers(int dc, data_centre& centre, time_point now);
  bool serve(int dc, file_id id, file& owner, range wanted, time_point now);
  void hurry(file_id id, range wanted, time_point deadline, time_point now);
  void drop_unwanted(file_id id, time_point now);
  void keep_lane(int dc, data_centre& centre, time_point now);
  static bool is_waited_for(const file& owner);
  static bool reading(const data_centre& centre, time_point now) {
    return now < centre.reading_until;
  }
  std::int64_t wanted_bytes(const file& owner) const;
  duration wait_for(const connection& over, std::int64_t size, time_point now) const;
  std::optional<connection_id> least_waiting(int dc, std::int64_t size,
                                             std::optional<connection_id> avoid, bool with_room,
                                             time_point now) const;
  std::int32_t reader_part_size(const file& owner, const connection& over, range wanted) const;
  time_point late_for_reader(const request& made, time_point deadline, time_point now) const;

  engine_config config_;
  random_source random_;
  std::map<file_id, file> files_;
  std::map<connection_id, connection> connections_;
  std::map<request_id, request> requests_;
  std::map<int, data_centre> centres_;
  std::deque<decision> decisions_;
  request_watcher watcher_;
  std::int64_t in_flight_ = 0;
  time_point last_settled_ = time_point::min();
  std::uint32_t next_file_ = 1;
  std::uint32_t next_connection_ = 1;
  std::uint64_t next_request_ = 1;
};

}  // namespace mtfetch::engine
