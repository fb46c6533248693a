// SPDX-License-Identifier: BSL-1.0
#include "simulation.hpp"

#include <algorithm>
#include <utility>

namespace mtfetch::engine {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t wrong = 1ULL << 40U;

digest digest_of(std::uint64_t content) {
  digest made{};
  for (std::size_t i = 0; i < 8; ++i) made[i] = static_cast<std::uint8_t>(content >> (8 * i));
  made[31] = 0x5a;
  return made;
}

window_record record(std::int64_t offset, std::int64_t size, std::uint64_t content) {
  window_record window;
  window.offset = offset;
  window.size = static_cast<std::int32_t>(std::min(hash_window, size - offset));
  window.sha256 = digest_of(content);
  return window;
}

std::uint64_t number(std::int64_t offset) {
  return static_cast<std::uint64_t>(offset / hash_window) + 1;
}

random_source seeded(std::uint64_t seed) {
  auto engine = std::make_shared<std::mt19937_64>(seed);
  return [engine](byte_span out) {
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>((*engine)());
  };
}

}  // namespace

window_record right_window(std::int64_t offset, std::int64_t size) {
  window_record window = record(offset, size, number(offset));
  window.verified = true;
  return window;
}

simulation::simulation(simulation_settings settings)
    : settings_(std::move(settings)),
      random_(settings_.seed),
      engine_(settings_.engine, seeded(settings_.seed + 1)),
      now_(std::chrono::hours(1000)) {}

bool simulation::run() {
  const time_point start = now_;
  start_ = now_;
  for (const simulated_file& what : settings_.files) {
    served_file& added = files_.emplace_back();
    added.what = what;
    added.stored.resize(static_cast<std::size_t>((what.size + hash_window - 1) / hash_window));
    added.durable = what.complete;
    for (const auto* there : {&what.complete, &what.candidates}) {
      for (const window_record& window : *there) {
        const std::uint64_t own = number(window.offset);
        added.stored[static_cast<std::size_t>(own - 1)] =
            window.sha256 == digest_of(own) ? own : wrong + own;
      }
    }
  }
  for (served_file& file : files_) {
    if (file.what.added_at == duration(0)) {
      add(file);
    } else {
      after(file.what.added_at, [this, &file] { add(file); });
    }
  }
  reads_.resize(settings_.reads.size());
  for (std::size_t i = 0; i < reads_.size(); ++i) {
    after(settings_.reads[i].at, [this, i] { begin_read(i); });
  }
  std::size_t turns_at_once = 0;
  while (problem.empty()) {
    drain();
    took = now_ - start;
    if (ended()) return problem.empty();
    const time_point event = events_.empty() ? no_deadline : events_.begin()->first;
    const time_point next = std::min(event, engine_.deadline());
    if (next == no_deadline) broke("stuck: nothing is under way");
    if (next - start >= settings_.stop_after) {
      if (settings_.stop_after >= std::chrono::hours(1)) broke("stuck: hours went by");
      return problem.empty();
    }
    turns_at_once = next > now_ ? 0 : turns_at_once + 1;
    if (turns_at_once > 10000) broke("spins without the time going on");
    now_ = std::max(now_, next);
    if (engine_.deadline() <= now_) {
      engine_.on_deadline(now_);
    } else {
      const std::function<void()> due = std::move(events_.begin()->second);
      events_.erase(events_.begin());
      due();
    }
  }
  return false;
}

// Every file is at its end, and so is every read; a file that is only read has no other end.
bool simulation::ended() const {
  return std::ranges::all_of(reads_, &open_read::over) &&
         std::ranges::all_of(files_, [](const auto& f) {
           return f.complete || !f.failure.empty() || f.what.only_wanted;
         });
}

void simulation::add(served_file& file) {
  file_plan plan;
  plan.size = file.what.size;
  plan.dc = file.what.claimed_dc;
  plan.verify = file.what.verify;
  plan.complete = file.what.complete;
  plan.candidates = file.what.candidates;
  plan.priority = file.what.priority;
  plan.only_wanted = file.what.only_wanted;
  plan.most_held = file.what.most_held;
  file.id = engine_.add(plan, now_);
}

void simulation::begin_read(std::size_t read) {
  const simulated_read& what = settings_.reads[read];
  reads_[read].waiting = true;
  reads_[read].since = now_;
  const file_id id = files_.at(what.file).id;
  const reader_id reader{static_cast<std::uint32_t>(read)};
  engine_.on_read_wanted(id, reader, what.bytes, now_ + what.within, now_);
  if (!what.gives_up) return;
  after(*what.gives_up, [this, read, id, reader] {
    if (!std::exchange(reads_[read].waiting, false)) return;
    reads_[read].over = true;
    engine_.on_read_over(id, reader, now_);
  });
}

