// SPDX-License-Identifier: BSL-1.0
// What a file goes through on the worker thread: claimed, stored, checkpointed, finished,
// given up.
#include "downloader/transfer/target_paths.hpp"
#include "downloader/transfer/transfer_run.hpp"

#include <chrono>
#include <exception>
#include <filesystem>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

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

catalogued_file entry_of(const media& what, int dc, const std::string& sha256,
                         const window_digests& windows) {
  catalogued_file entry;
  entry.identity.id = what.id;
  entry.identity.size = what.size;
  entry.identity.variant = what.thumb_size;
  entry.dc = dc;
  entry.kind = to_string(what.kind);
  entry.origin = what.origin;
  entry.origin.access_hash = 0;
  entry.sha256 = sha256;
  entry.windows = windows;
  return entry;
}

}  // namespace

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
  wish.names = names_;
  wish.calls = settings_.calls;
  ++jobs_;
  worker_.run([self = shared_from_this(), index, wish, into = kind_.into,
               what = options_.write_info && known_ ? std::optional(file.what) : std::nullopt,
               readable = kind_.readable]() -> file_worker::continuation {
    std::shared_ptr<transfer_target> target;
    std::shared_ptr<const sink::file_reader> reader;
    bool examined = true;
    std::optional<whole_file> there;
    std::string note;
    auto failed = attempt([&] {
      if (self->known_) there = self->known_->find(wish.identity, what || wish.whole_file_sha256);
      if (there) {
        note = self->write_info(what, *there);
        return;
      }
      if (self->settings_.before_claim) self->settings_.before_claim(index);
      if (into) {
        ordered_sink made(*into, wish.identity.size, wish.whole_file_sha256);
        target = std::make_shared<transfer_target>(std::move(made));
        return;
      }
      if (self->options_.names.makes_folders()) make_folder(wish.name.parent_path());
      target = std::make_shared<transfer_target>(target_file::claim(wish));
      if (readable) {
        reader = std::make_shared<sink::file_reader>(target->file()->written_path());
      }
      examined = target->file()->examine();
    });
    if (failed.first) target.reset();
    return [self, index, target, reader, examined, there, note, failed] {
      --self->jobs_;
      self->files_[index].reader = reader;
      if (failed.first) {
        self->give_up(index, failure{failed.first, failed.second});
      } else if (there) {
        self->skip(index, *there, note);
      } else if (examined) {
        self->on_claimed(index, target);
      } else {
        self->examine(index, target);
      }
      self->pump();
    };
  });
  tell(index, false);
}

// On the worker's thread. Gives what a person should know of it.
std::string transfer_run::write_info(const std::optional<media>& what, const whole_file& file) {
  std::string note;
  if (!what) return note;
  const auto failed = attempt([&] { note = write_sidecar(*what, file, settings_.calls); });
  return failed.first ? "its .info.json is not there: " + failed.second : note;
}

void transfer_run::skip(std::size_t index, whole_file there, std::string note) {
  file_report& outcome = files_[index].outcome;
  outcome.path = std::move(there.path);
  if (options_.whole_file_sha256) outcome.sha256 = std::move(there.sha256);
  if (!note.empty()) outcome.notes.push_back(std::move(note));
  outcome.already_there = true;
  outcome.resumed = outcome.size;
  end(index);
}

