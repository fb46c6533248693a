// SPDX-License-Identifier: BSL-1.0
// The TL reader: by generated types, and by the schema to JSON and back.
#include <mtfetch/api/schema.hpp>
#include <mtfetch/mtproto_types.hpp>

#include <variant>

#include "mtproto/tl/dynamic.hpp"
#include "mtproto/tl/gzip.hpp"
#include "mtproto/tl/object.hpp"
#include "tests/fuzz/targets.hpp"

namespace mtfetch::fuzz {

namespace {

// What was read can be written, and then read and written the same.
template <class... T>
void read_each_as(byte_view input) {
  const auto one = [&]<class As>(std::type_identity<As>) {
    const auto value = tl::parse<As>(input);
    if (!value) return;
    const bytes written = tl::serialize(*value);
    const auto again = tl::parse<As>(written);
    require(bool(again), "what was written can be read");
    require(tl::serialize(*again) == written, "a value is written the same each time");
  };
  (one(std::type_identity<T>()), ...);
}

void as_json(byte_view boxed) {
  const auto text = tl::to_json(api_schema(), boxed);
  if (!text) return;
  const auto back = tl::from_json(api_schema(), *text);
  require(std::holds_alternative<bytes>(back), "the JSON of a value is a value");
  const auto again = tl::to_json(api_schema(), std::get<bytes>(back));
  require(again && *again == *text, "a value's JSON is the same each time");
  require(bool(tl::format(api_schema(), boxed)), "what has JSON can be printed");
}

}  // namespace

// Any bytes as a boxed value.
void tl_values(byte_view input) {
  read_each_as<mtproto::resPQ, mtproto::Server_DH_Params, mtproto::server_DH_inner_data,
               mtproto::Set_client_DH_params_answer, mtproto::rpc_error, mtproto::msgs_ack,
               mtproto::bad_server_salt, mtproto::new_session_created, mtproto::future_salts,
               mtproto::msgs_state_info, mtproto::msgs_all_info, mtproto::msg_detailed_info,
               std::vector<std::int64_t>, std::vector<std::string>>(input);
  as_json(input);
  (void)tl::gunzip(input, 1 << 20);
}

// Any text as the JSON of a value.
void tl_json(byte_view input) {
  const auto value = tl::from_json(api_schema(), as_text(input));
  if (const auto* boxed = std::get_if<bytes>(&value)) as_json(*boxed);
}

}  // namespace mtfetch::fuzz