// Bytes that may be read are as on the server, or it is a problem.
void simulation::serve_reads() {
  for (std::size_t i = 0; i < reads_.size(); ++i) {
    const simulated_read& what = settings_.reads[i];
    const served_file& file = files_.at(what.file);
    if (!reads_[i].waiting || !engine_.available(file.id, what.bytes)) continue;
    reads_[i].waiting = false;
    reads_[i].over = true;
    reads_[i].waited = now_ - reads_[i].since;
    for (std::int64_t at = what.bytes.begin / hash_window * hash_window;
         at < std::min(what.bytes.end, file.what.size); at += hash_window) {
      const std::uint64_t own = number(at);
      if (file.stored[static_cast<std::size_t>(own - 1)] != own) broke("a reader got wrong bytes");
    }
    if (!what.never_over)
      engine_.on_read_over(file.id, reader_id{static_cast<std::uint32_t>(i)}, now_);
  }
}

bool simulation::identical(std::size_t file) const {
  const served_file& served = files_.at(file);
  for (std::size_t i = 0; i < served.stored.size(); ++i) {
    if (served.stored[i] != i + 1) return false;
  }
  return true;
}

std::int64_t simulation::verified(std::size_t file) const {
  return engine_.progress(files_.at(file).id).verified;
}

void simulation::after(duration wait, std::function<void()> what) {
  events_.emplace(now_ + wait, std::move(what));
}

void simulation::drain() {
  serve_reads();
  while (const auto next = engine_.poll_decision()) {
    std::visit([this](const auto& what) { act(what); }, *next);
    most_in_flight = std::max(most_in_flight, engine_.in_flight());
  }
}

void simulation::act(const open_connection& what) {
  const std::size_t number = connections_opened++;
  const double share = settings_.rate_of ? settings_.rate_of(number) : 1;
  ways_[what.connection] = open_way{what.dc, false, now_, number, share * settings_.rate};
  std::map<int, std::size_t> per_dc;
  for (const auto& [id, way] : ways_) {
    most_connections = std::max(most_connections, ++per_dc[way.dc]);
  }
  const bool fails = settings_.open_fails && settings_.open_fails(opens_++);
  after(3 * settings_.round_trip, [this, id = what.connection, fails] {
    if (!ways_.contains(id)) return;
    if (fails) {
      ways_.erase(id);
      engine_.on_connection_lost(id, make_error_code(transport_errc::unreachable), "nobody listens",
                                 now_);
      return;
    }
    ways_.at(id).open = true;
    engine_.on_connected(id, now_);
  });
}

void simulation::act(const close_connection& what) {
  const auto way = ways_.find(what.connection);
  if (way == ways_.end()) return broke("closed what was not there");
  closed.push_back(way->second.number);
  closed_at.push_back(now_ - start_);
  ways_.erase(way);
}

void simulation::act(const send_part& what) {
  ++requests;
  ++part_requests;
  parts.push_back(what.what);
  if (!obeys_part_rules(what.what.offset, what.what.limit)) broke("a part against the rules");
  const auto way = ways_.find(what.connection);
  if (way == ways_.end() || !way->second.open) return broke("sent where nothing is open");
  ++requests_by_dc[way->second.dc];
  served_file& file = file_of(what.file);
  const fault met = draw(false);
  if (refused(what.request, what.connection, file, file.client_reference, met)) return;
  std::int64_t size = std::min<std::int64_t>(what.what.limit, file.what.size - what.what.offset);
  if (met == fault::cut) size /= 2;
  if (met == fault::empty) size = 0;
  bytes_served += size;
  const duration wait = answer_wait(way->second, size);
  for (duration heard = std::chrono::seconds(1); heard < wait; heard += std::chrono::seconds(1)) {
    after(heard, [this, over = what.connection] { engine_.on_bytes(over, now_); });
  }
  after(wait, [this, what, size, met] {
    if (!ways_.contains(what.connection)) return;
    if (!engine_.on_part(what.request, size, now_)) return;
    after(milliseconds(1),
          [this, what, met] { store(file_of(what.file), what.what, met == fault::corrupt); });
  });
}

void simulation::act(const send_hashes& what) {
  ++requests;
  const auto way = ways_.find(what.connection);
  if (way == ways_.end() || !way->second.open) return broke("sent where nothing is open");
  ++requests_by_dc[way->second.dc];
  served_file& file = file_of(what.file);
  const fault met = draw(true);
  if (refused(what.request, what.connection, file, file.client_reference, met)) return;
  std::vector<server_hash> hashes;
  const std::int64_t end = std::min(what.offset + settings_.hash_span, file.what.size);
  for (std::int64_t at = what.offset; file.what.has_hashes && at < end; at += hash_window) {
    hashes.push_back({at, static_cast<std::int32_t>(hash_window), digest_of(number(at))});
  }
  after(answer_wait(way->second, 0), [this, what, hashes] {
    if (ways_.contains(what.connection)) engine_.on_hashes(what.request, hashes, now_);
  });
}

