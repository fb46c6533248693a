// SPDX-License-Identifier: BSL-1.0
#include "mtproto/transport/layers.hpp"

#include <utility>

namespace mtfetch::transport {
namespace {

bool opened(const layer& one) {
  return std::visit([](const auto& it) { return it.is_open(); }, one);
}

}  // namespace

layers::layers(std::vector<layer> from_socket_upwards) : stack_(std::move(from_socket_upwards)) {}

std::error_code layers::add(layer next, byte_view first, bytes& plain, bytes& wire) {
  stack_.push_back(std::move(next));
  open_next(wire);
  return receive_from(stack_.size() - 1, first, plain, wire);
}

void layers::start(bytes& wire) {
  open_ = 0;
  open_next(wire);
}

// Starts the lowest layer that is not open, and those above as long as they open without an answer.
void layers::open_next(bytes& wire) {
  for (; open_ < stack_.size(); ++open_) {
    bytes said;
    std::visit([&](auto& it) { it.start(said); }, stack_[open_]);
    send_below(open_, said, wire);
    if (!opened(stack_[open_])) return;
  }
}

// Passes data down through the layers below `top`, all of which are open.
void layers::send_below(std::size_t top, byte_view data, bytes& wire) {
  if (data.empty()) return;
  if (top == 0) {
    wire.insert(wire.end(), data.begin(), data.end());
    return;
  }
  bytes encoded;
  std::visit([&](auto& it) { it.send(data, encoded); }, stack_[top - 1]);
  send_below(top - 1, encoded, wire);
}

std::error_code layers::receive(byte_view from_wire, bytes& plain, bytes& wire) {
  return receive_from(0, from_wire, plain, wire);
}

std::error_code layers::receive_from(std::size_t lowest, byte_view data, bytes& plain,
                                     bytes& wire) {
  if (failed_) return failed_;
  bytes held;
  for (std::size_t i = lowest; i < stack_.size() && !data.empty(); ++i) {
    bytes decoded;
    bytes answer;
    const std::error_code failed =
        std::visit([&](auto& it) { return it.receive(data, decoded, answer); }, stack_[i]);
    send_below(i, answer, wire);
    // What came before a failure is good, and goes on up; a failure up there was the earlier one.
    if (failed) failed_ = failed;
    if (i == open_) {
      if (!opened(stack_[i])) return failed_;
      ++open_;
      open_next(wire);
    }
    held = std::move(decoded);
    data = held;
  }
  plain.insert(plain.end(), data.begin(), data.end());
  return failed_;
}

void layers::send(byte_view plain, bytes& wire) {
  send_below(stack_.size(), plain, wire);
}

}  // namespace mtfetch::transport
