// SPDX-License-Identifier: BSL-1.0
// mtfetch: fetches media from Telegram.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <clocale>
#include <csignal>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "examples/cli/commands.hpp"
#include "examples/cli/filter_flags.hpp"
#include "examples/cli/resolve_flags.hpp"
#include "examples/cli/settings.hpp"
#include "examples/cli/terminal.hpp"

namespace mtfetch::cli {
namespace {

using command = std::function<asio::awaitable<outcome>(client&, progress_view&)>;

asio::awaitable<outcome> connect_and_run(client& client, const command& run, progress_view& view) {
  co_await client.connect();
  const outcome ending = co_await run(client, view);
  co_return ending;
}

verdict run(const config& settings, const command& run_command, progress_view& view) {
  asio::io_context context(1);
  client telegram(context.get_executor(), settings);

  // The first signal ends the work cleanly: what was fetched is made durable. The second at once.
  asio::cancellation_signal stop;
  asio::signal_set signals(context, SIGINT, SIGTERM);
  bool interrupted = false;
  std::function<void(const std::error_code&, int)> on_signal = [&](const std::error_code& failed,
                                                                   int) {
    if (failed) return;
    if (interrupted) std::_Exit(static_cast<int>(outcome::interrupted));
    interrupted = true;
    stop.emit(asio::cancellation_type::terminal);
    signals.async_wait(on_signal);
  };
  signals.async_wait(on_signal);

  std::exception_ptr thrown;
  outcome ending = outcome::done;
  asio::co_spawn(
      context, connect_and_run(telegram, run_command, view),
      asio::bind_cancellation_slot(stop.slot(), [&](const std::exception_ptr& e, outcome result) {
        thrown = e;
        ending = result;
        signals.cancel();
        telegram.stop();
      }));
  context.run();
  view.clear();
  if (interrupted) {
    return {outcome::interrupted,
            "Interrupted. What was fetched is kept: run the same command to go on", "interrupted"};
  }
  if (thrown) return judge(thrown);
  return {ending, "", ""};
}

void report(const verdict& ending, const shared_flags& flags) {
  if (ending.sentence.empty()) return;
  if (flags.json) {
    const nlohmann::ordered_json event = {{"event", "error"},
                                          {"name", ending.name},
                                          {"text", ending.sentence},
                                          {"exit_code", static_cast<int>(ending.code)}};
    print_event(event.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    return;
  }
  fmt::print(stderr, "mtfetch: {}.\n", printable(ending.sentence));
}

std::string standard_input() {
  return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
}

int start(int argc, char** argv) {
  CLI::App app("Fetches media from Telegram over MTProto.", "mtfetch");
  app.require_subcommand(1);
  app.set_version_flag("--version", "mtfetch " MTFETCH_VERSION);
  app.footer(
      "Exit codes: 0 all done, 1 some file failed, 2 usage, 3 not signed in, 4 network,\n"
      "  5 verify found damaged or missing files, 6 Telegram wants a wait.\n"
      "Environment: MTFETCH_API_ID, MTFETCH_API_HASH, MTFETCH_SESSION, MTFETCH_NETWORK,\n"
      "  MTFETCH_PROXY (a proxy with a password and an MTProxy link belong there), ALL_PROXY;\n"
      "  for login: MTFETCH_BOT_TOKEN, MTFETCH_PHONE, MTFETCH_CODE, MTFETCH_PASSWORD.");

  shared_flags flags;
  app.add_option("--network", flags.network,
                 "production, test, or the network file of a local data centre");
  app.add_option("--session", flags.session, "File that holds the login");
  app.add_option("--api-id", flags.api_id, "Your application's id (https://my.telegram.org)");
  app.add_option("--framing", flags.framing, "abridged, intermediate, padded (default) or full");
  app.add_option("--way", flags.way,
                 "auto (default: falls back where TCP is blocked), tcp, websocket or http");
  app.add_option(
      "--proxy", flags.proxy,
      "socks5:// or http:// without a password; none goes around MTFETCH_PROXY and ALL_PROXY");
  app.add_option("--hello", flags.hello,
                 "Browser that an MTProxy's fake TLS looks like: current (default) or classic");
  app.add_flag("--plain", flags.plain, "Do not obfuscate the connection");
  app.add_flag("--json", flags.json, "One JSON event a line on standard output");
  app.add_flag("-q,--quiet", flags.quiet, "Print errors only");
  app.fallthrough();

  command chosen;
  std::string bot_token;

  login_request login_wish;
  CLI::App* login_command = app.add_subcommand("login", "Sign in: asks for what it needs");
  login_command->add_flag("--bot", login_wish.bot, "Sign in as a bot, with its token");

  info_request info_wish;
  CLI::App* info_command = app.add_subcommand("info", "Say what is behind a link");
  info_command->add_option("link", info_wish.link, "A t.me link")->required();
  add_resolve_flags(*info_command, info_wish.wanted);

  ls_request ls_wish;
  CLI::App* ls_command = app.add_subcommand("ls", "List the media that links lead to");
  ls_command->add_option("link", ls_wish.links, "t.me links to chats, ranges or messages")
      ->required();
  add_resolve_flags(*ls_command, ls_wish.wanted);
  add_filter_flags(*ls_command, ls_wish.filter);

  get_request get_wish;
  CLI::App* get_command = app.add_subcommand("get", "Download what links lead to");
  get_command->add_option("link", get_wish.links, "t.me links to messages, ranges or chats")
      ->required();
  add_resolve_flags(*get_command, get_wish.wanted);
  get_command->add_option("-o,--output", get_wish.folder, "Folder for the files (default: here)");
  get_command->add_option("--connections", get_wish.connections, "Connections per data centre")
      ->check(CLI::Range(1, 16));
  add_filter_flags(*get_command, get_wish.filter);
  std::string template_text = get_wish.names.text();
  get_command->add_option("--template", template_text,
                          "What files are called: \"{chat}/{id} {name}\" (default: {name})");
  get_command->add_flag("--write-info", get_wish.info_files,
                        "Write NAME.info.json beside each file: where it came from, what it is");
  bool no_verify = false;
  get_command->add_flag("--no-verify", no_verify, "Do not ask for the server's hashes");
  get_command->add_flag("--sha256", get_wish.sha256, "Print the SHA-256 of each whole file");
  get_command->add_flag("--takeout", get_wish.takeout,
                        "In a takeout session: Telegram asks to wait less (people only)");
  get_command->add_option("--stats", get_wish.stats,
                          "Write statistics of each part as JSON lines; - to standard error");
  verify_request verify_wish;
  CLI::App* verify_command =
      app.add_subcommand("verify", "Compare files with the hashes kept when they were fetched");
  verify_command->add_option("path", verify_wish.paths, "Files, or folders with all in them")
      ->required();
  verify_command->add_flag("--repair", verify_wish.repair, "Fetch what is damaged, and only that");
  verify_command
      ->add_option("--connections", verify_wish.connections, "Connections per data centre")
      ->check(CLI::Range(1, 16));

  raw_request raw_wish;
  CLI::App* raw_command = app.add_subcommand("raw", "Make any call of the API; JSON in and out");
  raw_command->add_option("method", raw_wish.method, "As in the schema: help.getConfig")
      ->required();
  raw_command->add_option("json", raw_wish.json, "Its fields as a JSON object; - reads them");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : static_cast<int>(outcome::usage);
  }

  verdict ending;
  try {
    bytes call;
    if (get_command->parsed()) {
      check_links(get_wish.links);
      check(get_wish.wanted);
      get_wish.verify = !no_verify;
      get_wish.names = name_template(template_text);
    } else if (ls_command->parsed()) {
      check_links(ls_wish.links);
      check(ls_wish.wanted);
    } else if (info_command->parsed()) {
      check_links({info_wish.link});
      check(info_wish.wanted);
    } else if (raw_command->parsed()) {
      if (raw_wish.json == "-") raw_wish.json = standard_input();
      call = raw_call(raw_wish);
    }
    progress_view view(choose_view(flags));
    login_wish.json = info_wish.json = ls_wish.json = verify_wish.json = flags.json;
    verify_wish.quiet = flags.quiet;
    verify_report seen;
    if (verify_command->parsed()) {
      // To repair takes a login, as all else does; a wrong setting is found before hours of
      // reading.
      if (verify_wish.repair) static_cast<void>(make_config(flags));
      seen = check_files(verify_wish, view);
      if (!verify_wish.repair || !can_repair(seen)) return static_cast<int>(outcome_of(seen));
    }
    const config settings = make_config(flags);
    const command work = [&](client& telegram, progress_view& shown) {
      if (login_command->parsed()) return login(telegram, login_wish, settings.bot_token);
      if (info_command->parsed()) return info(telegram, info_wish);
      if (ls_command->parsed()) return ls(telegram, ls_wish, shown);
      if (get_command->parsed()) return get(telegram, get_wish, shown);
      if (verify_command->parsed()) return repair_files(telegram, verify_wish, seen, shown);
      return raw(telegram, raw_wish, call);
    };
    ending = run(settings, work, view);
  } catch (const std::system_error&) {
    ending = judge(std::current_exception());
  }
  report(ending, flags);
  return static_cast<int>(ending.code);
}

}  // namespace
}  // namespace mtfetch::cli

int main(int argc, char** argv) {
  std::setlocale(LC_CTYPE, "");
  // A closed pipe on standard output must not end a download; writes to it just fail.
  std::signal(SIGPIPE, SIG_IGN);
  return mtfetch::cli::start(argc, argv);
}
