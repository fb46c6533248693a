// SPDX-License-Identifier: BSL-1.0
// The driver's half that acts on decisions and brings answers back.
#include "downloader/transfer/transfer_run.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>

#include <utility>

namespace mtfetch::transfer {
namespace {

// What went wrong with a call: an answer of the server, or no answer.
struct call_failure {
  std::optional<rpc_failure> refused;
  std::error_code code;
  std::string sentence;
};

// In a handler of its own, because a handler may not await. To be called within one.
call_failure caught() {
  call_failure failed;
  try {
    throw;
  } catch (const rpc_error& refused) {
    failed.refused = refused.failure();
    failed.code = refused.code();
    failed.sentence = refused.what();
  } catch (const std::system_error& lost) {
    failed.code = lost.code();
    failed.sentence = lost.what();
  }
  return failed;
}

}  // namespace

void transfer_run::pump() {
  while (!stopping_) {
    const std::optional<engine::decision> next = engine_.poll_decision();
    if (!next) break;
    std::visit([this](const auto& what) { act(what); }, *next);
  }
  arm();
}

void transfer_run::arm() {
  if (stopping_) return;
  const time_point due = engine_.deadline();
  if (due == deadline_.expiry()) return;
  deadline_.expires_at(due);
  if (due == no_deadline) return;
  deadline_.async_wait([self = shared_from_this()](std::error_code cancelled) {
    if (cancelled || self->stopping_) return;
    self->deadline_.expires_at(no_deadline);  // so that the same moment may be armed again
    self->engine_.on_deadline(now());
    self->pump();
  });
}

void transfer_run::spawn(asio::awaitable<void> work, signal cancels) {
  ++coroutines_;
  auto over = [self = shared_from_this(), cancels](std::exception_ptr unexpected) {
    --self->coroutines_;
    self->refreshing_.erase(cancels);
    self->changed_.cancel();
    // Only what is no system_error comes here: a defect, which must not pass for a network's fault.
    if (unexpected) std::rethrow_exception(unexpected);
  };
  asio::co_spawn(executor_, std::move(work),
                 asio::bind_cancellation_slot(cancels->slot(), std::move(over)));
}

void transfer_run::act(const engine::open_connection& what) {
  const signal cancels = std::make_shared<asio::cancellation_signal>();
  opening_[what.connection] = cancels;
  spawn(open(what.connection, what.dc), cancels);
}

asio::awaitable<void> transfer_run::open(engine::connection_id id, int dc) {
  const auto self = shared_from_this();
  open_source opened;
  std::optional<call_failure> failed;
  try {
    opened = co_await from_.open(dc);
  } catch (const std::system_error&) {
    failed = caught();
  }
  if (opening_.erase(id) == 0 || stopping_) {  // closed again, or all of it is over
    if (opened.close) opened.close();
    co_return;
  }
  if (failed) {
    engine_.on_connection_lost(id, failed->code, failed->sentence, now());
  } else {
    connections_[id] = std::make_shared<open_source>(std::move(opened));
    engine_.on_connected(id, now());
  }
  pump();
}

void transfer_run::act(const engine::close_connection& what) {
  const auto opening = opening_.find(what.connection);
  if (opening != opening_.end()) {
    const signal cancels = opening->second;
    opening_.erase(opening);
    cancels->emit(asio::cancellation_type::terminal);
  }
  const auto over = connections_.find(what.connection);
  if (over == connections_.end()) return;
  const std::shared_ptr<open_source> closed = over->second;
  connections_.erase(over);
  closed->close();
}

void transfer_run::act(const engine::send_part& what) {
  const signal cancels = std::make_shared<asio::cancellation_signal>();
  requests_[what.request] = cancels;
  spawn(fetch_part(what, file_of(what.file).what.location), cancels);
}

asio::awaitable<void> transfer_run::fetch_part(engine::send_part what, shared_bytes location) {
  const auto self = shared_from_this();
  std::optional<call_failure> failed;
  shared_bytes data;
  const auto over = connections_.find(what.connection);
  if (over == connections_.end()) {  // closed meanwhile: the engine has forgotten the request
    requests_.erase(what.request);
    co_return;
  }
  const std::shared_ptr<open_source> kept = over->second;
  try {
    data = co_await kept->get_part(std::move(location), what.what.offset, what.what.limit);
  } catch (const std::system_error&) {
    failed = caught();
  }
  if (requests_.erase(what.request) == 0 || stopping_) co_return;  // dropped
  if (!failed) {
    const auto size = static_cast<std::int64_t>(data.size());
    if (engine_.on_part(what.request, size, now())) {
      store(index_of_.at(what.file), what.what, std::move(data));
    }
  } else if (failed->refused) {
    engine_.on_rpc_failure(what.request, *failed->refused, now());
  } else {
    engine_.on_request_lost(what.request, failed->code, failed->sentence, now());
  }
  pump();
}

void transfer_run::act(const engine::send_hashes& what) {
  const signal cancels = std::make_shared<asio::cancellation_signal>();
  requests_[what.request] = cancels;
  spawn(fetch_hashes(what, file_of(what.file).what.location), cancels);
}

asio::awaitable<void> transfer_run::fetch_hashes(engine::send_hashes what, shared_bytes location) {
  const auto self = shared_from_this();
  std::optional<call_failure> failed;
  std::vector<engine::server_hash> hashes;
  const auto over = connections_.find(what.connection);
  if (over == connections_.end()) {  // closed meanwhile: the engine has forgotten the request
    requests_.erase(what.request);
    co_return;
  }
  const std::shared_ptr<open_source> kept = over->second;
  try {
    hashes = co_await kept->get_hashes(std::move(location), what.offset);
  } catch (const std::system_error&) {
    failed = caught();
  }
  if (requests_.erase(what.request) == 0 || stopping_) co_return;
  if (!failed) {
    engine_.on_hashes(what.request, hashes, now());
    hash_whole(index_of_.at(what.file));
  } else if (failed->refused) {
    engine_.on_rpc_failure(what.request, *failed->refused, now());
  } else {
    engine_.on_request_lost(what.request, failed->code, failed->sentence, now());
  }
  pump();
}

void transfer_run::act(const engine::drop_request& what) {
  const auto made = requests_.find(what.request);
  if (made == requests_.end()) return;
  const signal cancels = made->second;
  requests_.erase(made);
  cancels->emit(asio::cancellation_type::terminal);
}

void transfer_run::act(const engine::refresh_reference& what) {
  const signal cancels = std::make_shared<asio::cancellation_signal>();
  refreshing_.insert(cancels);
  spawn(refresh(what.file, file_of(what.file).what), cancels);
}

asio::awaitable<void> transfer_run::refresh(engine::file_id id, media lapsed) {
  const auto self = shared_from_this();
  std::optional<call_failure> failed;
  media fresh;
  try {
    fresh = co_await from_.refresh(std::move(lapsed));
  } catch (const std::system_error&) {
    failed = caught();
  }
  const auto owner = index_of_.find(id);
  if (stopping_ || owner == index_of_.end()) co_return;
  if (failed) {
    engine_.on_reference_failed(id, failed->code, failed->sentence, now());
  } else {
    files_[owner->second].what.location = fresh.location;
    files_[owner->second].what.file_reference = fresh.file_reference;
    engine_.on_reference(id, now());
  }
  pump();
}

void transfer_run::act(const engine::checkpoint& what) {
  write_checkpoint(index_of_.at(what.file), what.windows);
}

void transfer_run::act(const engine::file_complete& what) {
  finish(index_of_.at(what.file));
}

void transfer_run::act(const engine::file_failed& what) {
  give_up(index_of_.at(what.file), failure{what.code, what.sentence});
}

}  // namespace mtfetch::transfer
