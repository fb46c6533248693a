// SPDX-License-Identifier: BSL-1.0
#include "examples/local-dc/options.hpp"

#include "examples/local-dc/network_flags.hpp"
#include "examples/local-dc/world_file.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <chrono>
#include <fstream>
#include <mtfetch/error.hpp>
#include <sstream>

namespace mtfetch::local_dc {

namespace {

std::vector<std::string> split(const std::string& text, char at, std::size_t most) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (parts.size() + 1 < most) {
    const std::size_t end = text.find(at, begin);
    if (end == std::string::npos) break;
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  parts.push_back(text.substr(begin));
  return parts;
}

[[noreturn]] void refuse(const std::string& what, const std::string& text) {
  throw error(client_errc::bad_config, what + ", not " + text);
}

template <class Number>
Number number(const std::string& text, const std::string& what) {
  Number value{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) refuse(what, text);
  return value;
}

testing::fault_action parse_lie(const std::string& name) {
  for (const testing::named_lie& each : testing::all_lies()) {
    if (each.name == name) {
      return std::visit([](auto lie) { return testing::fault_action(lie); }, each.lie);
    }
  }
  refuse("A lie has a name of mtfetch/testing.hpp", name);
}

testing::fault_action parse_action(const std::string& text) {
  if (text == "reset") return testing::reset_connection{};
  if (text == "stall") return testing::drop_answer{};
  if (text == "corrupt") return testing::corrupt_bytes{};
  if (text == "empty") return testing::cut_bytes{};
  if (text == "silence") return testing::silence_connection{};
  if (text == "salts") return testing::new_salts{};
  if (text == "restart") return testing::restart_cluster{};
  if (text == "garbage") return testing::garbage_answer{};
  if (text == "noise") return testing::garbage_packet{};
  const auto parts = split(text, ':', 2);
  if (parts.size() == 1 && text.starts_with('-')) {
    testing::transport_error error;
    error.code = number<std::int32_t>(text, "A transport error is a number like -404");
    return error;
  }
  if (parts.size() != 2) {
    refuse(
        "A fault is CODE:NAME, reset, stall, silence, delay:MS, corrupt, empty, cut:BYTES, "
        "long:BYTES, garbage, noise, salts, restart, lie:NAME or -404",
        text);
  }
  if (parts[0] == "lie") return parse_lie(parts[1]);
  if (parts[0] == "cut") {
    return testing::cut_bytes{number<std::size_t>(parts[1], "What is left is a number of bytes")};
  }
  if (parts[0] == "long") {
    return testing::extra_bytes{
        number<std::size_t>(parts[1], "What comes on top is a number of bytes")};
  }
  if (parts[0] == "delay") {
    testing::delay_answer delay;
    delay.by = std::chrono::milliseconds(
        number<std::uint32_t>(parts[1], "A delay is a number of milliseconds"));
    return delay;
  }
  testing::answer_error error;
  error.code = number<std::int32_t>(parts[0], "An rpc error is CODE:NAME, 420:FLOOD_WAIT_3");
  error.message = parts[1];
  return error;
}

// Accounts from a file: a line for each, `user PHONE:CODE...` or `bot TOKEN`; # begins a comment.
void read_accounts_file(settings& given) {
  std::ifstream in(given.accounts_file);
  if (!in) {
    throw error(client_errc::bad_config,
                "Cannot read the accounts file " + given.accounts_file.string());
  }
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string kind;
    std::string what;
    if (!(words >> kind)) continue;
    words >> std::ws;
    std::getline(words, what);
    what.erase(what.find_last_not_of(" \t\r") + 1);
    if (kind == "user") {
      given.users.push_back(what);
    } else if (kind == "bot") {
      given.bots.push_back(what);
    } else {
      throw error(client_errc::bad_config, given.accounts_file.string() + ":" +
                                               std::to_string(number) +
                                               ": a line begins with user or bot, not " + kind);
    }
  }
}

}  // namespace

testing::user parse_user(const std::string& text) {
  const auto parts = split(text, ':', 4);
  if (parts.size() < 2 || parts[0].empty() || parts[1].empty()) {
    refuse("A user is PHONE:CODE[:PASSWORD[:NAME]]", text);
  }
  testing::user made;
  made.phone = parts[0];
  made.code = parts[1];
  if (parts.size() > 2) made.password = parts[2];
  if (parts.size() > 3) made.first_name = parts[3];
  return made;
}

testing::fault_rule parse_fault(const std::string& text) {
  auto halves = split(text, '=', 2);
  if (halves.size() != 2) refuse("A fault is METHOD=WHAT", text);
  testing::fault_rule rule;
  const auto skip = split(halves[0], '+', 2);
  if (skip.size() == 2) {
    rule.skip = number<std::uint64_t>(skip[1], "How many calls pass first is a number");
  }
  const auto where = split(skip[0], '@', 2);
  if (where[0] != "*") rule.method = where[0];
  if (where.size() == 2) rule.dc = number<int>(where[1], "A data centre is a number");
  const auto chance = split(halves[1], '%', 2);
  const auto times = split(chance[0], '*', 2);
  rule.action = parse_action(times[0]);
  if (times.size() == 2) {
    rule.times = number<std::uint64_t>(times[1], "How often is a number, 0 for always");
  }
  if (chance.size() == 2) {
    rule.chance = number<std::uint32_t>(chance[1], "A chance is a number of per cent") / 100.0;
  }
  return rule;
}

