// SPDX-License-Identifier: BSL-1.0
// What the engine wants done; its driver does it and reports back.
#pragma once

#include "downloader/engine/ids.hpp"
#include "downloader/engine/integrity.hpp"
#include "downloader/engine/part_rules.hpp"

#include <string>
#include <system_error>
#include <variant>
#include <vector>

namespace mtfetch::engine {

/// Open a connection to a data centre; answer with on_connected or on_connection_lost.
struct open_connection {
  connection_id connection{};
  int dc = 0;
};
/// Close it and forget it; the engine has forgotten it already.
struct close_connection {
  connection_id connection{};
};
/// How a part is asked for.
enum class part_call {
  get_file,              ///< upload.getFile
  get_file_or_redirect,  ///< upload.getFile with cdn_supported
  get_cdn_file,          ///< upload.getCdnFile, with the token of the file's last redirect
};
/// Ask for a part; answer with on_part, on_cdn_redirect, on_reupload_needed, on_rpc_failure or
/// on_request_lost.
struct send_part {
  request_id request{};
  connection_id connection{};
  file_id file{};
  part what;
  part_call call = part_call::get_file;
};
/// A question about the file whose answer is hashes.
enum class hash_call {
  file_hashes,  ///< upload.getFileHashes
  cdn_hashes,   ///< upload.getCdnFileHashes
  reupload,     ///< upload.reuploadCdnFile, with the last request token; no offset
};
/// Ask it; answer with on_hashes, on_rpc_failure or on_request_lost.
struct send_hashes {
  request_id request{};
  connection_id connection{};
  file_id file{};
  std::int64_t offset = 0;
  hash_call call = hash_call::file_hashes;
};
/// The answer is not wanted any more: drop it (rpc_drop_answer). Nothing is reported back.
struct drop_request {
  request_id request{};
};
/// Read the file reference anew from the file's origin; answer with on_reference or
/// on_reference_failed. Parts of the file wait meanwhile.
struct refresh_reference {
  file_id file{};
};
/// Make these windows durable: sync the data, then write the journal; answer with on_checkpoint or
/// on_storage_failed.
struct checkpoint {
  file_id file{};
  std::vector<window_record> windows;
};
/// Every byte is there and judged: sync, rename, report.
struct file_complete {
  file_id file{};
};
/// The file cannot be finished in this run. `sentence` says why, without the file's name.
struct file_failed {
  file_id file{};
  std::error_code code;
  std::string sentence;
};

using decision =
    std::variant<open_connection, close_connection, send_part, send_hashes, drop_request,
                 refresh_reference, checkpoint, file_complete, file_failed>;

}  // namespace mtfetch::engine
