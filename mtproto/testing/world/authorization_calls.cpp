// SPDX-License-Identifier: BSL-1.0
// Taking an authorization to another data centre. https://core.telegram.org/api/datacenter
#include <algorithm>
#include <mtfetch/api/auth.hpp>

#include "mtproto/testing/protocol/method_table.hpp"
#include "mtproto/testing/world/calls.hpp"
#include "mtproto/testing/world/objects.hpp"

namespace mtfetch::testing {

namespace {

namespace auth = api::auth;

outcome<auth::exportedAuthorization> export_authorization(caller& by,
                                                          const auth::exportAuthorization& asked) {
  const auto& dcs = by.in.options.dcs;
  if (asked.dc_id == by.dc || std::ranges::find(dcs, asked.dc_id) == dcs.end()) {
    return bad_request("DC_ID_INVALID");
  }
  auth::exportedAuthorization made;
  made.id = by.who->id;
  made.bytes = by.in.codes.export_for(by.who->id, by.key.login, asked.dc_id, by.unix_time);
  return made;
}

outcome<auth::Authorization> import_authorization(caller& by,
                                                  const auth::importAuthorization& asked) {
  const auto login = by.in.codes.import_at(asked.bytes, asked.id, by.dc, by.unix_time);
  if (!login) return bad_request("AUTH_BYTES_INVALID");
  const auto* who = by.in.people.find(asked.id);
  if (who == nullptr) return bad_request("USER_ID_INVALID");
  by.key.account = who->id;
  by.key.login = *login;
  by.key.changed = true;
  by.who = who;
  auth::authorization done;
  done.user = user_object(by, *who);
  return auth::Authorization(std::move(done));
}

}  // namespace

void add_authorization_calls(method_table& table) {
  table.add<auth::exportAuthorization>(may_call::signed_in, export_authorization);
  table.add<auth::importAuthorization>(may_call::anybody, import_authorization);
}

}  // namespace mtfetch::testing
