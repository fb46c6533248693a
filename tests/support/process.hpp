// SPDX-License-Identifier: BSL-1.0
// Runs a program as a person or a script would, and says what it printed and how it ended.
#pragma once

#include <sys/types.h>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mtfetch::tests {

struct process_options {
  std::vector<std::string> command;                ///< program and arguments
  std::map<std::string, std::string> environment;  ///< on top of this process's, MTFETCH_* removed
  std::string input;                               ///< standard input, or what is typed
  bool terminal = false;  ///< a pseudo-terminal for all three streams; all output is then `output`
  /// Called with each line of standard output as it comes, and the process to signal.
  std::function<void(std::string_view line, pid_t)> on_line;
};

struct process_end {
  int exit_code = -1;  ///< 128 + the signal's number when a signal ended it
  std::string output;  ///< standard output
  std::string errors;  ///< standard error
};

/// Waits for the end; a test's own timeout ends what hangs.
process_end run_process(const process_options& options);

}  // namespace mtfetch::tests
