// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/faults/part_conditions.hpp"

namespace mtfetch::testing {

std::optional<fault_action> part_conditions::meet(std::int64_t account, std::size_t size,
                                                  time_point now) {
  const auto right = static_cast<std::int64_t>(size);
  if (const auto refused = budget_.on_request(account, right, now)) {
    return answer_error{420, refused->message()};
  }
  const verdict met = dice_.on_request();
  switch (met.fault) {
    case answer_fault::silence:
      return silence_connection{};
    case answer_fault::stall:
      return drop_answer{};
    case answer_fault::expired:
      return answer_error{400, "FILE_REFERENCE_EXPIRED"};
    case answer_fault::empty:
    case answer_fault::cut:
      return cut_bytes{static_cast<std::size_t>(size_with(met, right))};
    case answer_fault::corrupt:
      return corrupt_bytes{};
    case answer_fault::overlong:
      return extra_bytes{static_cast<std::size_t>(size_with(met, right) - right)};
    case answer_fault::none:
      break;
  }
  return std::nullopt;
}

}  // namespace mtfetch::testing
