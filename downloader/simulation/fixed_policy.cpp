// SPDX-License-Identifier: BSL-1.0
#include "downloader/simulation/fixed_policy.hpp"

#include "downloader/simulation/cloud.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <map>
#include <queue>
#include <vector>

namespace mtfetch::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::int32_t kib = 1024;
constexpr std::int64_t mib = 1024 * 1024;
constexpr int dc = 2;

std::int32_t tdlib_part(std::int64_t size) {
  std::int32_t part = 64 * kib;
  while (part < 512 * kib && size / part > 4000) part *= 2;
  return part;
}

std::int32_t mtcute_part(std::int64_t size) {
  if (size <= 262'078'465) return 128 * kib;
  if (size <= 786'432'000) return 256 * kib;
  return size <= 2'097'152'000 ? 512 * kib : 1024 * kib;
}

std::int32_t telethon_part(std::int64_t size) {
  if (size <= 104'857'600) return 128 * kib;
  return size <= 786'432'000 ? 256 * kib : 512 * kib;
}

constexpr int any = 1 << 20;

const std::array<fixed_policy, 6> policies = {{
    {"tdlib-free", tdlib_part, 2, 2, any, any, 2 * mib, true},
    {"tdlib-premium", tdlib_part, 8, 8, any, any, 16 * mib, true},
    {"tdesktop", [](std::int64_t) { return 128 * kib; }, 1, 8, 4, 16, 0, false, seconds(8), 4},
    {"tdl", [](std::int64_t) { return 1024 * kib; }, 4, 4, 1, 1, 0, false},
    {"mtcute", mtcute_part, 2, 2, 3, 3, 2 * mib, true},
    {"telethon", telethon_part, 1, 1, 1, 1, 0, false},
}};

const fixed_policy one_stream = {"one stream", telethon_part, 1, 1, 1, 1, 0, false};

class client {
 public:
  client(const fixed_policy& policy, const testing::network_conditions& conditions,
         std::int64_t size)
      : policy_(policy),
        cloud_(conditions),
        part_(policy.part_size(size)),
        now_(std::chrono::hours(1000)),
        may_send_(now_) {
    result_.size = size;
    parts_ = (size + part_ - 1) / part_;
  }

  run download();

 private:
  struct connection {
    bool open = false;
    int outstanding = 0;
    int limit = 0;
    int streak = 0;     // successes since the limit grew
    int successes = 0;  // since the last connection came or went
  };
  struct question {
    std::int64_t part;
    way over;
    time_point sent;
  };

  void open_one();
  void send_what_may_be();
  void on(const way_opened& there);
  void on(const way_lost& lost);
  void on(const bytes_heard&) {}
  void on(const hashes_answered&) {}
  void on(const part_answered& answer);
  void on(const refused& answer);
  void give_up_late();
  void lose(way over, bool again);
  void again_at(std::int64_t part, time_point when) { later_.emplace(when, part); }
  std::int64_t size_of(std::int64_t part) const {
    return std::min<std::int64_t>(part_, result_.size - part * part_);
  }
  bool nothing_to_send() const;
  time_point next_time() const;

  const fixed_policy& policy_;
  cloud cloud_;
  run result_;
  request_counter count_{result_};
  std::int32_t part_;
  std::int64_t parts_ = 0;
  std::int64_t next_part_ = 0;
  std::int64_t done_ = 0;
  time_point now_;
  time_point may_send_;
  duration pace_ = milliseconds(50);
  std::int64_t in_flight_ = 0;
  std::map<way, connection> ways_;
  std::map<tag, question> questions_;  // in the order in which they were sent
  std::multimap<time_point, std::int64_t> later_;
  tag next_tag_ = 1;
  int timeouts_ = 0;
  int removals_ = 0;
  time_point may_grow_ = time_point::min();
};

void client::open_one() {
  ways_[cloud_.open(dc, now_)].limit = policy_.parts;
  result_.most_connections = std::max(result_.most_connections, static_cast<int>(ways_.size()));
}

bool client::nothing_to_send() const {
  return next_part_ >= parts_ && (later_.empty() || later_.begin()->first > now_);
}

void client::send_what_may_be() {
  while (!nothing_to_send() && (!policy_.paced || now_ >= may_send_)) {
    connection* best = nullptr;
    way over = 0;
    for (auto& [id, each] : ways_) {
      if (!each.open || each.outstanding >= each.limit) continue;
      if (best == nullptr || each.outstanding < best->outstanding) {
        best = &each;
        over = id;
      }
    }
    if (best == nullptr) return;
    const bool again = !later_.empty() && later_.begin()->first <= now_;
    const std::int64_t part = again ? later_.begin()->second : next_part_;
    if (policy_.in_flight > 0 && in_flight_ > 0 && in_flight_ + size_of(part) > policy_.in_flight) {
      return;
    }
    if (again) {
      later_.erase(later_.begin());
    } else {
      ++next_part_;
    }
    ++best->outstanding;
    in_flight_ += size_of(part);
    const tag request = next_tag_++;
    questions_.emplace(request, question{part, over, now_});
    count_.sent(now_);
    cloud_.ask_part(over, request, size_of(part), std::nullopt, now_);
    if (policy_.paced) {
      may_send_ = now_ + pace_;
      pace_ = std::max<duration>(pace_ * 4 / 5, milliseconds(3));
    }
  }
}

