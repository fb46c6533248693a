// SPDX-License-Identifier: BSL-1.0
// A local data centre that only proxies can reach, and clients that are to come to it through one.
#pragma once

#include "mtproto/net/listener.hpp"
#include "mtproto/tl/hex.hpp"
#include "tests/proxy/proxy_server.hpp"
#include "tests/support/local_data_centre.hpp"

#include <mtfetch/error.hpp>

#include <asio/executor_work_guard.hpp>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace mtfetch::proxy_test {

inline const std::string plain_secret = "000102030405060708090a0b0c0d0e0f";
inline const std::string domain_in_hex = "7777772e6578616d706c652e636f6d";  // www.example.com

inline bytes secret_of_kind(const std::string& mark) {
  const bool fake_tls = mark == "ee";
  return tl::from_hex(mark + plain_secret + (fake_tls ? domain_in_hex : "")).value();
}

/// The network that clients are given has, instead of each data centre's address, a trap: whoever
/// dials it did not go through the proxy. Proxies know what is behind it.
class proxy_fixture : public tests::local_data_centre {
 protected:
  /// With TLS the data centres take WebSocket as well, at the name "localhost".
  explicit proxy_fixture(bool tls = false) : guard_(loop_.get_executor()) {
    write_served("one.bin", "a served file");
    dc_options.tls = tls;
    start_cluster();
    shown = cluster->dc().network_file();
    for (dc_option& option : shown.dcs) {
      const asio::ip::tcp::endpoint real(asio::ip::make_address(option.ip), option.port);
      auto trap = std::make_unique<net::listener>(
          loop_.get_executor(), asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
      option.port = trap->address().port();
      for (web_host& host : shown.web) {
        if (host.dc != option.id) continue;
        host.host = "localhost";
        host.port = option.port;
        behind_["localhost:" + std::to_string(host.port)] = real;
      }
      trap->start([this](asio::ip::tcp::socket) { ++dialled_directly; });
      behind_[option.ip + ":" + std::to_string(option.port)] = real;
      behind_.emplace(std::to_string(option.id), real);
      behind_.emplace(real.address().to_string() + ":" + std::to_string(real.port()), real);
      traps_.push_back(std::move(trap));
    }
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~proxy_fixture() override {
    guard_.reset();
    loop_.stop();
    thread_.join();
    // help.getConfig tells clients the real addresses, so both have to be looked at.
    EXPECT_EQ(dialled_directly.load(), 0) << "a data centre was dialled past the proxy";
    std::uint64_t dials = 0;
    for (const auto& server : servers_) dials += static_cast<std::uint64_t>(server->counts().dials);
    EXPECT_LE(cluster->dc().counted().connections, dials) << "somebody came past the proxy";
  }

  /// A proxy that leads to the data centres unless the options say otherwise.
  proxy_server& start_proxy(proxy_options how) {
    if (!how.route) how.route = [this](const std::string& asked) { return behind(asked); };
    servers_.push_back(std::make_unique<proxy_server>(loop_.get_executor(), std::move(how)));
    return *servers_.back();
  }

  /// Where a proxy's client is led; nothing for what is no data centre's.
  std::optional<asio::ip::tcp::endpoint> behind(const std::string& asked) const {
    const auto found = behind_.find(asked);
    if (found == behind_.end()) return std::nullopt;
    return found->second;
  }

  /// The address of data centre 2 as clients are shown it.
  std::string shown_address() const {
    for (const dc_option& option : shown.dcs) {
      if (option.id == 2) return option.ip + ":" + std::to_string(option.port);
    }
    return {};
  }

  config settings_through(const proxy& through) {
    config out = settings();
    out.session_file.clear();
    out.network = shown;
    out.proxy = through;
    return out;
  }

  /// Signs in with these settings and makes a call.
  static void sign_in(const config& how);

  struct ending {
    std::error_code code;
    std::string sentence;
  };
  /// How connect() with these settings fails.
  static ending connect_fails(const config& how);

  network shown;
  std::atomic<int> dialled_directly = 0;

 private:
  asio::io_context loop_;
  asio::executor_work_guard<asio::io_context::executor_type> guard_;
  std::vector<std::unique_ptr<net::listener>> traps_;
  std::map<std::string, asio::ip::tcp::endpoint> behind_;
  std::vector<std::unique_ptr<proxy_server>> servers_;
  std::thread thread_;
};

}  // namespace mtfetch::proxy_test
