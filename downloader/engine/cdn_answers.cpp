// SPDX-License-Identifier: BSL-1.0
// The engine's half that goes to CDNs and comes back from them. https://core.telegram.org/cdn
#include "downloader/engine/engine.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace mtfetch::engine {

bool engine::on_cdn_redirect(request_id id, int dc, std::span<const server_hash> hashes,
                             time_point now) {
  note_time(now);
  const auto entry = requests_.find(id);
  if (entry == requests_.end()) return false;
  const request answered = forget(entry);
  heard(answered, now);
  tell_end(answered, {.how = ending::moved, .why = "to a CDN"}, now);
  file& owner = files_.at(answered.owner);
  if (answered.for_hashes || answered.part_as != part_call::get_file_or_redirect) {
    try_again(answered, make_error_code(protocol_errc::wrong_constructor),
              "the server sends the file to a CDN that was not asked for", now);
    settle(now);
    return false;
  }
  give_back(answered, now);
  const bool is_master =
      std::ranges::any_of(files_, [dc](const auto& one) { return one.second.dc == dc; });
  if (!owner.cdn.may_redirect()) {
    // Given up meanwhile: it is asked for without a CDN now.
  } else if (dc <= 0 || is_master) {
    leave_cdn(answered.owner, "the server sent a redirect that cannot be followed", now);
  } else if (now < centre_of(dc).rests_until) {
    leave_cdn(answered.owner, "data centre " + std::to_string(dc) + " failed a short while ago",
              now);
  } else {
    // What is under way at the master would be answered by a redirect each.
    drop_all_but_cdn_parts(answered.owner, now);
    const data_centre& master = centre_of(owner.dc);
    const double goodput = master.rate * std::max(1, open_connections(owner.dc));
    const data_centre& cdn = centre_of(dc);
    owner.cdn.on_redirect(dc, goodput, cdn.brought, cdn.full.total(now));
    owner.hash_failures = 0;
    judge_all(answered.owner, owner.hashes.on_unasked(hashes), now);
  }
  settle(now);
  return owner.cdn.following();
}

void engine::on_reupload_needed(request_id id, time_point now) {
  note_time(now);
  const auto entry = requests_.find(id);
  if (entry == requests_.end()) return;
  const request answered = forget(entry);
  heard(answered, now);
  tell_end(answered, {.how = ending::refused, .why = "the CDN does not have it yet"}, now);
  file& owner = files_.at(answered.owner);
  if (answered.part_as != part_call::get_cdn_file) {
    try_again(answered, make_error_code(protocol_errc::wrong_constructor),
              "the server speaks of a CDN that was not asked for", now);
  } else {
    give_back(answered, now);
    if (!owner.cdn.on_reupload_needed(answered.cdn_round)) {
      leave_cdn(answered.owner, "it asks for the file to be uploaded again and again", now);
    }
  }
  settle(now);
}

// Whether it was a refusal that only the way over a CDN can meet; it is dealt with then.
bool engine::refused_by_cdn(const request& failed, const rpc_failure& failure, time_point now) {
  file& owner = files_.at(failed.owner);
  if (!failed.is_of_cdn()) return false;
  const bool at_cdn = !failed.for_hashes;
  const failure_kind kind = classify(failure).kind;
  const bool lapsed =
      failure.message == "FILE_TOKEN_INVALID" || failure.message == "REQUEST_TOKEN_INVALID";
  if (!lapsed && (kind == failure_kind::flood || kind == failure_kind::unauthorized ||
                  kind == failure_kind::again || (kind == failure_kind::migrate && !at_cdn))) {
    return false;  // as anywhere
  }
  give_back(failed, now);
  const std::string sentence = "the server answered " + failure.message;
  // A new token is asked for with the file reference, which is read anew then.
  if (lapsed || (kind == failure_kind::reference && !at_cdn)) {
    const bool is_news = owner.cdn.following() && failed.cdn_token == owner.cdn.token();
    if (is_news) renew_token(failed.owner, sentence, now);
  } else {
    leave_cdn(failed.owner, sentence, now);
  }
  return true;
}