void client::on(const way_opened& there) {
  if (const auto found = ways_.find(there.over); found != ways_.end()) found->second.open = true;
}

void client::on(const way_lost& lost) {
  lose(lost.over, true);
}

void client::lose(way over, bool again) {
  for (auto it = questions_.begin(); it != questions_.end();) {
    if (it->second.over != over) {
      ++it;
      continue;
    }
    in_flight_ -= size_of(it->second.part);
    again_at(it->second.part, now_);
    it = questions_.erase(it);
  }
  ways_.erase(over);
  if (again) open_one();
}

void client::on(const part_answered& answer) {
  const auto found = questions_.find(answer.request);
  if (found == questions_.end()) return;
  const question asked = found->second;
  questions_.erase(found);
  connection& over = ways_.at(asked.over);
  --over.outstanding;
  in_flight_ -= size_of(asked.part);
  result_.fetched += answer.size;
  if (answer.size != size_of(asked.part)) return again_at(asked.part, now_);
  ++done_;
  if (++over.streak >= over.limit && over.limit < policy_.most_parts) {
    ++over.limit;
    over.streak = 0;
  }
  ++over.successes;
  const bool grown = std::ranges::all_of(
      ways_, [&](const auto& entry) { return entry.second.successes >= 3 * (removals_ + 1); });
  if (grown && static_cast<int>(ways_.size()) < policy_.most_connections && now_ >= may_grow_) {
    for (auto& [id, each] : ways_) each.successes = 0;
    open_one();
  }
}

void client::on(const refused& answer) {
  const auto found = questions_.find(answer.request);
  if (found == questions_.end()) return;
  const question asked = found->second;
  questions_.erase(found);
  --ways_.at(asked.over).outstanding;
  in_flight_ -= size_of(asked.part);
  count_.refused(now_);
  int wait = 0;
  if (answer.code == 420) {
    const auto number = answer.message.rfind('_') + 1;
    std::from_chars(answer.message.data() + number, answer.message.data() + answer.message.size(),
                    wait);
  }
  again_at(asked.part, now_ + seconds(wait));
}

void client::give_up_late() {
  while (!questions_.empty()) {
    // The oldest first; asked again under a new tag they come last.
    const auto oldest = questions_.begin();
    if (now_ < oldest->second.sent + policy_.patience) return;
    const question late = oldest->second;
    questions_.erase(oldest);
    --ways_.at(late.over).outstanding;
    in_flight_ -= size_of(late.part);
    again_at(late.part, now_);
    if (policy_.timeouts > 0 && ++timeouts_ >= policy_.timeouts && ways_.size() > 1) {
      timeouts_ = 0;
      ++removals_;
      may_grow_ = now_ + removals_ * seconds(8);
      const way last = ways_.rbegin()->first;
      cloud_.close(last, now_);
      lose(last, false);
    }
  }
}

time_point client::next_time() const {
  time_point soonest = cloud_.deadline();
  if (!questions_.empty()) {
    soonest = std::min(soonest, questions_.begin()->second.sent + policy_.patience);
  }
  if (!later_.empty() && later_.begin()->first > now_) {
    soonest = std::min(soonest, later_.begin()->first);
  }
  if (policy_.paced && !nothing_to_send() && may_send_ > now_)
    soonest = std::min(soonest, may_send_);
  return soonest;
}

run client::download() {
  for (int i = 0; i < policy_.connections; ++i) open_one();
  constexpr std::chrono::hours most{2};
  const time_point begin = now_;
  while (done_ < parts_) {
    send_what_may_be();
    const time_point next = next_time();
    if (next == no_deadline || next > begin + most) {
      result_.problem = "did not end";
      return result_;
    }
    now_ = std::max(now_, next);
    while (const auto what = cloud_.poll(now_)) {
      std::visit([this](const auto& it) { on(it); }, *what);
    }
    give_up_late();
  }
  result_.took = now_ - count_.first();
  return result_;
}

}  // namespace

std::span<const fixed_policy> fixed_policies() {
  return policies;
}

const fixed_policy& single_stream() {
  return one_stream;
}

run run_policy(const fixed_policy& policy, const testing::network_conditions& conditions,
               std::int64_t size) {
  return client(policy, conditions, size).download();
}

}  // namespace mtfetch::simulation
