// SPDX-License-Identifier: BSL-1.0
// What a simulated master and its CDN answer for one file. https://core.telegram.org/cdn
#pragma once

#include "downloader/engine/decision.hpp"

#include <cstdint>

namespace mtfetch::simulation {

/// Without `redirects` the master serves every part itself.
struct cdn_conditions {
  bool redirects = false;
  bool empty = false;             ///< the CDN has a file only after a reupload
  std::uint64_t keeps_for = 0;    ///< and forgets it after so many parts; 0: never
  std::uint64_t token_parts = 0;  ///< a token is good for so many parts; 0: for ever
};

class cdn_server {
 public:
  enum class answer { bytes, redirect, reupload_needed, token_lapsed };

  explicit cdn_server(cdn_conditions given) : given_(given) {}

  /// A part that is asked for with the token of the redirect that was followed last.
  answer on_part(engine::part_call call) {
    if (call == engine::part_call::get_file) return answer::bytes;
    if (call == engine::part_call::get_file_or_redirect) {
      return given_.redirects ? answer::redirect : answer::bytes;
    }
    if (token_ != followed_) return answer::token_lapsed;
    if (given_.token_parts != 0 && ++served_ % given_.token_parts == 0) {
      ++token_;
      return answer::token_lapsed;
    }
    if (given_.empty && !uploaded_) return answer::reupload_needed;
    if (given_.keeps_for != 0 && ++kept_ % given_.keeps_for == 0) uploaded_ = false;
    return answer::bytes;
  }
  void on_followed() { followed_ = token_; }
  void on_reupload() { uploaded_ = true; }

 private:
  cdn_conditions given_;
  std::uint64_t token_ = 1;
  std::uint64_t followed_ = 0;
  std::uint64_t served_ = 0;
  std::uint64_t kept_ = 0;
  bool uploaded_ = false;
};

}  // namespace mtfetch::simulation
