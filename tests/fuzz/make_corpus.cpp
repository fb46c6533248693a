// SPDX-License-Identifier: BSL-1.0
// Writes the seeds: fuzz_make_corpus FOLDER. To be run again when a format changes.
#include <mtfetch/api/schema.hpp>
#include <mtfetch/mtproto_types.hpp>
#include <mtfetch/network.hpp>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <variant>

#include "mtproto/client/session_store.hpp"
#include "mtproto/client/sqlite.hpp"
#include "mtproto/handshake/plain_message.hpp"
#include "mtproto/session/container.hpp"
#include "mtproto/tl/dynamic.hpp"
#include "mtproto/tl/gzip.hpp"
#include "mtproto/tl/object.hpp"
#include "mtproto/transport/stream.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/handshake/exchange.hpp"

namespace mtfetch::fuzz {
namespace {

namespace fs = std::filesystem;

fs::path folder;

void write(const std::string& target, const std::string& name, byte_view seed) {
  fs::create_directories(folder / target);
  std::ofstream out(folder / target / name, std::ios::binary);
  out.write(as_text(seed).data(), static_cast<std::streamsize>(seed.size()));
}

bytes joined(std::initializer_list<byte_view> parts) {
  bytes all;
  for (const byte_view part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

bytes step(std::uint8_t how, byte_view data) {
  const auto size = static_cast<std::uint16_t>(data.size());
  const std::uint8_t head[] = {how, static_cast<std::uint8_t>(size),
                               static_cast<std::uint8_t>(size >> 8)};
  return joined({head, data});
}

bytes gzipped(byte_view body) {
  mtproto::gzip_packed packed;
  packed.packed_data = shared_bytes(tl::gzip(body));
  return tl::serialize(packed);
}

template <class Write>
bytes written(Write write) {
  bytes made;
  tl::writer out(made);
  write(out);
  return made;
}

// In place of a request's id; see put_ids.
constexpr std::string_view first_request = "REQ0REQ0";
constexpr std::string_view second_request = "REQ1REQ1";

bytes result_for(std::string_view request, byte_view result) {
  return written([&](tl::writer& out) {
    out.u32(mtproto::rpc_result::tl_id);
    out.raw(as_bytes(request));
    out.raw(result);
  });
}

bytes complaint(std::int32_t code, std::string_view about) {
  return written([&](tl::writer& out) {
    out.u32(code == 48 ? mtproto::bad_server_salt::tl_id : mtproto::bad_msg_notification::tl_id);
    out.raw(as_bytes(about));
    out.i32(1);
    out.i32(code);
    if (code == 48) out.i64(99);
  });
}

bytes container_of(std::initializer_list<bytes> bodies) {
  return written([&](tl::writer& out) {
    out.u32(session::container_id);
    out.u32(static_cast<std::uint32_t>(bodies.size()));
    std::int64_t id = (std::int64_t{1'700'000'000} << 32) + 1;
    for (const bytes& each : bodies) {
      out.i64(id += 4);
      out.i32(1);
      out.u32(static_cast<std::uint32_t>(each.size()));
      out.raw(each);
    }
  });
}

void write_tl() {
  mtproto::resPQ offer;
  offer.pq = bytes{0x17, 0xed, 0x48, 0x94, 0x1a, 0x08, 0xf9, 0x81};
  offer.server_public_key_fingerprints = {1, 2};
  write("tl_values", "res_pq", tl::serialize(offer));
  mtproto::new_session_created created;
  created.unique_id = 3;
  write("tl_values", "new_session_created", tl::serialize(created));
  mtproto::future_salts salts;
  salts.salts.resize(2);
  write("tl_values", "future_salts", tl::serialize(salts));
  write("tl_values", "ids", tl::serialize(std::vector<std::int64_t>{1, -1}));
  write("tl_values", "gzip", tl::gzip(bytes(300, 7)));
  const std::pair<const char*, const char*> values[] = {
      {"peer", R"({"_":"inputPeerUser","user_id":1,"access_hash":2})"},
      {"get_file",
       R"({"_":"upload.getFile","location":{"_":"inputDocumentFileLocation","id":5,"access_hash":6,"file_reference":"AQID","thumb_size":"m"},"offset":0,"limit":1048576})"},
      {"messages",
       R"({"_":"messages.getMessages","id":[{"_":"inputMessageID","id":7},{"_":"inputMessageReplyTo","id":8}]})"},
      {"wrapped", R"({"_":"invokeWithLayer","layer":200,"query":{"_":"help.getConfig"}})"},
      {"users", R"({"_":"users.getUsers","id":[{"_":"inputUserSelf"},{"_":"inputUserEmpty"}]})"},
  };
  for (const auto& [name, json] : values) {
    write("tl_json", name, as_bytes(json));
    const auto boxed = tl::from_json(api_schema(), json);
    if (const auto* value = std::get_if<bytes>(&boxed)) {
      write("tl_values", name, *value);
    } else {
      std::fprintf(stderr, "%s: %s\n", name, std::get<tl::json_problem>(boxed).sentence().c_str());
    }
  }
}

// What a client says, for the server's side; and what it says back, for the client's.
void write_framing() {
  for (std::uint8_t kind = 0; kind < 4; ++kind) {
    for (const bool obfuscated : {false, true}) {
      if (obfuscated && kind == 3) continue;
      transport::stream_options options;
      options.kind = static_cast<transport::framing>(kind);
      options.obfuscated = obfuscated;
      auto near = transport::stream::client(options, handshake::testing::seeded(1));
      bytes said = near.greeting();
      for (const std::size_t size : {24u + 48u, 24u + 64u}) {
        tl::packet_buffer packet;
        packet.append(size);
        packet.payload()[0] = 1;
        if (near.frame(packet)) continue;
        said = joined({said, packet.payload()});
      }
      const std::string name = std::to_string(kind) + (obfuscated ? "_obfuscated" : "_plain");
      const std::uint8_t as_server[] = {8, 255};
      write("framing", "server_" + name, joined({as_server, said}));
      const std::uint8_t as_client[] = {kind, 7};
      if (!obfuscated) {
        const std::size_t tag = kind == 0 ? 1 : kind == 3 ? 0 : 4;
        write("framing", "client_" + name, joined({as_client, byte_view(said).subspan(tag)}));
      }
    }
  }
}

bytes behind(std::uint8_t how, std::uint8_t read, byte_view said) {
  const std::uint8_t head[] = {how, read};
  return joined({head, said});
}

void write_http() {
  const std::string packet(24, 'p');
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::string whole = ok + "Content-Length: 24\r\n\r\n" + packet;
  const std::string chunks = ok + "Transfer-Encoding: chunked\r\n\r\n8;x=y\r\n" + packet.substr(8) +
                             "\r\n" + "10\r\n" + packet.substr(16) + "\r\n0\r\nA: b\r\n\r\n";
  const std::string wait = "HTTP/1.1 100 Continue\r\n\r\n" + whole;
  const std::string error = "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabc";
  const std::string request =
      "POST /api HTTP/1.1\r\nHost: a.example\r\nContent-Length: 24\r\n\r\n" + packet;
  const auto turns = [](std::uint8_t how, std::initializer_list<std::string_view> said) {
    bytes all;
    for (const std::string_view each : said) {
      const std::uint8_t size[] = {static_cast<std::uint8_t>(each.size()),
                                   static_cast<std::uint8_t>(each.size() >> 8)};
      all = joined({all, size, as_bytes(each)});
    }
    return behind(how, 6, all);
  };
  write("http_stream", "whole_and_chunks", turns(0, {whole, chunks}));
  write("http_stream", "continue", turns(0, {wait, whole}));
  write("http_stream", "error", turns(0, {whole, error}));
  write("http_stream", "two_at_once", turns(0, {whole + whole}));
  write("http_stream", "requests", turns(1, {request, request}));
  write("http_stream", "not_http", turns(1, {"GET /apiws HTTP/1.1\r\n\r\n"}));

  write("http_head", "answer", as_bytes(chunks));
  write("http_head", "request", as_bytes(request));
  write("http_head", "upgrade", websocket_answer());
  write("http_head", "spaces", as_bytes("HTTP/1.0 200\r\nA: \t b, C ,\r\na:\r\n\r\nrest"));
}

void write_layers() {
  const std::pair<const char*, std::string_view> answers[] = {
      {"agreed", "HTTP/1.1 200 Connection established\r\nVia: a\r\n\r\nmore"},
      {"continue", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200\n\nmore"},
      {"login", "HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic\r\n\r\n"},
      {"refused", "HTTP/1.1 502 Bad Gateway\r\n\r\n"},
  };
  for (const auto& [name, said] : answers) {
    write("http_connect", name, behind(1, 3, as_bytes(said)));
  }
  const std::pair<const char*, bytes> replies[] = {
      {"ipv4", {0, 2, 5, 0, 5, 0, 0, 1, 1, 2, 3, 4, 1, 187, 'm', 'o', 'r', 'e'}},
      {"login_and_name", {1, 0, 5, 2, 1, 0, 5, 0, 0, 3, 2, 'a', 'b', 0, 80, 'm'}},
      {"ipv6", joined({bytes{2, 4, 5, 0, 5, 0, 0, 4}, bytes(18, 1), as_bytes("more")})},
      {"refused", {0, 9, 5, 0, 5, 5}},
      {"login_refused", {1, 9, 5, 2, 1, 1}},
      {"no_method", {0, 9, 5, 255}},
  };
  for (const auto& [name, said] : replies) write("socks5", name, said);

  const bytes frames = {0x82, 2,    'h', 'i', 0x89, 1, 'p', 0x02, 1,
                        'a',  0x80, 1,   'b', 0x88, 2, 3,   232};
  const bytes masked = {0x82, 0x82, 1, 2, 3,    4,    'h', 'i', 0x8a, 0x80,
                        1,    2,    3, 4, 0x88, 0x80, 0,   0,   0,    0};
  const bytes longer = joined({bytes{0x82, 126, 0, 200}, bytes(200, 9)});
  const bytes longest = joined({bytes{0x82, 127, 0, 0, 0, 0, 0, 0, 1, 0}, bytes(256, 9)});
  write("websocket", "frames", behind(2, 2, frames));
  write("websocket", "longer", behind(2, 80, longer));
  write("websocket", "longest", behind(2, 80, longest));
  write("websocket", "masked", behind(3, 2, masked));
  write("websocket", "answer", behind(0, 30, joined({websocket_answer(), frames})));
  write("websocket", "request", behind(1, 30, joined({websocket_request(), masked})));

  const bytes record = {0x17, 3, 3, 0, 4, 'm', 'o', 'r', 'e', 0x17, 3, 3, 0, 0};
  const bytes finish = {0x14, 3, 3, 0, 1, 1, 0x17, 3, 3, 0, 64};
  write("fake_tls_client", "answer", behind(0, 60, joined({tls_answer(), record})));
  write("fake_tls_client", "proven", behind(1, 60, joined({tls_answer(), record})));
  write("fake_tls_client", "records", behind(2, 1, joined({record, record})));
  write("fake_tls_client", "content", behind(3, 0, record));
  write("fake_tls_server_side", "hello", behind(0, 60, tls_hello()));
  write("fake_tls_server_side", "signed", behind(1, 60, tls_hello()));
  write("fake_tls_server_side", "records",
        behind(2, 3, joined({finish, bytes(64, 1), record, record})));
}

void write_session() {
  const bytes small = tl::serialize(mtproto::pong());
  mtproto::rpc_error error;
  error.error_code = 420;
  error.error_message = "FLOOD_WAIT_3";
  mtproto::msgs_state_req question;
  question.msg_ids = {1, 2, 3};
  mtproto::msg_new_detailed_info offer;
  offer.answer_msg_id = 5;
  mtproto::new_session_created created;
  created.first_msg_id = 1;
  created.unique_id = 2;
  const std::pair<const char*, bytes> seeds[] = {
      {"answer", step(1, result_for(first_request, small))},
      {"error", step(1, result_for(second_request, tl::serialize(error)))},
      {"packed", step(1, result_for(first_request, gzipped(small)))},
      {"packed_message", step(1, gzipped(result_for(first_request, small)))},
      {"container", step(0, container_of({result_for(first_request, small), tl::serialize(created),
                                          result_for(second_request, small)}))},
      {"salt", step(0, complaint(48, first_request))},
      {"late", step(0, complaint(16, first_request))},
      {"early", step(0, complaint(17, second_request))},
      {"count", step(0, complaint(32, second_request))},
      {"question", step(0, tl::serialize(question))},
      {"offer", step(0, tl::serialize(offer))},
      {"created", step(1, tl::serialize(created))},
      {"again", joined({step(6, {}), step(4, bytes(2000)), step(5, {}), step(6, {})})},
      {"plain", step(2, bytes(96, 3))},
      {"raw", step(3, bytes(120, 4))},
  };
  for (const auto& [name, seed] : seeds) write("session_packet", name, seed);
}

void write_handshake() {
  using namespace handshake;
  client near(testing::client_of(), testing::seeded_with(31, {{32, {bytes(32, 3)}}}));
  server far(testing::server_of(), testing::seeded(32));
  std::optional<bytes> query = near.start(testing::noon());
  for (std::uint8_t number = 0; query; ++number) {
    const bytes answer = far.receive(*query, testing::noon()).packet.value();
    const std::string name = "step_" + std::to_string(number);
    const auto body = [](const bytes& packet) { return byte_view(packet).subspan(plain_head); };
    const std::uint8_t whole[] = {number};
    const std::uint8_t wrapped[] = {static_cast<std::uint8_t>(number + 3)};
    write("handshake_client", name, joined({whole, answer}));
    write("handshake_client", name + "_body", joined({wrapped, body(answer)}));
    write("handshake_server", name, step(static_cast<std::uint8_t>(0x80 | number % 3), *query));
    write("handshake_server", name + "_body",
          step(static_cast<std::uint8_t>(0x40 | number % 3), body(*query)));
    query = near.receive(answer, testing::noon()).value();
  }
  mtproto::server_DH_inner_data inner;
  inner.g = 3;
  inner.dh_prime = shared_bytes(bytes(256, 0xc7));
  inner.g_a = shared_bytes(bytes(256, 0x35));
  const std::uint8_t sealed[] = {9};
  write("handshake_client", "inner", joined({sealed, tl::serialize(inner)}));
}

void write_files() {
  write("network_file", "production", as_bytes(network::production().to_json()));
  write("network_file", "test", as_bytes(network::test_dcs().to_json()));
  write("network_file", "number_too_large", as_bytes(R"({"home_dc":1e999})"));
  write("network_file", "none", as_bytes(R"({"name":"local","home_dc":2,"dcs":[],"rsa_keys":[]})"));

  const fs::path file = folder / "session_file" / "full";
  fs::create_directories(file.parent_path());
  fs::remove(file);
  {
    storage::session_store store(file, "local");
    write("session_file", "not_one", as_bytes("a letter to grandmother"));
    std::array<std::uint8_t, 256> key{};
    key.fill(7);
    store.write_login({2, 4242, true});
    store.write_key(2, {crypto::auth_key(key), 99, true});
    cached_peer peer;
    peer.id = 1234;
    peer.username = "files";
    store.write_peer(peer);
  }
  const fs::path empty = folder / "session_file" / "empty";
  fs::remove(empty);
  { const storage::session_store store(empty, "local"); }
  // Small pages: a seed of 4 KB says as much as one of 28.
  for (const fs::path& each : {file, empty}) {
    storage::sqlite database(each, each);
    database.run("PRAGMA page_size = 512; VACUUM;");
  }
}

void write_links() {
  const std::pair<const char*, const char*> links[] = {
      {"public", "https://t.me/durov/42"},
      {"single", "t.me/files/7?single&t=1m30s"},
      {"private", "https://t.me/c/1234567890/3/77?thread=3"},
      {"host", "files.t.me/s/5"},
      {"escaped", "HTTP://www.Telegram.Me:443/%66iles/12#end"},
      {"invite", "https://t.me/+AbCdEf012345"},
      {"joinchat", "telegram.dog/joinchat/AbC-_9"},
      {"range", "t.me/files/3/100-250"},
      {"comment", "https://t.me/files/12?comment=7&t=1:02:03"},
      {"story", "@files/s/5"},
      {"channel_id", "-1001234567890:12"},
      {"group_id", "-4012345678:1-9"},
      {"person", "12345:12?single"},
      {"user", "tg://user?id=12345&thread=1"},
      {"privatepost", "tg:privatepost?channel=12345&post=6&thread=7"},
      {"phone", "tg://resolve?phone=%2B12345"},
      {"boost", "tg:boost?domain=a%2Fb&channel=5"},
      {"app", "t.me/files/app?startapp=x"},
      {"word", "t.me/addlist/%00a/b"},
      {"two_numbers", "3/\x8a/x"},
      {"tg", "tg://resolve?domain=files&post=9&single"},
      {"proxy", "tg://proxy?server=a.example&port=443&secret=dd00000000000000000000000000000000"},
  };
  for (const auto& [name, text] : links) write("link", name, as_bytes(text));
}

void write_proxies() {
  const std::pair<const char*, const char*> texts[] = {
      {"socks", "socks5://ann:s%65cret@proxy.example:1080"},
      {"ipv6", "http://ann@[2001:db8::1]:3128/"},
      {"zone", "socks5h://[fe80::1%25]:1080"},
      {"link_dd", "tg://proxy?server=a.example&port=443&secret=dd000102030405060708090a0b0c0d0e0f"},
      {"link_ee", "https://t.me/proxy?server=1.2.3.4&port=443&secret=7gABAgMEBQYHCAkKCwwNDg9hLmJj"},
      {"link_socks", "t.me/socks?server=%3A%3A1&port=1080&user=ann&pass=a%40b"},
      {"secret_hex", "ee000102030405060708090a0b0c0d0e0f6578616d706c652e636f6d"},
      {"secret_base64", "3QABAgMEBQYHCAkKCwwNDg8="},
  };
  for (const auto& [name, text] : texts) write("proxy_text", name, as_bytes(text));
}

}  // namespace
}  // namespace mtfetch::fuzz

int main(int argc, char** argv) {
  using namespace mtfetch::fuzz;
  if (argc != 2) {
    std::fprintf(stderr, "usage: fuzz_make_corpus FOLDER\n");
    return 2;
  }
  folder = argv[1];
  write_tl();
  write_framing();
  write_http();
  write_layers();
  write_session();
  write_handshake();
  write_files();
  write_links();
  write_proxies();
  return 0;
}
