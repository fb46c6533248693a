// SPDX-License-Identifier: BSL-1.0
#include "downloader/engine/flood_governor.hpp"

#include <algorithm>
#include <utility>

namespace mtfetch::engine {
namespace {

using seconds_f = std::chrono::duration<double>;

// How far the sending may lag behind the rate and still be made up for.
constexpr std::chrono::seconds most_arrears{2};
// After a refusal a little less than the rate is asked for, and then more and more: times the
// square of the seconds without a refusal. What is not asked for is saved up by the server.
constexpr double first_share = 0.97;
constexpr double creep = 0.0005;
constexpr std::chrono::seconds last_stretch{5};
constexpr std::chrono::seconds most_patience{64};

}  // namespace

void flood_governor::on_flood(std::int32_t seconds, std::int64_t bytes, time_point now) {
  const std::int32_t bounded = std::clamp(seconds, std::int32_t{1}, std::int32_t{14 * 86400});
  if (now >= until_) {  // else it was under way at the refusal before
    refused_before_ = std::exchange(refused_at_, now);
    news_ = true;
  }
  bytes_.let_through -= static_cast<double>(bytes);
  requests_.let_through -= 1;
  until_ = std::max(until_, now + std::chrono::seconds(bounded));
  probing_ = true;
  next_probe_ = until_;
  patience_ = first_patience;
  ++refused_;
}

// At both refusals the server had nothing left: what went through between them is its rate. Known
// only after the pause, when all that was refused with the second has been told.
void flood_governor::learn(measure& of) const {
  if (refused_before_ != time_point::min() && of.let_through > 0) {
    of.rate = of.let_through / seconds_f(refused_at_ - refused_before_).count();
  }
  of.let_through = 0;
  of.next = refused_at_;
}

void flood_governor::count(measure& of, double sent, bool ends_soon, time_point now) const {
  of.let_through += sent;
  if (of.rate <= 0) return;
  const double quiet = ends_soon ? 0 : seconds_f(now - refused_at_).count();
  const seconds_f takes(sent / (of.rate * (first_share + creep * quiet * quiet)));
  of.next = std::max(of.next, now - most_arrears) + std::chrono::duration_cast<duration>(takes);
}

void flood_governor::on_sent(std::int64_t bytes, std::int64_t left, time_point now) {
  if (probing_ && now >= until_) {
    next_probe_ = now + patience_;
    patience_ = std::min<duration>(2 * patience_, most_patience);
  }
  if (bytes == 0) return;  // a question for hashes
  if (std::exchange(news_, news_ && now < until_)) {
    learn(bytes_);
    learn(requests_);
  }
  const bool ends_soon = static_cast<double>(left) < bytes_.rate * seconds_f(last_stretch).count();
  count(bytes_, static_cast<double>(bytes), ends_soon, now);
  count(requests_, 1, ends_soon, now);
}

}  // namespace mtfetch::engine
