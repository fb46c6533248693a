// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <asio/dispatch.hpp>
#include <asio/ip/address.hpp>
#include <asio/steady_timer.hpp>
#include <functional>
#include <mtfetch/error.hpp>
#include <mtfetch/network.hpp>
#include <mtfetch/testing.hpp>
#include <mutex>
#include <utility>

#include "mtproto/crypto/self_signed.hpp"
#include "mtproto/net/clock.hpp"
#include "mtproto/testing/network/condition_rules.hpp"
#include "mtproto/testing/network_driver.hpp"
#include "mtproto/testing/protocol/data_centre.hpp"
#include "mtproto/testing/protocol/server_clock.hpp"

namespace mtfetch::testing {

namespace {

void check(const cluster_options& options) {
  if (options.dcs.empty()) throw error(client_errc::bad_config, "A cluster needs a data centre");
  if (std::ranges::find(options.dcs, options.home_dc) == options.dcs.end()) {
    throw error(client_errc::bad_config, "The home data centre " + std::to_string(options.home_dc) +
                                             " is not one of the cluster");
  }
  if (const auto wrong = wrong_with(options.conditions)) {
    throw error(client_errc::bad_config, *wrong);
  }
}

crypto::self_signed certificate_for(const std::string& ip) {
  constexpr std::int64_t day = 86'400;
  constexpr std::int64_t years = 10 * 365 * day;
  const auto now = unix_time(net::now());
  return crypto::make_self_signed({"localhost", ip}, now - day, now + years);
}

std::vector<served_file> list_files(const catalogue& content) {
  std::vector<served_file> files;
  for (const chat& where : content.chats()) {
    for (const post& message : where.posts) {
      const media& carried = message.carried;
      if (!carried.document && !carried.photo) continue;
      const photo* picture = carried.photo ? &content.photos()[*carried.photo] : nullptr;
      const document& from =
          content
              .documents()[picture != nullptr ? picture->sizes.back().content : *carried.document];
      served_file file;
      file.channel = where.username;
      file.channel_id = where.id;
      file.message_id = message.id;
      file.path = from.path;
      file.seed = from.seed;
      file.name = from.name;
      file.size = from.size;
      file.dc = from.dc;
      file.document_id = picture != nullptr ? picture->id : from.id;
      file.is_photo = picture != nullptr;
      file.chat = where.key;
      files.push_back(std::move(file));
    }
  }
  return files;
}

}  // namespace

struct cluster::parts : std::enable_shared_from_this<cluster::parts> {
  parts(asio::any_io_executor on, cluster_options given)
      : executor(std::move(on)),
        options(std::move(given)),
        plan(std::make_shared<fault_plan>(options.fault_seed)),
        counts(std::make_shared<traffic_counts>()),
        flush_timer(executor) {
    check(options);
    plan->hide_hashes(options.hashes_hidden);
    if (options.tls) shown = certificate_for(options.ip);
    if (options.conditions.shapes_traffic()) {
      shaped = std::make_shared<network_driver>(executor, options.conditions, counts);
    }
    load();
  }

  void load() {
    core = std::make_shared<cluster_core>(executor, options, plan, counts, rsa_key);
    rsa_key = core->rsa_key;
    core->beyond = beyond_a_call();
    if (shown)
      core->tls = transport::tls_context::server(shown->certificate, shown->private_key).value();
    centres.clear();
    for (const int id : options.dcs) centres.push_back(std::make_shared<data_centre>(core, id));
    if (options.cdn_dc != 0) {
      centres.push_back(std::make_shared<data_centre>(core, options.cdn_dc));
    }
    const std::lock_guard lock(mutex);
    files = list_files(core->content.content);
  }

  cluster_core::beyond_a_call beyond_a_call() {
    const auto weak = weak_from_this();
    cluster_core::beyond_a_call made;
    if (shaped) {
      made.silence = [network = std::weak_ptr(shaped)](int dc, const auto& from) {
        const auto held = network.lock();
        return held && held->silence(dc, from);
      };
    }
    made.change_salts = [weak] {
      if (const auto self = weak.lock()) self->change_salts();
    };
    made.restart = [weak] {
      if (const auto self = weak.lock()) self->restart();
    };
    return made;
  }

  void restart() {
    stop();
    load();
    start();
  }

  void change_salts() {
    for (const auto& centre : centres) centre->change_salts(unix_time(core->now()));
  }