// A few MiB a job: other files' jobs come between, and a run that is cancelled waits for no more.
void transfer_run::examine(std::size_t index, std::shared_ptr<transfer_target> target) {
  if (stopping_) return on_claimed(index, std::move(target));
  ++jobs_;
  worker_.run([self = shared_from_this(), index,
               target = std::move(target)]() mutable -> file_worker::continuation {
    bool done = false;
    auto failed = attempt([&] { done = target->file()->examine(); });
    if (failed.first) target.reset();
    return [self, index, target = std::move(target), done, failed] {
      --self->jobs_;
      if (failed.first) {
        self->give_up(index, failure{failed.first, failed.second});
      } else if (done) {
        self->on_claimed(index, target);
      } else {
        self->examine(index, target);
      }
      self->pump();
    };
  });
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
               target = files_[index].target,
               prefix = files_[index].prefix]() -> file_worker::continuation {
    std::vector<engine::window_record> windows;
    auto failed = attempt([&] { windows = target->store(what, data, prefix->load()); });
    return [self, index, id, what, windows = std::move(windows), failed] {
      --self->jobs_;
      if (failed.first) {
        self->engine_.on_storage_failed(id, failed.first, failed.second, now());
      } else {
        self->engine_.on_stored(id, what, windows, now());
        self->note_prefix(index);
      }
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
    static_cast<void>(attempt([&] { self->finished_->flush_due(now()); }));
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
  hash_rest(index, engine_.take_unsynced(*file.id));
}

// As examine; the last job gives the file its name.
void transfer_run::hash_rest(std::size_t index, std::vector<engine::window_record> rest) {
  const file_state& file = files_[index];
  if (stopping_) return give_up(index, failure{asio::error::operation_aborted, "cancelled"});
  ++jobs_;
  worker_.run([self = shared_from_this(), index, target = file.target, rest = std::move(rest),
               dc = engine_.progress(*file.id).dc,
               what = options_.catalogue || options_.write_info
                          ? std::optional(file.what)
                          : std::nullopt]() -> file_worker::continuation {
    bool hashed = false;
    std::string sha256;
    std::string note;
    std::string missing;  // in the catalogue
    const target_file* made = target->file();
    auto failed = attempt([&] {
      hashed = target->hash_rest(rest);
      if (!hashed) return;
      sha256 = target->finish();
      if (made != nullptr && self->settings_.after_finish) {
        note = self->settings_.after_finish(index, made->digests());
      }
    });
    std::string unwritten;
    const bool is_whole = hashed && !failed.first && made != nullptr;
    if (is_whole && self->options_.write_info) {
      const std::int64_t verified = made->digests().verified_bytes();
      unwritten = self->write_info(what, whole_file{made->name(), sha256, verified});
    }
    if (is_whole && self->options_.catalogue) {
      const auto not_entered = attempt([&] {
        self->finished_->add(index, made->name(), entry_of(*what, dc, sha256, made->digests()));
        self->finished_->flush_due(now());
      });
      if (not_entered.first) {
        missing = "the file may be missing in its folder's catalogue: " + not_entered.second;
      }
    }
    return [self, index, hashed, sha256, note, missing, unwritten, failed] {
      --self->jobs_;
      if (!hashed && !failed.first) return self->hash_rest(index, {});
      file_state& done = self->files_[index];
      if (failed.first) {
        self->give_up(index, failure{failed.first, failed.second});
      } else {
        if (done.target->file() != nullptr) done.outcome.path = done.target->file()->name();
        done.outcome.sha256 = sha256;
        for (const std::string& text : {note, missing, unwritten}) {
          if (!text.empty()) done.outcome.notes.push_back(text);
        }
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
  file.outcome.totals = file.totals.totals();
  if (file.id) file.outcome.totals.repaired = engine_.progress(*file.id).repaired;
  tell(index, true);
  file.at = stage::over;
  scheduler_.end(index);
  references_.remove(index);
  ++over_;
  over_bytes_ += file.outcome.ok() ? file.what.size : file.outcome.resumed;
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
        static_cast<void>(attempt([&] { target->leave(); }));
        target.reset();
        return [self] {
          --self->jobs_;
          self->changed_.cancel();
        };
      });
  changed_.cancel();
}

// The last thing that a run does with files. It holds nothing up: what fails becomes a note.
void transfer_run::enter_finished() {
  ++jobs_;
  worker_.run([self = shared_from_this()]() -> file_worker::continuation {
    std::vector<std::pair<std::size_t, std::string>> notes;
    const auto failed = attempt([&] { notes = self->finished_->end(); });
    if (failed.first) {
      notes.emplace_back(0, "files may be missing in their folders' catalogues: " + failed.second);
    }
    return [self, notes = std::move(notes)] {
      --self->jobs_;
      for (const auto& [index, note] : notes) {
        if (index < self->files_.size()) self->files_[index].outcome.notes.push_back(note);
      }
      self->changed_.cancel();
    };
  });
}

}  // namespace mtfetch::transfer