void engine::drop_all_but_cdn_parts(file_id id, time_point now) {
  for (auto it = requests_.begin(); it != requests_.end();) {
    const auto next = std::next(it);
    if (it->second.owner == id && it->second.part_as != part_call::get_cdn_file) {
      drop_request dropped;
      dropped.request = it->first;
      decisions_.emplace_back(dropped);
      const request made = forget(it);
      tell_end(made, {.how = ending::moved, .why = "to a CDN"}, now);
      give_back(made, now);
    }
    it = next;
  }
}

void engine::renew_token(file_id id, const std::string& sentence, time_point now) {
  drop_all_but_cdn_parts(id, now);
  file& owner = files_.at(id);
  owner.hash_failures = 0;
  if (!owner.cdn.on_token_lapsed()) leave_cdn(id, sentence, now);
}

void engine::leave_cdn(file_id id, const std::string& why, time_point now) {
  file& owner = files_.at(id);
  if (!owner.active || owner.cdn.part_calls() == part_call::get_file) return;
  if (owner.cdn.following() || owner.cdn.renewing()) drop_requests_of(id, now);
  owner.cdn.leave(why);
  owner.hash_failures = 0;
}

void engine::leave_cdns_at(int dc, const std::string& why, time_point now) {
  for (auto& [id, owner] : files_) {
    if (!owner.cdn.following() || owner.parts_dc() != dc) continue;
    centre_of(dc).rests_until = now + config_.cdn.rest;
    leave_cdn(id, why, now);
  }
}

// The master has the file too: a CDN is not waited for as long as a data centre is.
void engine::leave_slow_cdns(time_point now) {
  for (auto& [dc, centre] : centres_) {
    if (centre.unanswered.total(now) < config_.cdn.silence) continue;
    centre.unanswered.restart(now);
    leave_cdns_at(dc, "the server does not answer", now);
  }
  for (auto& [id, owner] : files_) {
    if (!owner.active || !owner.cdn.following()) continue;
    const data_centre& cdn = centre_of(owner.parts_dc());
    const duration busy = cdn.full.total(now);
    if (busy < owner.cdn.trial_ends() || owner.cdn.keeps_up(cdn.brought, busy)) continue;
    leave_cdn(id, "it is much slower than the master data centre", now);
  }
}

// What is no answer to a question for hashes of the CDN's bytes is not fed on; when that happens
// again there are none to be had.
bool engine::count_cdn_hashes(const request& answered, std::span<const server_hash> hashes,
                              time_point now) {
  if (answered.hashes_as != hash_call::cdn_hashes) return true;
  file& owner = files_.at(answered.owner);
  const bool useful = owner.hashes.answers(answered.asked, hashes);
  const bool stays = owner.cdn.on_hashes(useful);
  if (useful) return true;
  owner.hashes.on_lost(answered.asked);
  if (!stays) leave_cdn(answered.owner, "the master data centre has no hashes for it", now);
  return false;
}

bool engine::has_part_at_master(file_id id) const {
  return std::ranges::any_of(requests_, [id](const auto& made) {
    return made.second.owner == id && !made.second.for_hashes && !made.second.is_of_cdn();
  });
}

bool engine::send_reupload(file_id id, file& owner, connection_id over, time_point now) {
  if (!owner.cdn.wants_reupload() || now < owner.hashes_due) return false;
  constexpr int takes_its_time = 3;  // the server moves bytes first: it is late as a third copy is
  request made;
  made.owner = id;
  made.over = over;
  made.for_hashes = true;
  made.hashes_as = hash_call::reupload;
  made.copies = takes_its_time;
  owner.cdn.on_reupload_sent();
  put(made, std::nullopt, now);
  return true;
}

// Questions that were lost with their connection: an upload that is never done must end.
void engine::count_lost_reuploads(const std::vector<file_id>& lost, const std::string& why,
                                  time_point now) {
  for (const file_id id : lost) {
    file& owner = files_.at(id);
    if (++owner.hash_failures >= config_.cdn.attempts) leave_cdn(id, why, now);
  }
}

}  // namespace mtfetch::engine
