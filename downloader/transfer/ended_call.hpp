// SPDX-License-Identifier: BSL-1.0
// The end of a coroutine as a value.
#pragma once

#include <mtfetch/error.hpp>

#include <asio/awaitable.hpp>

#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace mtfetch::transfer {

/// How a call ended: with its answer; else, with what the server or the network had against it.
template <class T>
struct ended_call {
  std::optional<T> answer;
  std::optional<rpc_failure> refused;
  std::error_code code;
  std::string sentence;
};

template <class T>
asio::awaitable<ended_call<T>> end_of(asio::awaitable<T> call) {
  ended_call<T> out;
  try {
    out.answer = co_await std::move(call);
  } catch (const std::system_error& failed) {
    if (const auto* refusal = dynamic_cast<const rpc_error*>(&failed)) {
      out.refused = refusal->failure();
    }
    out.code = failed.code();
    out.sentence = failed.what();
  }
  co_return out;
}

}  // namespace mtfetch::transfer
