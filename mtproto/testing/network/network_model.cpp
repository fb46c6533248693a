// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/network/network_model.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace mtfetch::testing {

network_model::network_model(const network_conditions& conditions) : conditions_(conditions) {
  // Two chunks: what passes while another connection's chunk is awaited is made up for.
  conditions_.burst = std::max(conditions_.burst, 2 * chunk);
  all_.bucket = {static_cast<double>(conditions_.total_rate), conditions_.burst};
}

link_id network_model::open(int dc, time_point now) {
  advance(now);
  if (!first_open_ && is_troubled(dc)) first_open_ = now;
  const link_id id = ++counts_.opened;
  wire& made = links_[id];
  made.dc = dc;
  made.there = now + conditions_.round_trip;
  made.bucket = {static_cast<double>(conditions_.connection_rate), conditions_.burst};
  made.up.jitter = {conditions_.seed, 2 * id};
  made.down.jitter = {conditions_.seed, 2 * id + 1};
  if (const auto [stage, fresh] = dcs_.try_emplace(dc); fresh) {
    stage->second.bucket = {static_cast<double>(conditions_.dc_rate), conditions_.burst};
  }
  ++open_by_dc_[dc];
  const bool nth = conditions_.slow == slow_connections::nth && id == conditions_.slow_number;
  const bool next = conditions_.slow == slow_connections::one_at_a_time && slow_ == 0;
  if (nth || (next && is_troubled(dc))) slow_ = id;
  share_slow();
  plan(made.there, step::opened, id);
  plan_reset(now);
  return id;
}

void network_model::close(link_id link, time_point now) {
  advance(now);
  const auto found = links_.find(link);
  if (found != links_.end()) end(found);
  // What happened and was not told yet is not told any more.
  for (auto left = events_.size(); left > 0; --left) {
    network_event event = events_.pop();
    if (std::visit([](const auto& one) { return one.link; }, event.what) != link) {
      events_.push(event);
    }
  }
}

void network_model::silence(link_id link, time_point now) {
  advance(now);
  const auto found = links_.find(link);
  if (found == links_.end()) return;
  found->second.silent = true;
  lose(found->second);
}

network_model::wire* network_model::sending(link_id link, std::int64_t bytes, time_point now) {
  advance(now);
  const auto found = links_.find(link);
  if (found == links_.end()) return nullptr;
  if (!found->second.silent) return &found->second;
  counts_.lost += bytes;
  return nullptr;
}

void network_model::send_up(link_id link, std::int64_t bytes, message_tag tag, time_point now) {
  wire* const over = sending(link, bytes, now);
  if (over == nullptr) return;
  over->up.bytes += bytes;
  const time_point from = std::max(now, over->there);
  delay(over->up, {tag, bytes, true, {}}, from, conditions_.round_trip / 2, step::up, link);
}

void network_model::send_down(link_id link, std::int64_t bytes, message_tag tag, time_point now) {
  wire* const over = sending(link, bytes, now);
  if (over == nullptr) return;
  over->down.bytes += bytes;
  over->answers.push({tag, bytes, true, {}});
  if (!over->has_chunk) cut_next(link, *over, now);
}

std::optional<network_event> network_model::poll(time_point now) {
  while (events_.empty() && !agenda_.empty() && agenda_.top().at <= now) {
    const entry due = agenda_.top();
    agenda_.pop();
    run(due);
  }
  if (events_.empty()) return std::nullopt;
  return events_.pop();
}

time_point network_model::deadline() const {
  if (!events_.empty()) return events_.front().at;
  return agenda_.empty() ? no_deadline : agenda_.top().at;
}

std::int64_t network_model::waiting_down(link_id link) const {
  const auto found = links_.find(link);
  return found == links_.end() ? 0 : found->second.down.bytes;
}

void network_model::plan(time_point at, step what, std::uint64_t whom) {
  agenda_.push({at, ++planned_, what, whom});
}

void network_model::advance(time_point now) {
  while (!agenda_.empty() && agenda_.top().at <= now) {
    const entry due = agenda_.top();
    agenda_.pop();
    run(due);
  }
}

void network_model::run(const entry& due) {
  switch (due.what) {
    case step::serve_dc: {
      shared_bucket& stage = dcs_.at(static_cast<int>(due.whom));
      stage.timed = false;
      return serve(stage, step::serve_dc, due.whom, due.at);
    }
    case step::serve_all:
      all_.timed = false;
      return serve(all_, step::serve_all, 0, due.at);
    case step::reset:
      return reset_next(due.at);
    case step::opened:
    case step::past_own:
    case step::up:
    case step::down:
      break;
  }
  const auto found = links_.find(due.whom);
  if (found != links_.end() && !found->second.silent) run_for(due.whom, found->second, due);
}

