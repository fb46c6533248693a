// SPDX-License-Identifier: BSL-1.0
// The driver's part for a file that is read while it is fetched: who waits for which bytes.
#include "downloader/transfer/transfer_run.hpp"

#include <asio/error.hpp>
#include <asio/redirect_error.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace mtfetch::transfer {

asio::awaitable<std::shared_ptr<const sink::file_reader>> transfer_run::reader_of(
    engine::range bytes, time_point deadline) {
  const auto self = shared_from_this();
  const auto state = co_await asio::this_coro::cancellation_state;
  const file_state& file = files_.front();
  want_ahead(bytes);
  if (!may_read(bytes) && !file.outcome.code && !closing_) {
    const engine::reader_id id{next_reader_++};
    const auto mine = std::make_shared<waiting_read>(executor_, bytes, deadline);
    reads_.emplace(id, mine);
    want_reads();
    pump();
    while (!may_read(bytes) && !file.outcome.code && !closing_ && now() < deadline) {
      std::error_code woken;
      mine->wake.expires_at(deadline);
      co_await mine->wake.async_wait(asio::redirect_error(asio::use_awaitable, woken));
      if (state.cancelled() != asio::cancellation_type::none) break;
    }
    reads_.erase(id);
    if (file.id && !stopping_) {
      engine_.on_read_over(*file.id, id, now());
      pump();
    }
  }
  if (state.cancelled() != asio::cancellation_type::none || closing_) {
    throw std::system_error(asio::error::operation_aborted);
  }
  if (file.outcome.code) throw error(file.outcome.code, file.outcome.error);
  if (may_read(bytes)) co_return file.reader;
  throw error(make_error_code(client_errc::deadline),
              file.outcome.path.filename().string() + ": " + missing_of(bytes) +
                  " did not come before the deadline of the read");
}

void transfer_run::close() {
  closing_ = true;
  changed_.cancel();
  wake_reads();
}

bool transfer_run::may_read(engine::range bytes) const {
  const file_state& file = files_.front();
  if (file.outcome.code || !file.reader) return false;
  if (file.at == stage::finishing || file.at == stage::over) return true;
  return file.at == stage::fetching && engine_.available(*file.id, bytes);
}

// Tells the engine of reads that it does not know of yet.
void transfer_run::want_reads() {
  const file_state& file = files_.front();
  if (file.at != stage::fetching || !file.id || stopping_) return;
  for (const auto& [id, each] : reads_) {
    if (std::exchange(each->told, true)) continue;
    engine_.on_read_wanted(*file.id, id, each->bytes, each->deadline, now());
  }
}

// Who reads in order finds the next bytes there.
void transfer_run::want_ahead(engine::range bytes) {
  const file_state& file = files_.front();
  if (file.at != stage::fetching || !file.id || stopping_) return;
  const time_point at = now();
  for (const engine::reader_id left : ahead_.abandoned(at)) {
    engine_.on_read_over(*file.id, left, at);
  }
  if (const auto wish = ahead_.on_read(bytes, engine_.goodput(*file.id), at)) {
    engine_.on_read_wanted(*file.id, wish->by, wish->bytes, wish->deadline, at);
  }
  pump();
}

void transfer_run::wake_reads() {
  for (const auto& [id, each] : reads_) {
    if (closing_ || files_.front().outcome.code || may_read(each->bytes)) each->wake.cancel();
  }
}

std::string transfer_run::missing_of(engine::range bytes) const {
  const file_state& file = files_.front();
  const auto is_missing = [&](std::int64_t at) {
    return file.at != stage::fetching || !engine_.available(*file.id, {at, at + 1});
  };
  while (bytes.begin < bytes.end - 1 && !is_missing(bytes.begin)) {
    const std::int64_t next = (bytes.begin / engine::hash_window + 1) * engine::hash_window;
    bytes.begin = std::min(next, bytes.end - 1);
  }
  while (bytes.begin < bytes.end - 1 && !is_missing(bytes.end - 1)) {
    const std::int64_t before = (bytes.end - 1) / engine::hash_window * engine::hash_window;
    bytes.end = std::max(before, bytes.begin + 1);
  }
  return "bytes " + std::to_string(bytes.begin) + " to " + std::to_string(bytes.end - 1);
}

}  // namespace mtfetch::transfer
