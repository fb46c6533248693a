// SPDX-License-Identifier: BSL-1.0
#include <mtfetch/error.hpp>
#include <mtfetch/network.hpp>

#include "mtproto/crypto/rsa.hpp"
#include "mtproto/tl/hex.hpp"
#include "mtproto/transport/tls.hpp"

#include <asio/ip/address.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <limits>

namespace mtfetch {
namespace {

using nlohmann::json;

// A network file is written by hand or by mtfetch-dc; one larger than this is something else.
constexpr std::size_t largest_file = std::size_t{1} << 20;
constexpr std::size_t shortest_secret = 16;

[[noreturn]] void refuse(const std::string& origin, const std::string& why) {
  throw error(client_errc::bad_config, "network file " + origin + ": " + why);
}

// Reads the fields of one JSON object; `path` is how errors name it ("dcs[2]").
class fields {
 public:
  fields(const json& object, const std::string& origin, std::string path)
      : object_(object), origin_(origin), path_(std::move(path)) {
    if (!object_.is_object()) fail(path_.empty() ? "the file" : path_, "must be an object");
  }

  void allow_only(std::initializer_list<std::string_view> names) const {
    for (const auto& [key, value] : object_.items()) {
      if (std::ranges::find(names, key) == names.end()) fail(name(key), "is not a known field");
    }
  }
  const json& at(const char* key) const {
    const auto found = object_.find(key);
    if (found == object_.end()) fail(name(key), "is missing");
    return *found;
  }
  std::string text(const char* key) const {
    const json& value = at(key);
    if (!value.is_string()) fail(name(key), "must be a string");
    if (value.get_ref<const std::string&>().empty()) fail(name(key), "must not be empty");
    return value.get<std::string>();
  }
  std::int64_t number(const char* key, std::int64_t least, std::int64_t most) const {
    const json& value = at(key);
    const bool fits = value.is_number_integer() &&
                      !(value.is_number_unsigned() &&
                        value.get<std::uint64_t>() > static_cast<std::uint64_t>(most)) &&
                      value.get<std::int64_t>() >= least && value.get<std::int64_t>() <= most;
    if (!fits) {
      fail(name(key),
           "must be a number from " + std::to_string(least) + " to " + std::to_string(most));
    }
    return value.get<std::int64_t>();
  }
  bool flag(const char* key, bool otherwise = false) const {
    if (!object_.contains(key)) return otherwise;
    const json& value = at(key);
    if (!value.is_boolean()) fail(name(key), "must be true or false");
    return value.get<bool>();
  }
  const json& list(const char* key) const {
    const json& value = at(key);
    if (!value.is_array()) fail(name(key), "must be a list");
    if (value.empty()) fail(name(key), "must not be empty");
    return value;
  }
  bool has(const char* key) const { return object_.contains(key); }
  std::string name(const std::string& key) const { return path_.empty() ? key : path_ + "." + key; }
  [[noreturn]] void fail(const std::string& field, const std::string& why) const {
    refuse(origin_, "field \"" + field + "\" " + why);
  }

