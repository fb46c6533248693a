// SPDX-License-Identifier: BSL-1.0
#include "mtproto/client/code_routes.hpp"

namespace mtfetch::client_impl {

void describe_route(const api::auth::SentCodeType& type, sent_code& out) {
  using namespace api::auth;
  if (const auto* app = type.get_if<sentCodeTypeApp>()) {
    out.route = code_route::app;
    out.length = app->length;
  } else if (const auto* sms = type.get_if<sentCodeTypeSms>()) {
    out.route = code_route::sms;
    out.length = sms->length;
  } else if (const auto* call = type.get_if<sentCodeTypeCall>()) {
    out.route = code_route::call;
    out.length = call->length;
  } else if (const auto* flash = type.get_if<sentCodeTypeFlashCall>()) {
    out.route = code_route::flash_call;
    out.hint = flash->pattern;
  } else if (const auto* missed = type.get_if<sentCodeTypeMissedCall>()) {
    out.route = code_route::missed_call;
    out.length = missed->length;
    out.hint = missed->prefix;
  } else if (const auto* mail = type.get_if<sentCodeTypeEmailCode>()) {
    out.route = code_route::email;
    out.length = mail->length;
    out.hint = mail->email_pattern;
  } else if (type.is<sentCodeTypeSetUpEmailRequired>()) {
    out.route = code_route::email_setup;
  } else if (const auto* fragment = type.get_if<sentCodeTypeFragmentSms>()) {
    out.route = code_route::fragment;
    out.length = fragment->length;
    out.hint = fragment->url;
  } else if (const auto* firebase = type.get_if<sentCodeTypeFirebaseSms>()) {
    out.route = code_route::firebase;
    out.length = firebase->length;
  } else if (const auto* word = type.get_if<sentCodeTypeSmsWord>()) {
    out.route = code_route::word;
    out.hint = word->beginning.value_or("");
  } else if (const auto* phrase = type.get_if<sentCodeTypeSmsPhrase>()) {
    out.route = code_route::phrase;
    out.hint = phrase->beginning.value_or("");
  }
}

code_route route_of(const api::auth::CodeType& type) {
  using namespace api::auth;
  if (type.is<codeTypeSms>()) return code_route::sms;
  if (type.is<codeTypeCall>()) return code_route::call;
  if (type.is<codeTypeFlashCall>()) return code_route::flash_call;
  if (type.is<codeTypeMissedCall>()) return code_route::missed_call;
  if (type.is<codeTypeFragmentSms>()) return code_route::fragment;
  return code_route::unknown;
}

}  // namespace mtfetch::client_impl
