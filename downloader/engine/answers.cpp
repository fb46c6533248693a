// SPDX-License-Identifier: BSL-1.0
// The engine's half that learns from answers, failures and hashes.
#include "downloader/engine/engine.hpp"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

namespace mtfetch::engine {
namespace {

std::string bytes_text(range bytes) {
  return "bytes " + std::to_string(bytes.begin) + " to " + std::to_string(bytes.end - 1);
}

ending ending_of(failure_kind kind) {
  switch (kind) {
    case failure_kind::flood:
      return ending::flood;
    case failure_kind::migrate:
      return ending::moved;
    case failure_kind::reference:
      return ending::reference;
    case failure_kind::unauthorized:
    case failure_kind::again:
    case failure_kind::fatal:
      break;
  }
  return ending::refused;
}

}  // namespace

bool engine::on_part(request_id id, std::int64_t size, time_point now) {
  note_time(now);
  const auto entry = requests_.find(id);
  if (entry == requests_.end()) return false;
  const request answered = forget(entry);
  assert(!answered.for_hashes);
  heard(answered, now);
  measure(answered, size, now);
  const part& what = answered.parts.what;
  const ending how = size == what.size ? ending::arrived : ending::unfit;
  tell_end(answered, {.how = how, .received = size}, now);
  if (size != what.size) {
    // Short or empty is never the end of a file whose size is known, and more is no better.
    try_again(answered, make_error_code(storage_errc::size_mismatch),
              "the server gave " + std::to_string(size) + " bytes where " +
                  bytes_text({what.offset, what.end()}) + " were asked for",
              now);
    settle(now);
    return false;
  }
  drop_twin(answered);
  file& owner = files_.at(answered.owner);
  if (answered.part_as == part_call::get_cdn_file) {
    owner.cdn.on_part_of_cdn({what.offset, what.end()});
  } else {
    owner.cdn.on_part_of_master({what.offset, what.end()});
  }
  owner.storing += size;
  owner.note_answer(answered.generation);
  in_flight_ += size;
  settle(now);
  return true;
}

void engine::on_hashes(request_id id, std::span<const server_hash> hashes, time_point now) {
  note_time(now);
  const auto entry = requests_.find(id);
  if (entry == requests_.end()) return;
  const request answered = forget(entry);
  assert(answered.for_hashes);
  heard(answered, now);
  drop_twin(answered);
  file& owner = files_.at(answered.owner);
  owner.hash_failures = 0;
  owner.note_answer(answered.generation);
  if (answered.hashes_as == hash_call::reupload) {
    owner.cdn.on_reuploaded();
    judge_all(answered.owner, owner.hashes.on_unasked(hashes), now);
  } else if (count_cdn_hashes(answered, hashes, now)) {
    judge_all(answered.owner, owner.hashes.on_hashes(answered.asked, hashes), now);
  }
  settle(now);
}

void engine::on_rpc_failure(request_id id, const rpc_failure& failure, time_point now) {
  const auto entry = requests_.find(id);
  if (entry == requests_.end()) return;
  const request failed = forget(entry);
  file& owner = files_.at(failed.owner);
  const auto over = connections_.find(failed.over);
  const std::string sentence = sentence_of(failure);
  const std::error_code code{failure.code, rpc_category()};
  const failure_class what = classify(failure);
  tell_end(failed,
           {.how = ending_of(what.kind),
            .flood_seconds = what.kind == failure_kind::flood ? what.argument : 0,
            .why = failure.message},
           now);
  if (what.kind != failure_kind::unauthorized) way_is_open(failed.over, now);
  if (over != connections_.end()) over->second.score.restart(now);
  if (refused_by_cdn(failed, failure, now)) {
    settle(now);
    return;
  }
  switch (what.kind) {
    case failure_kind::flood:
      if (over != connections_.end()) {
        data_centre& centre = centre_of(over->second.dc);
        centre.premium = failure.is("FLOOD_PREMIUM_WAIT");
        centre.governor.on_flood(what.argument, failed.parts.what.size, now);
        begin_round(over->second.dc, centre, now);
      }
      give_back_uncut(failed, now);
      break;
    case failure_kind::migrate:
      migrate(failed.owner, failed, what.argument, now);
      break;
    case failure_kind::reference:
      expire_reference(failed.owner, failed, now);
      break;
    case failure_kind::unauthorized: {
      give_back(failed, now);
      close_connection closed;
      closed.connection = failed.over;
      decisions_.emplace_back(closed);
      if (over != connections_.end()) over->second.answers = 0;
      on_connection_lost(failed.over, code, sentence, now);
      break;
    }
    case failure_kind::again:
      try_again(failed, code, sentence, now);
      break;
    case failure_kind::fatal:
      if (failed.for_hashes) {
        judge_all(failed.owner, owner.hashes.give_up(), now);
      } else {
        fail(failed.owner, code, sentence);
      }
      break;
  }
  settle(now);
}

void engine::on_request_lost(request_id id, std::error_code code, const std::string& sentence,
                             time_point now) {
  const auto entry = requests_.find(id);
  if (entry == requests_.end()) return;
  const request failed = forget(entry);
  tell_end(failed, {.how = ending::lost, .why = sentence}, now);
  try_again(failed, code, sentence, now);
  settle(now);
}

// Takes a request out of the books; its bytes are no longer in flight.
engine::request engine::forget(request_entry entry) {
  request made = entry->second;
  if (made.twin) {
    const auto other = requests_.find(*made.twin);
    if (other != requests_.end()) other->second.twin.reset();
  }
  requests_.erase(entry);
  const auto over = connections_.find(made.over);
  if (over != connections_.end()) {
    // Dropped requests are owed an answer as well, or a silent connection would live for ever.
    if (--over->second.outstanding == 0) {
      over->second.silence = std::max(last_settled_ - over->second.last_heard, duration(0));
    }
    if (!made.for_hashes) --over->second.outstanding_parts;
    if (made.is_bulk() && --over->second.bulk_parts == 0) {
      over->second.score.on_outstanding(false, last_settled_);
    }
    over->second.outstanding_bytes -= made.parts.what.size;
    if (made.for_reader) over->second.reader_bytes -= made.parts.what.size;
  }
  in_flight_ -= made.parts.what.size;
  return made;
}

// Any answer, even a refusal, shows that the connection works.
void engine::way_is_open(connection_id id, time_point now) {
  const auto over = connections_.find(id);
  if (over == connections_.end()) return;
  ++over->second.answers;
  over->second.last_heard = now;
  over->second.silence = duration(0);
  data_centre& centre = centre_of(over->second.dc);
  centre.failures = 0;
  centre.barren = 0;
  centre.patience = 1;
  centre.unanswered.restart(now);
  centre.trouble.clear();
}

void engine::heard(const request& answered, time_point now) {
  way_is_open(answered.over, now);
  const auto over = connections_.find(answered.over);
  if (over == connections_.end()) return;
  data_centre& centre = centre_of(over->second.dc);
  centre.governor.on_answer(now);
  centre.has_answered = true;
  centre.spares = 0;
}

// What a part tells of its connection's rate.
void engine::measure(const request& answered, std::int64_t size, time_point now) {
  const auto over = connections_.find(answered.over);
  if (over == connections_.end()) return;
  connection& alive = over->second;
  data_centre& centre = centre_of(alive.dc);
  centre.brought += size;
  alive.score.on_delivered(size);
  // One part at a time for a reader does not fill a connection; only what takes much longer than
  // it should tells that it became slow.
  const bool held_back =
      answered.for_reader && now <= answered.due_at + (answered.due_at - answered.mark.sent);
  alive.window.on_answer(answered.mark, size, now, held_back);
  centre.rate += (alive.window.rate() - centre.rate) / (centre.rate > 0 ? 8 : 1);
  const duration took = now - answered.mark.sent;
  if (centre.answer_time) {
    *centre.answer_time += (took - *centre.answer_time) / 8;
  } else {
    centre.answer_time = took;
  }
  if (took < config_.first_answer) {
    centre.part_limit = std::min(2 * centre.part_limit, largest_part);
  }
}

void engine::ask_for_less(data_centre& centre) {
  centre.part_limit = std::max(centre.part_limit / 2, static_cast<std::int32_t>(hash_window));
}

void engine::drop_twin(const request& answered) {
  if (!answered.twin) return;
  const auto other = requests_.find(*answered.twin);
  if (other == requests_.end()) return;
  drop_request dropped;
  dropped.request = other->first;
  tell_end(forget(other), {.how = ending::beaten}, last_settled_);
  decisions_.emplace_back(dropped);
}

// What the request asked for is to be asked again, unless its other copy is still under way.
void engine::give_back(const request& failed, time_point when) {
  if (failed.twin && requests_.contains(*failed.twin)) return;
  file& owner = files_.at(failed.owner);
  if (failed.for_hashes) {
    if (failed.hashes_as == hash_call::reupload) {
      owner.cdn.on_reupload_lost();
    } else {
      owner.hashes.on_lost(failed.asked);
    }
    return;
  }
  job again = failed.parts;
  again.avoid = failed.over;
  owner.segments.give_back(again, when);
}

// The same after a flood wait: perhaps larger parts are asked for now, since fewer may be.
void engine::give_back_uncut(const request& failed, time_point now) {
  const bool is_plain = !failed.for_hashes && failed.parts.attempts == 0;
  if (!is_plain || (failed.twin && requests_.contains(*failed.twin))) return give_back(failed, now);
  files_.at(failed.owner)
      .segments.give_back(range{failed.parts.what.offset, failed.parts.what.end()});
}

void engine::try_again(request failed, std::error_code code, const std::string& sentence,
                       time_point now) {
  file& owner = files_.at(failed.owner);
  owner.trouble = sentence;
  const bool over_cdn = failed.is_of_cdn();
  const int most = over_cdn ? config_.cdn.attempts : config_.max_attempts;
  if (failed.for_hashes) {
    give_back(failed, now);
    if (++owner.hash_failures < most) {
      owner.hashes_due = now + config_.retry.wait(owner.hash_failures, random_);
    } else if (over_cdn) {
      leave_cdn(failed.owner, sentence, now);
    } else {
      judge_all(failed.owner, owner.hashes.give_up(), now);
    }
    return;
  }
  if (++failed.parts.attempts >= most) {
    if (over_cdn) {
      failed.parts.attempts = 0;  // there; the master has yet to be asked
      give_back(failed, now);
      leave_cdn(failed.owner, sentence, now);
      return;
    }
    fail(failed.owner, code, sentence);
    return;
  }
  give_back(failed, now + config_.retry.wait(failed.parts.attempts, random_));
}

void engine::migrate(file_id id, const request& failed, int dc, time_point now) {
  file& owner = files_.at(id);
  if (owner.dc == dc) {  // moved already by another part's answer
    if (connections_.contains(failed.over) && connections_.at(failed.over).dc == dc) {
      fail(id, make_error_code(client_errc::too_many_migrations),
           "data centre " + std::to_string(dc) + " sends the file to itself");
      return;
    }
    give_back(failed, now);
    return;
  }
  if (++owner.migrations > config_.max_migrations) {
    fail(id, make_error_code(client_errc::too_many_migrations),
         "the server sends the file from data centre to data centre");
    return;
  }
  give_back(failed, now);
  drop_requests_of(id, now);
  owner.dc = dc;
}

void engine::expire_reference(file_id id, const request& failed, time_point now) {
  file& owner = files_.at(id);
  give_back(failed, now);
  // Parts sent with an older reference fail later; they are no news.
  if (owner.refreshing || failed.generation != owner.generation) return;
  // One that lapses later, however soon, was good.
  const bool was_fresh = failed.mark.sent - config_.fresh < owner.reference_read;
  owner.refreshes = was_fresh ? owner.refreshes + 1 : 1;
  if (owner.refreshes > config_.max_refreshes || ++owner.lapses > config_.max_lapses) {
    fail(id, std::error_code(400, rpc_category()),
         "the server takes no file reference that its message gives");
    return;
  }
  owner.refreshing = true;
  refresh_reference wanted;
  wanted.file = id;
  decisions_.emplace_back(wanted);
}

void engine::judge_all(file_id id, std::span<const judgement> decided, time_point now) {
  for (const judgement& one : decided) judge(id, one, now);
}

void engine::judge(file_id id, const judgement& decided, time_point now) {
  file& owner = files_.at(id);
  const window_record& window = decided.window;
  if (!owner.active || decided.outcome == verdict::waiting) return;
  const bool candidate = owner.candidates.erase(window.offset) > 0;
  // Nothing that a CDN sent counts without a hash. https://core.telegram.org/cdn
  const bool from_cdn = owner.cdn.brought(window.bytes());
  owner.cdn.on_judged(window.bytes());
  const bool bad = decided.outcome == verdict::bad;
  if (bad || ((candidate || from_cdn) && decided.outcome == verdict::unchecked)) {
    if (from_cdn && !(bad && owner.cdn.on_bad_window())) {
      leave_cdn(id,
                bad ? "too many windows of it did not match their SHA-256"
                    : "the master data centre has no hash for what it sent",
                now);
    }
    // Bytes left by an earlier run owe nobody anything; bytes the server sent are its fault.
    if (bad && !candidate) ++owner.repaired;
    if (!candidate && !from_cdn && ++owner.repairs[window.offset] > config_.max_repairs) {
      fail(id, make_error_code(storage_errc::hash_mismatch),
           bytes_text(window.bytes()) + " do not match the server's SHA-256, " +
               std::to_string(config_.max_repairs) + " repairs later");
      return;
    }
    job again;
    again.repair = !candidate;
    again.what = plan_part(window.offset, window.bytes().end, owner.segments.size(),
                           static_cast<std::int32_t>(hash_window));
    owner.segments.give_back(again, now);
    return;
  }
  owner.segments.complete(window.bytes());
  if (decided.outcome == verdict::good) owner.verified += window.size;
  owner.repairs.erase(window.offset);
  owner.unsynced.push_back(window);
  owner.unsynced_bytes += window.size;
  if (owner.checkpoint_due == no_deadline) {
    owner.checkpoint_due = now + config_.checkpoint_interval;
  }
}

void engine::drop_requests_of(file_id id, std::optional<time_point> take_back) {
  for (auto it = requests_.begin(); it != requests_.end();) {
    const auto next = std::next(it);
    if (it->second.owner == id) {
      drop_request dropped;
      dropped.request = it->first;
      decisions_.emplace_back(dropped);
      const request made = forget(it);
      tell_end(made, {.how = take_back ? ending::moved : ending::dropped}, last_settled_);
      if (take_back) give_back(made, *take_back);
    }
    it = next;
  }
}

void engine::fail(file_id id, std::error_code code, std::string sentence) {
  const auto entry = files_.find(id);
  if (entry == files_.end() || !entry->second.active) return;
  entry->second.active = false;
  drop_requests_of(id, std::nullopt);
  file_failed failed;
  failed.file = id;
  failed.code = code;
  failed.sentence = std::move(sentence);
  decisions_.emplace_back(std::move(failed));
}

void engine::fail_data_centre(int dc, std::error_code code, const std::string& sentence) {
  for (auto& [id, owner] : files_) {
    if (owner.dc == dc) fail(id, code, sentence);
  }
}

}  // namespace mtfetch::engine
