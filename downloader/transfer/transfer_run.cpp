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

// Runs blocking work; an error becomes its code and sentence.
template <class Work>
std::pair<std::error_code, std::string> attempt(Work work) {
  try {
    work();
    return {};
  } catch (const std::system_error& failed) {  // mtfetch::error and std::filesystem among them
    return {failed.code(), failed.what()};
  } catch (const std::bad_alloc&) {
    return {std::make_error_code(std::errc::not_enough_memory), "out of memory"};
  }
}

// Of what goes into a sink so much is in memory at most, asked for or waiting for what is before
// it.
constexpr std::int64_t most_held = 40 * engine::mib;

engine::engine_config fitted(engine::engine_config config, const download_options& options,
                             const run_kind& kind) {
  config.max_connections = std::clamp(options.connections, 1, 16);
  if (kind.into) {  // a checkpoint hands on what is judged: nothing is gained by waiting
    config.checkpoint_bytes = std::min(config.checkpoint_bytes, engine::mib);
    config.checkpoint_interval = std::chrono::milliseconds(20);
  }
  return config;
}

}  // namespace

transfer_run::transfer_run(asio::any_io_executor executor, source from, std::vector<media> files,
                           download_options options, transfer_settings settings, run_kind kind)
    : executor_(executor),
      from_(std::move(from)),
      options_(std::move(options)),
      calls_(std::move(settings.calls)),
      engine_(fitted(settings.engine, options_, kind), crypto::system_random()),
      deadline_(executor),
      ticker_(executor),
      changed_(executor),
      kind_(std::move(kind)),
      names_(std::make_shared<std::set<std::filesystem::path>>()),
      worker_(executor, kind_.into ? kind_.into->interrupt : std::function<void()>()) {
  options_.files_at_once = std::clamp(options_.files_at_once, 1, 64);
  const std::vector<std::filesystem::path> names =
      kind_.into ? std::vector<std::filesystem::path>(files.size(), files.at(0).file_name)
                 : target_paths(files, options_.to);
  for (std::size_t i = 0; i < files.size(); ++i) {
    file_state& added = files_.emplace_back();
    added.outcome.path = names[i];
    added.outcome.size = files[i].size;
    added.wanted = names[i];
    added.what = std::move(files[i]);
  }
}

