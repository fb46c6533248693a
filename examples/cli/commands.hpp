// SPDX-License-Identifier: BSL-1.0
// The commands of `mtfetch`. Each runs on the client's executor and gives the program's outcome;
// what it cannot tell as an outcome it throws as the library threw it.
#pragma once

#include <mtfetch/mtfetch.hpp>

#include <asio/awaitable.hpp>
#include <filesystem>
#include <mtfetch/media_filter.hpp>
#include <string>
#include <vector>

#include "examples/cli/outcome.hpp"
#include "examples/cli/progress_view.hpp"

namespace mtfetch::cli {

struct login_request {
  bool bot = false;  ///< by token instead of phone and code
  bool json = false;
};
/// Secrets come from MTFETCH_BOT_TOKEN, MTFETCH_PHONE, MTFETCH_CODE and MTFETCH_PASSWORD, else from
/// questions; never from flags, which every process of the machine can read.
asio::awaitable<outcome> login(client& client, login_request request, std::string bot_token);

struct info_request {
  std::string link;
  resolve_options wanted;
  bool json = false;
};
asio::awaitable<outcome> info(client& client, info_request request);

struct ls_request {
  std::vector<std::string> links;
  resolve_options wanted;
  media_filter filter;
  bool json = false;
};
asio::awaitable<outcome> ls(client& client, ls_request request, progress_view& view);

struct get_request {
  std::vector<std::string> links;
  resolve_options wanted;
  std::filesystem::path folder = ".";
  int connections = 8;
  bool verify = true;
  bool sha256 = false;  // of each whole file
  bool takeout = false;
  name_template names;
  media_filter filter;
  bool info_files = false;  // NAME.info.json beside each
  std::string stats;        ///< where statistics go as JSON lines; empty: nowhere
};
asio::awaitable<outcome> get(client& client, get_request request, progress_view& view);
/// Refuses links that cannot be understood before any network is touched.
void check_links(const std::vector<std::string>& links);

struct verify_request {
  std::vector<std::filesystem::path> paths;
  bool repair = false;
  int connections = 8;
  bool json = false;
  bool quiet = false;
};
/// Says what became of each file and of all. Blocking, without network; SIGINT and SIGTERM end it
/// early with operation_aborted.
verify_report check_files(const verify_request& request, progress_view& view);
outcome outcome_of(const verify_report& seen);
/// Whether there is anything that repair_files can do.
bool can_repair(const verify_report& seen);
asio::awaitable<outcome> repair_files(client& client, verify_request request, verify_report seen,
                                      progress_view& view);

struct raw_request {
  std::string method;
  std::string json;  ///< the method's fields as a JSON object
};
/// The method's TL bytes. Needs no network: throws mtfetch::error (protocol_errc::bad_json) that
/// names the wrong, unknown or missing field, or the unknown method.
bytes raw_call(const raw_request& request);
asio::awaitable<outcome> raw(client& client, raw_request request, bytes call);

/// Throws client_errc::not_signed_in unless there is a login.
void need_login(const client& client);

}  // namespace mtfetch::cli