 private:
  const json& object_;
  const std::string& origin_;
  std::string path_;
};

dc_option read_option(const json& value, const std::string& origin, std::string path) {
  const fields in(value, origin, std::move(path));
  in.allow_only({"id", "ip", "port", "ipv6", "media_only", "cdn", "tcpo_only", "static",
                 "this_port_only", "secret"});
  dc_option option;
  option.id = static_cast<int>(in.number("id", 1, 9999));
  option.ip = in.text("ip");
  std::error_code ec;
  const asio::ip::address address = asio::ip::make_address(option.ip, ec);
  if (ec) in.fail(in.name("ip"), "is not an IP address: \"" + option.ip + "\"");
  option.port =
      static_cast<std::uint16_t>(in.number("port", 1, std::numeric_limits<std::uint16_t>::max()));
  option.ipv6 = in.flag("ipv6", address.is_v6());
  if (option.ipv6 != address.is_v6()) in.fail(in.name("ipv6"), "does not fit the address");
  option.media_only = in.flag("media_only");
  option.cdn = in.flag("cdn");
  option.tcpo_only = in.flag("tcpo_only");
  option.static_ = in.flag("static");
  option.this_port_only = in.flag("this_port_only");
  if (in.has("secret")) {
    const auto secret = tl::from_hex(in.text("secret"));
    if (!secret || secret->size() < shortest_secret) {
      in.fail(in.name("secret"), "must be at least 16 bytes in hex");
    }
    option.secret = *secret;
  }
  return option;
}

web_host read_host(const json& value, const std::string& origin, std::string path) {
  const fields in(value, origin, std::move(path));
  in.allow_only({"dc", "host", "port"});
  web_host out;
  out.dc = static_cast<int>(in.number("dc", 1, 9999));
  out.host = in.text("host");
  // It goes into the head of a request as it is.
  const bool strange =
      std::ranges::any_of(out.host, [](char c) { return c <= ' ' || c == '/' || c == 0x7f; });
  if (strange) in.fail(in.name("host"), "is neither a name nor an address");
  if (in.has("port")) {
    out.port =
        static_cast<std::uint16_t>(in.number("port", 1, std::numeric_limits<std::uint16_t>::max()));
  }
  return out;
}

json write_option(const dc_option& option) {
  json out = {{"id", option.id},
              {"ip", option.ip},
              {"port", option.port},
              {"media_only", option.media_only},
              {"cdn", option.cdn}};
  if (option.ipv6) out["ipv6"] = true;
  if (option.tcpo_only) out["tcpo_only"] = true;
  if (option.static_) out["static"] = true;
  if (option.this_port_only) out["this_port_only"] = true;
  if (!option.secret.empty()) out["secret"] = tl::to_hex(option.secret);
  return out;
}

}  // namespace

network network::parse(std::string_view text, const std::string& origin) {
  json document;
  try {
    document = json::parse(text);
  } catch (const json::parse_error& e) {
    refuse(origin, "not JSON, at byte " + std::to_string(e.byte));
  } catch (const json::out_of_range&) {
    refuse(origin, "a number in it is too large");
  }
  const fields in(document, origin, "");
  in.allow_only({"name", "home_dc", "test", "dcs", "rsa_keys", "web", "ca"});
  network out;
  out.name = in.text("name");
  out.home_dc = static_cast<int>(in.number("home_dc", 1, 9999));
  out.test = in.flag("test");
  for (const json& item : in.list("dcs")) {
    const std::string path = "dcs[" + std::to_string(out.dcs.size()) + "]";
    out.dcs.push_back(read_option(item, origin, path));
  }
  const bool home_is_there = std::ranges::any_of(
      out.dcs, [&](const dc_option& o) { return o.id == out.home_dc && !o.cdn && !o.media_only; });
  if (!home_is_there) {
    in.fail("home_dc", "names data centre " + std::to_string(out.home_dc) +
                           ", which \"dcs\" has no address of");
  }
  for (const json& item : in.list("rsa_keys")) {
    const std::string path = "rsa_keys[" + std::to_string(out.rsa_keys.size()) + "]";
    if (!item.is_string()) in.fail(path, "must be a string");
    out.rsa_keys.push_back(item.get<std::string>());
    if (!crypto::rsa_public_key::from_pem(out.rsa_keys.back())) {
      in.fail(path, "is not an RSA public key of 2048 bits in PEM");
    }
  }
  if (in.has("web")) {
    for (const json& item : in.list("web")) {
      const std::string path = "web[" + std::to_string(out.web.size()) + "]";
      out.web.push_back(read_host(item, origin, path));
    }
  }
  if (in.has("ca")) {
    out.ca = in.text("ca");
    if (!transport::tls_context::client(out.ca)) in.fail("ca", "is not a certificate in PEM");
  }
  return out;
}

network network::load(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::error_code ec;
  if (!in || !std::filesystem::is_regular_file(file, ec)) {
    refuse(file.string(), "cannot be opened");
  }
  std::string text(largest_file + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) refuse(file.string(), "cannot be read");
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > largest_file) refuse(file.string(), "larger than 1 MiB");
  return parse(text, file.string());
}

network network::named(const std::string& name_or_path) {
  if (name_or_path == "production") return production();
  if (name_or_path == "test") return test_dcs();
  return load(name_or_path);
}

std::string network::to_json() const {
  json out = {{"name", name}, {"home_dc", home_dc}, {"rsa_keys", rsa_keys}};
  if (test) out["test"] = true;
  out["dcs"] = json::array();
  for (const dc_option& option : dcs) out["dcs"].push_back(write_option(option));
  for (const web_host& at : web) {
    out["web"].push_back({{"dc", at.dc}, {"host", at.host}, {"port", at.port}});
  }
  if (!ca.empty()) out["ca"] = ca;
  return out.dump(2) + "\n";
}

}  // namespace mtfetch
