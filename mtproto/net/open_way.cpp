// SPDX-License-Identifier: BSL-1.0
#include "mtproto/net/open_way.hpp"

#include "mtproto/handshake/client.hpp"
#include "mtproto/net/clock.hpp"
#include "mtproto/net/layered.hpp"
#include "mtproto/net/name_lookup.hpp"
#include "mtproto/net/routes.hpp"
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

// A proxy finds the addresses of a name itself.
transport::destination destination_of(const std::string& host, std::uint16_t port) {
  transport::destination out;
  out.host = host;
  out.port = port;
  std::error_code ec;
  const asio::ip::address address = asio::ip::make_address(host, ec);
  if (!ec && address.is_v4()) {
    const auto raw = address.to_v4().to_bytes();
    out.address.assign(raw.begin(), raw.end());
  } else if (!ec) {
    const auto raw = address.to_v6().to_bytes();
    out.address.assign(raw.begin(), raw.end());
  }
  return out;
}

transport::layer asking(const proxy& through, transport::destination at) {
  transport::credentials who{through.user, through.password};
  if (through.what == proxy::kind::http) {
    return transport::http_connect_client(std::move(at), std::move(who));
  }
  return transport::socks5_client(std::move(at), std::move(who));
}

std::optional<transport::proxy_secret> secret_of(byte_view raw) {
  if (raw.empty()) return std::nullopt;
  const auto read = transport::proxy_secret::from_bytes(raw);
  if (!read) throw error(read.error(), read.error().message());
  return *read;
}

transport::hello_shape shape_of(browser_hello hello) {
  if (hello == browser_hello::classic) return transport::shapes::classic;
  return transport::shapes::current;
}

void add_fake_tls(std::vector<transport::layer>& to, const transport::proxy_secret& secret,
                  const way_plan& plan) {
  if (secret.how != transport::proxy_secret::look::fake_tls) return;
  const auto unixtime = (now().wall.time_since_epoch() - plan.lean) / std::chrono::seconds(1);
  to.emplace_back(transport::fake_tls_client(secret, static_cast<std::uint32_t>(unixtime),
                                             plan.random, shape_of(plan.hello)));
}

// Many proxies take only one of the hellos, and this machine's clock may be fast; what does not
// suit them they pass on to a web site, whose answer proves nothing. So the plan is changed once.
bool says_another_hello(way_plan& plan, const std::optional<transport::proxy_secret>& secret,
                        std::error_code failed) {
  constexpr std::chrono::seconds far_lean{300};
  const bool fake_tls = secret && secret->how == transport::proxy_secret::look::fake_tls;
  const bool refused = failed.category() == proxy_category() || failed == transport_errc::closed;
  if (!fake_tls || !refused || plan.lean == far_lean) return false;
  plan.lean = far_lean;
  plan.hello =
      plan.hello == browser_hello::current ? browser_hello::classic : browser_hello::current;
  return true;
}

// The framing over a connected socket. Settings give way to what the secret wants.
opened_way framed(const way_plan& plan, tcp::socket socket, transport::layers layers, dc_option at,
                  const std::optional<transport::proxy_secret>& secret) {
  const std::int32_t field = handshake::dc_field(plan.dc, plan.test, at.media_only && !at.cdn);
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
  if (plan.by == way::http) {
    how.kind = transport::framing::http;
    how.http_host = to_text(at);
    if (plan.test) how.http_path = "/api_test";
  }
  // https://core.telegram.org/mtproto/transports#websocket: obfuscation is mandatory there.
  if (plan.by == way::websocket) {
    how.obfuscated = true;
    if (how.kind == transport::framing::full) how.kind = transport::framing::padded_intermediate;
  }
  framed_socket ready{std::move(socket), transport::stream::client(std::move(how), plan.random),
                      std::move(layers)};
  std::string name = name_of(plan.by, at);
  return opened_way{std::move(ready), std::move(at), field, std::move(name), plan.hello};
}

[[noreturn]] void refuse(const way_plan& plan, const dc_option& at, std::error_code why) {
  throw error(why, "data centre " + std::to_string(plan.dc) + " " + place(at, plan.through) +
                       " cannot be reached: " + why.message());
}

