// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/transfer_run.hpp"

#include "downloader/transfer/target_paths.hpp"
#include "mtproto/crypto/random.hpp"

#include <asio/error.hpp>
#include <asio/redirect_error.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace mtfetch::transfer {
namespace {

engine::engine_config fitted(engine::engine_config config, const download_options& options,
                             const run_kind& kind) {
  config.max_connections = std::clamp(options.connections, 1, 16);
  if (kind.into) {  // a checkpoint hands on what is judged: nothing is gained by waiting
    config.checkpoint_bytes = std::min(config.checkpoint_bytes, engine::mib);
    config.checkpoint_interval = std::chrono::milliseconds(20);
  }
  return config;
}

engine::scheduler_limits at_once(const download_options& options) {
  engine::scheduler_limits limits;
  limits.large_at_once = static_cast<std::size_t>(std::clamp(options.files_at_once, 1, 64));
  return limits;
}

engine::reference_limits reference_limits_of(const engine::engine_config& config) {
  engine::reference_limits limits;
  limits.max_attempts = config.max_attempts;
  limits.retry = config.retry;
  return limits;
}

}  // namespace

transfer_run::transfer_run(asio::any_io_executor executor, source from, std::vector<media> files,
                           download_options options, transfer_settings settings, run_kind kind)
    : executor_(executor),
      from_(std::move(from)),
      options_(std::move(options)),
      settings_(std::move(settings)),
      engine_(fitted(settings_.engine, options_, kind), crypto::system_random()),
      scheduler_(at_once(options_)),
      references_(reference_limits_of(settings_.engine), crypto::system_random()),
      deadline_(executor),
      ticker_(executor),
      changed_(executor),
      kind_(std::move(kind)),
      names_(std::make_shared<taken_names>()),
      finished_(std::make_shared<finished_files>()),
      worker_(executor, kind_.into ? kind_.into->interrupt : std::function<void()>()) {
  engine_.watch([this](const engine::request_end& one) { note_end(one); });
  if (kind_.more) options_.to /= "";  // a folder, however many files there will be
  std::vector<std::filesystem::path> names = settings_.names;
  const bool into_folder = !kind_.into && !kind_.readable && names.empty() &&
                           (kind_.more || !names_one_file(files, options_.to));
  if (into_folder) finished_ = std::make_shared<finished_files>(options_.to / "");
  if (into_folder && options_.skip_fetched) known_ = std::make_shared<known_files>(options_.to);
  if (kind_.into) {
    names.assign(files.size(), files.at(0).file_name);
  } else if (names.empty() && !kind_.more) {  // those of a supply are named when they come
    names = target_paths(files, options_.to, options_.names);
  }
  add_files(std::move(files), names);
}

void transfer_run::add_files(std::vector<media> files,
                             const std::vector<std::filesystem::path>& names,
                             const std::optional<failure>& refused) {
  const time_point read = now();
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::size_t index = files_.size();
    file_state& added = files_.emplace_back();
    added.outcome.path = names[i];
    added.outcome.size = files[i].size;
    added.wanted = names[i];
    added.what = std::move(files[i]);
    all_bytes_ += added.what.size;
    if (refused) {
      added.began = read;
      give_up(index, {refused->code, names[i].filename().string() + ": " + refused->sentence});
    } else {
      scheduler_.add(index, added.what.size);
      references_.add(index, added.what.origin.channel_id, read);
    }
  }
}

asio::awaitable<report> transfer_run::run() {
  // Cancellation is answered here, once, and not by whichever await it happens to meet.
  co_await asio::this_coro::throw_if_cancelled(false);
  start_files();
  tick();
  const auto state = co_await asio::this_coro::cancellation_state;
  while (!is_over() && !closing_ && !thrown_ &&
         state.cancelled() == asio::cancellation_type::none) {
    std::error_code woken;
    changed_.expires_at(no_deadline);
    co_await changed_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
  const bool cancelled =
      state.cancelled() != asio::cancellation_type::none || (closing_ && !is_over());
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  stop();
  enter_finished();
  while (coroutines_ > 0 || jobs_ > 0) {
    std::error_code woken;
    changed_.expires_at(no_deadline);
    co_await changed_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
  tell_parts();
  if (thrown_) std::rethrow_exception(thrown_);
  if (cancelled) throw std::system_error(asio::error::operation_aborted);
  report done;
  for (const file_state& file : files_) done.files.push_back(file.outcome);
  done.supply_failure = no_more_;
  co_return done;
}

bool transfer_run::is_over() const {
  return over_ == files_.size() && !kind_.more && !asking_;
}

void transfer_run::start_files() {
  if (stopping_) return;
  while (const auto next = scheduler_.next()) {
    references_.begin(*next);
    claim(*next);
  }
  ask_for_more();
}

void transfer_run::ask_for_more() {
  if (!kind_.more || asking_ || stopping_ || !scheduler_.wants_more()) return;
  asking_ = true;
  const signal cancels = std::make_shared<asio::cancellation_signal>();
  refreshing_.insert(cancels);
  spawn(add_more(), cancels);
}

asio::awaitable<void> transfer_run::add_more() {
  const auto self = shared_from_this();
  bool came = false;
  try {
    std::vector<media> files = co_await kind_.more();
    came = !files.empty();
    if (came) add_supplied(std::move(files));
  } catch (const std::exception&) {  // told when what is under way has ended
    no_more_ = std::current_exception();
  }
  asking_ = false;
  if (!came || no_more_) kind_.more = {};
  if (!stopping_) {
    start_files();
    pump();
  }
  changed_.cancel();
}

// Where there is no folder for them they are told as failed, and no more are asked for.
void transfer_run::add_supplied(std::vector<media> files) {
  const std::vector<std::filesystem::path> names =
      paths_within(options_.to, files, options_.names, files_.size());
  std::optional<failure> refused;
  try {
    make_folder(options_.to);
  } catch (const error& failed) {
    no_more_ = std::current_exception();
    refused = failure{failed.code(), failed.what()};
  }
  add_files(std::move(files), names, refused);
}

void transfer_run::stop() {
  stopping_ = true;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    file_state& file = files_[i];
    if (file.at == stage::fetching) {
      give_up(i, failure{asio::error::operation_aborted, "cancelled"});
    }
  }
  ticker_.cancel();
  deadline_.cancel();
  std::vector<signal> under_way(refreshing_.begin(), refreshing_.end());
  for (const auto& [id, cancels] : requests_) under_way.push_back(cancels);
  for (const auto& [id, cancels] : opening_) under_way.push_back(cancels);
  for (const signal& cancels : under_way) cancels->emit(asio::cancellation_type::terminal);
  for (const auto& [id, over] : std::exchange(connections_, {})) over->close();
}

}  // namespace mtfetch::transfer
