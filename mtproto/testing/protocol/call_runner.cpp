// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/protocol/call_runner.hpp"

#include <mtfetch/api/help.hpp>
#include <mtfetch/api/upload.hpp>

#include "mtproto/testing/compat/layer_edge.hpp"
#include "mtproto/tl/reader.hpp"

namespace mtfetch::testing {

prepared_call call_runner::prepare(server_key& key, unwrapped_call call, unix_seconds now) {
  prepared_call ready;
  const auto refuse = [&](std::int32_t code, std::string error) {
    ready.refused = refusal{code, std::move(error)};
    return std::move(ready);
  };
  if (call.layer && call.initialised) {
    const cluster_options& options = content_.options;
    if (options.api_id != 0 && call.api_id != options.api_id) {
      return refuse(400, "CONNECTION_API_ID_INVALID");
    }
    if (key.layer != *call.layer) {
      key.layer = *call.layer;
      key.changed = true;
    }
  }
  if (key.layer == 0) return refuse(400, "CONNECTION_NOT_INITED");
  // https://core.telegram.org/cdn: one method, and nothing around it but the header.
  if (dc_ == content_.options.cdn_dc && !call.bare) return refuse(400, "CDN_METHOD_INVALID");
  ready.layer = call.layer.value_or(key.layer);
  ready.query = std::move(call.query);
  ready.takeout = call.takeout;

  const layer_edge edge(ready.layer);
  if (edge.is_older()) ready.storage = edge.up(ready.query.view());
  ready.method = methods_.find(tl::reader(ready.body()).u32());
  if (ready.method == nullptr) return refuse(400, "INPUT_METHOD_INVALID");
  ready.refused = may_run(key, *ready.method, now);
  if (!ready.refused && ready.takeout && takeout_of(caller_of(key, now), ready) == nullptr) {
    return refuse(400, "TAKEOUT_INVALID");
  }
  return ready;
}

caller call_runner::caller_of(server_key& key, unix_seconds now) {
  authorization* allowed = keys_.allowed(key, now);
  caller by{content_, dc_, allowed == nullptr ? nobody_ : *allowed, now, nullptr};
  if (by.key.account != 0) by.who = content_.people.find(by.key.account);
  return by;
}

// https://core.telegram.org/api/takeout: of the caller's own account, and not over.
const takeout_session* call_runner::takeout_of(const caller& by, const prepared_call& call) const {
  if (!call.takeout || by.who == nullptr) return nullptr;
  return content_.exports.find(by.who->id, *call.takeout);
}

std::optional<refusal> call_runner::may_run(server_key& key, const served_method& method,
                                            unix_seconds now) {
  // https://core.telegram.org/cdn: nobody is signed in there, and there is one method.
  if (dc_ == content_.options.cdn_dc) {
    if (method.name == api::upload::getCdnFile::tl_name) return std::nullopt;
    return bad_request("CDN_METHOD_INVALID");
  }
  // A temporary key that is bound to none may ask where the data centres are, and nothing else.
  // https://core.telegram.org/api/pfs
  if (keys_.allowed(key, now) == nullptr && method.name != api::help::getConfig::tl_name &&
      method.name != api::help::getNearestDc::tl_name) {
    return refusal{401, "AUTH_KEY_PERM_EMPTY"};
  }
  if (method.who == may_call::anybody) return std::nullopt;
  const caller by = caller_of(key, now);
  if (by.who == nullptr) return refusal{401, "AUTH_KEY_UNREGISTERED"};
  if (method.who == may_call::people && by.who->is_bot) return bad_request("BOT_METHOD_INVALID");
  return std::nullopt;
}

outcome<message_body> call_runner::run(server_key& key, const prepared_call& call,
                                       unix_seconds now) {
  caller by = caller_of(key, now);
  by.takeout = takeout_of(by, call);
  auto made = call.method->run(by, call.body());
  const layer_edge edge(call.layer);
  if (auto* body = std::get_if<message_body>(&made); body != nullptr && edge.is_older()) {
    // Files look the same in every layer, so only results in memory are rewritten.
    if (auto* plain = std::get_if<bytes>(body)) {
      *plain = edge.down(call.method->name, *plain);
      if (plain->empty()) return refusal{500, "RPC_CALL_FAIL"};
    }
  }
  return made;
}

}  // namespace mtfetch::testing
