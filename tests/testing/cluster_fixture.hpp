// SPDX-License-Identifier: BSL-1.0
// A local data centre with files, a bot and a person, and what a client fetches from it.
#pragma once

#include <gtest/gtest.h>

#include <mtfetch/api.hpp>
#include <mtfetch/client.hpp>
#include <mtfetch/error.hpp>
#include <mtfetch/network.hpp>
#include <mtfetch/testing.hpp>
#include <string>
#include <utility>

#include "tests/support/local_data_centre.hpp"

namespace mtfetch::testing {

using tests::bot_token;

/// A cluster whose first file is content_, and a client's way to it.
class cluster_test : public tests::local_data_centre {
 protected:
  cluster_test() {
    write_served("a.bin", content_);
    write_served("b.bin", "the second file");
    dc_options.state.clear();  // in memory, but for the tests that restart
    add_user("15550001").password = "secret words";
  }

  void start() { start_cluster(); }
  testing::cluster& dc() { return cluster->dc(); }
  // Every client signs in for itself.
  config settings() {
    config made = local_data_centre::settings();
    made.session_file.clear();
    return made;
  }

  static asio::awaitable<api::document> first_document(client& telegram) {
    api::contacts::resolveUsername name;
    name.username = "files";
    const auto found = co_await telegram.invoke(name);
    const auto& chat = found.chats.at(0).as<api::channel>();
    api::inputChannel channel;
    channel.channel_id = chat.id;
    channel.access_hash = *chat.access_hash;
    api::inputMessageID id;
    id.id = 1;
    api::channels::getMessages ask;
    ask.channel = std::move(channel);
    ask.id.emplace_back(id);
    auto messages = co_await telegram.invoke(ask);
    auto& message = messages.as<api::messages::channelMessages>().messages.at(0).as<api::message>();
    co_return std::move(
        message.media->as<api::messageMediaDocument>().document->as<api::document>());
  }

  static api::upload::getFile part_of(const api::document& file, std::int64_t offset) {
    api::inputDocumentFileLocation location;
    location.id = file.id;
    location.access_hash = file.access_hash;
    location.file_reference = file.file_reference;
    api::upload::getFile ask;
    ask.location = std::move(location);
    ask.offset = offset;
    ask.limit = 1 << 19;
    return ask;
  }

  asio::awaitable<void> expect_first_file(client& telegram) {
    const api::document file = co_await first_document(telegram);
    invoke_options there;
    there.dc = file.dc_id;
    bytes got;
    while (static_cast<std::int64_t>(got.size()) < file.size) {
      const auto ask = part_of(file, static_cast<std::int64_t>(got.size()));
      const auto part = co_await telegram.invoke(ask, there);
      const byte_view data = part.as<api::upload::file>().bytes;
      if (data.empty()) break;
      got.insert(got.end(), data.begin(), data.end());
    }
    EXPECT_EQ(as_text(got), content_);
  }

  std::string content_ = tests::random_text(3'000'000, 1);
};

}  // namespace mtfetch::testing
