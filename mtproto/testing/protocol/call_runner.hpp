// SPDX-License-Identifier: BSL-1.0
// From a serialized call to its outcome: wrappers, layer, rights, the method itself.
#pragma once

#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <string_view>

#include "mtproto/testing/protocol/key_ring.hpp"
#include "mtproto/testing/protocol/method_table.hpp"
#include "mtproto/testing/protocol/wrappers.hpp"

namespace mtfetch::testing {

/// A call that is ready to run, or was refused already.
struct prepared_call {
  const served_method* method = nullptr;  ///< null: refused, or bindTempAuthKey
  bytes storage;                          ///< holds the call where it was rewritten
  shared_bytes query;
  std::int32_t layer = 0;
  std::optional<std::int64_t> takeout;  ///< the session that it came in
  std::optional<refusal> refused;

  byte_view body() const { return storage.empty() ? query.view() : byte_view(storage); }
};

/// Runs calls of one data centre. One thread at a time.
class call_runner {
 public:
  call_runner(world& content, const method_table& methods, key_ring& keys, int dc)
      : content_(content), methods_(methods), keys_(keys), dc_(dc) {}

  /// Takes the wrappers off and remembers what they say about the key; finds the method and checks
  /// who may call it.
  prepared_call prepare(server_key& key, unwrapped_call call, unix_seconds now);
  /// The outcome, in the caller's layer.
  outcome<message_body> run(server_key& key, const prepared_call& call, unix_seconds now);

 private:
  std::optional<refusal> may_run(server_key& key, const served_method& method, unix_seconds now);
  caller caller_of(server_key& key, unix_seconds now);
  const takeout_session* takeout_of(const caller& by, const prepared_call& call) const;

  world& content_;
  const method_table& methods_;
  key_ring& keys_;
  int dc_;
  authorization nobody_;  // of temporary keys that are bound to none
};

}  // namespace mtfetch::testing
