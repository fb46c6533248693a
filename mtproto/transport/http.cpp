// SPDX-License-Identifier: BSL-1.0
#include "mtproto/transport/http.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <mtfetch/error.hpp>
#include <utility>

#include "mtproto/transport/http_head.hpp"

namespace mtfetch::transport {
namespace {

constexpr int status_ok = 200;
// A chunk's size with what an extension may say behind it; the same for a line of a trailer.
constexpr std::size_t most_line = 256;
constexpr std::size_t most_trailer_lines = 16;
// Of what stands between the chunks: the limit of packets says nothing of it.
constexpr std::size_t most_between_chunks = std::size_t{64} * 1024;

// Where packets are posted to: the plain paths, and those that browsers use.
constexpr std::array<std::string_view, 4> paths = {"/api", "/apiw", "/api_test", "/apiw_test"};

bool is_ours(std::string_view request_line) {
  return std::ranges::any_of(paths, [&](std::string_view path) {
    const std::string line = "POST " + std::string(path) + " HTTP/1.";
    return request_line.starts_with(line) && request_line.size() == line.size() + 1;
  });
}

// The line at `at`, without its end. Empty optional: it is not whole yet.
result<std::optional<std::string_view>> line_at(byte_view in, std::size_t at) {
  const std::string_view rest = as_text(in.subspan(at).first(std::min(most_line, in.size() - at)));
  const std::size_t end = rest.find("\r\n");
  if (end != std::string_view::npos) return std::optional(rest.substr(0, end));
  if (rest.size() == most_line) return transport_errc::bad_http;
  return std::optional<std::string_view>();
}

std::optional<std::size_t> chunk_size(std::string_view line, std::size_t most) {
  return read_number(line.substr(0, line.find_first_of("; \t")), 16, most);
}

void put_in_front(tl::packet_buffer& packet, std::string_view head) {
  std::memcpy(packet.prepend(head.size()).data(), head.data(), head.size());
}

}  // namespace

http_codec::http_codec(role side, std::size_t max_body, std::string host, std::string path)
    : side_(side), max_body_(max_body), host_(std::move(host)), path_(std::move(path)) {}

result<frame_shape> http_codec::measure(byte_view in, role) {
  frame_shape shape;
  if (over_) {
    shape.size = in.size();
    return shape;
  }
  if (last_ && !under_way_) return transport_errc::closed;
  if (in.empty()) return shape;
  if (side_ == role::client && !under_way_) return transport_errc::closed;
  if (side_ == role::server && under_way_) return transport_errc::bad_http;
  if (head_ == 0) {
    if (const std::error_code refused = read_head(in)) return refused;
    if (head_ == 0) return shape;
  }
  shape.offset = head_;
  if (side_ == role::client && status_ >= 200 && status_ != status_ok) {
    shape.size = head_;
    shape.transport_error = -status_;
    over_ = true;
    return shape;
  }
  if (form_ == body::in_chunks) {
    const result<bool> whole = walk_chunks(in);
    if (!whole) return whole.error();
    if (!*whole) return frame_shape();
    shape.size = at_;
  } else {
    shape.size = head_ + length_;
  }
  shape.payload = length_;
  return shape;
}

std::error_code http_codec::read_head(byte_view in) {
  const auto read = read_http_head(in);
  if (!read) return read.error();
  if (!*read) return {};
  const http_head& head = **read;
  if (side_ == role::client) {
    const std::optional<int> status = head.status();
    if (!status || *status == 101) return transport_errc::bad_http;
    status_ = *status;
    last_ = head.lists("Connection", "close") ||
            (head.first_line.starts_with("HTTP/1.0") && !head.lists("Connection", "keep-alive"));
  } else {
    if (!is_ours(head.first_line)) return transport_errc::bad_http;
    status_ = status_ok;
  }
  length_ = 0;
  form_ = body::none;
  if (status_ == status_ok) {
    const bool chunked = head.has("Transfer-Encoding");
    // Both, or an encoding that is none of ours, is how two readers are made to see two bodies.
    if (chunked == head.has("Content-Length")) return transport_errc::bad_http;
    if (chunked) {
      const auto how = head.only("Transfer-Encoding");
      if (!how || !equal_without_case(*how, "chunked")) return transport_errc::bad_http;
      form_ = body::in_chunks;
    } else {
      const auto text = head.only("Content-Length");
      const auto length = text ? read_number(*text, 10, SIZE_MAX) : std::nullopt;
      if (!length) return transport_errc::bad_http;
      if (*length > max_body_) return transport_errc::frame_too_large;
      length_ = *length;
      form_ = body::of_length;
    }
  }
  head_ = head.size;
  at_ = head_;
  return {};
}

// Goes on from the last chunk seen. True: the last chunk and the trailer are there, and end at at_.
result<bool> http_codec::walk_chunks(byte_view in) {
  for (;;) {
    const auto line = line_at(in, at_);
    if (!line) return line.error();
    if (!*line) return false;
    const auto size = chunk_size(**line, max_body_);
    if (!size) return transport_errc::bad_http;
    const std::size_t data = at_ + (*line)->size() + 2;
    if (*size == 0) {
      std::size_t end = data;
      for (std::size_t lines = 0; lines < most_trailer_lines; ++lines) {
        const auto trailer = line_at(in, end);
        if (!trailer) return trailer.error();
        if (!*trailer) return false;
        end += (*trailer)->size() + 2;
        if ((*trailer)->empty()) {
          at_ = end;
          return true;
        }
      }
      return transport_errc::bad_http;
    }
    if (length_ + *size > max_body_) return transport_errc::frame_too_large;
    if (in.size() < data + *size + 2) return false;
    if (as_text(in.subspan(data + *size, 2)) != "\r\n") return transport_errc::bad_http;
    length_ += *size;
    at_ = data + *size + 2;
    if (at_ - head_ - length_ > most_between_chunks) return transport_errc::frame_too_large;
  }
}

void http_codec::take(byte_span frame) {
  if (form_ == body::in_chunks) {
    std::size_t from = head_;
    std::size_t to = head_;
    while (to < head_ + length_) {
      const std::string_view line = **line_at(frame, from);
      const std::size_t size = *chunk_size(line, max_body_);
      from += line.size() + 2;
      std::memmove(frame.data() + to, frame.data() + from, size);
      to += size;
      from += size + 2;
    }
  }
  if (status_ >= 200) under_way_ = side_ == role::server;  // 100 Continue answers nothing
  head_ = 0;
}

std::error_code http_codec::wrap(tl::packet_buffer& packet, bool) {
  if (!may_send()) return transport_errc::bad_frame;
  const std::string length = std::to_string(packet.size());
  if (side_ == role::client) {
    put_in_front(packet, "POST " + path_ + " HTTP/1.1\r\nHost: " + host_ +
                             "\r\nConnection: keep-alive\r\nContent-Length: " + length +
                             "\r\n\r\n");
  } else {
    put_in_front(packet, "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
  }
  under_way_ = side_ == role::client;
  return {};
}

void http_codec::wrap_error(std::int32_t code, tl::packet_buffer& out) {
  if (!may_send()) return;
  put_in_front(out, "HTTP/1.1 " + std::to_string(-code) +
                        " Error\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  under_way_ = false;
}

}  // namespace mtfetch::transport
