// SPDX-License-Identifier: BSL-1.0
#include "downloader/engine/reference_batches.hpp"

#include "downloader/engine/failure.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace mtfetch::engine {

reference_batches::reference_batches(reference_limits limits, random_source random)
    : limits_(limits), random_(std::move(random)) {}

void reference_batches::add(file_number file, std::int64_t in_chat, time_point read) {
  entry added;
  added.chat = in_chat;
  added.read = read;
  files_.emplace(file, added);
  chats_[in_chat].in_line.insert(file);
}

void reference_batches::begin(file_number file) {
  entry& one = files_.at(file);
  chat& of = chats_.at(one.chat);
  of.begun.insert(of.in_line.extract(file));
  if (one.is_missed || one.read > of.lapsed_until) return;
  want(file, wish::ahead);
}

void reference_batches::on_lapsed(file_number file) {
  const auto found = files_.find(file);
  if (found == files_.end()) return;
  chat& of = chats_.at(found->second.chat);
  of.lapsed_until = std::max(of.lapsed_until, found->second.read);
  want(file, wish::waits);
}

void reference_batches::remove(file_number file) {
  const auto found = files_.find(file);
  if (found == files_.end()) return;
  drop_wish(file);
  const std::int64_t id = found->second.chat;
  chat& of = chats_.at(id);
  of.in_line.erase(file);
  of.begun.erase(file);
  files_.erase(found);
  forget_if_empty(id);
}

// While a call is under way its chat is not forgotten: there is one at a time.
void reference_batches::forget_if_empty(std::int64_t id) {
  const auto of = chats_.find(id);
  if (of->second.is_empty() && !of->second.is_asked) chats_.erase(of);
}

void reference_batches::want(file_number file, wish how) {
  entry& one = files_.at(file);
  one.wanted = std::max(one.wanted, how);
  chats_.at(one.chat).wanted.insert(file);
  asking_.insert(one.chat);
}

void reference_batches::drop_wish(file_number file) {
  entry& one = files_.at(file);
  one.wanted = wish::none;
  chat& of = chats_.at(one.chat);
  of.wanted.erase(file);
  if (of.wanted.empty()) asking_.erase(one.chat);
}

bool reference_batches::lapses_with(const entry& one, time_point lapsed) const {
  if (one.is_missed) return false;
  return one.read <= lapsed || (!one.is_renewed && one.read <= lapsed + limits_.about_then);
}

// Those who wait, then those under way, then those in line.
std::vector<reference_batches::file_number> reference_batches::choose(const chat& of) const {
  std::vector<file_number> chosen;
  for (const wish wanted : {wish::waits, wish::ahead}) {
    for (const file_number file : of.wanted) {
      if (chosen.size() == limits_.most_files) return chosen;
      if (files_.at(file).wanted == wanted) chosen.push_back(file);
    }
  }
  for (const auto* files : {&of.begun, &of.in_line}) {
    for (const file_number file : *files) {
      if (chosen.size() == limits_.most_files) return chosen;
      const entry& one = files_.at(file);
      if (one.wanted != wish::none) continue;
      if (lapses_with(one, of.lapsed_until)) chosen.push_back(file);
    }
  }
  return chosen;
}

std::optional<reference_batches::call> reference_batches::poll(time_point now) {
  if (now < flood_until_ || calls_.size() >= limits_.most_calls) return std::nullopt;
  for (const std::int64_t id : asking_) {
    chat& of = chats_.at(id);
    if (of.is_asked || now < of.due) continue;
    call next;
    next.id = call_id{next_call_++};
    next.files = choose(of);
    of.is_asked = true;
    sent_call made;
    made.chat = id;
    made.files = next.files;
    made.at = now;
    calls_.emplace(next.id, std::move(made));
    return next;
  }
  return std::nullopt;
}