// A dropped request may be answered all the same: the drop and the answer cross.
void simulation::act(const drop_request&) {
  ++dropped;
}

void simulation::act(const refresh_reference& what) {
  ++refreshes;
  after(settings_.round_trip, [this, id = what.file] {
    served_file& file = file_of(id);
    file.client_reference = file.reference;
    if (settings_.never_refreshes) ++file.reference;
    engine_.on_reference(id, now_);
  });
}

void simulation::act(const checkpoint& what) {
  after(milliseconds(5), [this, what] {
    served_file& file = file_of(what.file);
    file.durable.insert(file.durable.end(), what.windows.begin(), what.windows.end());
    engine_.on_checkpoint(what.file, now_);
  });
}

void simulation::act(const file_complete& what) {
  served_file& file = file_of(what.file);
  if (file.complete || !file.failure.empty()) broke("a file ended twice");
  file.complete = true;
  file.completed_at = now_ - start_;
}

void simulation::act(const file_failed& what) {
  served_file& file = file_of(what.file);
  if (file.complete || !file.failure.empty()) broke("a file ended twice");
  file.failure = what.sentence;
  file.code = what.code;
}

bool simulation::refused(request_id request, connection_id over, served_file& file,
                         unsigned reference, fault met) {
  const int dc = ways_.at(over).dc;
  time_point& flooded = flooded_until_[dc];
  if (met == fault::flood) flooded = std::max(flooded, now_ + std::chrono::seconds(2));
  if (met == fault::reference) ++file.reference;
  if (now_ < flooded) {
    ++refused_by_flood;
    const auto left = std::chrono::ceil<std::chrono::seconds>(flooded - now_);
    refuse(request, over, 420, "FLOOD_WAIT_" + std::to_string(left.count()));
  } else if (met == fault::error) {
    refuse(request, over, 500, "RPC_CALL_FAIL");
  } else if (met == fault::reset) {
    after(settings_.round_trip / 2, [this, over] { lose(over); });
  } else if (dc != file.what.dc) {
    refuse(request, over, 303, "FILE_MIGRATE_" + std::to_string(file.what.dc));
  } else if (reference != file.reference) {
    refuse(request, over, 400, "FILE_REFERENCE_EXPIRED");
  } else {
    return met == fault::lost;
  }
  return true;
}

void simulation::refuse(request_id request, connection_id over, std::int32_t code,
                        std::string message) {
  after(answer_wait(ways_.at(over), 0), [this, request, over, code, message] {
    if (ways_.contains(over)) {
      engine_.on_rpc_failure(request, rpc_failure::parse(code, message), now_);
    }
  });
}

void simulation::store(served_file& file, part what, bool corrupt) {
  std::vector<window_record> windows;
  for (std::int64_t at = what.offset; at < what.end();) {
    const std::int64_t begin = at / hash_window * hash_window;
    const std::int64_t whole = std::min(hash_window, file.what.size - begin);
    const std::int64_t end = std::min(what.end(), begin + whole);
    auto& [have, spoiled] = file.pieces[begin];
    have += end - at;
    spoiled = spoiled || (corrupt && at == what.offset);
    at = end;
    if (have > whole) broke("bytes were stored twice");
    if (have < whole) continue;
    const std::uint64_t content = number(begin) + (spoiled ? wrong : 0);
    file.stored[static_cast<std::size_t>(begin / hash_window)] = content;
    windows.push_back(record(begin, file.what.size, content));
    file.pieces.erase(begin);
  }
  engine_.on_stored(file.id, what, windows, now_);
}

void simulation::lose(connection_id id) {
  if (ways_.erase(id) == 0) return;
  engine_.on_connection_lost(id, make_error_code(transport_errc::closed), "connection reset", now_);
}

duration simulation::answer_wait(open_way& way, std::int64_t size) {
  const auto sending = std::chrono::duration_cast<duration>(
      std::chrono::duration<double>(static_cast<double>(size) / way.rate));
  const time_point begins = std::max(way.free, now_ + settings_.round_trip / 2);
  way.free = begins + sending;
  const auto jitter = duration(static_cast<duration::rep>(random_() % 2'000'000));
  return way.free + settings_.round_trip / 2 + jitter - now_;
}

simulation::served_file& simulation::file_of(file_id id) {
  return *std::ranges::find(files_, id, &served_file::id);
}

fault simulation::draw(bool for_hashes) {
  return settings_.faults ? settings_.faults(requests - 1, for_hashes) : fault::none;
}

void simulation::broke(std::string rule) {
  if (problem.empty()) problem = std::move(rule);
}

}  // namespace mtfetch::engine
