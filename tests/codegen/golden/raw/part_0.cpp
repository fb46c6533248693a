// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#include <golden/raw/piece_0.hpp>

#include "mtproto/tl/codec.hpp"

namespace golden::raw {

void signed_::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, nonce);
  ::mtfetch::tl::get(tl_in, key);
}

void signed_::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, nonce);
  ::mtfetch::tl::put(tl_out, key);
}

void gzip_packed::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, packed_data);
}

void gzip_packed::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, packed_data);
}

void answer::tl_read(::mtfetch::tl::reader& tl_in) {
  ::mtfetch::tl::get(tl_in, req_msg_id);
  ::mtfetch::tl::get_rest(tl_in, result);
}

void answer::tl_write(::mtfetch::tl::writer& tl_out) const {
  ::mtfetch::tl::put(tl_out, req_msg_id);
  ::mtfetch::tl::put_rest(tl_out, result);
}

}  // namespace golden::raw
