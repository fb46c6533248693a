// SPDX-License-Identifier: BSL-1.0
// A server and a network in virtual time under the engine: seeded, so that a run repeats.
#pragma once

#include "downloader/engine/engine.hpp"

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace mtfetch::engine {

enum class fault {
  none,
  lost,       // taken, never answered
  error,      // 500
  cut,        // fewer bytes than asked for
  empty,      // no bytes at all
  corrupt,    // as many bytes, one wrong
  flood,      // FLOOD_WAIT_2 for all, from now on
  reference,  // the file reference lapses
  reset,      // the connection is lost
};

struct simulated_file {
  std::int64_t size = 0;
  int claimed_dc = 2;  // where the message says it lies
  int dc = 2;          // where it lies
  bool has_hashes = true;
  bool verify = true;
  std::vector<window_record> complete;
  std::vector<window_record> candidates;
  duration added_at{0};
  file_priority priority = file_priority::bulk;
  bool only_wanted = false;
  std::int64_t most_held = std::numeric_limits<std::int64_t>::max();
};

// Somebody wants to read bytes of a file, from a moment on.
struct simulated_read {
  std::size_t file = 0;
  range bytes;
  duration at{0};
  duration within = std::chrono::seconds(1);
  bool never_over = false;           // the reader left without a word
  std::optional<duration> gives_up;  // so long afterwards, unless it was served
};

struct simulation_settings {
  std::uint64_t seed = 1;
  engine_config engine;
  std::vector<simulated_file> files;
  std::vector<simulated_read> reads;
  duration round_trip = std::chrono::milliseconds(40);
  double rate = 10e6;                            // of one connection, bytes a second
  std::function<double(std::size_t n)> rate_of;  // of the n-th opened one, as a share of it
  std::int64_t hash_span = 8 * hash_window;
  // Which fault meets the n-th request to the server.
  std::function<fault(std::size_t n, bool for_hashes)> faults;
  std::function<bool(std::size_t n)> open_fails;  // the n-th connection cannot be opened
  bool never_refreshes = false;                   // no message gives a reference that is taken
  duration stop_after = std::chrono::hours(2);    // as if killed
};

class simulation {
 public:
  explicit simulation(simulation_settings settings);
  // Runs to the end of every file, or to stop_after. False: stuck, or a rule was broken: `problem`.
  bool run();

  bool complete(std::size_t file) const { return files_.at(file).complete; }
  const std::string& failure(std::size_t file) const { return files_.at(file).failure; }
  std::error_code failure_code(std::size_t file) const { return files_.at(file).code; }
  // Whether every byte in the file is as on the server.
  bool identical(std::size_t file) const;
  std::vector<window_record> durable(std::size_t file) const { return files_.at(file).durable; }
  std::int64_t verified(std::size_t file) const;
  duration completed_at(std::size_t file) const { return files_.at(file).completed_at; }
  // How long a read waited; nothing where it was not served.
  std::optional<duration> waited(std::size_t read) const { return reads_.at(read).waited; }

  std::string problem;
  std::size_t requests = 0;
  std::size_t part_requests = 0;
  std::size_t refused_by_flood = 0;
  std::size_t refreshes = 0;
  std::size_t connections_opened = 0;
  std::size_t most_connections = 0;
  std::vector<std::size_t> closed;  // by the engine before all files ended: as they were opened
  std::int64_t bytes_served = 0;
  std::int64_t most_in_flight = 0;
  std::map<int, std::size_t> requests_by_dc;
  std::vector<part> parts;  // in the order they were asked for
  std::vector<duration> closed_at;
  std::size_t dropped = 0;
  duration took{0};

 private:
  struct open_way {
    int dc = 0;
    bool open = false;
    time_point free;
    std::size_t number = 0;  // as it was opened
    double rate = 0;
  };
  struct served_file {
    simulated_file what;
    file_id id{};
    std::vector<std::uint64_t> stored;  // what lies in each window: its own number when right
    std::map<std::int64_t, std::pair<std::int64_t, bool>> pieces;  // of windows not whole yet
    std::vector<window_record> durable;
    duration completed_at{0};
    unsigned reference = 0;         // that the server takes
    unsigned client_reference = 0;  // that the client has
    bool complete = false;
    std::string failure;
    std::error_code code;
  };

  struct open_read {
    bool waiting = false;
    bool over = false;
    time_point since;
    std::optional<duration> waited;
  };
  bool ended() const;
  void add(served_file& file);
  void begin_read(std::size_t read);
  void serve_reads();
  void after(duration wait, std::function<void()> what);
  void drain();
  void act(const open_connection& what);
  void act(const close_connection& what);
  void act(const send_part& what);
  void act(const send_hashes& what);
  void act(const drop_request& what);
  void act(const refresh_reference& what);
  void act(const checkpoint& what);
  void act(const file_complete& what);
  void act(const file_failed& what);
  // Answers with a refusal, or never, where the server's state or the fault says so.
  bool refused(request_id request, connection_id over, served_file& file, unsigned reference,
               fault met);
  void refuse(request_id request, connection_id over, std::int32_t code, std::string message);
  void store(served_file& file, part what, bool corrupt);
  void lose(connection_id id);
  duration answer_wait(open_way& way, std::int64_t size);
  served_file& file_of(file_id id);
  fault draw(bool for_hashes);
  void broke(std::string rule);

  simulation_settings settings_;
  std::mt19937_64 random_;
  engine engine_;
  time_point now_;
  std::multimap<time_point, std::function<void()>> events_;
  std::map<connection_id, open_way> ways_;
  std::map<int, time_point> flooded_until_;
  std::vector<served_file> files_;
  std::vector<open_read> reads_;
  time_point start_;
  std::size_t opens_ = 0;
};

// The record of a window whose bytes are right.
window_record right_window(std::int64_t offset, std::int64_t size);

}  // namespace mtfetch::engine
