// SPDX-License-Identifier: BSL-1.0
// What is read from disk and from people: network files, session files, links.
#include <mtfetch/error.hpp>
#include <mtfetch/network.hpp>
#include <mtfetch/resolve.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <variant>

#include "mtproto/client/session_store.hpp"
#include "tests/fuzz/targets.hpp"

namespace mtfetch::fuzz {

void network_file(byte_view input) {
  try {
    const network read = network::parse(as_text(input), "input");
    require(network::parse(read.to_json(), "output") == read,
            "a network is written as it was read");
  } catch (const error& refused) {
    require(refused.code() == client_errc::bad_config, "a bad network file is a bad setting");
    require(std::string(refused.what()).find("input") != std::string::npos, "errors name the file");
  }
}

namespace {

// A folder of this process, in memory where there is such a place.
struct session_folder {
  session_folder() {
    std::error_code none;
    const std::filesystem::path memory = "/dev/shm";
    const bool there = std::filesystem::is_directory(memory, none);
    std::string name =
        ((there ? memory : std::filesystem::temp_directory_path()) / "mtfetch-fuzz-XXXXXX")
            .string();
    require(::mkdtemp(name.data()) != nullptr, "a folder can be made");
    path = name;
  }
  ~session_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::filesystem::path path;
};

}  // namespace

void session_file(byte_view input) {
  static const session_folder folder;
  const std::filesystem::path file = folder.path / "session";
  {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    const std::string_view text = as_text(input);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
  }
  try {
    storage::session_store store(file, "local");
    (void)store.read_login();
    for (int dc = 0; dc <= 5; ++dc) (void)store.read_key(dc);
    (void)store.find_peer("files");
    (void)store.find_peer(cached_peer::kind::channel, 1234);
    store.write_login({2, 1, true});
    store.write_salt(2, 1);
    store.erase_login();
  } catch (const error& refused) {
    require(refused.code().category() == storage_category(),
            "a bad session file is said to be one");
  }
  std::filesystem::remove(file);
  std::filesystem::remove(folder.path / "session-journal");
}

void link(byte_view input) {
  const parsed_link read = parse_link(as_text(input));
  if (const auto* open = std::get_if<public_message_link>(&read)) {
    require(!open->username.empty() && open->message_id > 0, "a message has a chat and an id");
  } else if (const auto* closed = std::get_if<private_message_link>(&read)) {
    require(closed->channel_id > 0 && closed->message_id > 0, "a message has a chat and an id");
  } else {
    require(!std::get<refused_link>(read).sentence.empty(), "a refusal says why");
  }
}

}  // namespace mtfetch::fuzz
