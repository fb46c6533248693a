// SPDX-License-Identifier: BSL-1.0
#include "examples/cli/link_supply.hpp"

#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <chrono>

namespace mtfetch::cli {
namespace {

constexpr std::chrono::seconds longest_wait = std::chrono::minutes(15);

// Nothing where it was no flood wait.
std::chrono::seconds flood_wait(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const rpc_error& refused) {
    if (refused.failure().code != 420) return {};
    return std::chrono::seconds(refused.failure().argument.value_or(0));
  } catch (const error&) {
    return {};
  }
}

resolve_options in_order_of(resolve_options wanted, const media_filter& filter) {
  wanted.since = filter.since;
  wanted.until = filter.until;
  wanted.oldest_first = filter.reverse;
  return wanted;
}

}  // namespace

outcome worse(outcome a, outcome b) {
  return static_cast<int>(a) > static_cast<int>(b) ? a : b;
}

link_supply::link_supply(client& of, std::vector<std::string> links, resolve_options wanted,
                         media_filter filter, progress_view& view)
    : links_(of, std::move(links), in_order_of(std::move(wanted), filter)),
      filter_(std::move(filter)),
      view_(view) {}

asio::awaitable<std::vector<media>> link_supply::more() {
  std::vector<media> found;
  while (found.empty() && !ended_ && !is_full()) {
    std::vector<resolved_link> resolved;
    std::exception_ptr thrown;
    try {
      resolved = co_await links_.next();
    } catch (const error&) {
      thrown = std::current_exception();
    }
    if (thrown) {
      ended_ = co_await is_lost(thrown);  // what was found before is still fetched
      continue;
    }
    ended_ = resolved.empty();
    for (resolved_link& link : resolved) take(std::move(link), found);
  }
  co_return found;
}

asio::awaitable<bool> link_supply::is_lost(std::exception_ptr thrown) {
  const verdict why = judge(thrown);
  const auto wait = flood_wait(thrown);
  if (wait > std::chrono::seconds(0) && wait <= longest_wait) {
    view_.say("Telegram asks to wait " + std::to_string(wait.count()) +
              " s before more messages are looked up");
    co_await asio::steady_timer(co_await asio::this_coro::executor, wait)
        .async_wait(asio::use_awaitable);
    co_return false;
  }
  view_.say(why.sentence);
  ending_ = worse(ending_, why.code);
  co_return true;
}

void link_supply::take(resolved_link link, std::vector<media>& into) {
  for (const refused_media& one : link.refused) view_.say(one.error);  // left out on purpose
  if (!link.ok()) {  // one that leads nowhere does not hold up the others
    const verdict why = judge(link.code, link.error);
    view_.say(why.sentence);
    ending_ = worse(ending_, why.code);
  }
  for (media& file : link.files) {
    if (is_full() || !filter_.matches(file)) continue;
    if (!seen_.emplace(file.id, file.thumb_size).second) continue;
    facts_.push_back(file);
    facts_.back().location = facts_.back().file_reference = {};
    into.push_back(std::move(file));
  }
}

}  // namespace mtfetch::cli
