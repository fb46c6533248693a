// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/protocol/wrappers.hpp"

#include <mtfetch/api/base.hpp>
#include <mtfetch/mtproto_types.hpp>

#include "mtproto/tl/gzip.hpp"
#include "mtproto/tl/object.hpp"

namespace mtfetch::testing {

namespace {

constexpr int most_wrappers = 16;
constexpr std::size_t most_unpacked = std::size_t{10} << 20;

template <class M>
result<M> read(const shared_bytes& call) {
  return tl::parse<M>(call.view(), call.owner());
}

// Takes one wrapper off. False: there is none.
std::variant<bool, refusal> take_off(unwrapped_call& call) {
  const refusal broken = bad_request("INPUT_FETCH_ERROR");
  switch (tl::reader(call.query.view()).u32()) {
    case api::invokeWithLayer::tl_id: {
      auto wrapper = read<api::invokeWithLayer>(call.query);
      if (!wrapper) return broken;
      if (wrapper->layer < 1) return bad_request("CONNECTION_LAYER_INVALID");
      call.layer = wrapper->layer;
      call.query = std::move(wrapper->query);
      return true;
    }
    case api::initConnection::tl_id: {
      auto wrapper = read<api::initConnection>(call.query);
      if (!wrapper) return broken;
      call.initialised = true;
      call.api_id = wrapper->api_id;
      call.query = std::move(wrapper->query);
      return true;
    }
    case api::invokeAfterMsg::tl_id: {
      auto wrapper = read<api::invokeAfterMsg>(call.query);
      if (!wrapper) return broken;
      call.after.push_back(wrapper->msg_id);
      call.bare = false;
      call.query = std::move(wrapper->query);
      return true;
    }
    case api::invokeAfterMsgs::tl_id: {
      auto wrapper = read<api::invokeAfterMsgs>(call.query);
      if (!wrapper) return broken;
      call.after.insert(call.after.end(), wrapper->msg_ids.begin(), wrapper->msg_ids.end());
      call.bare = false;
      call.query = std::move(wrapper->query);
      return true;
    }
    case api::invokeWithoutUpdates::tl_id: {
      auto wrapper = read<api::invokeWithoutUpdates>(call.query);
      if (!wrapper) return broken;
      call.without_updates = true;
      call.bare = false;
      call.query = std::move(wrapper->query);
      return true;
    }
    case api::invokeWithTakeout::tl_id: {
      auto wrapper = read<api::invokeWithTakeout>(call.query);
      if (!wrapper) return broken;
      call.takeout = wrapper->takeout_id;
      call.bare = false;
      call.query = std::move(wrapper->query);
      return true;
    }
    case api::invokeWithMessagesRange::tl_id: {
      auto wrapper = read<api::invokeWithMessagesRange>(call.query);
      if (!wrapper) return broken;
      call.bare = false;
      call.query = std::move(wrapper->query);
      return true;
    }
    case mtproto::gzip_packed::tl_id: {
      tl::reader packed(call.query.view().subspan(4));
      auto inflated = tl::gunzip(packed.bytes_view(), most_unpacked);
      if (!inflated) return broken;
      call.query = std::move(*inflated);
      return true;
    }
    default:
      return false;
  }
}

}  // namespace

std::variant<unwrapped_call, refusal> unwrap(const shared_bytes& call) {
  unwrapped_call inner;
  inner.query = call;
  for (int depth = 0; depth < most_wrappers; ++depth) {
    auto taken = take_off(inner);
    if (auto* refused = std::get_if<refusal>(&taken)) return std::move(*refused);
    if (!std::get<bool>(taken)) return inner;
  }
  return bad_request("INPUT_FETCH_ERROR");
}

}  // namespace mtfetch::testing
