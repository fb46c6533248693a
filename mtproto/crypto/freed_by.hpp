// SPDX-License-Identifier: BSL-1.0
// Ownership of OpenSSL's objects.
#pragma once

namespace mtfetch::crypto {

/// The deleter of a unique_ptr to an object that OpenSSL frees by this function.
template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* it) const {
    Free(it);
  }
};

}  // namespace mtfetch::crypto