time_point reference_batches::deadline() const {
  time_point soonest = no_deadline;
  if (calls_.size() >= limits_.most_calls) return soonest;
  for (const std::int64_t id : asking_) {
    const chat& of = chats_.at(id);
    if (of.is_asked) continue;
    soonest = std::min(soonest, std::max(of.due, flood_until_));
  }
  return soonest;
}

reference_batches::sent_call reference_batches::take(call_id id) {
  sent_call made = std::move(calls_.extract(id).mapped());
  chats_.at(made.chat).is_asked = false;
  forget_if_empty(made.chat);
  return made;
}

std::vector<reference_batches::ended> reference_batches::on_answer(call_id id,
                                                                   const std::vector<bool>& fresh) {
  const sent_call made = take(id);
  std::vector<ended> out;
  for (std::size_t i = 0; i < made.files.size(); ++i) {
    const auto found = files_.find(made.files[i]);
    if (found == files_.end()) continue;
    entry& one = found->second;
    chat& of = chats_.at(one.chat);
    of.attempts = 0;
    of.trouble.clear();
    const bool is_fresh = i < fresh.size() && fresh[i];
    if (is_fresh) {
      // As old as the question, since when the server may have made it any time; and newer than
      // all that have lapsed, however coarse the clock.
      one.read = std::max(made.at, of.lapsed_until + duration(1));
      one.is_renewed = true;
    }
    one.is_missed = !is_fresh;
    if (is_fresh || one.wanted == wish::waits) {
      out.push_back({made.files[i], is_fresh ? outcome::renewed : outcome::failed, i});
    }
    drop_wish(made.files[i]);
  }
  return out;
}

std::vector<reference_batches::ended> reference_batches::on_refused(call_id id,
                                                                    const rpc_failure& failure,
                                                                    time_point now) {
  const sent_call made = take(id);
  const failure_class means = classify(failure);
  switch (means.kind) {
    case failure_kind::flood:
      flood_until_ = std::max(flood_until_, now + std::chrono::seconds(means.argument));
      premium_ = failure.is("FLOOD_PREMIUM_WAIT");
      return {};
    case failure_kind::again:
      return try_again(made, sentence_of(failure), now);
    case failure_kind::migrate:
    case failure_kind::reference:
    case failure_kind::unauthorized:
    case failure_kind::fatal:
      break;
  }
  return give_up(made);
}

std::vector<reference_batches::ended> reference_batches::on_lost(call_id id, std::string why,
                                                                 time_point now) {
  return try_again(take(id), std::move(why), now);
}

std::vector<reference_batches::ended> reference_batches::try_again(const sent_call& made,
                                                                   std::string why,
                                                                   time_point now) {
  const auto of = chats_.find(made.chat);
  if (of == chats_.end()) return {};
  if (++of->second.attempts >= limits_.max_attempts) return give_up(made);
  of->second.due = now + limits_.retry.wait(of->second.attempts - 1, random_);
  of->second.trouble = std::move(why);
  return {};
}

std::vector<reference_batches::ended> reference_batches::give_up(const sent_call& made) {
  std::vector<ended> out;
  for (std::size_t i = 0; i < made.files.size(); ++i) {
    const auto found = files_.find(made.files[i]);
    if (found == files_.end()) continue;
    chats_.at(made.chat).attempts = 0;
    if (found->second.wanted == wish::waits) out.push_back({made.files[i], outcome::failed, i});
    drop_wish(made.files[i]);
  }
  return out;
}

std::optional<pause> reference_batches::why_paused(file_number file, time_point now) const {
  const auto found = files_.find(file);
  if (found == files_.end() || found->second.wanted == wish::none) return std::nullopt;
  const chat& of = chats_.at(found->second.chat);
  if (of.is_asked) return std::nullopt;
  if (now < flood_until_) {
    told_to_wait why;
    why.until = flood_until_;
    why.premium = premium_;
    return why;
  }
  if (now < of.due) {
    tries_again why;
    why.when = of.due;
    why.why = of.trouble;
    return why;
  }
  return std::nullopt;
}

}  // namespace mtfetch::engine
