// SPDX-License-Identifier: BSL-1.0
#include "mtproto/net/name_lookup.hpp"

#include <mtfetch/error.hpp>

#include <asio/error.hpp>
#include <asio/ip/address.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <memory>
#include <optional>

namespace mtfetch::net {
namespace {

using asio::ip::tcp;

// The resolver cannot be interrupted: whoever gives up leaves this behind until it has ended.
struct question {
  question(const asio::any_io_executor& executor, time_point give_up)
      : resolver(executor), news(executor, give_up) {}
  tcp::resolver resolver;
  asio::steady_timer news;
  std::optional<std::error_code> outcome;
  std::vector<tcp::endpoint> found;
};

std::vector<tcp::endpoint> alternating(const std::vector<tcp::endpoint>& all) {
  std::vector<tcp::endpoint> families[2];
  const bool first_is_v6 = !all.empty() && all.front().address().is_v6();
  for (const tcp::endpoint& one : all) {
    families[one.address().is_v6() == first_is_v6 ? 0 : 1].push_back(one);
  }
  std::vector<tcp::endpoint> out;
  for (std::size_t i = 0; out.size() < all.size(); ++i) {
    for (const auto& family : families) {
      if (i < family.size()) out.push_back(family[i]);
    }
  }
  return out;
}

}  // namespace

asio::awaitable<std::vector<tcp::endpoint>> look_up(std::string host, std::uint16_t port,
                                                    time_point give_up) {
  std::error_code ec;
  const asio::ip::address literal = asio::ip::make_address(host, ec);
  if (!ec) co_return std::vector<tcp::endpoint>{tcp::endpoint(literal, port)};

  const auto asked = std::make_shared<question>(co_await asio::this_coro::executor, give_up);
  asked->resolver.async_resolve(
      host, std::to_string(port), tcp::resolver::numeric_service,
      [asked](std::error_code failed, const tcp::resolver::results_type& results) {
        asked->outcome = failed;
        for (const auto& one : results) asked->found.push_back(one.endpoint());
        asked->news.cancel();
      });
  std::error_code woken;
  co_await asked->news.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none) {
    asked->resolver.cancel();
    throw std::system_error(asio::error::operation_aborted);
  }
  if (!asked->outcome) {
    asked->resolver.cancel();
    throw std::system_error(make_error_code(transport_errc::timed_out));
  }
  if (*asked->outcome) throw std::system_error(*asked->outcome);
  std::vector<tcp::endpoint> out = alternating(asked->found);
  co_return out;
}

}  // namespace mtfetch::net
