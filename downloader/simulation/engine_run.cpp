// SPDX-License-Identifier: BSL-1.0
#include "downloader/simulation/engine_run.hpp"

#include "downloader/simulation/cloud.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>

namespace mtfetch::simulation {
namespace {

using engine::hash_window;
using std::chrono::milliseconds;

constexpr int dc = 2;
constexpr int cdn_dc = 203;
constexpr std::uint64_t wrong = 1ULL << 40U;
constexpr duration storing = std::chrono::microseconds(200);

random_source seeded(std::uint64_t seed) {
  auto numbers = std::make_shared<std::mt19937_64>(seed);
  return [numbers](byte_span out) {
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>((*numbers)());
  };
}

// A window's bytes are a number: its own, counted from 1, when they are right.
engine::digest digest_of(std::uint64_t content) {
  engine::digest made{};
  for (std::size_t i = 0; i < 8; ++i) made[i] = static_cast<std::uint8_t>(content >> (8 * i));
  made[31] = 0x5a;
  return made;
}

std::uint64_t number_at(std::int64_t offset) {
  return static_cast<std::uint64_t>(offset / hash_window) + 1;
}

class driver {
 public:
  explicit driver(const engine_settings& settings)
      : settings_(settings),
        cloud_(settings.network),
        engine_(settings.engine, seeded(settings.network.seed + 1)),
        now_(std::chrono::hours(1000)) {}

  run download();

 private:
  struct file {
    engine::file_id id{};
    std::int64_t size = 0;
    std::vector<std::uint64_t> windows;                            // what lies in each
    std::map<std::int64_t, std::pair<std::int64_t, bool>> pieces;  // of windows not whole yet
    std::map<std::int64_t, std::int64_t> from_cdn;  // sizes of windows that lie there as it sent
    std::uint64_t reference = 0;
    bool ended = false;
    cdn_server cdn{cdn_conditions()};
  };
  struct question {
    engine::connection_id over{};
    engine::file_id of{};
    engine::part what;  // of a part
    std::int64_t offset = 0;
    engine::part_call call = engine::part_call::get_file;
    engine::hash_call asked_as = engine::hash_call::file_hashes;
    cdn_server::answer answer = cdn_server::answer::bytes;  // of a part
  };

  void drain();
  void act(const engine::open_connection& what);
  void act(const engine::close_connection& what);
  void act(const engine::send_part& what);
  void act(const engine::send_hashes& what);
  void act(const engine::drop_request&) {}  // the drop and the answer may cross
  void act(const engine::refresh_reference& what);
  void act(const engine::checkpoint& what);
  void act(const engine::file_complete& what);
  void act(const engine::file_failed& what);
  void on(const way_opened& there);
  void on(const way_lost& lost);
  void on(const bytes_heard& heard);
  void on(const part_answered& answer);
  void on(const hashes_answered& answer);
  void on(const refused& answer);
  void store(file& into, const question& asked, bool corrupt);
  void check(const file& ended);
  void begin_reading(std::size_t index);
  void serve_readings();
  void after(duration wait, std::function<void()> what) {
    later_.emplace(now_ + wait, std::move(what));
  }
  file& file_of(engine::file_id id) { return *std::ranges::find(files_, id, &file::id); }
  void broke(std::string what) {
    if (result_.problem.empty()) result_.problem = std::move(what);
  }

