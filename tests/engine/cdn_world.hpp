// SPDX-License-Identifier: BSL-1.0
// A master data centre, a CDN and the driver between them and the engine, in virtual time.
#pragma once

#include "downloader/engine/engine.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace mtfetch::engine {

inline constexpr int master_dc = 2;
inline constexpr int cdn_dc = 203;

/// What the servers do.
struct cdn_rules {
  std::int64_t size = 6 * mib + 777;
  bool allowed = true;  // the source can follow redirects
  bool verify = true;
  std::size_t redirects_from = 0;  // the number of parts that the master serves itself before
  std::size_t redirects_most = 1'000'000;
  int redirect_to = cdn_dc;
  bool redirects_anybody = false;  // also those who did not say that they support it
  bool hashes_in_redirect = true;
  std::vector<server_hash> more_in_redirect;
  bool cdn_hashes = true;
  bool file_hashes = true;
  std::size_t cdn_opens = 1'000'000;          // so many connections to it can be opened
  bool empty = false;                         // the CDN has the file only after a reupload
  std::size_t keeps_for = 0;                  // and forgets it after so many parts; 0: never
  bool forgets_at_once = false;               // a reupload does not help
  std::size_t token_parts = 0;                // of a token; 0: any number
  std::int64_t cdn_dies_after = 1LL << 40;    // bytes; then it resets each connection
  std::int64_t cdn_silent_after = 1LL << 40;  // bytes; then nothing is answered
  std::string cdn_says;                       // 400, to every part
  bool reupload_answers = true;
  std::string reupload_says;  // 400
  double master_rate = 20e6;  // of one connection, bytes a second
  double cdn_rate = 20e6;
  bool lies = false;     // every byte of the CDN is wrong
  int moves_to = 0;      // the master answers FILE_MIGRATE once it redirected
  bool expires = false;  // the file reference, once it redirected
  duration store_takes = std::chrono::milliseconds(1);
  duration reupload_takes{0};
  duration refresh_takes = std::chrono::milliseconds(10);
  int flood_seconds = 1;  // of step_fault::flood
  bool only_read = false;
  duration read_every{0};  // somebody reads a window in order, so far apart; 0: nobody
  duration reads_until = std::chrono::hours(1);  // then no more for half a minute
  std::int64_t bad_for_ever = -1;                // this window of the CDN is wrong each time
};

enum class step_fault { none, lost, reset, error, cut, empty, corrupt, garbage, flood };

class cdn_world {
 public:
  explicit cdn_world(cdn_rules given, engine_config config = {});
  /// To the end of the file. False: stuck, or a rule was broken (`problem`).
  bool run();
  bool identical() const;

  cdn_rules rules;
  /// What meets the n-th request.
  std::function<step_fault(std::size_t n)> fault_at = [](std::size_t) { return step_fault::none; };
  std::int64_t spoils_window = -1;  // of the CDN, the first time
  std::string problem;
  bool complete = false;
  std::string failure;
  file_progress seen;  // when it ended
  std::size_t requests = 0;
  std::size_t redirects = 0;
  std::size_t reuploads = 0;
  std::size_t reuploads_at_once = 0;  // the most of them
  std::size_t refreshes = 0;
  std::size_t most_at_cdn = 0;  // connections open there
  std::size_t opened_at_cdn = 0;
  std::map<part_call, std::size_t> parts;
  std::map<hash_call, std::size_t> questions;
  std::map<int, std::int64_t> bytes_from;  // that were stored, by data centre
  std::map<int, std::size_t> asked_at;
  std::set<std::int64_t> from_cdn;  // windows that lie in the file as the CDN sent them
  time_point now = time_point(std::chrono::hours(1));

 private:
  struct way {
    int dc = 0;
    bool open = false;
    time_point free;
  };
  void read_on(std::int64_t at, duration read);
  void act(const open_connection& what);
  void act(const close_connection& what);
  void act(const send_part& what);
  void act(const send_hashes& what);
  void act(const drop_request&) {}
  void act(const refresh_reference& what);
  void act(const checkpoint& what);
  void act(const file_complete& what);
  void act(const file_failed& what);
  void after(duration wait, std::function<void()> what) { events_.emplace(now + wait, what); }
  void drain();
  void refuse(request_id request, std::int32_t code, const std::string& message);
  // The fault's answer instead of the true one, where it is one.
  bool met(step_fault fault, request_id request, connection_id over);
  void answer_part(const send_part& what, int dc, int token, unsigned reference, step_fault fault);
  void answer_cdn_part(const send_part& what, int token, step_fault fault);
  void answer_hashes(const send_hashes& what, int dc, int token, unsigned reference);
  void give(const send_part& what, int dc, bool corrupt, step_fault fault);
  void redirect(const send_part& what);
  std::vector<server_hash> hashes_from(std::int64_t offset) const;
  duration answer_wait(connection_id over, std::int64_t size);
  void broke(const std::string& rule) {
    if (problem.empty()) problem = rule;
  }

  engine engine_;
  file_id file_{};
  std::multimap<time_point, std::function<void()>> events_;
  std::map<connection_id, way> ways_;
  std::set<std::int64_t> wrong_;                 // windows that lie damaged in the file
  std::map<std::int64_t, std::int64_t> pieces_;  // bytes of windows that are not whole yet
  std::set<std::int64_t> stored_;                // windows that were stored at all
  int token_ = 1;                                // that is good
  int client_token_ = 0;                         // that the client has
  std::size_t token_used_ = 0;
  std::size_t served_by_master_ = 0;
  std::size_t served_by_cdn_ = 0;
  bool uploaded_ = false;
  std::size_t uploading_ = 0;
  int master_ = master_dc;
  unsigned reference_ = 0;
  unsigned client_reference_ = 0;
};

}  // namespace mtfetch::engine
