// SPDX-License-Identifier: BSL-1.0
#include "mtproto/client/call_outcome.hpp"

#include <utility>

namespace mtfetch::client_impl {
namespace {

bool is_ours(const std::error_category& category) {
  return category == transport_category() || category == security_category() ||
         category == protocol_category() || category == client_category() ||
         category == storage_category() || category == proxy_category();
}

}  // namespace

outcome failed(std::error_code code, std::string why) {
  outcome out;
  out.failed = is_ours(code.category()) ? code : make_error_code(transport_errc::unreachable);
  out.why = std::move(why);
  return out;
}

}  // namespace mtfetch::client_impl
