// SPDX-License-Identifier: BSL-1.0
// Which methods are served, who may call them, and what runs them.
#pragma once

#include <cstdint>
#include <functional>
#include <mtfetch/bytes.hpp>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>

#include "mtproto/testing/protocol/message_body.hpp"
#include "mtproto/testing/world/caller.hpp"
#include "mtproto/tl/object.hpp"

namespace mtfetch::testing {

enum class may_call : std::uint8_t {
  anybody,    ///< signed in or not
  signed_in,  ///< any account
  people,     ///< not bots: BOT_METHOD_INVALID
};

struct served_method {
  std::string_view name;
  may_call who = may_call::signed_in;
  /// Runs a serialized call of the newest layer and gives the serialized result.
  std::function<outcome<message_body>(caller&, byte_view)> run;
};

/// Filled once, then constant.
class method_table {
 public:
  /// `run` takes (caller&, const M&) and gives outcome<M::result>, or outcome<message_body> where
  /// the result is written without its type.
  template <class M, class Run>
  void add(may_call who, Run run) {
    served_method method;
    method.name = M::tl_name;
    method.who = who;
    method.run = [run = std::move(run)](caller& by, byte_view body) -> outcome<message_body> {
      auto request = tl::parse<M>(body);
      if (!request) return bad_request(name_of(request.error()));
      auto made = run(by, std::as_const(*request));
      if (auto* refused = std::get_if<refusal>(&made)) return std::move(*refused);
      if constexpr (std::is_same_v<decltype(made), outcome<message_body>>) {
        return std::move(std::get<message_body>(made));
      } else {
        return message_body(tl::serialize(std::get<0>(made)));
      }
    };
    methods_.emplace(M::tl_id, std::move(method));
  }

  /// A method whose request and result are not worth a type: `run` takes the serialized call.
  void add_raw(std::uint32_t id, std::string_view name, may_call who,
               std::function<outcome<message_body>(caller&, byte_view)> run);

  /// Null when the method is not served.
  const served_method* find(std::uint32_t id) const;

 private:
  static std::string name_of(std::error_code failed);

  std::unordered_map<std::uint32_t, served_method> methods_;
};

}  // namespace mtfetch::testing
