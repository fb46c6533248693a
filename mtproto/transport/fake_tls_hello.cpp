// SPDX-License-Identifier: BSL-1.0
#include "mtproto/transport/fake_tls_hello.hpp"

#include <numeric>

#include "mtproto/crypto/secure.hpp"
#include "mtproto/crypto/x25519.hpp"
#include "mtproto/tl/hex.hpp"
#include "mtproto/transport/big_endian.hpp"

namespace mtfetch::transport {
namespace {

constexpr std::size_t x25519_size = 32;
constexpr std::size_t mlkem768_size = 1184;
constexpr std::size_t random_run_choices = 4;

// A number below `limit`, every one as likely: at most 256.
std::size_t below(std::size_t limit, const random_source& random) {
  const std::size_t fair = 256 / limit * limit;
  std::uint8_t drawn = 0;
  do {
    random(byte_span(&drawn, 1));
  } while (drawn >= fair);
  return drawn % limit;
}

void draw_x25519(byte_span out, const random_source& random) {
  crypto::secret<x25519_size> key;
  random(key.span());
  std::ranges::copy(crypto::x25519_public_key(key.view()), out.begin());
}

// FIPS 203, 7.2: 768 coefficients below q = 3329, two of them in three bytes, and a seed of 32
// bytes. A server that checks the modulus would know anything else.
void draw_mlkem768(byte_span out, const random_source& random) {
  constexpr unsigned q = 3329;
  constexpr std::size_t seed_size = 32;
  const auto coefficient = [&] {
    for (;;) {
      std::array<std::uint8_t, 2> two{};
      random(two);
      const unsigned drawn = (two[0] | unsigned{two[1]} << 8) & 0xfffU;
      if (drawn < q) return drawn;
    }
  };
  std::size_t i = 0;
  for (; i + seed_size < out.size(); i += 3) {
    const unsigned a = coefficient();
    const unsigned b = coefficient();
    out[i] = static_cast<std::uint8_t>(a);
    out[i + 1] = static_cast<std::uint8_t>(a >> 8 | b << 4);
    out[i + 2] = static_cast<std::uint8_t>(b >> 4);
  }
  random(out.subspan(i));
}

// Walks over a shape's fields and appends what they say.
class writer {
 public:
  writer(std::string_view domain, const hello_draws& drawn, bytes& out)
      : domain_(domain), drawn_(drawn), out_(out) {}

  void write(hello_shape fields) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const hello_field& field = fields[i];
      switch (field.what) {
        case hello_field::kind::hex:
          append_hex(field.text);
          break;
        case hello_field::kind::begin:
          open_.push_back({out_.size(), field.size});
          out_.resize(out_.size() + field.size);
          break;
        case hello_field::kind::end:
          close();
          break;
        case hello_field::kind::digest:
          room(hello_random_size);
          break;
        case hello_field::kind::random:
          drawn_.random(room(field.size));
          break;
        case hello_field::kind::random_run:
          drawn_.random(room(field.size + field.step * below(random_run_choices, drawn_.random)));
          break;
        case hello_field::kind::grease: {
          const std::uint8_t value = drawn_.grease.at(field.size);
          std::ranges::fill(room(2), value);
          break;
        }
        case hello_field::kind::domain:
          std::ranges::copy(as_bytes(domain_), room(domain_.size()).begin());
          break;
        case hello_field::kind::x25519:
          drawn_.x25519(room(x25519_size));
          break;
        case hello_field::kind::mlkem768:
          drawn_.mlkem768(room(mlkem768_size));
          break;
        case hello_field::kind::shuffle:
          i += write_group(fields.subspan(i));
          break;
        case hello_field::kind::part:
          break;
        case hello_field::kind::pad_to:
          pad(field.size);
          break;
      }
    }
  }

 private:
  struct length {
    std::size_t at;
    std::size_t size;
  };

  byte_span room(std::size_t n) {
    out_.resize(out_.size() + n);
    return byte_span(out_).last(n);
  }
  void append_hex(std::string_view text) {
    std::string digits;
    for (const char c : text) {
      if (c != ' ') digits += c;
    }
    const bytes read = tl::from_hex(digits).value();
    out_.insert(out_.end(), read.begin(), read.end());
  }
  void close() {
    const length last = open_.back();
    open_.pop_back();
    std::size_t value = out_.size() - last.at - last.size;
    for (std::size_t i = last.size; i-- > 0; value >>= 8) {
      out_[last.at + i] = static_cast<std::uint8_t>(value);
    }
  }
  // Writes the parts of the group that begins here; gives the place of its end.
  std::size_t write_group(hello_shape fields) {
    std::vector<hello_shape> parts;
    std::size_t depth = 0;
    std::size_t begun = 0;
    std::size_t i = 1;
    for (;; ++i) {
      const auto what = fields[i].what;
      const bool group_ends = what == hello_field::kind::end && depth == 0;
      if (depth == 0 && (what == hello_field::kind::part || group_ends)) {
        if (begun != 0) parts.push_back(fields.subspan(begun, i - begun));
        begun = i + 1;
      }
      if (group_ends) break;
      if (what == hello_field::kind::begin) ++depth;
      if (what == hello_field::kind::end) --depth;
    }
    for (const std::size_t next : drawn_.order(parts.size())) write(parts.at(next));
    return i;
  }
  void pad(std::size_t to) {
    constexpr std::size_t head = 4;
    if (out_.size() + head >= to) return;
    append_hex("0015");
    const std::size_t zeros = to - out_.size() - 2;
    append_big_u16(out_, zeros);
    room(zeros);
  }

  std::string_view domain_;
  const hello_draws& drawn_;
  bytes& out_;
  std::vector<length> open_;
};

}  // namespace

hello_draws draw_hello(const random_source& random) {
  hello_draws out;
  out.random = random;
  random(out.grease);
  for (std::size_t i = 0; i < out.grease.size(); ++i) {
    std::uint8_t& value = out.grease[i];
    value = static_cast<std::uint8_t>((value & 0xf0U) | 0x0aU);
    if (i % 2 == 1 && value == out.grease[i - 1]) value ^= 0x10;
  }
  out.x25519 = [random](byte_span key) { draw_x25519(key, random); };
  out.mlkem768 = [random](byte_span key) { draw_mlkem768(key, random); };
  out.order = [random](std::size_t n) {
    std::vector<std::size_t> made(n);
    std::iota(made.begin(), made.end(), std::size_t{0});
    for (std::size_t left = n; left > 1; --left) {
      std::swap(made[left - 1], made[below(left, random)]);
    }
    return made;
  };
  return out;
}

bytes build_hello(hello_shape shape, std::string_view domain, const hello_draws& drawn) {
  bytes out;
  writer(domain, drawn, out).write(shape);
  return out;
}

}  // namespace mtfetch::transport
