// SPDX-License-Identifier: BSL-1.0
// What the program's exit code says, and which error ends in which.
#pragma once

#include <exception>
#include <string>
#include <system_error>

namespace mtfetch::cli {

/// The exit codes of `mtfetch`, as documented in --help.
enum class outcome {
  done = 0,
  failed = 1,         ///< some file, link or call failed
  usage = 2,          ///< the command line, a setting or a link cannot be understood
  not_signed_in = 3,  ///< `mtfetch login` comes first
  network = 4,        ///< no data centre could be reached or none answered
  damaged = 5,        ///< verify: some file is not as it was fetched
  waits = 6,          ///< Telegram asks to wait, longer than the program does
  interrupted = 130,  ///< SIGINT or SIGTERM; what was fetched stays for the next run
};

/// An error as the program ends with it: one sentence for people, a name for scripts.
struct verdict {
  outcome code = outcome::failed;
  std::string sentence;
  std::string name;  ///< "FLOOD_WAIT_17", "transport.unreachable"; stable
};

/// Sorts an exception of the library. Unknown exceptions are passed on.
verdict judge(const std::exception_ptr& thrown);

/// The same for an error code that came as a value, with its sentence.
verdict judge(std::error_code code, std::string sentence);

}  // namespace mtfetch::cli
