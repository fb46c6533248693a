// SPDX-License-Identifier: BSL-1.0
// One call of transfer_files while it runs: the driver between the engine, a source and the files.
#pragma once

#include "downloader/engine/engine.hpp"
#include "downloader/engine/file_scheduler.hpp"
#include "downloader/engine/read_ahead.hpp"
#include "downloader/engine/reference_batches.hpp"
#include "downloader/transfer/file_worker.hpp"
#include "downloader/transfer/finished_files.hpp"
#include "downloader/transfer/known_files.hpp"
#include "downloader/transfer/progress_meter.hpp"
#include "downloader/transfer/request_totals.hpp"
#include "downloader/transfer/sidecar.hpp"
#include "downloader/transfer/taken_names.hpp"
#include "downloader/transfer/target_file.hpp"
#include "downloader/transfer/transfer.hpp"
#include "downloader/transfer/transfer_target.hpp"

#include <mtfetch/download.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <vector>

namespace mtfetch::transfer {

/// What a run is beside the usual one, which writes files and is over.
struct run_kind {
  std::optional<byte_sink> into;  ///< takes the one file there is
  bool readable = false;          ///< the one file there is is read meanwhile
  bool only_wanted = false;       ///< and nothing is fetched but what is read
  media_supply more;              ///< further files, asked for while others are fetched
};

/// Holds no rules: it does what the engine decides and reports back, arms one timer for the
/// engine's deadline, and gives blocking work to one thread. Everything but the target files and
/// the claimed names belongs to the executor.
class transfer_run : public std::enable_shared_from_this<transfer_run> {
 public:
  transfer_run(asio::any_io_executor executor, source from, std::vector<media> files,
               download_options options, transfer_settings settings, run_kind kind = {});

  /// Once. Throws operation_aborted when cancelled, after everything has come to rest.
  asio::awaitable<report> run();
  /// Ends the worker's thread: nothing may come back to an executor that is going away.
  void end_worker() { worker_.end(); }

  // Reads of the one file of a readable run (reads.cpp).
  /// Gives what the file is read with, once these bytes are there. Throws client_errc::deadline,
  /// what made the file fail, or operation_aborted when it was closed or the read is cancelled.
  asio::awaitable<std::shared_ptr<const sink::file_reader>> reader_of(engine::range bytes,
                                                                      time_point deadline);
  /// Ends it as if it were cancelled.
  void close();
  std::int64_t size() const { return files_.front().what.size; }
  progress seen(std::size_t index) const;

 private:
  enum class stage { waiting, claiming, fetching, finishing, over };
  struct file_state {
    media what;
    std::filesystem::path wanted;
    stage at = stage::waiting;
    std::shared_ptr<transfer_target> target;
    std::shared_ptr<const sink::file_reader> reader;  // of a readable run
    std::optional<engine::file_id> id;
    progress_meter meter;
    request_totals totals;
    file_report outcome;
    /// Where the file is complete up to, for the worker to see.
    std::shared_ptr<std::atomic<std::int64_t>> prefix =
        std::make_shared<std::atomic<std::int64_t>>(0);
    std::shared_ptr<const cdn_redirect> redirect;  // the last that is followed
    shared_bytes request_token;                    // of the last part that the CDN did not have
    time_point began;
  };
  struct failure {
    std::error_code code;
    std::string sentence;
  };
  using signal = std::shared_ptr<asio::cancellation_signal>;

  // Files, from their claim to their end (transfer_run.cpp)
  /// Those that are refused have failed at once.
  void add_files(std::vector<media> files, const std::vector<std::filesystem::path>& names,
                 const std::optional<failure>& refused = {});
  void start_files();
  void ask_for_more();
  asio::awaitable<void> add_more();
  void add_supplied(std::vector<media> files);
  bool is_over() const;
  void claim(std::size_t index);
  void examine(std::size_t index, std::shared_ptr<transfer_target> target);
  void skip(std::size_t index, whole_file there, std::string note);
  std::string write_info(const std::optional<media>& what, const whole_file& file);
  void on_claimed(std::size_t index, std::shared_ptr<transfer_target> target);
  void store(std::size_t index, engine::part what, shared_bytes data);
  void write_checkpoint(std::size_t index, std::vector<engine::window_record> windows);
  void finish(std::size_t index);
  void hash_rest(std::size_t index, std::vector<engine::window_record> rest);
  void give_up(std::size_t index, failure why);
  void end(std::size_t index);
  void stop();
  void note_prefix(std::size_t index) {
    files_[index].prefix->store(engine_.progress(*files_[index].id).prefix);
  }
  void enter_finished();
  file_state& file_of(engine::file_id id) { return files_[index_of_.at(id)]; }

