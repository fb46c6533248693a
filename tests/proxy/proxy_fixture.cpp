// SPDX-License-Identifier: BSL-1.0
#include "tests/proxy/proxy_fixture.hpp"

#include <mtfetch/api/help.hpp>

namespace mtfetch::proxy_test {

void proxy_fixture::sign_in(const config& how) {
  with_client(how, [](client& user) -> asio::awaitable<void> {
    const std::string& token = tests::bot_token;
    co_await user.sign_in_bot(token);
    EXPECT_TRUE(user.signed_in());
    const api::help::getNearestDc ask;
    const auto nearest = co_await user.invoke(ask);
    EXPECT_EQ(nearest.this_dc, 2);
  });
}

proxy_fixture::ending proxy_fixture::connect_fails(const config& how) {
  asio::io_context loop;
  client user(loop.get_executor(), how);
  ending out;
  net_test::run(loop, [](client* who, ending* to) -> asio::awaitable<void> {
    try {
      co_await who->connect();
      ADD_FAILURE() << "it could connect";
    } catch (const std::system_error& e) {
      *to = ending{e.code(), e.what()};
    }
  }(&user, &out));
  user.stop();
  loop.run_for(std::chrono::seconds(5));
  return out;
}

}  // namespace mtfetch::proxy_test
