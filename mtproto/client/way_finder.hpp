// SPDX-License-Identifier: BSL-1.0
// Which way to a data centre is tried next, within one attempt to reach it.
#pragma once

#include "mtproto/client/environment.hpp"
#include "mtproto/net/open_way.hpp"
#include "mtproto/net/routes.hpp"

#include <mtfetch/instant.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mtfetch::client_impl {

/// Goes down the steps of net::steps_to: give out a plan, be told how it ended, and so on. What it
/// learns is in the client's way_memory, for all its sessions. Each step but the last has its share
/// of the time and no more, and the first address of it that is silent ends it: what drops packets
/// does so for all of them, and the steps behind need time as well. No I/O.
class way_finder {
 public:
  way_finder(std::shared_ptr<environment> shared, int dc, net::purpose what, time_point give_up);

  /// The plan to try now; nothing when all steps were tried or time is up. Its share of the time is
  /// in it. Throws mtfetch::error when the data centre has no address, or the authorities are none.
  std::optional<net::way_plan> next(time_point now);
  /// When the attempt ends; until then a key may be made over a way that answers.
  time_point ends() const { return give_up_; }
  /// How long a way of the plan given last may say nothing when it is asked.
  duration silence() const { return silence_; }
  /// What way_memory calls the step that the plan given last is of.
  const std::string& step_name() const { return current_.name; }

  /// The plan given last came to nothing: the exception under way says so, with this code and
  /// sentence. `opened` is the name of the way where one was opened before, else empty. True:
  /// another way may do better, so go on. False: this would fail on any way.
  bool failed(std::error_code why, const std::string& sentence, const std::string& opened,
              time_point now);
  /// Throws what failed: the one failure as it was, or one error for all.
  [[noreturn]] void give_up() const;

 private:
  std::shared_ptr<environment> shared_;
  int dc_;
  net::purpose what_;
  time_point give_up_;
  net::step current_;
  std::set<std::string> done_;  // names of ways and steps that were tried
  bool last_ = true;            // no step is left behind the current one
  time_point tried_at_;         // the plan given last
  time_point step_ends_;
  duration silence_{};
  std::exception_ptr only_;
  std::error_code first_;
  std::vector<std::string> sentences_;
};

/// Whether this says something about the way, rather than about the server at its end.
bool blames_the_way(std::error_code why, const std::optional<proxy>& through);

}  // namespace mtfetch::client_impl
