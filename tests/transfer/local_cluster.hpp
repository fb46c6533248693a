// SPDX-License-Identifier: BSL-1.0
// A local data centre that serves a few files, and a bot's client of it.
#pragma once

#include "tests/support/local_data_centre.hpp"

#include <string>
#include <utility>
#include <vector>

namespace mtfetch::download_test {

using tests::bot_token;
inline const std::string phone = "99966200001";

class local_cluster : public tests::local_data_centre {
 protected:
  /// Files are messages 1, 2 ... in the order of their names.
  void serve(const std::vector<std::pair<std::string, std::string>>& files) {
    std::filesystem::create_directories(folder / "files" / "private");
    for (const auto& [name, content] : files) write_served(name, content);
    dc_options.bots[0].member = true;
    add_user(phone).member = false;
    start_cluster();
  }
  void as_person(work todo) {
    const auto signed_in = [todo = std::move(todo)](client& user) {
      return sign_in_and(user, todo);
    };
    with_client(signed_in);
  }
  void fault_part(testing::fault_action action, std::uint64_t skip = 0, std::uint64_t times = 1,
                  double chance = 1) {
    fault(std::move(action), "upload.getFile", 0, times, skip, chance);
  }

 private:
  static asio::awaitable<void> sign_in_and(client& user, work todo) {
    std::string number = phone;
    const sent_code sent = co_await user.request_code(number);
    std::string code = "12345";
    const sign_in_step done = co_await user.submit_code(sent, code);
    EXPECT_TRUE(done.done());
    co_await todo(user);
  }
};

}  // namespace mtfetch::download_test
