// SPDX-License-Identifier: BSL-1.0
#include "mtproto/net/open_way.hpp"

#include "mtproto/handshake/client.hpp"
#include "mtproto/net/clock.hpp"
#include "mtproto/net/layered.hpp"
#include "mtproto/net/name_lookup.hpp"
#include "mtproto/transport/proxy_secret.hpp"

#include <mtfetch/error.hpp>

#include <asio/error.hpp>
#include <asio/ip/address.hpp>

#include <algorithm>
#include <utility>

namespace mtfetch::net {
namespace {

using asio::ip::tcp;

// A proxy that cannot reach so many addresses will not reach the others either.
constexpr std::size_t most_asked_for = 4;

// Whether a proxy that answered this may still reach another address.
bool concerns_the_address(std::error_code why) {
  if (why.category() != proxy_category()) return false;
  constexpr int first_http_status = 100;
  const auto reply = static_cast<proxy_errc>(why.value());
  return why.value() >= first_http_status ||
         (reply >= proxy_errc::general_failure && reply <= proxy_errc::address_type_unknown);
}

transport::destination destination_of(const dc_option& at) {
  transport::destination out;
  out.host = at.ip;
  out.port = at.port;
  std::error_code ec;
  const asio::ip::address address = asio::ip::make_address(at.ip, ec);
  if (!ec && address.is_v4()) {
    const auto raw = address.to_v4().to_bytes();
    out.address.assign(raw.begin(), raw.end());
  } else if (!ec) {
    const auto raw = address.to_v6().to_bytes();
    out.address.assign(raw.begin(), raw.end());
  }
  return out;
}

transport::layer asking(const proxy& through, const dc_option& at) {
  transport::credentials who{through.user, through.password};
  if (through.what == proxy::kind::http) {
    return transport::http_connect_client(destination_of(at), std::move(who));
  }
  return transport::socks5_client(destination_of(at), std::move(who));
}

std::optional<transport::proxy_secret> secret_of(byte_view raw) {
  if (raw.empty()) return std::nullopt;
  const auto read = transport::proxy_secret::from_bytes(raw);
  if (!read) throw error(read.error(), read.error().message());
  return *read;
}

void add_fake_tls(std::vector<transport::layer>& to, const transport::proxy_secret& secret,
                  const random_source& random) {
  if (secret.how != transport::proxy_secret::look::fake_tls) return;
  const auto unixtime = now().wall.time_since_epoch() / std::chrono::seconds(1);
  to.emplace_back(transport::fake_tls_client(secret, static_cast<std::uint32_t>(unixtime), random));
}

// The framing over a connected socket. Settings give way to what the secret wants.
opened_way framed(const way_plan& plan, tcp::socket socket, transport::layers layers, dc_option at,
                  const std::optional<transport::proxy_secret>& secret) {
  const std::int32_t field = handshake::dc_field(plan.dc, plan.test, at.media_only);
  transport::stream_options how;
  how.kind = plan.framing;
  how.obfuscated = plan.obfuscated;
  how.dc = static_cast<std::int16_t>(field);
  how.buffers = plan.buffers;
  if (secret) {
    how.obfuscated = true;
    how.proxy_secret.assign(secret->key.begin(), secret->key.end());
    const bool takes_any = secret->how == transport::proxy_secret::look::plain;
    if (!takes_any || how.kind == transport::framing::full) {
      how.kind = transport::framing::padded_intermediate;
    }
  }
  framed_socket way{std::move(socket), transport::stream::client(std::move(how), plan.random),
                    std::move(layers)};
  return opened_way{std::move(way), std::move(at), field};
}

[[noreturn]] void refuse(const way_plan& plan, const dc_option& at, std::error_code why) {
  throw error(why, "data centre " + std::to_string(plan.dc) + " " + place(at, plan.through) +
                       " cannot be reached: " + why.message());
}

asio::awaitable<tcp::socket> dial_proxy(way_plan plan, time_point give_up) {
  const proxy& through = *plan.through;
  std::vector<tcp::endpoint> found;
  std::error_code failed;
  try {
    found = co_await look_up(through.host, through.port, give_up);
  } catch (const std::system_error& e) {
    failed = e.code();
  }
  if (failed == asio::error::operation_aborted) throw std::system_error(failed);
  if (failed || found.empty()) {
    throw error(proxy_errc::unresolved,
                "the name of " + through.to_text() + " has no address (" + failed.message() + ")");
  }
  std::vector<dc_option> ways;
  for (const tcp::endpoint& one : found) {
    dc_option& way = ways.emplace_back();
    way.id = plan.dc;
    way.ip = one.address().to_string();
    way.port = one.port();
    way.ipv6 = one.address().is_v6();
  }
  dial_options how = plan.dialling;
  how.target = through.to_text();
  how.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(give_up - now().mono);
  dialled reached = co_await dial(plan.dc, std::move(ways), std::move(how));
  co_return std::move(reached.socket);
}

// Opens the layers; the error is returned, so that another address may be asked for.
asio::awaitable<std::error_code> try_to_open(tcp::socket& socket, transport::layers& layers,
                                             time_point give_up) {
  if (layers.empty()) co_return std::error_code();
  std::error_code failed;
  try {
    co_await open_layers(socket, layers, give_up);
  } catch (const std::system_error& e) {
    failed = e.code();
  }
  if (failed == asio::error::operation_aborted) throw std::system_error(failed);
  co_return failed;
}

asio::awaitable<opened_way> open_directly(way_plan plan, time_point give_up) {
  dialled reached = co_await dial(plan.dc, plan.addresses, plan.dialling);
  const auto secret = secret_of(reached.way.secret);
  std::vector<transport::layer> stack;
  if (secret) add_fake_tls(stack, *secret, plan.random);
  transport::layers layers(std::move(stack));
  const std::error_code failed = co_await try_to_open(reached.socket, layers, give_up);
  if (failed) refuse(plan, reached.way, failed);
  co_return framed(plan, std::move(reached.socket), std::move(layers), reached.way, secret);
}

asio::awaitable<opened_way> open_through_proxy(way_plan plan, time_point give_up) {
  const bool mtproxy = plan.through->what == proxy::kind::mtproxy;
  for (std::size_t i = 0;; ++i) {
    const dc_option& at = plan.addresses[i];
    tcp::socket socket = co_await dial_proxy(plan, give_up);
    const auto secret = secret_of(mtproxy ? plan.through->secret : at.secret);
    std::vector<transport::layer> stack;
    if (!mtproxy) stack.push_back(asking(*plan.through, at));
    if (secret) add_fake_tls(stack, *secret, plan.random);
    transport::layers layers(std::move(stack));
    const std::error_code failed = co_await try_to_open(socket, layers, give_up);
    if (!failed) co_return framed(plan, std::move(socket), std::move(layers), at, secret);
    const bool last = i + 1 == std::min(plan.addresses.size(), most_asked_for);
    if (last || !concerns_the_address(failed)) refuse(plan, at, failed);
  }
}

}  // namespace

std::string place(const dc_option& at, const std::optional<proxy>& through) {
  if (!through) return "at " + to_text(at);
  if (through->what == proxy::kind::mtproxy) return "through " + through->to_text();
  return "at " + to_text(at) + " through " + through->to_text();
}

asio::awaitable<opened_way> open_way(way_plan plan) {
  if (plan.addresses.empty()) {
    throw error(client_errc::unknown_dc,
                "data centre " + std::to_string(plan.dc) + " has no address in this network");
  }
  const time_point give_up = now().mono + plan.dialling.timeout;
  if (!plan.through) {
    opened_way direct = co_await open_directly(std::move(plan), give_up);
    co_return direct;
  }
  opened_way proxied = co_await open_through_proxy(std::move(plan), give_up);
  co_return proxied;
}

}  // namespace mtfetch::net
