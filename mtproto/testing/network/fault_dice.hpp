// SPDX-License-Identifier: BSL-1.0
// What goes wrong with an answer, drawn from a seed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mtfetch/network_conditions.hpp>

#include "mtproto/testing/network/seeded_stream.hpp"

namespace mtfetch::testing {

/// In the order in which they are tried: where several would hit, the first does.
enum class answer_fault {
  none,
  silence,   ///< network_model::silence() the connection
  stall,     ///< taken, and never answered
  expired,   ///< FILE_REFERENCE_EXPIRED
  empty,     ///< no bytes
  cut,       ///< fewer bytes than asked for
  overlong,  ///< more bytes than asked for
  corrupt,   ///< some bytes are others
};

/// One fault of an answer, with what its kind needs to be told apart from the next of its kind.
struct verdict {
  answer_fault fault = answer_fault::none;
  /// For corrupt, cut and overlong: which byte, and how many, as a share from 0 up to 1.
  double where = 0;
};

/// The n-th answer's verdict depends on the seed, the chances and n alone, and a chance that is
/// changed does not move where the others hit.
class fault_dice {
 public:
  explicit fault_dice(const network_conditions& conditions);

  verdict on_request();

  std::uint64_t asked() const { return asked_; }
  /// How often this was the verdict.
  std::uint64_t drawn(answer_fault fault) const {
    return drawn_.at(static_cast<std::size_t>(fault));
  }

 private:
  std::uint64_t seed_;
  std::array<double, 8> chances_;  // by answer_fault
  std::uint64_t asked_ = 0;
  std::array<std::uint64_t, 8> drawn_{};
};

/// The size of an answer that should have `right` bytes.
std::int64_t size_with(const verdict& met, std::int64_t right);

}  // namespace mtfetch::testing
