// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/source.hpp"

#include <mtfetch/error.hpp>

#include <utility>

namespace mtfetch::transfer {
namespace {

using refresh_one = std::function<asio::awaitable<media>(media lapsed)>;

asio::awaitable<std::vector<refreshed_media>> refresh_in_turn(refresh_one one,
                                                              std::vector<media> lapsed) {
  std::vector<refreshed_media> out;
  out.reserve(lapsed.size());
  for (media& file : lapsed) {
    refreshed_media& fresh = out.emplace_back();
    fresh.file = std::move(file);
    try {
      media asked = fresh.file;
      fresh.file = co_await one(std::move(asked));
    } catch (const error& failed) {
      const std::error_category& of = failed.code().category();
      if (of != link_category() && of != storage_category()) throw;
      fresh.code = failed.code();
      fresh.error = failed.what();
    }
  }
  co_return out;
}

}  // namespace

std::function<asio::awaitable<std::vector<refreshed_media>>(std::vector<media> lapsed)>
refresh_each(refresh_one one) {
  return [one = std::move(one)](std::vector<media> lapsed) {
    return refresh_in_turn(one, std::move(lapsed));
  };
}

}  // namespace mtfetch::transfer
