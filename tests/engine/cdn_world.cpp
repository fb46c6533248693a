// SPDX-License-Identifier: BSL-1.0
#include "cdn_world.hpp"

#include <algorithm>
#include <utility>

namespace mtfetch::engine {
namespace {

using std::chrono::milliseconds;

digest digest_of(std::int64_t window, bool right) {
  digest made{};
  for (std::size_t i = 0; i < 8; ++i) made[i] = static_cast<std::uint8_t>(window >> (8 * i));
  made[31] = right ? 1 : 2;
  return made;
}

void half(byte_span out) {
  std::ranges::fill(out, std::uint8_t{128});
}

}  // namespace

cdn_world::cdn_world(cdn_rules given, engine_config config)
    : rules(std::move(given)), engine_(config, half) {
  file_plan plan;
  plan.size = rules.size;
  plan.dc = master_dc;
  plan.verify = rules.verify;
  plan.cdn = rules.allowed;
  plan.only_wanted = rules.only_read;
  file_ = engine_.add(plan, now);
  if (rules.read_every > duration(0)) read_on(0, duration(0));
}

// Four windows a read, whatever came of the one before.
void cdn_world::read_on(std::int64_t at, duration read) {
  constexpr std::int64_t size = 4 * hash_window;
  if (at >= rules.size) return;
  engine_.on_read_wanted(file_, reader_id{1 + static_cast<std::uint32_t>(at / size)},
                         {at, at + size}, now + std::chrono::seconds(1), now);
  const bool rests = read < rules.reads_until && read + rules.read_every >= rules.reads_until;
  after(rests ? std::chrono::seconds(30) : rules.read_every,
        [this, at, read] { read_on(at + size, read + rules.read_every); });
}

bool cdn_world::run() {
  const time_point limit = now + std::chrono::hours(2);
  drain();
  while (!complete && failure.empty() && problem.empty()) {
    const time_point due = engine_.deadline();
    const time_point next = events_.empty() ? no_deadline : events_.begin()->first;
    if (std::min(due, next) > limit) {
      broke("stuck");
      break;
    }
    now = std::min(due, next);
    if (next <= due) {
      const auto what = events_.extract(events_.begin());
      what.mapped()();
    } else {
      engine_.on_deadline(now);
      if (engine_.deadline() <= now) broke("the deadline lies in the past");
    }
    drain();
  }
  return problem.empty();
}

bool cdn_world::identical() const {
  return complete && wrong_.empty() &&
         static_cast<std::int64_t>(stored_.size()) == (rules.size + hash_window - 1) / hash_window;
}

void cdn_world::drain() {
  while (auto next = engine_.poll_decision()) {
    std::visit([this](const auto& what) { act(what); }, *next);
  }
}

void cdn_world::act(const open_connection& what) {
  way& added = ways_[what.connection];
  added.dc = what.dc;
  added.free = now;
  const bool at_cdn = what.dc == cdn_dc;
  const bool opens = !at_cdn || opened_at_cdn++ < rules.cdn_opens;
  after(milliseconds(20), [this, id = what.connection, opens] {
    const auto over = ways_.find(id);
    if (over == ways_.end()) return;
    if (!opens) {
      ways_.erase(over);
      engine_.on_connection_lost(id, make_error_code(transport_errc::unreachable),
                                 "it cannot be reached", now);
      return;
    }
    over->second.open = true;
    most_at_cdn = std::max(
        most_at_cdn, static_cast<std::size_t>(std::ranges::count_if(ways_, [](const auto& one) {
          return one.second.dc == cdn_dc && one.second.open;
        })));
    engine_.on_connected(id, now);
  });
}

void cdn_world::act(const close_connection& what) {
  ways_.erase(what.connection);
}

duration cdn_world::answer_wait(connection_id over, std::int64_t size) {
  way& line = ways_.at(over);
  const double rate = line.dc == cdn_dc ? rules.cdn_rate : rules.master_rate;
  const auto takes = duration(static_cast<duration::rep>(static_cast<double>(size) / rate * 1e9));
  line.free = std::max(line.free, now) + takes;
  return line.free - now + milliseconds(10);
}

void cdn_world::refuse(request_id request, std::int32_t code, const std::string& message) {
  engine_.on_rpc_failure(request, rpc_failure::parse(code, message), now);
}

bool cdn_world::met(step_fault fault, request_id request, connection_id over) {
  switch (fault) {
    case step_fault::lost:
      return true;
    case step_fault::error:
      refuse(request, 500, "RPC_CALL_FAIL");
      return true;
    case step_fault::flood:
      refuse(request, 420, "FLOOD_WAIT_" + std::to_string(rules.flood_seconds));
      return true;
    case step_fault::garbage:
      engine_.on_request_lost(request, make_error_code(protocol_errc::wrong_constructor),
                              "the answer cannot be read", now);
      return true;
    case step_fault::reset:
      ways_.erase(over);
      engine_.on_connection_lost(over, make_error_code(transport_errc::closed), "reset", now);
      return true;
    case step_fault::none:
    case step_fault::cut:
    case step_fault::empty:
    case step_fault::corrupt:
      return false;
  }
  return false;
}

void cdn_world::act(const send_part& what) {
  const int dc = ways_.at(what.connection).dc;
  step_fault fault = fault_at(requests++);
  if (dc == cdn_dc && bytes_from[cdn_dc] >= rules.cdn_dies_after) fault = step_fault::reset;
  if (dc == cdn_dc && bytes_from[cdn_dc] >= rules.cdn_silent_after) fault = step_fault::lost;
  ++parts[what.call];
  ++asked_at[dc];
  if (!obeys_part_rules(what.what.offset, what.what.limit)) broke("a part against the rules");
  const bool at_cdn = what.call == part_call::get_cdn_file;
  if (at_cdn != (dc == cdn_dc)) broke("a part asked for in the wrong place");
  if (at_cdn && !rules.only_read && what.what.limit < hash_window &&
      what.what.end() != rules.size) {
    broke("a part of a CDN smaller than a hash window");
  }
  after(answer_wait(what.connection, what.what.size),
        [this, what, dc, fault, token = client_token_, reference = client_reference_] {
          if (!ways_.contains(what.connection) || met(fault, what.request, what.connection)) return;
          if (what.call == part_call::get_cdn_file) {
            answer_cdn_part(what, token, fault);
          } else {
            answer_part(what, dc, token, reference, fault);
          }
        });
}

void cdn_world::answer_part(const send_part& what, int dc, int, unsigned reference,
                            step_fault fault) {
  if (dc != master_) return refuse(what.request, 303, "FILE_MIGRATE_" + std::to_string(master_));
  if (reference != reference_) return refuse(what.request, 400, "FILE_REFERENCE_EXPIRED");
  const bool says_so = what.call == part_call::get_file_or_redirect || rules.redirects_anybody;
  if (says_so && served_by_master_ >= rules.redirects_from && redirects < rules.redirects_most) {
    return redirect(what);
  }
  ++served_by_master_;
  give(what, dc, fault == step_fault::corrupt, fault);
}

void cdn_world::redirect(const send_part& what) {
  ++redirects;
  std::vector<server_hash> hashes = rules.more_in_redirect;
  if (rules.hashes_in_redirect) {
    for (const server_hash& hash : hashes_from(what.what.offset)) hashes.push_back(hash);
  }
  if (rules.moves_to != 0) master_ = std::exchange(rules.moves_to, 0);
  if (std::exchange(rules.expires, false)) ++reference_;
  if (engine_.on_cdn_redirect(what.request, rules.redirect_to, hashes, now)) {
    client_token_ = token_;
  }
}

void cdn_world::answer_cdn_part(const send_part& what, int token, step_fault fault) {
  if (!rules.cdn_says.empty()) return refuse(what.request, 400, rules.cdn_says);
  if (token == token_ && rules.token_parts != 0 && token_used_ >= rules.token_parts) {
    ++token_;
    token_used_ = 0;
  }
  if (token != token_) return refuse(what.request, 400, "FILE_TOKEN_INVALID");
  if (rules.empty && !uploaded_) return engine_.on_reupload_needed(what.request, now);
  ++token_used_;
  if (rules.keeps_for != 0 && ++served_by_cdn_ % rules.keeps_for == 0) uploaded_ = false;
  give(what, cdn_dc, rules.lies || fault == step_fault::corrupt, fault);
}

void cdn_world::give(const send_part& what, int dc, bool corrupt, step_fault fault) {
  std::int64_t size = what.what.size;
  if (fault == step_fault::cut) size /= 2;
  if (fault == step_fault::empty) size = 0;
  if (!engine_.on_part(what.request, size, now)) return;
  bytes_from[dc] += size;
  std::vector<window_record> windows;
  for (std::int64_t at = what.what.offset / hash_window * hash_window; at < what.what.end();
       at += hash_window) {
    const std::int64_t whole = std::min(hash_window, rules.size - at);
    std::int64_t& have = pieces_[at];
    have += std::min(what.what.end(), at + whole) - std::max(what.what.offset, at);
    if (have < whole) continue;
    have = 0;
    const bool is_bad_window = dc == cdn_dc && at / hash_window == rules.bad_for_ever;
    const bool is_spoilt = dc == cdn_dc && at / hash_window == spoils_window;
    if (is_spoilt) spoils_window = -1;
    const bool right = !corrupt && !is_bad_window && !is_spoilt;
    window_record window;
    window.offset = at;
    window.size = static_cast<std::int32_t>(whole);
    window.sha256 = digest_of(at / hash_window, right);
    stored_.insert(at);
    if (dc == cdn_dc) {
      from_cdn.insert(at);
    } else {
      from_cdn.erase(at);
    }
    if (right) {
      wrong_.erase(at);
    } else {
      wrong_.insert(at);
    }
    windows.push_back(window);
  }
  after(rules.store_takes,
        [this, what, windows] { engine_.on_stored(file_, what.what, windows, now); });
}

void cdn_world::act(const send_hashes& what) {
  const int dc = ways_.at(what.connection).dc;
  const step_fault fault = fault_at(requests++);
  ++questions[what.call];
  ++asked_at[dc];
  if (dc == cdn_dc) broke("a CDN was asked for hashes");
  if (what.call == hash_call::reupload) {
    reuploads_at_once = std::max(reuploads_at_once, ++uploading_);
  }
  const duration uploads = what.call == hash_call::reupload ? rules.reupload_takes : duration(0);
  after(answer_wait(what.connection, 0) + uploads,
        [this, what, dc, fault, token = client_token_, reference = client_reference_] {
          if (what.call == hash_call::reupload) {
            --uploading_;
            if (!rules.reupload_answers) return;
          }
          if (!ways_.contains(what.connection) || met(fault, what.request, what.connection)) return;
          answer_hashes(what, dc, token, reference);
        });
}

void cdn_world::answer_hashes(const send_hashes& what, int dc, int token, unsigned reference) {
  if (dc != master_) return refuse(what.request, 303, "FILE_MIGRATE_" + std::to_string(master_));
  std::vector<server_hash> hashes;
  if (what.call == hash_call::file_hashes) {
    if (reference != reference_) return refuse(what.request, 400, "FILE_REFERENCE_EXPIRED");
    if (rules.file_hashes) hashes = hashes_from(what.offset);
  } else {
    if (token != token_) return refuse(what.request, 400, "FILE_TOKEN_INVALID");
    if (what.call == hash_call::reupload) {
      ++reuploads;
      if (!rules.reupload_says.empty()) return refuse(what.request, 400, rules.reupload_says);
      uploaded_ = !rules.forgets_at_once;
    }
    if (rules.cdn_hashes) hashes = hashes_from(what.offset);
  }
  engine_.on_hashes(what.request, hashes, now);
}

std::vector<server_hash> cdn_world::hashes_from(std::int64_t offset) const {
  constexpr std::int64_t span = 8;
  std::vector<server_hash> hashes;
  offset -= offset % hash_window;
  for (std::int64_t i = 0; i < span && offset < rules.size; ++i, offset += hash_window) {
    server_hash hash;
    hash.offset = offset;
    hash.limit = static_cast<std::int32_t>(hash_window);
    hash.sha256 = digest_of(offset / hash_window, true);
    hashes.push_back(hash);
  }
  return hashes;
}

void cdn_world::act(const refresh_reference&) {
  ++refreshes;
  after(rules.refresh_takes, [this] {
    client_reference_ = reference_;
    engine_.on_reference(file_, now);
  });
}

void cdn_world::act(const checkpoint&) {
  after(milliseconds(1), [this] { engine_.on_checkpoint(file_, now); });
}

void cdn_world::act(const file_complete&) {
  complete = true;
  seen = engine_.progress(file_);
}

void cdn_world::act(const file_failed& what) {
  failure = what.sentence;
  seen = engine_.progress(file_);
}

}  // namespace mtfetch::engine
