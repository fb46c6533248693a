// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/protocol/data_centre.hpp"

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <mtfetch/error.hpp>
#include <utility>

#include "mtproto/crypto/random.hpp"
#include "mtproto/net/clock.hpp"
#include "mtproto/testing/protocol/client_connection.hpp"
#include "mtproto/testing/world/calls.hpp"
#include "mtproto/testing/world/file_source.hpp"
#include "mtproto/tl/reader.hpp"
#include "mtproto/tl/writer.hpp"

namespace mtfetch::testing {

namespace {

constexpr std::string_view secret_name = "access_keys";
constexpr std::string_view rsa_name = "rsa_key";
constexpr std::string_view epoch_name = "reference_epoch";

access_keys::secret_bytes secret_of(std::optional<state_store>& store,
                                    const random_source& random) {
  access_keys::secret_bytes secret{};
  const bytes stored = store ? store->value(secret_name) : bytes();
  if (stored.size() == secret.size()) {
    std::ranges::copy(stored, secret.begin());
  } else {
    random(secret);
    if (store) store->set_value(secret_name, secret);
  }
  return secret;
}

crypto::rsa_private_key rsa_key_of(std::optional<state_store>& store,
                                   const std::optional<crypto::rsa_private_key>& given) {
  if (store) {
    const bytes stored = store->value(rsa_name);
    auto key = crypto::rsa_private_key::from_pem(as_text(stored));
    if (key) return std::move(*key);
  }
  crypto::rsa_private_key key = given ? *given : crypto::rsa_private_key::generate();
  if (store) store->set_value(rsa_name, as_bytes(key.to_pem()));
  return key;
}

hash_shelf shelf_in(std::optional<state_store>& store) {
  if (!store) return {};
  hash_shelf shelf;
  shelf.load = [&store = *store](std::int64_t document, std::int64_t group) {
    return store.hashes(document, group);
  };
  shelf.save = [&store = *store](std::int64_t document, std::int64_t group, byte_view digests) {
    store.set_hashes(document, group, digests);
  };
  return shelf;
}

std::optional<state_store> store_in(const std::filesystem::path& folder) {
  return folder.empty() ? std::nullopt : std::optional<state_store>(std::in_place, folder);
}

}  // namespace

cluster_core::cluster_core(asio::any_io_executor on, const cluster_options& options,
                           std::shared_ptr<fault_plan> plan,
                           std::shared_ptr<traffic_counts> counted,
                           const std::optional<crypto::rsa_private_key>& key)
    : executor(std::move(on)),
      faults(std::move(plan)),
      counts(std::move(counted)),
      sealer(std::make_shared<net::packet_sealer>(executor)),
      parts(options.conditions),
      random(crypto::system_random()),
      store(store_in(options.state)),
      rsa_key(rsa_key_of(store, key)),
      content(options, secret_of(store, random), shelf_in(store), random) {
  if (!content.options.reference_time) {
    content.options.reference_time = [] { return net::now().mono; };
  }
  if (options.cdn_dc != 0) {
    cdn_rsa_key = crypto::rsa_private_key::generate();
    content.cdn_public_key = cdn_rsa_key->public_pem();
  }
  if (store) {
    const bytes epoch = store->value(epoch_name);
    if (epoch.size() == 4) content.reference_epoch = tl::reader(epoch).u32();
    for (const auto& person : store->people()) {
      if (content.people.find_phone(person.phone) == nullptr) {
        content.people.sign_up(person.phone, person.first_name, person.last_name);
      }
    }
    content.signed_up = [this](const account& who) {
      store->add_person({who.phone, who.first_name, who.last_name});
    };
  }
  add_sign_in_calls(methods);
  add_authorization_calls(methods);
  add_network_calls(methods);
  add_chat_calls(methods);
  add_message_calls(methods);
  add_file_calls(methods);
  add_takeout_calls(methods);
  content.takeout_ended = [this](bool success) { counts->takeout_ended(success); };
  add_cdn_calls(methods);
}

instant cluster_core::at(instant real) const {
  real.wall += content.options.clock_skew;
  return real;
}

instant cluster_core::now() const {
  return at(net::now());
}

void cluster_core::expire_file_references() {
  ++content.reference_epoch;
  if (!store) return;
  bytes epoch;
  tl::writer(epoch).u32(content.reference_epoch);
  store->set_value(epoch_name, epoch);
}

data_centre::data_centre(std::shared_ptr<cluster_core> shared, int id)
    : shared_(std::move(shared)), id_(id), runner_(shared_->content, shared_->methods, keys_, id) {
  if (!shared_->store) return;
  const auto make_body = [this](byte_view recipe) {
    return stream_recipe(shared_->content, recipe);
  };
  for (auto& key : shared_->store->load_keys(id_, shared_->random, make_body)) {
    forget(keys_.add(std::move(key)));
  }
}

void data_centre::bind(const asio::ip::tcp::endpoint& at) {
  listener_.emplace(shared_->executor, at);
}

void data_centre::start() {
  listener_->start([weak = weak_from_this()](asio::ip::tcp::socket socket) {
    if (const auto self = weak.lock()) self->accept(std::move(socket));
  });
}

void data_centre::stop() {
  if (listener_) listener_->stop();
  drop_connections();
  flush();
}

void data_centre::drop_connections() {
  for (const auto& weak : connections_) {
    if (const auto connection = weak.lock()) connection->close(transport_errc::closed);
  }
  connections_.clear();
}

void data_centre::wake_connections() {
  for (const auto& weak : connections_) {
    if (const auto connection = weak.lock()) connection->wake();
  }
}

void data_centre::change_salts(unix_seconds now) {
  for (const auto& [id, key] : keys_.all()) {
    key->salts.begin_anew(now);
    key->changed = true;
  }
}

void data_centre::accept(asio::ip::tcp::socket socket) {
  shared_->counts->connection();
  std::error_code gone;  // then there is nobody to silence
  const auto from = socket.remote_endpoint(gone);
  const auto client = std::make_shared<client_connection>(shared_from_this(), from);
  transport::server_options options;
  options.random = shared_->random;
  net::doors open;
  open.tls = shared_->tls;
  open.random = shared_->random;
  const auto connection =
      net::serve(std::move(socket), std::move(options), client->machine(), std::move(open));
  client->carried_by(connection);
  std::erase_if(connections_, [](const auto& one) { return one.expired(); });
  connections_.push_back(connection);
  asio::co_spawn(shared_->executor, connection->run(), asio::detached);
}

void data_centre::flush() {
  if (!shared_->store) return;
  state_store& store = *shared_->store;
  bool begun = false;
  const auto begin = [&] {
    if (!std::exchange(begun, true)) store.begin();
  };
  for (const auto& [id, key] : keys_.all()) {
    const bool key_differs = std::exchange(key->changed, false);
    const bool rights_differ = std::exchange(key->allowed.changed, false);
    if (key_differs || rights_differ) {
      begin();
      store.save_key(id_, *key);
    }
    for (const auto& [session_id, session] : key->sessions) {
      if (!session->take_changed()) continue;
      begin();
      store.save_session(id_, id, session->store());
    }
  }
  if (begun) store.commit();
}

void data_centre::key_made(std::shared_ptr<server_key> key) {
  server_key& made = *key;
  if (made.is_temporary()) {
    shared_->counts->temporary_key();
  } else {
    shared_->counts->handshake();
  }
  forget(keys_.add(std::move(key)));
  key_changed(made);
}

// Of keys that the ring has let go.
void data_centre::forget(const std::vector<std::int64_t>& keys) {
  if (!shared_->store || keys.empty()) return;
  shared_->store->begin();
  for (const std::int64_t id : keys) shared_->store->erase_key(id_, id);
  shared_->store->commit();
}

void data_centre::log_out(std::int64_t login) {
  for (const auto& [id, key] : keys_.all()) {
    if (key->allowed.login != login) continue;
    key->allowed = authorization();
    key_changed(*key);
  }
}

void data_centre::key_changed(server_key& key) {
  if (!shared_->store) return;
  shared_->store->save_key(id_, key);
  key.changed = false;
  key.allowed.changed = false;
}

void data_centre::key_destroyed(const server_key& key) {
  const std::int64_t id = key.key.id();
  shared_->counts->destroyed_key();
  if (shared_->store) shared_->store->erase_key(id_, id);
  keys_.erase(id);
}

void data_centre::forget_temporary_keys() {
  std::vector<std::int64_t> gone;
  for (const auto& [id, key] : keys_.all()) {
    if (key->is_temporary()) gone.push_back(id);
  }
  for (const std::int64_t id : gone) keys_.erase(id);
  forget(gone);
}

void data_centre::push_update(byte_view object, std::int64_t account, instant now) {
  for (const auto& [id, key] : keys_.all()) {
    const server_key* owner = key.get();
    if (key->is_temporary()) {
      const auto bound = keys_.all().find(key->bound_to);
      owner = bound == keys_.all().end() ? nullptr : bound->second.get();
    }
    if (owner == nullptr || (account != 0 && owner->allowed.account != account)) continue;
    for (const auto& [session_id, session] : key->sessions) {
      if (session->wants_updates()) session->notify({object.begin(), object.end()}, now);
    }
  }
  wake_connections();
}

void data_centre::session_destroyed(const server_key& key, std::int64_t session) {
  shared_->counts->destroyed_session();
  if (shared_->store) shared_->store->erase_session(id_, key.key.id(), session);
}

}  // namespace mtfetch::testing
