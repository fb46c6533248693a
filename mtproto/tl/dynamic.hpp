// SPDX-License-Identifier: BSL-1.0
// Serialized values as JSON and back, and as one line for people, by a schema at run time.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "mtfetch/bytes.hpp"
#include "mtfetch/result.hpp"
#include "mtproto/tl/schema.hpp"

namespace mtfetch::tl {

struct json_options {
  unsigned indent = 0;  ///< spaces a level; zero: all on one line
};

/// A boxed value (or method call) as JSON:
/// `{"_":"inputPeerUser","user_id":1,"access_hash":2}`. int and long are JSON integers, bytes are
/// base64, int128 and int256 hex, Bool and set `true` flags are true, absent fields are left out.
/// So that nothing is lost: a string that is not UTF-8 is `{"$bytes":base64}`, a double that JSON
/// has no number for `{"$double":16 hex digits}`, a `!X` or `Object` the schema cannot explain
/// `{"$raw":base64}`, and flag bits without a field stand under the name of their word.
/// Malformed data, and data left over, give the error of the reader.
result<std::string> to_json(const schema& in, byte_view boxed, json_options options = {});

/// The same for what a method returns, which may be a bare Vector or a Bool. `unknown_constructor`
/// when there is no method of this id. For methods that return X, the id is the inner call's.
result<std::string> result_to_json(const schema& in, std::uint32_t method_id, byte_view body,
                                   json_options options = {});

/// Where JSON does not fit its TL type, and why.
struct json_problem {
  std::string path;  ///< "location.id", "items[3].title"; empty for the value itself
  std::string what;  ///< "expected an integer"
  /// "location.id: expected an integer"
  std::string sentence() const { return path.empty() ? what : path + ": " + what; }
};

/// The reverse of to_json: the boxed bytes, or the first problem. Also taken: long as a decimal
/// string, null for an absent field. "_" may be left out where the class has one constructor, and
/// at the top when `name` says which constructor or method it is.
std::variant<bytes, json_problem> from_json(const schema& in, std::string_view json,
                                            std::string_view name = {});

/// A boxed value as one line for people; long strings, bytes and vectors are cut short:
/// `inputPeerUser{user_id: 1, access_hash: 2}`.
result<std::string> format(const schema& in, byte_view boxed);

}  // namespace mtfetch::tl