  void start() {
    network made;
    made.name = "local";
    made.home_dc = options.home_dc;
    made.rsa_keys = {core->rsa_key.public_pem()};
    if (shown) made.ca = shown->certificate;
    std::error_code not_an_address;
    const auto ip = asio::ip::make_address(options.ip, not_an_address);
    if (not_an_address) {
      throw error(client_errc::bad_config, "Not an IP address to listen on: " + options.ip);
    }
    core->content.addresses.clear();
    ports.resize(centres.size());
    for (std::size_t i = 0; i < centres.size(); ++i) {
      if (ports[i] == 0 && options.first_port != 0) {
        ports[i] = static_cast<std::uint16_t>(options.first_port + i);
      }
      ports[i] = bind(*centres[i], {ip, ports[i]});
      core->content.addresses.push_back(
          {centres[i]->id(), options.ip, ports[i], centres[i]->is_cdn()});
      dc_option option;
      option.id = centres[i]->id();
      option.ip = options.ip;
      option.port = ports[i];
      option.ipv6 = ip.is_v6();
      option.this_port_only = true;
      if (options.tls) made.web.push_back({option.id, options.ip, option.port});
      option.cdn = centres[i]->is_cdn();
      made.dcs.push_back(std::move(option));
    }
    core->content.logged_out = [weak = weak_from_this()](std::int64_t login) {
      const auto self = weak.lock();
      if (!self) return;
      for (const auto& centre : self->centres) centre->log_out(login);
    };
    for (const auto& centre : centres) {
      centre->start();
      if (shaped) shaped->start(centre->id(), centre->address());
    }
    {
      const std::lock_guard lock(mutex);
      known = std::move(made);
    }
    if (core->store) flush_later();
  }

  /// The port that clients come to: where there are conditions it is the network's, and the data
  /// centre has another behind it.
  std::uint16_t bind(data_centre& centre, const asio::ip::tcp::endpoint& at) {
    centre.bind(shaped ? asio::ip::tcp::endpoint(at.address(), 0) : at);
    return shaped ? shaped->bind(centre.id(), at).port() : centre.address().port();
  }

  void stop() {
    flush_timer.cancel();
    if (shaped) shaped->stop();
    for (const auto& centre : centres) centre->stop();
  }

  void flush_later() {
    flush_timer.expires_after(options.flush_interval);
    flush_timer.async_wait([weak = weak_from_this()](std::error_code cancelled) {
      const auto self = weak.lock();
      if (cancelled || !self) return;
      for (const auto& centre : self->centres) centre->flush();
      self->flush_later();
    });
  }

  asio::any_io_executor executor;
  cluster_options options;
  std::shared_ptr<fault_plan> plan;
  std::shared_ptr<traffic_counts> counts;
  asio::steady_timer flush_timer;
  std::shared_ptr<network_driver> shaped;  // null: the data centres are reached directly
  // A cluster that is restarted without a state folder keeps at least its public key, so that the
  // network files given out stay good.
  std::optional<crypto::rsa_private_key> rsa_key;
  std::optional<crypto::self_signed> shown;  // by TLS
  std::shared_ptr<cluster_core> core;
  std::vector<std::shared_ptr<data_centre>> centres;
  std::vector<std::uint16_t> ports;
  mutable std::mutex mutex;  // guards what other threads read:
  network known;
  std::vector<served_file> files;
};

cluster::cluster(asio::any_io_executor executor, cluster_options options)
    : parts_(std::make_shared<parts>(std::move(executor), std::move(options))) {}

cluster::~cluster() {
  parts_->stop();
}

void cluster::start() {
  parts_->start();
}

void cluster::stop() {
  parts_->stop();
}

void cluster::restart() {
  parts_->restart();
}

network cluster::network_file() const {
  const std::lock_guard lock(parts_->mutex);
  return parts_->known;
}

std::vector<served_file> cluster::files() const {
  const std::lock_guard lock(parts_->mutex);
  return parts_->files;
}

fault_plan& cluster::faults() {
  return *parts_->plan;
}

statistics cluster::counted() const {
  return parts_->counts->snapshot();
}

void cluster::expire_file_references() {
  asio::dispatch(parts_->executor, [held = parts_] { held->core->expire_file_references(); });
}

void cluster::expire_cdn_tokens() {
  asio::dispatch(parts_->executor, [held = parts_] { held->core->content.cdn.expire_all(); });
}

void cluster::change_salts() {
  asio::dispatch(parts_->executor, [held = parts_] { held->change_salts(); });
}

void cluster::forget_temporary_keys() {
  asio::dispatch(parts_->executor, [held = parts_] {
    for (const auto& centre : held->centres) centre->forget_temporary_keys();
  });
}

void cluster::confirm_takeouts() {
  asio::dispatch(parts_->executor, [held = parts_] { held->core->content.exports.confirm(); });
}

void cluster::push_update(std::vector<std::uint8_t> serialized, std::int64_t user_id) {
  asio::dispatch(parts_->executor, [held = parts_, object = std::move(serialized), user_id] {
    for (const auto& centre : held->centres)
      centre->push_update(object, user_id, held->core->now());
  });
}

void cluster::drop_connections() {
  asio::dispatch(parts_->executor, [held = parts_] {
    for (const auto& centre : held->centres) centre->drop_connections();
  });
}

}  // namespace mtfetch::testing