  const engine_settings& settings_;
  cloud cloud_;
  engine::engine engine_;
  run result_;
  request_counter count_{result_};
  time_point now_;
  time_point last_stored_;
  std::multimap<time_point, std::function<void()>> later_;
  std::map<engine::connection_id, way> ways_;
  std::map<way, engine::connection_id> connections_;
  std::map<tag, question> questions_;
  std::vector<file> files_;
  std::map<std::size_t, time_point> readings_;  // under way, by index, and since when
};

void driver::drain() {
  serve_readings();
  while (const auto next = engine_.poll_decision()) {
    std::visit([this](const auto& what) { act(what); }, *next);
  }
}

void driver::act(const engine::open_connection& what) {
  const way over = cloud_.open(what.dc, now_);
  ways_.emplace(what.connection, over);
  connections_.emplace(over, what.connection);
  result_.most_connections = std::max(result_.most_connections, static_cast<int>(ways_.size()));
}

void driver::act(const engine::close_connection& what) {
  const auto found = ways_.find(what.connection);
  if (found == ways_.end()) return broke("closed what was not there");
  cloud_.close(found->second, now_);
  connections_.erase(found->second);
  ways_.erase(found);
}

void driver::act(const engine::send_part& what) {
  const auto over = ways_.find(what.connection);
  if (over == ways_.end()) return broke("sent where nothing is open");
  if (!engine::obeys_part_rules(what.what.offset, what.what.limit))
    broke("a part against the rules");
  count_.sent(now_);
  file& of = file_of(what.file);
  const auto right = std::min<std::int64_t>(what.what.limit, of.size - what.what.offset);
  question& asked = questions_[static_cast<tag>(what.request)];
  asked.over = what.connection;
  asked.of = what.file;
  asked.what = what.what;
  asked.call = what.call;
  asked.answer = of.cdn.on_part(what.call);
  if (asked.answer != cdn_server::answer::bytes) {  // a few bytes, as hashes are
    return cloud_.ask_hashes(over->second, static_cast<tag>(what.request), now_);
  }
  std::optional<std::uint64_t> reference;
  if (what.call != engine::part_call::get_cdn_file) reference = of.reference;
  cloud_.ask_part(over->second, static_cast<tag>(what.request), right, reference, now_);
}

void driver::act(const engine::send_hashes& what) {
  const auto over = ways_.find(what.connection);
  if (over == ways_.end()) return broke("sent where nothing is open");
  question& asked = questions_[static_cast<tag>(what.request)];
  asked.over = what.connection;
  asked.of = what.file;
  asked.offset = what.offset;
  asked.asked_as = what.call;
  cloud_.ask_hashes(over->second, static_cast<tag>(what.request), now_);
}

void driver::act(const engine::refresh_reference& what) {
  after(settings_.network.round_trip, [this, id = what.file] {
    file_of(id).reference = cloud_.reference(now_);
    engine_.on_reference(id, now_);
  });
}

void driver::act(const engine::checkpoint& what) {
  after(milliseconds(5), [this, id = what.file] { engine_.on_checkpoint(id, now_); });
}

void driver::act(const engine::file_complete& what) {
  file& ended = file_of(what.file);
  if (std::exchange(ended.ended, true)) broke("a file ended twice");
  check(ended);
}

void driver::act(const engine::file_failed& what) {
  file_of(what.file).ended = true;
  broke("a file was given up: " + what.sentence);
}

void driver::check(const file& ended) {
  for (std::size_t i = 0; i < ended.windows.size(); ++i) {
    if (ended.windows[i] != i + 1) broke("window " + std::to_string(i) + " is wrong");
  }
  std::int64_t of_cdn = 0;
  for (const auto& [offset, size] : ended.from_cdn) of_cdn += size;
  result_.from_cdn += of_cdn;
  if (engine_.progress(ended.id).verified < of_cdn) broke("bytes of a CDN went unverified");
}

void driver::begin_reading(std::size_t index) {
  const reading& what = settings_.readings[index];
  readings_.emplace(index, now_);
  engine_.on_read_wanted(files_.at(what.file).id,
                         engine::reader_id{static_cast<std::uint32_t>(index)}, what.bytes,
                         now_ + what.within, now_);
}

void driver::serve_readings() {
  std::erase_if(readings_, [this](const auto& under_way) {
    const auto& [index, since] = under_way;
    const reading& what = settings_.readings[index];
    const file& of = files_.at(what.file);
    if (!engine_.available(of.id, what.bytes)) return false;
    for (std::int64_t at = what.bytes.begin; at < std::min(what.bytes.end, of.size);
         at = (at / hash_window + 1) * hash_window) {
      const std::uint64_t own = number_at(at);
      if (of.windows[static_cast<std::size_t>(own - 1)] != own) broke("a reader got wrong bytes");
    }
    result_.waits.push_back(now_ - since);
    engine_.on_read_over(of.id, engine::reader_id{static_cast<std::uint32_t>(index)}, now_);
    return true;
  });
}

void driver::on(const way_opened& there) {
  const auto found = connections_.find(there.over);
  if (found != connections_.end()) engine_.on_connected(found->second, now_);
}

void driver::on(const way_lost& lost) {
  const auto found = connections_.find(lost.over);
  if (found == connections_.end()) return;
  const engine::connection_id id = found->second;
  connections_.erase(found);
  ways_.erase(id);
  engine_.on_connection_lost(id, make_error_code(transport_errc::closed), "connection reset", now_);
}

void driver::on(const bytes_heard& heard) {
  const auto found = connections_.find(heard.over);
  if (found != connections_.end()) engine_.on_bytes(found->second, now_);
}

void driver::on(const part_answered& answer) {
  const auto found = questions_.find(answer.request);
  if (found == questions_.end()) return;
  const question asked = found->second;
  questions_.erase(found);
  result_.fetched += answer.size;
  if (!engine_.on_part(engine::request_id{answer.request}, answer.size, now_)) return;
  after(storing,
        [this, asked, corrupt = answer.corrupt] { store(file_of(asked.of), asked, corrupt); });
}

void driver::on(const hashes_answered& answer) {
  const auto found = questions_.find(answer.request);
  if (found == questions_.end()) return;
  const question asked = found->second;
  questions_.erase(found);
  const engine::request_id request{answer.request};
  file& of = file_of(asked.of);
  if (asked.answer == cdn_server::answer::redirect) {
    if (engine_.on_cdn_redirect(request, cdn_dc, {}, now_)) of.cdn.on_followed();
    return;
  }
  if (asked.answer == cdn_server::answer::reupload_needed) {
    return engine_.on_reupload_needed(request, now_);
  }
  if (asked.answer == cdn_server::answer::token_lapsed) {
    return engine_.on_rpc_failure(request, rpc_failure::parse(400, "FILE_TOKEN_INVALID"), now_);
  }
  if (asked.asked_as == engine::hash_call::reupload) of.cdn.on_reupload();
  std::vector<engine::server_hash> hashes;
  const std::int64_t end = std::min(asked.offset + settings_.hash_span, file_of(asked.of).size);
  for (std::int64_t at = asked.offset; settings_.has_hashes && at < end; at += hash_window) {
    hashes.push_back({at, static_cast<std::int32_t>(hash_window), digest_of(number_at(at))});
  }
  engine_.on_hashes(request, hashes, now_);
}

void driver::on(const refused& answer) {
  const auto found = questions_.find(answer.request);
  // A CDN knows no file references: a token lapses there.
  const bool at_cdn =
      found != questions_.end() && found->second.call == engine::part_call::get_cdn_file;
  if (found != questions_.end()) questions_.erase(found);
  if (answer.code == 420) count_.refused(now_);
  const bool lapsed = at_cdn && answer.code == 400;
  engine_.on_rpc_failure(
      engine::request_id{answer.request},
      rpc_failure::parse(answer.code, lapsed ? "FILE_TOKEN_INVALID" : answer.message), now_);
}

// As transfer's file_worker does: a window is hashed when all its pieces are there.
void driver::store(file& into, const question& asked, bool corrupt) {
  const engine::part& what = asked.what;
  std::vector<engine::window_record> windows;
  last_stored_ = now_;
  for (std::int64_t at = what.offset; at < what.end();) {
    const std::int64_t begin = at / hash_window * hash_window;
    const std::int64_t whole = std::min(hash_window, into.size - begin);
    const std::int64_t end = std::min(what.end(), begin + whole);
    auto& [have, spoiled] = into.pieces[begin];
    have += end - at;
    spoiled = spoiled || (corrupt && at == what.offset);
    if (have >= whole) {
      const std::uint64_t content = number_at(begin) + (spoiled ? wrong : 0);
      into.windows[static_cast<std::size_t>(number_at(begin) - 1)] = content;
      into.from_cdn.erase(begin);
      if (asked.call == engine::part_call::get_cdn_file) into.from_cdn[begin] = whole;
      engine::window_record window;
      window.offset = begin;
      window.size = static_cast<std::int32_t>(whole);
      window.sha256 = digest_of(content);
      windows.push_back(window);
      into.pieces.erase(begin);
    }
    at = end;
  }
  engine_.on_stored(into.id, what, windows, now_);
}

run driver::download() {
  for (const std::int64_t size : settings_.files) {
    file& added = files_.emplace_back();
    added.size = size;
    added.cdn = cdn_server(settings_.cdn);
    added.windows.resize(static_cast<std::size_t>((size + hash_window - 1) / hash_window));
    result_.size += size;
  }
  for (file& each : files_) {
    engine::file_plan plan;
    plan.size = each.size;
    plan.dc = dc;
    plan.cdn = settings_.cdn.redirects;
    each.reference = cloud_.reference(now_);
    each.id = engine_.add(plan, now_);
  }
  for (std::size_t i = 0; i < settings_.readings.size(); ++i) {
    after(settings_.readings[i].at, [this, i] { begin_reading(i); });
  }
  const time_point begin = now_;
  constexpr std::chrono::hours most{2};
  constexpr int most_turns = 100'000;
  int turns = 0;
  while (result_.problem.empty()) {
    drain();
    if (std::ranges::all_of(files_, &file::ended)) {
      if (!readings_.empty()) broke("a reader waits for what is there");
      break;
    }
    const time_point due = later_.empty() ? no_deadline : later_.begin()->first;
    const time_point next = std::min({due, engine_.deadline(), cloud_.deadline()});
    if (next == no_deadline || next > begin + most) {
      broke("stands still");
      break;
    }
    turns = next > now_ ? 0 : turns + 1;
    if (turns > most_turns) broke("spins without the time going on");
    now_ = std::max(now_, next);
    while (!later_.empty() && later_.begin()->first <= now_) {
      const std::function<void()> what = std::move(later_.begin()->second);
      later_.erase(later_.begin());
      what();
      drain();
    }
    while (const auto what = cloud_.poll(now_)) {
      std::visit([this](const auto& it) { on(it); }, *what);
      drain();
    }
    if (engine_.deadline() <= now_) engine_.on_deadline(now_);
  }
  result_.took = last_stored_ - count_.first();
  return result_;
}

}  // namespace

run run_engine(const engine_settings& settings) {
  return driver(settings).download();
}

}  // namespace mtfetch::simulation