void network_model::run_for(link_id id, wire& whom, const entry& due) {
  if (due.what == step::opened) {
    report(due.at, link_open{id});
  } else if (due.what == step::past_own) {
    whom.bucket.take(whom.chunk.bytes, due.at);
    shared_bucket& stage = dcs_.at(whom.dc);
    stage.waiting.push(id);
    serve(stage, step::serve_dc, static_cast<std::uint64_t>(whom.dc), due.at);
  } else if (due.what == step::up) {
    const message came = arrive(whom.up, step::up, id);
    counts_.arrived_up += came.bytes;
    report(due.at, arrived_up{id, came.tag, came.bytes});
  } else {
    const message came = arrive(whom.down, step::down, id);
    counts_.arrived_down += came.bytes;
    report(due.at, arrived_down{id, came.tag, came.bytes, came.last});
  }
}

// Takes the next chunk off the connection's answers, to the first of its buckets.
void network_model::cut_next(link_id id, wire& from, time_point now) {
  if (from.cutting.last) {
    from.has_chunk = !from.answers.empty();
    if (!from.has_chunk) return;
    from.cutting = from.answers.pop();
    from.cutting.last = false;
  }
  const bool limited = from.bucket.is_limit() || all_.bucket.is_limit() || conditions_.dc_rate > 0;
  from.chunk = from.cutting;
  if (limited) from.chunk.bytes = std::min(from.chunk.bytes, chunk);
  from.cutting.bytes -= from.chunk.bytes;
  from.cutting.last = from.chunk.last = from.cutting.bytes == 0;
  const time_point ready = std::max(now, from.there);
  plan(from.bucket.passes_at(from.chunk.bytes, ready), step::past_own, id);
}

// Lets pass what may. A chunk past its data centre's bucket waits at the one for all; past that, it
// is on its way.
void network_model::serve(shared_bucket& stage, step again, std::uint64_t whom, time_point now) {
  while (!stage.timed && !stage.waiting.empty()) {
    const link_id id = stage.waiting.front();
    const auto found = links_.find(id);
    if (found == links_.end() || found->second.silent) {
      stage.waiting.pop();
      continue;
    }
    wire& next = found->second;
    const time_point at = stage.bucket.passes_at(next.chunk.bytes, now);
    if (at > now) {
      stage.timed = true;
      return plan(at, again, whom);
    }
    stage.bucket.take(next.chunk.bytes, now);
    stage.waiting.pop();
    if (&stage != &all_) {
      all_.waiting.push(id);
      serve(all_, step::serve_all, 0, now);
    } else {
      delay(next.down, next.chunk, now, conditions_.round_trip - conditions_.round_trip / 2,
            step::down, id);
      cut_next(id, next, now);
    }
  }
}

void network_model::delay(delay_line& line, message what, time_point from, duration way,
                          step arrival, link_id id) {
  const duration late(line.jitter.up_to(conditions_.jitter.count()));
  what.arrives = line.latest = std::max(line.latest, from + way + late);
  if (line.under_way.empty()) plan(what.arrives, arrival, id);
  line.under_way.push(what);
}

network_model::message network_model::arrive(delay_line& line, step arrival, link_id id) {
  const message came = line.under_way.pop();
  line.bytes -= came.bytes;
  if (!line.under_way.empty()) plan(line.under_way.front().arrives, arrival, id);
  return came;
}

std::map<link_id, network_model::wire>::iterator network_model::next_to_reset() {
  const auto met = [this](const auto& link) { return is_troubled(link.second.dc); };
  const auto younger = std::find_if(links_.upper_bound(last_reset_), links_.end(), met);
  return younger != links_.end() ? younger : std::find_if(links_.begin(), links_.end(), met);
}

// In step with the first connection, so that those opened later do not put it off.
void network_model::plan_reset(time_point now) {
  if (conditions_.reset_every <= duration(0) || reset_planned_) return;
  if (next_to_reset() == links_.end()) return;
  const auto passed = (now - *first_open_) / conditions_.reset_every;
  plan(*first_open_ + (passed + 1) * conditions_.reset_every, step::reset, 0);
  reset_planned_ = true;
}

void network_model::reset_next(time_point now) {
  reset_planned_ = false;
  const auto next = next_to_reset();
  if (next == links_.end()) return;
  last_reset_ = next->first;
  ++counts_.resets;
  report(now, link_reset{next->first});
  end(next);
  plan_reset(now);
}

void network_model::lose(wire& what) {
  counts_.lost += what.up.bytes + what.down.bytes;
  for (delay_line* line : {&what.up, &what.down}) {
    line->under_way.clear();
    line->bytes = 0;
  }
  what.answers.clear();
}

void network_model::end(std::map<link_id, wire>::iterator which) {
  lose(which->second);
  --open_by_dc_[which->second.dc];
  if (slow_ == which->first) slow_ = 0;
  links_.erase(which);
  share_slow();
}

void network_model::share_slow() {
  const auto found = links_.find(slow_);
  if (found == links_.end()) return;
  constexpr double none = std::numeric_limits<double>::infinity();
  const auto part = [](std::int64_t rate, std::int64_t among) {
    return rate > 0 ? static_cast<double>(rate) / static_cast<double>(among) : none;
  };
  const double own = std::min({part(conditions_.connection_rate, 1),
                               part(conditions_.dc_rate, open_by_dc_.at(found->second.dc)),
                               part(conditions_.total_rate, std::ssize(links_))});
  if (own < none) found->second.bucket.set_rate(conditions_.slow_share * own);
}

}  // namespace mtfetch::testing
