// SPDX-License-Identifier: BSL-1.0
#include "mtproto/client/request_header.hpp"

#include "mtproto/tl/object.hpp"

#include <mtfetch/api/base.hpp>

namespace mtfetch::client_impl {

// The inner call is the last field of each wrapper, so that a wrapper around nothing is a prefix.

bytes session_header(const config& settings) {
  api::initConnection init;
  init.api_id = settings.api_id;
  init.device_model = settings.device_model;
  init.system_version = settings.system_version;
  init.app_version = settings.app_version;
  init.system_lang_code = settings.lang;
  init.lang_code = settings.lang;
  api::invokeWithLayer layer;
  layer.layer = api_layer;
  layer.query = tl::serialize(init);
  return tl::serialize(layer);
}

bytes cdn_session_header(config settings) {
  settings.device_model = settings.system_version = settings.app_version = "n/a";
  settings.lang = "en";
  return session_header(settings);
}

bytes without_updates_header() {
  return tl::serialize(api::invokeWithoutUpdates());
}

bytes takeout_header(std::int64_t id) {
  api::invokeWithTakeout wrapper;
  wrapper.takeout_id = id;
  return tl::serialize(wrapper);
}

}  // namespace mtfetch::client_impl
