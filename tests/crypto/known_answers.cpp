// SPDX-License-Identifier: BSL-1.0
#include "tests/crypto/known_answers.hpp"

#include <fstream>
#include <memory>
#include <random>
#include <stdexcept>

namespace mtfetch::crypto::testing {
namespace {

std::vector<known_answer> read_all() {
  const std::string path = std::string(MTFETCH_TEST_DATA) + "/known_answers.txt";
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<known_answer> all;
  std::string name;
  std::map<std::string, std::string> values;
  const auto close = [&] {
    if (!name.empty()) all.emplace_back(name, std::exchange(values, {}));
  };
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    if (line[0] == '[') {
      close();
      name = line.substr(1, line.size() - 2);
    } else {
      const std::size_t colon = line.find(": ");
      if (colon == std::string::npos) throw std::runtime_error(path + ": " + line);
      values[line.substr(0, colon)] = line.substr(colon + 2);
    }
  }
  close();
  return all;
}

unsigned digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  throw std::invalid_argument("not a hex digit");
}

}  // namespace

bytes unhex(std::string_view digits) {
  if (digits.size() % 2 != 0) throw std::invalid_argument("half a byte of hex");
  bytes out;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    out.push_back(static_cast<std::uint8_t>(digit(digits[i]) << 4 | digit(digits[i + 1])));
  }
  return out;
}

std::string hex(byte_view data) {
  std::string out;
  for (const std::uint8_t byte : data) {
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}

std::vector<known_answer> known_answers(std::string_view group) {
  std::vector<known_answer> found;
  for (known_answer& one : read_all()) {
    if (one.name().starts_with(std::string(group) + "/")) found.push_back(std::move(one));
  }
  if (found.empty()) throw std::runtime_error("no known answers for " + std::string(group));
  return found;
}

known_answer known_answer_of(std::string_view group, std::string_view id) {
  std::string suffix = "/";
  suffix += id;
  for (known_answer& one : known_answers(group)) {
    if (one.name().ends_with(suffix)) return std::move(one);
  }
  throw std::runtime_error("no known answer " + std::string(id));
}

random_source scripted_random(bytes data) {
  auto left = std::make_shared<bytes>(std::move(data));
  return [left](byte_span out) {
    if (left->size() < out.size()) throw std::runtime_error("more random bytes than expected");
    const auto end = left->begin() + static_cast<std::ptrdiff_t>(out.size());
    std::copy(left->begin(), end, out.begin());
    left->erase(left->begin(), end);
  };
}

random_source seeded_random(std::uint64_t seed) {
  auto engine = std::make_shared<std::mt19937_64>(seed);
  return [engine](byte_span out) {
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>((*engine)());
  };
}

}  // namespace mtfetch::crypto::testing
