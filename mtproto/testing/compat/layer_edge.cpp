// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/compat/layer_edge.hpp"

#include <array>
#include <mtfetch/api/schema.hpp>
#include <mtfetch/api/schema_190.hpp>
#include <mtfetch/api/schema_214.hpp>
#include <mtfetch/api/schema_222.hpp>
#include <mtfetch/api/schema_223.hpp>
#include <mtfetch/api/schema_224.hpp>

#include "mtproto/tl/transcode.hpp"

namespace mtfetch::testing {

namespace {

// The layers that are known by what differs, newest first. One more is one more line.
const tl::schema& schema_for(std::int32_t layer) {
  if (layer >= api_schema().layer()) return api_schema();
  const std::array<const tl::schema*, 5> older{&api_schema_224(), &api_schema_223(),
                                               &api_schema_222(), &api_schema_214(),
                                               &api_schema_190()};
  for (const tl::schema* known : older) {
    if (layer >= known->layer()) return *known;
  }
  return *older.back();
}

}  // namespace

layer_edge::layer_edge(std::int32_t layer) : layer_(layer) {}

bool layer_edge::is_older() const {
  return &schema_for(layer_) != &api_schema();
}

bytes layer_edge::up(byte_view call) const {
  auto mapped = tl::transcode(schema_for(layer_), api_schema(), call);
  if (!mapped) return bytes(call.begin(), call.end());
  return std::move(mapped.data);
}

bytes layer_edge::down(std::string_view method, byte_view result) const {
  return tl::transcode_result(api_schema(), schema_for(layer_), method, result).data;
}

}  // namespace mtfetch::testing
