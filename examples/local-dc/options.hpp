// SPDX-License-Identifier: BSL-1.0
// The command line of mtfetch-dc.
#pragma once

#include <filesystem>
#include <mtfetch/testing.hpp>

namespace CLI {
class App;
}

namespace mtfetch::local_dc {

struct settings {
  testing::cluster_options cluster;
  std::filesystem::path network_file;
  std::filesystem::path accounts_file;
  std::filesystem::path world_file;
  std::vector<std::string> users;
  std::vector<std::string> bots;
  std::vector<std::string> faults;
};

/// Adds the flags; what they say lands in `to`.
void add_options(CLI::App& app, settings& to);

/// Turns the accounts given by flags and file into the cluster's. Throws mtfetch::error that names
/// the flag or the line.
void read_accounts(settings& given);

/// PHONE:CODE[:PASSWORD[:NAME]]
testing::user parse_user(const std::string& text);
/// METHOD[@DC][+SKIP]=WHAT[*TIMES][%CHANCE]: WHAT is CODE:NAME (an rpc error), reset, stall,
/// silence, delay:MS, corrupt, empty, cut:BYTES, long:BYTES, garbage, noise, salts, restart,
/// lie:NAME or -404. Throws mtfetch::error that names what is wrong.
testing::fault_rule parse_fault(const std::string& text);

}  // namespace mtfetch::local_dc