void add_options(CLI::App& app, settings& to) {
  testing::cluster_options& cluster = to.cluster;
  CLI::App* const served = app.add_option_group("Content");
  served->add_option("--serve", cluster.serve, "Folder whose files the public channel carries")
      ->check(CLI::ExistingDirectory);
  served
      ->add_option("--world", to.world_file,
                   "File with people, chats, messages and stories, in TOML")
      ->check(CLI::ExistingFile);
  served->require_option(1, 2);
  app.add_option("--state", cluster.state, "Folder for keys and sessions that survive a restart");
  app.add_option("--network-file", to.network_file, "Where to write the network file for clients");
  app.add_option("--ip", cluster.ip, "Address to listen on")->capture_default_str();
  app.add_option("--port-base", cluster.first_port,
                 "The data centres listen on this port and those after it (0: any)");
  app.add_option("--dcs", cluster.dcs, "Numbers of the data centres")->delimiter(',');
  app.add_option("--home-dc", cluster.home_dc, "Where accounts live")->capture_default_str();
  app.add_option("--channel", cluster.channel, "Username of the public channel")
      ->capture_default_str();
  app.add_option("--private-folder", cluster.private_channel,
                 "Sub-folder with the private channel's files")
      ->capture_default_str();
  app.add_option("--cdn-dc", cluster.cdn_dc, "One more data centre, a CDN, with this number");
  app.add_option_function<std::string>(
      "--cdn-from",
      [&cluster](const std::string& text) {
        try {
          cluster.cdn.from_size = parse_size(text);
        } catch (const error& refused) {
          throw CLI::ValidationError("--cdn-from", refused.what());
        }
      },
      "10MiB: files of at least this size are sent to the CDN, for people");
  app.add_flag("--cdn-empty", cluster.cdn.empty,
               "The CDN has a file only after upload.reuploadCdnFile");
  app.add_option("--cdn-keeps-for", cluster.cdn.keeps_for,
                 "It forgets the file again after so many parts (0: never)");
  app.add_option("--cdn-token-parts", cluster.cdn.token_parts,
                 "A file token is good for so many parts (0: for ever)");
  app.add_option("--user", to.users, "An account: PHONE:CODE[:PASSWORD[:NAME]]");
  app.add_option("--bot", to.bots, "A bot: its token, 1234567:secret");
  app.add_option("--accounts-file", to.accounts_file,
                 "File with lines `user PHONE:CODE...` and `bot TOKEN`");
  app.add_option("--api-id", cluster.api_id, "The only api_id that is accepted (0: any)");
  app.add_option("--api-hash", cluster.api_hash, "The api_hash that belongs to it");
  app.add_flag("--sign-up", cluster.sign_up, "Unknown phones may sign up, with code 12345");
  app.add_option_function<std::int64_t>(
      "--takeout-delay",
      [&cluster](const std::int64_t& seconds) {
        cluster.takeout_delay = std::chrono::seconds(seconds);
      },
      "Seconds for which an account's first takeout is refused (TAKEOUT_INIT_DELAY)");
  app.add_flag("--tls", cluster.tls,
               "WebSocket over TLS as well, with a certificate that the network file names");
  app.add_option("--fault", to.faults,
                 "METHOD[@DC][+SKIP]=WHAT[*TIMES][%CHANCE]: WHAT is CODE:NAME, reset, stall, "
                 "silence, delay:MS, corrupt, empty, cut:BYTES, long:BYTES, garbage, noise, salts, "
                 "restart, lie:NAME or -404; METHOD may be *; the first SKIP calls pass");
  app.add_flag("--no-hashes", cluster.hashes_hidden, "It has no hashes for any file");
  app.add_option_function<std::int64_t>(
      "--clock-skew",
      [&cluster](const std::int64_t& seconds) {
        cluster.clock_skew = std::chrono::seconds(seconds);
      },
      "Seconds that its clock is ahead of this machine's, or (below 0) behind");
  app.add_option("--fault-seed", cluster.fault_seed, "Seed of the faults' chances");
  add_network_flags(app, cluster.conditions);
}

void read_accounts(settings& given) {
  if (!given.accounts_file.empty()) read_accounts_file(given);
  for (const std::string& text : given.users) given.cluster.users.push_back(parse_user(text));
  for (const std::string& text : given.bots) {
    testing::bot made;
    made.token = text;
    given.cluster.bots.push_back(std::move(made));
  }
  if (!given.world_file.empty()) add_world(given.world_file, given.cluster);
}

}  // namespace mtfetch::local_dc
