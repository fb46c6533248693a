// SPDX-License-Identifier: BSL-1.0
// Serialized values of one layer as those of another, by the names of constructors and fields.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "mtfetch/bytes.hpp"
#include "mtproto/tl/schema.hpp"

namespace mtfetch::tl {

/// The outcome: the bytes, and what of the value they do not hold. With an error there are none.
struct transcoded {
  bytes data;
  /// Malformed input gives the reader's error; a value that the other schema cannot say gives
  /// `unknown_constructor`, and `problem` names it.
  std::error_code error;
  std::string problem;
  std::size_t dropped_fields = 0;   ///< fields that were set and that the other schema lacks
  std::size_t dropped_items = 0;    ///< items of vectors that the other schema cannot say
  std::vector<std::string> losses;  ///< the first 16 of both by name: "user.bot_active_users"
  explicit operator bool() const { return !error; }
};

/// A boxed value or call of `from` as `to` spells it: requests of an older layer go up this way.
/// A field that `to` lacks is dropped. One that `from` lacks is absent, or where it is needed zero
/// or empty. Where a field's type differs, int and long, string and bytes, Bool and a `true` flag
/// become each other, and a class gives or takes the value it is made around (StarsAmount and
/// long); else it counts as lacking. A constructor that `to` does not have takes the innermost
/// optional field or vector item around it with it; where there is none the whole is an error.
/// gzip_packed values are opened before, not here.
transcoded transcode(const schema& from, const schema& to, byte_view boxed);

/// The same for what a method returns, by each schema's own result type: answers go down this way.
/// `method` is the name of the inner call when it was wrapped.
transcoded transcode_result(const schema& from, const schema& to, std::string_view method,
                            byte_view body);

}  // namespace mtfetch::tl
