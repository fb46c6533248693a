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
      {"tg", "tg://resolve?domain=files&post=9&single"},
      {"proxy", "tg://proxy?server=a.example&port=443&secret=dd00000000000000000000000000000000"},
  };
  for (const auto& [name, text] : links) write("link", name, as_bytes(text));
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
  write_session();
  write_handshake();
  write_files();
  write_links();
  return 0;
}
