// SPDX-License-Identifier: BSL-1.0
// MTProto over HTTP, both sides, and answers as servers and attackers write them.
#include <gtest/gtest.h>

#include <string>

#include "tests/transport/wire.hpp"

namespace mtfetch::transport {
namespace {

stream client_over_http(std::size_t max_packet = default_max_packet) {
  stream_options options;
  options.kind = framing::http;
  options.http_host = "149.154.167.51:80";
  options.max_packet = max_packet;
  return stream::client(options, seeded(1));
}

// One that has asked and waits for its answer.
stream waiting_client(std::size_t max_packet = default_max_packet) {
  stream made = client_over_http(max_packet);
  framed(made, some_packet(40));
  return made;
}

bytes text(std::string_view from) {
  const byte_view raw = as_bytes(from);
  return {raw.begin(), raw.end()};
}

bytes joined(std::initializer_list<byte_view> parts) {
  bytes out;
  for (const byte_view part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

std::error_code error_after(stream& to, std::string_view answer) {
  return deliver(to, as_bytes(answer));
}

const std::string ok = "HTTP/1.1 200 OK\r\n";

}  // namespace

TEST(http, posts_a_packet_as_its_body) {
  stream near = client_over_http();
  EXPECT_TRUE(near.greeting().empty());
  const bytes packet = some_packet(40);
  EXPECT_EQ(framed(near, packet),
            joined({as_bytes("POST /api HTTP/1.1\r\nHost: 149.154.167.51:80\r\nConnection: "
                             "keep-alive\r\nContent-Length: 40\r\n\r\n"),
                    packet}));
}

TEST(http, carries_packets_both_ways_however_they_are_split) {
  stream near = client_over_http();
  const bytes request = framed(near, some_packet(56));
  for (std::size_t cut = 0; cut <= request.size(); ++cut) {
    stream far = stream::server(pair_of_streams::far_options());
    ASSERT_FALSE(deliver(far, byte_view(request).first(cut)));
    ASSERT_FALSE(deliver(far, byte_view(request).subspan(cut)));
    const auto came = drain(far);
    ASSERT_EQ(came.size(), 1U) << cut;
    EXPECT_EQ(data_of(came[0]), some_packet(56));
    EXPECT_TRUE(std::get<packet>(came[0]).answer_due);
    EXPECT_EQ(far.kind(), framing::http);

    const bytes answer = framed(far, some_packet(72));
    stream asking = waiting_client();
    ASSERT_FALSE(deliver(asking, byte_view(answer).first(std::min(cut, answer.size()))));
    ASSERT_FALSE(deliver(asking, byte_view(answer).subspan(std::min(cut, answer.size()))));
    EXPECT_EQ(data_of(drain(asking).at(0)), some_packet(72));
  }
}

TEST(http, has_one_request_under_way_at_a_time) {
  stream near = client_over_http();
  stream far = stream::server(pair_of_streams::far_options());
  EXPECT_TRUE(near.may_send());
  for (int round = 0; round < 3; ++round) {
    const bytes request = framed(near, some_packet(40));
    EXPECT_FALSE(near.may_send());
    tl::packet_buffer second;
    second.append_bytes(some_packet(40));
    EXPECT_EQ(near.frame(second), transport_errc::bad_frame);
    ASSERT_FALSE(deliver(far, request));
    EXPECT_EQ(drain(far).size(), 1U);
    EXPECT_TRUE(far.may_send());
    // Every other answer is empty: it is no packet, and the next request may go.
    const bytes answer = framed(far, round == 1 ? bytes() : some_packet(40));
    EXPECT_FALSE(far.may_send());
    ASSERT_FALSE(deliver(near, answer, 7));
    EXPECT_EQ(drain(near).size(), round == 1 ? 0U : 1U);
    EXPECT_TRUE(near.may_send());
  }
}

TEST(http, puts_chunks_together_wherever_they_are_split) {
  const bytes packet = some_packet(72);
  const byte_view whole = packet;
  const bytes answer = joined(
      {as_bytes(ok + "transfer-encoding: Chunked\r\nServer: nginx\r\n\r\n1\r\n"), whole.first(1),
       as_bytes("\r\n2F;name=value\r\n"), whole.subspan(1, 47), as_bytes("\r\n00018\r\n"),
       whole.subspan(48), as_bytes("\r\n0\r\nTrailer: yes\r\n\r\n")});
  for (std::size_t cut = 0; cut <= answer.size(); ++cut) {
    stream near = waiting_client();
    ASSERT_FALSE(deliver(near, byte_view(answer).first(cut)));
    ASSERT_EQ(near.may_send(), cut == answer.size());
    ASSERT_FALSE(deliver(near, byte_view(answer).subspan(cut)));
    EXPECT_EQ(data_of(drain(near).at(0)), packet) << cut;
    EXPECT_TRUE(near.may_send());
  }
  stream near = waiting_client();
  ASSERT_FALSE(deliver(near, answer, 1));
  EXPECT_EQ(data_of(drain(near).at(0)), packet);
}

TEST(http, carries_a_mebibyte_with_a_length_and_in_chunks) {
  const bytes packet = some_packet(24 + 16 * 65536);
  stream near = waiting_client();
  ASSERT_FALSE(deliver(
      near,
      joined(
          {as_bytes(ok + "Content-Length: " + std::to_string(packet.size()) + "\r\n\r\n"), packet}),
      100'000));
  EXPECT_EQ(data_of(drain(near).at(0)), packet);
  bytes chunked = text(ok + "Transfer-Encoding: chunked\r\n\r\n");
  for (std::size_t at = 0; at < packet.size(); at += 4096) {
    const byte_view part =
        byte_view(packet).subspan(at, std::min<std::size_t>(4096, packet.size() - at));
    chunked = joined(
        {chunked, as_bytes(part.size() == 4096 ? "1000\r\n" : "18\r\n"), part, as_bytes("\r\n")});
  }
  framed(near, some_packet(40));
  ASSERT_FALSE(deliver(near, joined({chunked, as_bytes("0\r\n\r\n")}), 10'000));
  EXPECT_EQ(data_of(drain(near).at(0)), packet);
}

TEST(http, takes_a_status_for_a_transport_error) {
  for (const int status : {404, 403, 429, 500}) {
    stream near = waiting_client();
    const std::string body = "<html>nobody reads this</html>";
    EXPECT_FALSE(error_after(near, "HTTP/1.1 " + std::to_string(status) +
                                       " Whatever\r\nContent-Length: 30\r\n\r\n" + body));
    const auto came = drain(near);
    ASSERT_EQ(came.size(), 1U);
    EXPECT_EQ(std::get<std::int32_t>(came[0]), -status);
    EXPECT_FALSE(near.may_send());
  }
}

TEST(http, gives_a_transport_error_as_a_status) {
  stream near = client_over_http();
  stream far = stream::server(pair_of_streams::far_options());
  ASSERT_FALSE(deliver(far, framed(near, some_packet(40))));
  tl::packet_buffer out;
  far.frame_error(-404, out);
  ASSERT_FALSE(deliver(near, out.payload()));
  EXPECT_EQ(std::get<std::int32_t>(drain(near).at(0)), -404);
}

TEST(http, passes_over_a_provisional_answer) {
  stream near = waiting_client();
  EXPECT_FALSE(error_after(near, "HTTP/1.1 100 Continue\r\n\r\n"));
  EXPECT_FALSE(near.may_send());
  EXPECT_FALSE(error_after(near, ok + "Content-Length: 0\r\n\r\n"));
  EXPECT_TRUE(near.may_send());
}

TEST(http, refuses_answers_that_two_readers_would_read_differently) {
  for (const std::string& answer : {
           std::string("SSH-2.0-OpenSSH_9.2\r\n\r\n"),
           std::string("HTTP/2 200 OK\r\nContent-Length: 0\r\n\r\n"),
           std::string("HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n"),
           std::string("HTTP/1.1 101 Switching Protocols\r\n\r\n"),
           ok + "\r\n",  // no end but the connection's
           ok + "Content-Length: 40\r\nContent-Length: 0\r\n\r\n",
           ok + "Content-Length: 40\r\nTransfer-Encoding: chunked\r\n\r\n",
           ok + "Content-Length: -1\r\n\r\n",
           ok + "Content-Length: +4\r\n\r\n",
           ok + "Content-Length: 0x10\r\n\r\n",
           ok + "Content-Length: 4, 4\r\n\r\n",
           ok + "Content-Length : 4\r\n\r\n",
           ok + "Content-Length: 0\r\n folded: 1\r\n\r\n",
           ok + "Bad\x01Name: 1\r\nContent-Length: 0\r\n\r\n",
           ok + "X: a\nb\r\nContent-Length: 0\r\n\r\n",
           ok + "no colon\r\nContent-Length: 0\r\n\r\n",
           ok + "Transfer-Encoding: gzip, chunked\r\n\r\n",
           ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
           ok + "Transfer-Encoding: chunked\r\n\r\n-1\r\n",
           ok + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
           ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n",
           ok + "Transfer-Encoding: chunked\r\n\r\n" + std::string(300, '0'),
           ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n" + std::string(40, 'a') +
               std::string("\r\na: b\r\n\r\n").insert(0, std::string(300, 'x')),
           std::string(10'000, 'H'),
           ok + "X: " + std::string(10'000, 'y'),
       }) {
    stream near = waiting_client();
    EXPECT_EQ(error_after(near, answer), transport_errc::bad_http) << answer.substr(0, 80);
    EXPECT_TRUE(drain(near).empty());
  }
}

TEST(http, bounds_what_an_answer_may_hold) {
  stream near = waiting_client(1000);
  EXPECT_EQ(error_after(near, ok + "Content-Length: 1001\r\n\r\n"),
            transport_errc::frame_too_large);
  stream next = waiting_client(1000);
  EXPECT_EQ(error_after(next, ok + "Content-Length: 18446744073709551615\r\n\r\n"),
            transport_errc::frame_too_large);
  stream chunks = waiting_client(1000);
  std::string answer = ok + "Transfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 11; ++i) answer += "64\r\n" + std::string(100, 'a') + "\r\n";
  EXPECT_EQ(error_after(chunks, answer), transport_errc::frame_too_large);
}

TEST(http, bounds_what_an_answer_may_hold_besides_its_packet) {
  const std::string begin = ok + "Transfer-Encoding: chunked\r\n\r\n";
  const std::string wordy = "1;" + std::string(250, 'x') + "\r\na\r\n";
  stream near = waiting_client();
  std::string answer = begin;
  for (int i = 0; i < 300; ++i) answer += wordy;
  EXPECT_EQ(error_after(near, answer), transport_errc::frame_too_large);
  // A server that sends small chunks is none of those.
  stream next = waiting_client();
  answer = begin;
  for (int i = 0; i < 200; ++i) answer += wordy;
  EXPECT_FALSE(error_after(next, answer + "0\r\n\r\n"));
  EXPECT_EQ(data_of(drain(next).at(0)), bytes(200, 'a'));
}

TEST(http, ends_after_the_answer_that_is_the_last) {
  const bytes packet = some_packet(40);
  for (const std::string& head : {std::string("HTTP/1.1 200 OK\r\nConnection: close\r\n"),
                                  std::string("HTTP/1.1 200 OK\r\nConnection: foo, Close\r\n"),
                                  std::string("HTTP/1.0 200 OK\r\n")}) {
    stream near = waiting_client();
    EXPECT_EQ(deliver(near, joined({as_bytes(head + "Content-Length: 40\r\n\r\n"), packet})),
              transport_errc::closed)
        << head;
    EXPECT_EQ(data_of(drain(near).at(0)), packet) << head;
    EXPECT_FALSE(near.may_send()) << head;
  }
  stream kept = waiting_client();
  EXPECT_FALSE(
      error_after(kept, "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_TRUE(kept.may_send());
}

TEST(http, takes_an_answer_to_nothing_for_the_end) {
  stream near = client_over_http();
  EXPECT_EQ(error_after(near, "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"),
            transport_errc::closed);
}

TEST(http, refuses_requests_that_are_none_of_ours) {
  for (const std::string request :
       {"POST /elsewhere HTTP/1.1\r\nContent-Length: 4\r\n\r\n1234", "POST /api HTTP/1.1\r\n\r\n",
        "POST /api HTTP/1.10\r\nContent-Length: 0\r\n\r\n",
        "POST /api\r\nContent-Length: 0\r\n\r\n"}) {
    stream far = stream::server(pair_of_streams::far_options());
    EXPECT_EQ(error_after(far, request), transport_errc::bad_http) << request;
  }
  // A second request before the answer to the first.
  stream far = stream::server(pair_of_streams::far_options());
  const std::string one =
      "POST /apiw HTTP/1.1\r\nContent-Length: 40\r\n\r\n" + std::string(40, 'a');
  EXPECT_EQ(error_after(far, one + one), transport_errc::bad_http);
  EXPECT_EQ(drain(far).size(), 1U);
}

TEST(http, lives_through_any_change_of_one_byte) {
  const bytes packet = some_packet(40);
  const bytes honest =
      joined({as_bytes(ok + "Transfer-Encoding: chunked\r\n\r\n8\r\n"), byte_view(packet).first(8),
              as_bytes("\r\n20\r\n"), byte_view(packet).subspan(8), as_bytes("\r\n0\r\n\r\n")});
  int unharmed = 0;
  for (std::size_t at = 0; at < honest.size(); ++at) {
    for (const int value : {0, 0x0a, 0x0d, 0x20, 0x30, 0x39, 0x66, 0x7f, 0xff}) {
      bytes changed = honest;
      changed[at] = static_cast<std::uint8_t>(value);
      stream near = waiting_client();
      if (!deliver(near, changed, 13)) ++unharmed;
    }
  }
  EXPECT_GT(unharmed, 0);
}

}  // namespace mtfetch::transport
