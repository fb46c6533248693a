// SPDX-License-Identifier: BSL-1.0
#include "tests/support/process.hpp"

#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>

namespace mtfetch::tests {
namespace {

[[noreturn]] void become(const process_options& options) {
  for (char** variable = environ; *variable != nullptr;) {
    const std::string_view text(*variable);
    if (text.starts_with("MTFETCH_")) {
      ::unsetenv(std::string(text.substr(0, text.find('='))).c_str());
      variable = environ;
    } else {
      ++variable;
    }
  }
  for (const auto& [name, value] : options.environment) ::setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> arguments;
  for (const auto& argument : options.command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  ::execvp(arguments.front(), arguments.data());
  ::_exit(127);
}

struct pipe_ends {
  int read = -1;
  int write = -1;
};

pipe_ends make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) throw std::runtime_error("pipe failed");
  return {ends[0], ends[1]};
}

// What is read is kept in `text`; complete lines are reported once.
class collector {
 public:
  collector(int fd, std::string& text) : fd_(fd), text_(text) {}
  ~collector() { ::close(fd_); }
  collector(const collector&) = delete;
  collector& operator=(const collector&) = delete;

  pollfd wish() const { return {open_ ? fd_ : -1, POLLIN, 0}; }
  bool open() const { return open_; }
  void read(const std::function<void(std::string_view)>& on_line) {
    std::array<char, 65536> part{};
    const ssize_t got = ::read(fd_, part.data(), part.size());
    // A pseudo-terminal whose other side is gone answers EIO.
    if (got <= 0) {
      open_ = got < 0 && errno == EINTR;
      return;
    }
    text_.append(part.data(), static_cast<std::size_t>(got));
    for (std::size_t end; (end = text_.find('\n', reported_)) != std::string::npos;) {
      const std::string line = text_.substr(reported_, end - reported_);
      reported_ = end + 1;
      if (on_line) on_line(line);
    }
  }

 private:
  int fd_;
  std::string& text_;
  std::size_t reported_ = 0;
  bool open_ = true;
};

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::write(fd, text.data(), text.size());
    if (sent <= 0) return;  // it does not want to read its input
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

process_end run_on_terminal(const process_options& options) {
  int master = -1;
  winsize size{24, 80, 0, 0};
  const pid_t child = ::forkpty(&master, nullptr, nullptr, &size);
  if (child < 0) throw std::runtime_error("forkpty failed");
  if (child == 0) become(options);
  write_all(master, options.input);
  process_end end;
  collector output(master, end.output);
  while (output.open()) {
    output.read([&](std::string_view line) {
      if (options.on_line) options.on_line(line, child);
    });
  }
  end.exit_code = wait_for(child);
  return end;
}

}  // namespace

process_end run_process(const process_options& options) {
  std::signal(SIGPIPE, SIG_IGN);
  if (options.terminal) return run_on_terminal(options);
  const pipe_ends in = make_pipe();
  const pipe_ends out = make_pipe();
  const pipe_ends err = make_pipe();
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) {
    ::dup2(in.read, STDIN_FILENO);
    ::dup2(out.write, STDOUT_FILENO);
    ::dup2(err.write, STDERR_FILENO);
    for (const int fd : {in.read, in.write, out.read, out.write, err.read, err.write}) ::close(fd);
    std::signal(SIGPIPE, SIG_DFL);
    become(options);
  }
  ::close(in.read);
  ::close(out.write);
  ::close(err.write);
  write_all(in.write, options.input);
  ::close(in.write);

  process_end end;
  {
    collector output(out.read, end.output);
    collector errors(err.read, end.errors);
    while (output.open() || errors.open()) {
      std::array<pollfd, 2> wishes = {output.wish(), errors.wish()};
      if (::poll(wishes.data(), wishes.size(), -1) < 0 && errno != EINTR) break;
      if (wishes[0].revents != 0) {
        output.read([&](std::string_view line) {
          if (options.on_line) options.on_line(line, child);
        });
      }
      if (wishes[1].revents != 0) errors.read(nullptr);
    }
  }
  end.exit_code = wait_for(child);
  return end;
}

}  // namespace mtfetch::tests