std::vector<dc_option> as_ways(int dc, const std::vector<tcp::endpoint>& found) {
  std::vector<dc_option> out;
  for (const tcp::endpoint& one : found) {
    dc_option& at = out.emplace_back();
    at.id = dc;
    at.ip = one.address().to_string();
    at.port = one.port();
    at.ipv6 = one.address().is_v6();
  }
  return out;
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
  std::vector<dc_option> ways = as_ways(plan.dc, found);
  dial_options how = plan.dialling;
  how.target = through.to_text();
  how.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(give_up - now().mono);
  std::optional<dialled> reached;
  std::string sentence;
  try {
    reached = co_await dial(plan.dc, std::move(ways), std::move(how));
  } catch (const error& e) {
    sentence = e.what();
  }
  if (!reached) throw error(proxy_is_not_there, sentence);
  co_return std::move(reached->socket);
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
  for (;;) {
    const time_point begun = now().mono;
    dial_options how = plan.dialling;
    how.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(give_up - begun);
    dialled reached = co_await dial(plan.dc, plan.addresses, std::move(how));
    const auto secret = secret_of(reached.way.secret);
    std::vector<transport::layer> stack;
    if (secret) add_fake_tls(stack, *secret, plan);
    transport::layers layers(std::move(stack));
    const time_point until = begun + (give_up - begun) / static_cast<int>(plan.addresses.size());
    const std::error_code failed = co_await try_to_open(reached.socket, layers, until);
    if (!failed) {
      co_return framed(plan, std::move(reached.socket), std::move(layers), reached.way, secret);
    }
    if (says_another_hello(plan, secret, failed)) continue;
    // It took the connection and won the race, and is no use: the others run again.
    std::erase(plan.addresses, reached.way);
    if (plan.addresses.empty()) refuse(plan, reached.way, failed);
  }
}

asio::awaitable<opened_way> open_through_proxy(way_plan plan, time_point give_up) {
  const bool mtproxy = plan.through->what == proxy::kind::mtproxy;
  const std::size_t count = mtproxy ? 1 : std::min(plan.addresses.size(), most_asked_for);
  for (std::size_t i = 0;;) {
    // Each has its share of the time: a proxy that tries in vain is silent for long.
    const time_point begun = now().mono;
    const time_point until = begun + (give_up - begun) / static_cast<int>(count - i);
    const dc_option at = plan.addresses[i];
    const auto secret = secret_of(mtproxy ? plan.through->secret : at.secret);
    tcp::socket socket = co_await dial_proxy(plan, until);
    std::vector<transport::layer> stack;
    if (!mtproxy) stack.push_back(asking(*plan.through, destination_of(at.ip, at.port)));
    if (secret) add_fake_tls(stack, *secret, plan);
    transport::layers layers(std::move(stack));
    const std::error_code failed = co_await try_to_open(socket, layers, until);
    if (!failed) co_return framed(plan, std::move(socket), std::move(layers), at, secret);
    if (says_another_hello(plan, secret, failed)) continue;
    const bool last = ++i == count;
    if (last || !concerns_the_address(failed, plan.through)) refuse(plan, at, failed);
  }
}

std::string text_of(const web_host& at) {
  return at.host + ":" + std::to_string(at.port);
}

// A socket to the host, or to the proxy that is then asked for the host.
asio::awaitable<dialled> dial_host(way_plan plan, web_host to, time_point give_up) {
  if (plan.through) {
    tcp::socket socket = co_await dial_proxy(plan, give_up);
    dialled proxied{std::move(socket), dc_option()};
    co_return proxied;
  }
  const std::vector<tcp::endpoint> found = co_await look_up(to.host, to.port, give_up);
  dial_options how = plan.dialling;
  how.target = "data centre " + std::to_string(plan.dc) + " at " + text_of(to);
  how.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(give_up - now().mono);
  dialled reached = co_await dial(plan.dc, as_ways(plan.dc, found), std::move(how));
  co_return reached;
}