asio::awaitable<report> transfer_run::run() {
  // Cancellation is answered here, once, and not by whichever await it happens to meet.
  co_await asio::this_coro::throw_if_cancelled(false);
  start_files();
  tick();
  const auto state = co_await asio::this_coro::cancellation_state;
  const auto all_over = [this] {
    return std::ranges::all_of(files_, [](const auto& f) { return f.at == stage::over; });
  };
  while (!all_over() && !closing_ && state.cancelled() == asio::cancellation_type::none) {
    std::error_code woken;
    changed_.expires_at(no_deadline);
    co_await changed_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
  const bool cancelled =
      state.cancelled() != asio::cancellation_type::none || (closing_ && !all_over());
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  stop();
  while (coroutines_ > 0 || jobs_ > 0) {
    std::error_code woken;
    changed_.expires_at(no_deadline);
    co_await changed_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
  if (cancelled) throw std::system_error(asio::error::operation_aborted);
  report done;
  for (const file_state& file : files_) done.files.push_back(file.outcome);
  co_return done;
}

void transfer_run::start_files() {
  const auto busy = static_cast<std::size_t>(std::ranges::count_if(
      files_, [](const auto& f) { return f.at != stage::waiting && f.at != stage::over; }));
  std::size_t free =
      static_cast<std::size_t>(options_.files_at_once) - std::min<std::size_t>(busy, 64);
  for (std::size_t i = 0; i < files_.size() && free > 0 && !stopping_; ++i) {
    if (files_[i].at != stage::waiting) continue;
    claim(i);
    --free;
  }
}

void transfer_run::claim(std::size_t index) {
  file_state& file = files_[index];
  file.at = stage::claiming;
  file.began = now();
  target_wish wish;
  wish.name = file.wanted;
  wish.identity.id = file.what.id;
  wish.identity.size = file.what.size;
  wish.identity.variant = file.what.thumb_size;
  wish.look_for_unclaimed = options_.verify;
  wish.whole_file_sha256 = options_.whole_file_sha256;
  wish.is_ours = [names = names_](const auto& name) { return names->contains(name); };
  wish.calls = calls_;
  ++jobs_;
  worker_.run([self = shared_from_this(), index, wish, names = names_, into = kind_.into,
               readable = kind_.readable]() -> file_worker::continuation {
    std::shared_ptr<transfer_target> target;
    std::shared_ptr<const sink::file_reader> reader;
    auto failed = attempt([&] {
      if (into) {
        ordered_sink made(*into, wish.identity.size, wish.whole_file_sha256);
        target = std::make_shared<transfer_target>(std::move(made));
        return;
      }
      target = std::make_shared<transfer_target>(target_file::claim(wish));
      names->insert(target->file()->name());
      if (readable) {
        reader = std::make_shared<sink::file_reader>(target->file()->written_path());
      }
    });
    return [self, index, target, reader, failed] {
      --self->jobs_;
      self->files_[index].reader = reader;
      if (failed.first) {
        self->give_up(index, failure{failed.first, failed.second});
      } else {
        self->on_claimed(index, target);
      }
      self->pump();
    };
  });
  tell(index, false);
}

void transfer_run::on_claimed(std::size_t index, std::shared_ptr<transfer_target> target) {
  file_state& file = files_[index];
  file.target = std::move(target);
  engine::file_plan plan;
  plan.size = file.what.size;
  plan.dc = file.what.dc;
  plan.verify = options_.verify;
  plan.cdn = from_.cdn;
  plan.only_wanted = kind_.only_wanted;
  if (const target_file* claimed = file.target->file()) {
    file.outcome.path = claimed->name();
    file.outcome.notes = claimed->notes();
    for (const auto& window : claimed->complete()) file.outcome.resumed += window.size;
    if (claimed->known_dc() > 0) plan.dc = claimed->known_dc();
    plan.complete = claimed->complete();
    plan.candidates = claimed->candidates();
  } else {
    plan.most_held = most_held;
  }
  if (stopping_) return end(index);
  file.at = stage::fetching;
  // The engine may decide that it is complete at once; decisions are acted upon by pump, later.
  file.id = engine_.add(std::move(plan), now());
  index_of_[*file.id] = index;
  want_reads();
}

void transfer_run::store(std::size_t index, engine::part what, shared_bytes data) {
  ++jobs_;
  const engine::file_id id = *files_[index].id;
  files_[index].outcome.fetched += what.size;
  worker_.run([self = shared_from_this(), index, id, what, data = std::move(data),
               target = files_[index].target]() -> file_worker::continuation {
    std::vector<engine::window_record> windows;
    auto failed = attempt([&] { windows = target->store(what, data); });
    return [self, index, id, what, windows = std::move(windows), failed] {
      --self->jobs_;
      if (failed.first) {
        self->engine_.on_storage_failed(id, failed.first, failed.second, now());
      } else {
        self->engine_.on_stored(id, what, windows, now());
        self->hash_whole(index);
      }
      self->pump();
    };
  });
}

// The hash of the whole file follows what is complete from its beginning, while that still lies in
// the page cache.
void transfer_run::hash_whole(std::size_t index) {
  constexpr std::int64_t stride = 4 * engine::mib;
  file_state& file = files_[index];
  if (!options_.whole_file_sha256 || file.at != stage::fetching) return;
  const std::int64_t prefix = engine_.progress(*file.id).prefix;
  if (prefix - file.hash_requested < stride) return;
  file.hash_requested = prefix;
  ++jobs_;
  worker_.run([self = shared_from_this(), id = *file.id, prefix,
               target = file.target]() -> file_worker::continuation {
    auto failed = attempt([&] { target->hash_to(prefix); });
    return [self, id, failed] {
      --self->jobs_;
      if (failed.first) self->engine_.on_storage_failed(id, failed.first, failed.second, now());
      self->pump();
    };
  });
}

void transfer_run::write_checkpoint(std::size_t index, std::vector<engine::window_record> windows) {
  ++jobs_;
  const engine::file_id id = *files_[index].id;
  const int dc = engine_.progress(id).dc;
  worker_.run([self = shared_from_this(), id, dc, windows = std::move(windows),
               target = files_[index].target]() -> file_worker::continuation {
    auto failed = attempt([&] { target->checkpoint(windows, dc); });
    return [self, id, failed] {
      --self->jobs_;
      if (failed.first) {
        self->engine_.on_storage_failed(id, failed.first, failed.second, now());
      } else {
        self->engine_.on_checkpoint(id, now());
      }
      self->pump();
    };
  });
}

void transfer_run::finish(std::size_t index) {
  file_state& file = files_[index];
  file.at = stage::finishing;
  const engine::file_progress seen = engine_.progress(*file.id);
  file.outcome.verified = seen.verified;
  // Bytes that no journal claimed but a hash vouched for were there as well.
  file.outcome.resumed = std::max(file.outcome.resumed, seen.size - file.outcome.fetched);
  if (seen.repaired > 0) {
    file.outcome.notes.push_back(std::to_string(seen.repaired) +
                                 " windows arrived damaged and were fetched again");
  }
  if (!seen.cdn_left.empty()) {
    file.outcome.notes.push_back("its CDN was given up: " + seen.cdn_left);
  }
  if (options_.verify && seen.verified < seen.size) {
    file.outcome.notes.push_back("the server gave hashes for " + std::to_string(seen.verified) +
                                 " of " + std::to_string(seen.size) + " bytes");
  }
  ++jobs_;
  worker_.run(
      [self = shared_from_this(), index, target = file.target]() -> file_worker::continuation {
        std::string sha256;
        auto failed = attempt([&] { sha256 = target->finish(); });
        return [self, index, sha256, failed] {
          --self->jobs_;
          file_state& done = self->files_[index];
          if (failed.first) {
            self->give_up(index, failure{failed.first, failed.second});
          } else {
            if (done.target->file() != nullptr) done.outcome.path = done.target->file()->name();
            done.outcome.sha256 = sha256;
            self->end(index);
          }
          self->pump();
        };
      });
}

void transfer_run::give_up(std::size_t index, failure why) {
  file_state& file = files_[index];
  file.outcome.code = why.code;
  file.outcome.error = why.sentence;
  if (kind_.into && kind_.into->interrupt) kind_.into->interrupt();
  if (file.id) {
    file.outcome.verified = engine_.progress(*file.id).verified;
    file.outcome.error = file.outcome.path.filename().string() + ": " + why.sentence;
    // What is complete stays for the next run. The disk may be full: then only this is lost.
    const int dc = engine_.progress(*file.id).dc;
    ++jobs_;
    worker_.run([self = shared_from_this(), dc, windows = engine_.take_unsynced(*file.id),
                 target = file.target]() -> file_worker::continuation {
      static_cast<void>(attempt([&] { target->checkpoint(windows, dc); }));
      return [self] {
        --self->jobs_;
        self->changed_.cancel();
      };
    });
  }
  end(index);
}

void transfer_run::end(std::size_t index) {
  file_state& file = files_[index];
  tell(index, true);
  file.at = stage::over;
  file.outcome.took = std::chrono::duration_cast<std::chrono::milliseconds>(now() - file.began);
  // Claim the next ones before the engine hears of this one's end, so that connections stay.
  start_files();
  if (file.id) engine_.remove(*file.id, now());
  changed_.cancel();
  if (!file.target) return;
  // Closing the file is the worker's, as all that concerns it; jobs before this one still use it.
  ++jobs_;
  worker_.run(
      [self = shared_from_this(),
       target = std::exchange(file.target, nullptr)]() mutable -> file_worker::continuation {
        target.reset();
        return [self] {
          --self->jobs_;
          self->changed_.cancel();
        };
      });
  changed_.cancel();
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
