// SPDX-License-Identifier: BSL-1.0
#include "mtproto/net/dialing.hpp"

#include "mtproto/transport/proxy_secret.hpp"

#include <mtfetch/error.hpp>

#include <asio/error.hpp>
#include <asio/ip/address.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <algorithm>
#include <memory>
#include <optional>

namespace mtfetch::net {
namespace {

using asio::ip::tcp;

// One race. The attempts' handlers share it; the dialling coroutine sleeps on `news`.
struct race {
  race(const asio::any_io_executor& executor, std::vector<dc_option> to)
      : ways(std::move(to)), news(executor) {
    sockets.reserve(ways.size());
    outcomes.resize(ways.size());
  }

  // Each attempt has its place in these three.
  std::vector<dc_option> ways;
  std::vector<tcp::socket> sockets;
  std::vector<std::optional<std::error_code>> outcomes;

  std::optional<std::size_t> winner;
  std::size_t failed = 0;
  asio::steady_timer news;

  void finished(std::size_t index, std::error_code ec) {
    outcomes[index] = ec;
    if (!ec && !winner) winner = index;
    if (ec) ++failed;
    news.cancel();
  }
  void close_losers() {
    for (std::size_t i = 0; i < sockets.size(); ++i) {
      std::error_code ignored;
      if (winner != i) sockets[i].close(ignored);
    }
  }
};

void start_next(const std::shared_ptr<race>& run) {
  const std::size_t index = run->sockets.size();
  const dc_option& way = run->ways[index];
  std::error_code ec;
  const asio::ip::address address = asio::ip::make_address(way.ip, ec);
  run->sockets.emplace_back(run->news.get_executor());
  if (ec) {
    run->finished(index, ec);
    return;
  }
  run->sockets[index].async_connect(
      tcp::endpoint(address, way.port),
      [run, index](std::error_code outcome) { run->finished(index, outcome); });
}

std::error_code sentence_of(const std::string& target, const race& run, std::string& sentence) {
  sentence = target + " cannot be reached";
  const char* separator = ": tried ";
  for (std::size_t i = 0; i < run.sockets.size(); ++i) {
    const std::error_code why =
        run.outcomes[i].value_or(make_error_code(transport_errc::timed_out));
    sentence += separator + to_text(run.ways[i]) + " (" + why.message() + ")";
    separator = ", ";
  }
  return transport_errc::unreachable;
}

}  // namespace

std::string to_text(const dc_option& way) {
  const std::string port = ":" + std::to_string(way.port);
  return way.ipv6 ? "[" + way.ip + "]" + port : way.ip + port;
}

std::vector<dc_option> ways_to(const network& network, int dc, purpose what, bool obfuscated,
                               way_order order) {
  // Four queues in the order of preference; the two of a rank are dealt out in turn.
  std::vector<dc_option> media[2];
  std::vector<dc_option> plain[2];
  for (const dc_option& option : network.dcs) {
    if (option.id != dc) continue;
    const bool has_secret = !option.secret.empty();
    if ((option.tcpo_only || has_secret) && !obfuscated) continue;
    if (has_secret && !transport::proxy_secret::from_bytes(option.secret)) continue;
    if (option.media_only && what == purpose::calls) continue;
    if (option.cdn != (what == purpose::cdn)) continue;
    (option.media_only ? media : plain)[option.ipv6 ? 1 : 0].push_back(option);
  }
  std::vector<dc_option> out;
  const auto deal = [&](std::vector<dc_option>(&rank)[2]) {
    const std::size_t first = order.ipv6_first ? 1 : 0;
    for (std::vector<dc_option>& family : rank) {
      if (!order.behind_proxy) break;
      std::stable_partition(family.begin(), family.end(),
                            [](const dc_option& one) { return one.static_; });
    }
    for (std::size_t i = 0; i < rank[0].size() || i < rank[1].size(); ++i) {
      for (const std::size_t family : {first, 1 - first}) {
        if (i < rank[family].size()) out.push_back(rank[family][i]);
      }
    }
  };
  deal(media);
  deal(plain);
  return out;
}

std::optional<std::size_t> race_schedule::begin(time_point now) {
  if (begun_ == ways_ || now < next_at_ || now >= give_up_) return std::nullopt;
  next_at_ = now + stagger_;
  return begun_++;
}

asio::awaitable<dialled> dial(int dc, std::vector<dc_option> ways, dial_options options) {
  if (ways.empty()) {
    throw error(client_errc::unknown_dc,
                "data centre " + std::to_string(dc) + " has no address in this network");
  }
  const auto executor = co_await asio::this_coro::executor;
  const auto run = std::make_shared<race>(executor, std::move(ways));
  // However this coroutine ends, cancelled included, no attempt is left running.
  const std::shared_ptr<void> guard(nullptr, [run](void*) { run->close_losers(); });

  const time_point begun = std::chrono::steady_clock::now();
  race_schedule schedule(run->ways.size(), options.stagger, begun + options.timeout);
  std::size_t failures_told = 0;
  const auto tell_failures = [&] {
    for (; failures_told < run->failed; ++failures_told) schedule.failed();
  };
  while (!run->winner) {
    while (!run->winner && schedule.begin(std::chrono::steady_clock::now())) {
      start_next(run);
      tell_failures();
    }
    if (run->winner || schedule.lost(std::chrono::steady_clock::now())) break;
    run->news.expires_at(schedule.wake());
    std::error_code woken;
    co_await run->news.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    if ((co_await asio::this_coro::cancellation_state).cancelled() !=
        asio::cancellation_type::none) {
      throw std::system_error(asio::error::operation_aborted);
    }
    tell_failures();
  }
  if (!run->winner) {
    std::string sentence;
    if (options.target.empty()) options.target = "data centre " + std::to_string(dc);
    const std::error_code why = sentence_of(options.target, *run, sentence);
    throw error(why, sentence);
  }
  tcp::socket& won = run->sockets[*run->winner];
  std::error_code ignored;
  won.set_option(tcp::no_delay(true), ignored);
  dialled out{std::move(won), run->ways[*run->winner]};
  co_return out;
}

}  // namespace mtfetch::net
