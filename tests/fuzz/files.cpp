// SPDX-License-Identifier: BSL-1.0
// What is read from disk and from people: network files, session files, links, proxies.
#include <mtfetch/error.hpp>
#include <mtfetch/link.hpp>
#include <mtfetch/network.hpp>
#include <mtfetch/proxy.hpp>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <variant>

#include "mtproto/client/session_store.hpp"
#include "mtproto/tl/hex.hpp"
#include "mtproto/transport/proxy_secret.hpp"
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
  const std::string text = to_string(read);
  if (const auto* refused = std::get_if<refused_link>(&read)) {
    require(text.empty() && !refused->sentence.empty(), "a refusal says why and is no link");
    require(std::ranges::all_of(refused->sentence, [](char c) { return c >= ' ' && c <= '~'; }),
            "a sentence holds nothing that a terminal would obey");
    return;
  }
  require(parse_link(text) == read, "what is printed parses to the same");
  if (const auto* message = std::get_if<message_link>(&read)) {
    require(message->message_id > 0 && message->thread_id >= 0, "a message has an id");
    require(message->chat.username.empty() == (message->chat.id > 0), "a name or an id, not both");
  }
  if (const auto* range = std::get_if<range_link>(&read)) {
    require(range->first > 0 && range->first <= range->last, "a range has a first and a last");
  }
}

namespace {

// Every byte as two hexadecimal digits, so that none of them means anything.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto raw = static_cast<std::uint8_t>(c);
    out += "%" + tl::to_hex(byte_view(&raw, 1));
  }
  return out;
}

std::string address_of(const proxy& to) {
  const std::string port = std::to_string(to.port);
  if (to.what == proxy::kind::mtproxy) {
    return "tg://proxy?server=" + escaped(to.host) + "&port=" + port +
           "&secret=" + tl::to_hex(to.secret);
  }
  std::string out = to.what == proxy::kind::http ? "http://" : "socks5://";
  if (!to.user.empty()) out += escaped(to.user) + ":" + escaped(to.password) + "@";
  const bool bracketed = to.host.find(':') != std::string::npos;
  return out + (bracketed ? "[" + to.host + "]" : to.host) + ":" + port;
}

// Parts as long as a secret must not come back; shorter ones, cut at blanks, may be its words.
void require_unrepeated(std::string_view text, std::string_view sentence) {
  constexpr std::size_t telling = 20;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find_first_of("/:@?&=# "));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    require(part.size() < telling || sentence.find(part) == std::string_view::npos,
            "errors do not repeat what may be secret");
  }
}

}  // namespace

void proxy_text(byte_view input) {
  const std::string_view text = as_text(input);
  if (const auto secret = transport::proxy_secret::parse(text)) {
    const bytes raw = secret->to_bytes();
    const auto again = transport::proxy_secret::parse(tl::to_hex(raw));
    require(again && again->how == secret->how && again->key == secret->key &&
                again->domain == secret->domain,
            "a secret is written as it was read");
  }
  try {
    const proxy read = proxy::parse(text, "input");
    require(read.port != 0 && !read.host.empty(), "a proxy has a host and a port");
    require(std::ranges::all_of(read.host, [](char c) { return c > ' ' && c < 0x7f; }),
            "a host can be shown");
    require(read.user.size() <= 255 && read.password.size() <= 255, "a login can be said");
    require((read.what == proxy::kind::mtproxy) ==
                transport::proxy_secret::from_bytes(read.secret).has_value(),
            "an MTProxy and no other has a secret");
    require(proxy::parse(address_of(read), "output") == read, "a proxy is written as it was read");
  } catch (const error& refused) {
    require(refused.code() == client_errc::bad_config, "a bad proxy is a bad setting");
    const std::string_view sentence = refused.what();
    require(sentence.starts_with("input"), "errors name where the text is from");
    require_unrepeated(text, sentence);
  }
}

}  // namespace mtfetch::fuzz
