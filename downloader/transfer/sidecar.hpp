// SPDX-License-Identifier: BSL-1.0
// NAME.info.json: what a file is and where it came from, for people and their programs.
#pragma once

#include "downloader/sink/file_calls.hpp"

#include <mtfetch/media.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

namespace mtfetch::transfer {

/// What a run knows of a whole file beside its media.
struct whole_file {
  std::filesystem::path path;
  std::string sha256;         ///< in hex; empty when it was not wanted
  std::int64_t verified = 0;  ///< bytes that were compared with the server's hashes
};

std::filesystem::path sidecar_path(const std::filesystem::path& of);

/// A JSON object. No access hash and no file reference is in it: it may be given away with the
/// file.
std::string sidecar_text(const media& what, const whole_file& file);

/// Writes it beside the file where there is none: whole, or not at all. One that is there stays as
/// it is; where it is not about this file the sentence given back says so, else that is empty.
/// Blocking. Throws mtfetch::error.
std::string write_sidecar(const media& what, const whole_file& file, const sink::file_calls& calls);

}  // namespace mtfetch::transfer
