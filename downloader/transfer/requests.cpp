// SPDX-License-Identifier: BSL-1.0
// The driver's half that acts on decisions and brings answers back.
#include "downloader/transfer/cdn_cipher.hpp"
#include "downloader/transfer/transfer_run.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>

#include <algorithm>
#include <utility>

namespace mtfetch::transfer {
namespace {

// How a call ended: with its answer; else, with what the server or the network had against it.
template <class T>
struct ended_call {
  std::optional<T> answer;
  std::optional<rpc_failure> refused;
  std::error_code code;
  std::string sentence;
};

template <class T>
asio::awaitable<ended_call<T>> end_of(asio::awaitable<T> call) {
  ended_call<T> out;
  try {
    out.answer = co_await std::move(call);
  } catch (const std::system_error& failed) {
    if (const auto* refusal = dynamic_cast<const rpc_error*>(&failed)) {
      out.refused = refusal->failure();
    }
    out.code = failed.code();
    out.sentence = failed.what();
  }
  co_return out;
}

refreshed_media not_answered() {
  refreshed_media none;
  none.code = make_error_code(link_errc::not_found);
  none.error = "its file reference was not read";
  return none;
}

}  // namespace

void transfer_run::pump() {
  while (!stopping_) {
    const std::optional<engine::decision> next = engine_.poll_decision();
    if (!next) break;
    std::visit([this](const auto& what) { act(what); }, *next);
  }
  refresh_lapsed();
  tell_parts();
  arm();
  wake_reads();
}

void transfer_run::arm() {
  if (stopping_) return;
  const time_point due = std::min(engine_.deadline(), references_.deadline());
  if (due == deadline_.expiry()) return;
  deadline_.expires_at(due);
  if (due == no_deadline) return;
  deadline_.async_wait([self = shared_from_this()](std::error_code cancelled) {
    if (cancelled || self->stopping_) return;
    self->deadline_.expires_at(no_deadline);  // so that the same moment may be armed again
    for (const auto& [id, over] : self->connections_) {
      if (over->last_heard) self->engine_.on_bytes(id, over->last_heard());
    }
    self->engine_.on_deadline(now());
    self->pump();
  });
}

void transfer_run::spawn(asio::awaitable<void> work, const signal& cancels) {
  ++coroutines_;
  auto over = [self = shared_from_this(), cancels](const std::exception_ptr& unexpected) {
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
  auto opened = co_await end_of(from_.open(dc));
  if (opening_.erase(id) == 0 || stopping_) {  // closed again, or all of it is over
    if (opened.answer && opened.answer->close) opened.answer->close();
    co_return;
  }
  if (opened.answer) {
    connections_[id] = std::make_shared<open_source>(std::move(*opened.answer));
    engine_.on_connected(id, now());
  } else {
    engine_.on_connection_lost(id, opened.code, opened.sentence, now());
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

template <class Call, class Use>
void transfer_run::ask(engine::request_id request, engine::connection_id over, Call call, Use use) {
  const signal cancels = std::make_shared<asio::cancellation_signal>();
  requests_[request] = cancels;
  spawn(fetch(request, over, std::move(call), std::move(use)), cancels);
}

template <class Call, class Use>
asio::awaitable<void> transfer_run::fetch(engine::request_id request, engine::connection_id over,
                                          Call call, Use use) {
  const auto self = shared_from_this();
  const auto open = connections_.find(over);
  if (open == connections_.end()) {  // closed meanwhile: the engine has forgotten the request
    requests_.erase(request);
    co_return;
  }
  const std::shared_ptr<open_source> kept = open->second;
  auto ended = co_await end_of(call(*kept));
  if (requests_.erase(request) == 0 || stopping_) co_return;  // dropped
  if (ended.answer) {
    use(std::move(*ended.answer));
  } else if (ended.refused) {
    engine_.on_rpc_failure(request, *ended.refused, now());
  } else {
    engine_.on_request_lost(request, ended.code, ended.sentence, now());
  }
  pump();
}

void transfer_run::act(const engine::send_part& what) {
  if (what.call == engine::part_call::get_cdn_file) {
    get_cdn_part(what);
  } else {
    get_part(what);
  }
}

void transfer_run::get_part(const engine::send_part& what) {
  const cdn_support cdn =
      what.call == engine::part_call::get_file_or_redirect ? cdn_support::yes : cdn_support::no;
  auto call = [location = file_of(what.file).what.location, what, cdn](const open_source& from) {
    return from.get_part(location, what.what.offset, what.what.limit, cdn);
  };
  ask(what.request, what.connection, std::move(call), [this, what](part_answer answer) {
    auto* redirect = std::get_if<cdn_redirect>(&answer);
    if (redirect == nullptr) {
      arrived(what, std::move(std::get<shared_bytes>(answer)));
    } else if (engine_.on_cdn_redirect(what.request, redirect->dc, redirect->hashes, now())) {
      redirect->hashes.clear();
      file_of(what.file).redirect = std::make_shared<const cdn_redirect>(std::move(*redirect));
    }
  });
}

void transfer_run::get_cdn_part(const engine::send_part& what) {
  auto call = [from_cdn = file_of(what.file).redirect, what](const open_source& from) {
    return from.get_cdn_part(from_cdn->file_token, what.what.offset, what.what.limit);
  };
  ask(what.request, what.connection, std::move(call),
      [this, what, from_cdn = file_of(what.file).redirect](cdn_part_answer answer) {
        if (auto* needed = std::get_if<reupload_needed>(&answer)) {
          file_of(what.file).request_token = std::move(needed->request_token);
          engine_.on_reupload_needed(what.request, now());
        } else {
          const shared_bytes& sealed = std::get<shared_bytes>(answer);
          arrived(what, decrypted(*from_cdn, what.what.offset, sealed.view()));
        }
      });
}

void transfer_run::arrived(const engine::send_part& what, shared_bytes data) {
  const auto size = static_cast<std::int64_t>(data.size());
  if (engine_.on_part(what.request, size, now())) {
    store(index_of_.at(what.file), what.what, std::move(data));
  }
}

void transfer_run::act(const engine::send_hashes& what) {
  const file_state& file = file_of(what.file);
  auto call = [location = file.what.location, redirect = file.redirect,
               request_token = file.request_token, what](const open_source& from) {
    switch (what.call) {
      case engine::hash_call::cdn_hashes:
        return from.get_cdn_hashes(redirect->file_token, what.offset);
      case engine::hash_call::reupload:
        return from.reupload(redirect->file_token, request_token);
      case engine::hash_call::file_hashes:
        break;
    }
    return from.get_hashes(location, what.offset);
  };
  ask(what.request, what.connection, std::move(call),
      [this, what](const std::vector<engine::server_hash>& hashes) {
        engine_.on_hashes(what.request, hashes, now());
        note_prefix(index_of_.at(what.file));
      });
}

void transfer_run::act(const engine::drop_request& what) {
  const auto made = requests_.find(what.request);
  if (made == requests_.end()) return;
  const signal cancels = made->second;
  requests_.erase(made);
  cancels->emit(asio::cancellation_type::terminal);
}

void transfer_run::act(const engine::refresh_reference& what) {
  references_.on_lapsed(index_of_.at(what.file));
}

void transfer_run::refresh_lapsed() {
  while (!stopping_) {
    auto next = references_.poll(now());
    if (!next) return;
    std::vector<media> lapsed;
    lapsed.reserve(next->files.size());
    for (const std::size_t index : next->files) lapsed.push_back(files_[index].what);
    const signal cancels = std::make_shared<asio::cancellation_signal>();
    refreshing_.insert(cancels);
    spawn(refresh(std::move(*next), std::move(lapsed)), cancels);
  }
}

asio::awaitable<void> transfer_run::refresh(engine::reference_batches::call what,
                                            std::vector<media> lapsed) {
  using batches = engine::reference_batches;
  const auto self = shared_from_this();
  auto made = co_await end_of(from_.refresh(std::move(lapsed)));
  if (stopping_) co_return;
  std::vector<batches::ended> ends;
  if (made.answer) {
    std::vector<bool> fresh;
    made.answer->resize(what.files.size(), not_answered());  // whatever a source gives
    for (const refreshed_media& one : *made.answer) fresh.push_back(one.ok());
    ends = references_.on_answer(what.id, fresh);
  } else if (made.refused) {
    ends = references_.on_refused(what.id, *made.refused, now());
  } else {
    ends = references_.on_lost(what.id, made.sentence, now());
  }
  for (const batches::ended& one : ends) {
    if (one.how == batches::outcome::renewed) {
      renew(one.file, made.answer->at(one.place).file);
    } else if (made.answer) {
      const refreshed_media& gone = made.answer->at(one.place);
      engine_.on_reference_failed(*files_[one.file].id, gone.code, gone.error, now());
    } else {
      engine_.on_reference_failed(*files_[one.file].id, made.code, made.sentence, now());
    }
  }
  pump();
}

void transfer_run::renew(std::size_t index, const media& fresh) {
  file_state& file = files_[index];
  file.what.location = fresh.location;
  file.what.file_reference = fresh.file_reference;
  if (file.id) engine_.on_reference(*file.id, now());
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
