// SPDX-License-Identifier: BSL-1.0
#include "mtproto/client/way_finder.hpp"

#include <mtfetch/error.hpp>

#include <algorithm>
#include <utility>

namespace mtfetch::client_impl {
namespace {

std::vector<std::string> names_of(const net::step& one) {
  std::vector<std::string> out;
  for (const dc_option& at : one.addresses) out.push_back(net::name_of(one.by, at));
  for (const web_host& at : one.hosts) out.push_back(net::name_of(at));
  return out;
}

// The most of an attempt that one step may take while others wait, and the least that is worth a
// try: of 10 seconds 3 and 1.
constexpr int tenths_for_a_step = 3;
constexpr int tenths_for_a_try = 1;

std::chrono::milliseconds in_milliseconds(duration time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time);
}

}  // namespace

bool blames_the_way(std::error_code why, const std::optional<proxy>& through) {
  if (why == std::errc::operation_canceled) return false;
  return net::concerns_the_address(why, through) && why != transport_errc::auth_key_unknown &&
         why != transport_errc::flood && why != transport_errc::wrong_dc;
}

way_finder::way_finder(std::shared_ptr<environment> shared, int dc, net::purpose what,
                       time_point give_up)
    : shared_(std::move(shared)), dc_(dc), what_(what), give_up_(give_up) {}

std::optional<net::way_plan> way_finder::next(time_point now) {
  const config& settings = shared_->settings;
  net::route_wishes wishes;
  wishes.what = what_;
  wishes.obfuscated = settings.wire.obfuscated;
  wishes.pinned = settings.wire.way;
  wishes.ipv6_first = settings.wire.ipv6_first;
  if (settings.proxy) wishes.through = settings.proxy->what;
  std::vector<net::step> steps = net::steps_to(shared_->known, dc_, wishes, shared_->ways, now);
  for (net::step& one : steps) {
    std::erase_if(one.addresses,
                  [&](const dc_option& at) { return done_.contains(net::name_of(one.by, at)); });
    std::erase_if(one.hosts, [&](const web_host& at) { return done_.contains(net::name_of(at)); });
  }
  std::erase_if(steps, [this](const net::step& one) {
    return done_.contains(one.name) || names_of(one).empty();
  });
  if ((steps.empty() && !done_.empty()) || now >= give_up_) return std::nullopt;

  // Without a step the plan has no address, which open_way puts into words.
  net::step chosen = steps.empty() ? net::step() : std::move(steps.front());
  const duration rest = give_up_ - now;
  const duration share = std::min<duration>(rest / std::max<long>(std::ssize(steps), 1),
                                            settings.connect_timeout * tenths_for_a_step / 10);
  last_ = steps.size() <= 1;
  if (last_) {
    step_ends_ = give_up_;
    silence_ = chosen.addresses.size() > 1 ? rest / 2 : rest;
  } else {
    if (chosen.name != current_.name) step_ends_ = now + share;
    silence_ = share;
  }
  current_ = std::move(chosen);
  tried_at_ = now;
  net::way_plan plan;
  plan.dc = dc_;
  plan.test = shared_->known.test;
  plan.by = current_.by;
  plan.addresses = current_.addresses;
  plan.hosts = current_.hosts;
  plan.through = settings.proxy;
  plan.framing = static_cast<transport::framing>(settings.wire.framing);
  plan.obfuscated = settings.wire.obfuscated;
  plan.hello = settings.wire.hello;
  plan.dialling.timeout = in_milliseconds(step_ends_ - now);
  plan.random = shared_->random;
  plan.buffers = shared_->buffers;
  if (current_.by == way::websocket) {
    if (!shared_->authorities) {
      auto made = transport::tls_context::client(shared_->known.ca);
      if (!made) throw error(made.error(), "the certificate authorities of the network are none");
      shared_->authorities = std::move(*made);
    }
    plan.authorities = shared_->authorities;
  }
  return plan;
}

bool way_finder::failed(std::error_code why, const std::string& sentence, const std::string& opened,
                        time_point now) {
  if (!blames_the_way(why, shared_->settings.proxy)) return false;
  first_ = sentences_.empty() ? why : first_;
  only_ = sentences_.empty() ? std::current_exception() : nullptr;
  sentences_.push_back(sentence);
  net::way_memory& memory = shared_->ways;
  const duration least = shared_->settings.connect_timeout * tenths_for_a_try / 10;
  const bool silent = why == transport_errc::timed_out || now >= step_ends_;
  if (!last_ && (silent || step_ends_ - now < least)) done_.insert(current_.name);
  if (!opened.empty()) {
    done_.insert(opened);
    memory.fruitless(opened, now);
    if (silent) memory.fruitless(current_.name, now);
    return true;
  }
  done_.insert(current_.name);
  // What time did not suffice for is not blocked: the addresses were begun one after another.
  const duration each = shared_->settings.proxy ? least : duration(net::dial_options().stagger);
  time_point fair = tried_at_ + least;
  const std::vector<std::string> names = names_of(current_);
  for (std::size_t i = 0; i < names.size() && (!silent || now >= fair); ++i, fair += each) {
    memory.unreachable(names[i], now);
    if (i >= current_.addresses.size()) continue;
    // Where nobody takes a connection at all nobody takes HTTP either.
    const std::string http = net::name_of(way::http, current_.addresses[i]);
    done_.insert(http);
    memory.unreachable(http, now);
  }
  return true;
}

void way_finder::give_up() const {
  if (only_) std::rethrow_exception(only_);
  if (sentences_.empty()) {
    throw error(transport_errc::timed_out,
                "data centre " + std::to_string(dc_) + " was not reached in time");
  }
  std::string all;
  for (const std::string& one : sentences_) all += (all.empty() ? "" : "; ") + one;
  throw error(first_, all);
}

}  // namespace mtfetch::client_impl