  // The engine's decisions, and what becomes of them (requests.cpp)
  void pump();
  void act(const engine::open_connection& what);
  void act(const engine::close_connection& what);
  void act(const engine::send_part& what);
  void get_part(const engine::send_part& what);
  void get_cdn_part(const engine::send_part& what);
  void arrived(const engine::send_part& what, shared_bytes data);
  void act(const engine::send_hashes& what);
  void act(const engine::drop_request& what);
  void act(const engine::refresh_reference& what);
  void act(const engine::checkpoint& what);
  void act(const engine::file_complete& what);
  void act(const engine::file_failed& what);
  asio::awaitable<void> open(engine::connection_id id, int dc);
  template <class Call, class Use>
  void ask(engine::request_id request, engine::connection_id over, Call call, Use use);
  template <class Call, class Use>
  asio::awaitable<void> fetch(engine::request_id request, engine::connection_id over, Call call,
                              Use use);
  void refresh_lapsed();
  asio::awaitable<void> refresh(engine::reference_batches::call what, std::vector<media> lapsed);
  void renew(std::size_t index, const media& fresh);
  void spawn(asio::awaitable<void> work, const signal& cancels);
  void arm();

  // Reads (reads.cpp)
  struct waiting_read {
    waiting_read(const asio::any_io_executor& executor, engine::range wanted, time_point until)
        : bytes(wanted), deadline(until), wake(executor) {}
    engine::range bytes;
    time_point deadline;
    asio::steady_timer wake;
    bool told = false;  // to the engine
  };
  bool may_read(engine::range bytes) const;
  void want_reads();
  void want_ahead(engine::range bytes);
  void wake_reads();
  std::string missing_of(engine::range bytes) const;

  // Words for people (progress.cpp)
  void tick();
  void tell(std::size_t index, bool finished);
  template <class Told>
  void hand_out(const std::function<void(const Told&)>& callback, const Told& told);
  std::string pause_of(const file_state& file) const;
  std::optional<engine::pause> why_paused(engine::file_id id, time_point at) const;
  void note_end(const engine::request_end& one);
  void tell_parts();

  static time_point now() { return std::chrono::steady_clock::now(); }

  asio::any_io_executor executor_;
  source from_;
  download_options options_;
  transfer_settings settings_;
  engine::engine engine_;
  std::deque<file_state> files_;
  engine::file_scheduler scheduler_;  // in line, and claimed
  engine::reference_batches references_;
  std::size_t over_ = 0;
  std::int64_t over_bytes_ = 0;  // of files that are over, those here; for people
  std::int64_t all_bytes_ = 0;
  bool asking_ = false;         // for more
  std::exception_ptr no_more_;  // why the supply ended before its end
  std::exception_ptr thrown_;   // by a callback of the user's: that ends the run
  std::map<engine::file_id, std::size_t> index_of_;
  std::map<engine::connection_id, std::shared_ptr<open_source>> connections_;
  std::map<engine::connection_id, signal> opening_;
  std::map<engine::request_id, signal> requests_;
  std::set<signal> refreshing_;
  asio::steady_timer deadline_;
  asio::steady_timer ticker_;
  asio::steady_timer changed_;  // cancelled when a file ends or work comes back
  std::size_t coroutines_ = 0;
  std::size_t jobs_ = 0;  // given to the worker, not reported back
  std::size_t last_told_ = 0;
  time_point began_ = now();
  std::vector<part_statistics> ended_parts_;  // not told yet
  bool stopping_ = false;
  bool closing_ = false;
  run_kind kind_;
  std::map<engine::reader_id, std::shared_ptr<waiting_read>> reads_;
  engine::read_ahead ahead_;
  std::uint32_t next_reader_ = 1;
  std::shared_ptr<taken_names> names_;        // on the worker's thread
  std::shared_ptr<finished_files> finished_;  // so is this
  std::shared_ptr<known_files> known_;        // and this; null where nothing is skipped
  file_worker worker_;                        // last: it ends before what its jobs speak of
};

/// Runs it, and ends its worker whatever happens.
asio::awaitable<report> run_to_end(std::shared_ptr<transfer_run> run);

}  // namespace mtfetch::transfer
