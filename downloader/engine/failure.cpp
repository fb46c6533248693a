// SPDX-License-Identifier: BSL-1.0
#include "downloader/engine/failure.hpp"

#include <string>
#include <string_view>

namespace mtfetch::engine {

failure_class classify(const rpc_failure& failure) {
  const std::string_view message = failure.message;
  // FLOOD_SKIP_FAILED_WAIT carries no number and means a second.
  if (failure.code == 420 && message == "FLOOD_SKIP_FAILED_WAIT") return {failure_kind::flood, 1};
  if (failure.code == 420 && failure.argument) return {failure_kind::flood, *failure.argument};
  if (failure.code == 303 && failure.argument && failure.is("FILE_MIGRATE")) {
    return {failure_kind::migrate, *failure.argument};
  }
  // FILE_REFERENCE_EXPIRED, FILE_REFERENCE_0_INVALID ..., FILEREF_UPGRADE_NEEDED.
  if (message.starts_with("FILE_REFERENCE_") || message.starts_with("FILEREF_")) {
    return {failure_kind::reference, 0};
  }
  if (failure.code == 401) return {failure_kind::unauthorized, 0};
  // Unknown codes are the server's trouble too; the classes of 4xx are the caller's.
  if (failure.code < 400 || failure.code >= 500) return {failure_kind::again, 0};
  return {failure_kind::fatal, 0};
}

// https://core.telegram.org/api/takeout
std::string sentence_of(const rpc_failure& failure) {
  std::string said = "the server answered " + failure.message;
  if (failure.is("TAKEOUT_INVALID")) {
    said +=
        ": the takeout is over, ended by Telegram or by another one of this account. Run it again";
  } else if (failure.is("TAKEOUT_REQUIRED")) {
    said += ": this file is given out within a takeout only";
  }
  return said;
}

}  // namespace mtfetch::engine
