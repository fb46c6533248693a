// SPDX-License-Identifier: BSL-1.0
// A local data centre with a bot and three people, and clients of it.
#pragma once

#include "tests/support/local_data_centre.hpp"

#include <mtfetch/error.hpp>

#include <optional>
#include <string>
#include <utility>

namespace mtfetch::client_test {

namespace local_dc = mtfetch::testing;  // `testing` alone would also be GoogleTest's

using tests::bot_token;
inline const std::string plain_phone = "99966200001";
inline const std::string guarded_phone = "99966200002";
inline const std::string guarded_password = "correct horse";
inline const std::string distant_phone = "99966200004";  // lives on DC 4

class cluster_fixture : public tests::local_data_centre {
 protected:
  cluster_fixture() {
    write_served("one.bin", tests::random_text(300'000, 1));
    add_user(plain_phone);
    add_user(guarded_phone).password = guarded_password;
    add_user(distant_phone).home_dc = 4;
    start_cluster();
  }
};

/// What an awaited thing throws, code and sentence; fails the test when it throws nothing.
struct thrown {
  std::error_code code;
  std::string sentence;
  std::optional<rpc_failure> failure;
};

template <class T>
asio::awaitable<thrown> error_of(asio::awaitable<T> work) {
  thrown out;
  try {
    co_await std::move(work);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const rpc_error& e) {
    out = thrown{e.code(), e.what(), e.failure()};
  } catch (const std::system_error& e) {
    out = thrown{e.code(), e.what(), {}};
  }
  co_return out;
}

}  // namespace mtfetch::client_test