asio::awaitable<opened_way> open_web_host(way_plan plan, web_host to, time_point give_up) {
  dialled reached = co_await dial_host(plan, to, give_up);
  const auto unix_now = now().wall.time_since_epoch() / std::chrono::seconds(1);
  std::vector<transport::layer> stack;
  if (plan.through) stack.push_back(asking(*plan.through, destination_of(to.host, to.port)));
  stack.emplace_back(transport::tls::client(*plan.authorities, to.host, unix_now));
  const std::string name = to.port == 443 ? to.host : to.host + ":" + std::to_string(to.port);
  stack.emplace_back(
      transport::websocket_client(name, plan.test ? "/apiws_test" : "/apiws", plan.random));
  transport::layers layers(std::move(stack));
  co_await open_layers(reached.socket, layers, give_up);
  dc_option at = std::move(reached.way);
  at.id = plan.dc;
  if (at.ip.empty()) at.ip = to.host;
  at.port = to.port;
  opened_way out = framed(plan, std::move(reached.socket), std::move(layers), std::move(at), {});
  out.name = name_of(to);
  co_return out;
}

// The hosts of a data centre are tried one after another: there is one of each, as a rule.
asio::awaitable<opened_way> open_websocket(way_plan plan, time_point give_up) {
  for (std::size_t i = 0;; ++i) {
    const web_host to = plan.hosts.at(i);
    std::error_code failed;
    std::string sentence;
    try {
      opened_way out = co_await open_web_host(plan, to, give_up);
      co_return out;
    } catch (const error& e) {
      failed = e.code();
      sentence = e.what();
    } catch (const std::system_error& e) {
      failed = e.code();
      sentence = "data centre " + std::to_string(plan.dc) +
                 " cannot be reached over WebSocket at " + text_of(to) +
                 (plan.through ? " through " + plan.through->to_text() : "") + ": " +
                 failed.message();
    }
    if (failed == asio::error::operation_aborted) throw std::system_error(failed);
    const bool ours = failed.category() == transport_category() ||
                      failed.category() == proxy_category() || failed == proxy_is_not_there;
    // The resolver's errors and the socket's are in the sentence.
    if (!ours) failed = transport_errc::unreachable;
    const bool last = i + 1 == plan.hosts.size();
    if (last || !concerns_the_address(failed, plan.through)) throw error(failed, sentence);
  }
}

}  // namespace

bool concerns_the_address(std::error_code why, const std::optional<proxy>& through) {
  if (why.category() != proxy_category()) {
    return why.category() == transport_category() || why.category() == std::system_category();
  }
  // Without a proxy, or beyond one, it is an address with a secret of its own that failed.
  if (!through) return true;
  if (through->what == proxy::kind::mtproxy) return false;
  constexpr int first_http_status = 100;
  const auto reply = static_cast<proxy_errc>(why.value());
  return why.value() >= first_http_status || reply == proxy_errc::address_type_unknown ||
         (reply >= proxy_errc::general_failure && reply <= proxy_errc::ttl_expired) ||
         reply == proxy_errc::wrong_secret || reply == proxy_errc::bad_record;
}

std::string place(const dc_option& at, const std::optional<proxy>& through) {
  if (!through) return "at " + to_text(at);
  if (through->what == proxy::kind::mtproxy) return "through " + through->to_text();
  return "at " + to_text(at) + " through " + through->to_text();
}

asio::awaitable<opened_way> open_way(way_plan plan) {
  const bool web = plan.by == way::websocket;
  if (web ? plan.hosts.empty() : plan.addresses.empty()) {
    throw error(client_errc::unknown_dc,
                "data centre " + std::to_string(plan.dc) + " has no address in this network");
  }
  const time_point give_up = now().mono + plan.dialling.timeout;
  if (web) {
    opened_way upgraded = co_await open_websocket(std::move(plan), give_up);
    co_return upgraded;
  }
  if (!plan.through) {
    opened_way direct = co_await open_directly(std::move(plan), give_up);
    co_return direct;
  }
  opened_way proxied = co_await open_through_proxy(std::move(plan), give_up);
  co_return proxied;
}

}  // namespace mtfetch::net
