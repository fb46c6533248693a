// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/world/video_facts.hpp"

#include <array>
#include <fstream>
#include <string>

namespace mtfetch::testing {

namespace {

// ISO/IEC 14496-12: a file is boxes of size (32 bits, or 1 and then 64 bits), type, content.
struct box {
  std::string type;
  std::int64_t begin = 0;  // of the content
  std::int64_t end = 0;
};

class mp4_reader {
 public:
  explicit mp4_reader(const std::filesystem::path& file) : in_(file, std::ios::binary) {
    in_.seekg(0, std::ios::end);
    size_ = in_ ? static_cast<std::int64_t>(in_.tellg()) : 0;
  }

  std::int64_t size() const { return size_; }

  std::uint64_t number(std::int64_t at, int width) {
    std::array<char, 8> raw{};
    in_.clear();
    in_.seekg(at);
    in_.read(raw.data(), width);
    if (!in_) return 0;
    std::uint64_t value = 0;
    for (int i = 0; i < width; ++i) {
      value = value << 8 | static_cast<std::uint8_t>(raw[static_cast<std::size_t>(i)]);
    }
    return value;
  }

  /// The box at `at`, if a whole one lies before `end`.
  std::optional<box> box_at(std::int64_t at, std::int64_t end) {
    if (end - at < 8) return std::nullopt;
    std::int64_t header = 8;
    auto length = static_cast<std::int64_t>(number(at, 4));
    if (length == 1) {
      if (end - at < 16) return std::nullopt;
      header = 16;
      length = static_cast<std::int64_t>(number(at + 8, 8));
    } else if (length == 0) {
      length = end - at;  // "up to the end of the file"
    }
    if (length < header || length > end - at) return std::nullopt;
    const std::uint64_t type = number(at + 4, 4);
    box found;
    for (int shift = 24; shift >= 0; shift -= 8) {
      found.type.push_back(static_cast<char>(type >> shift & 0xff));
    }
    found.begin = at + header;
    found.end = at + length;
    return found;
  }

  /// Visits the boxes of [begin, end) until `visit` says stop.
  template <class Visit>
  void each(std::int64_t begin, std::int64_t end, Visit visit) {
    while (const auto found = box_at(begin, end)) {
      visit(*found);
      begin = found->end;
    }
  }

 private:
  std::ifstream in_;
  std::int64_t size_ = 0;
};

void read_movie_header(mp4_reader& in, const box& header, video_facts& facts) {
  // version 1 has 64-bit times: creation, modification, time scale, duration.
  const bool wide = in.number(header.begin, 1) == 1;
  const std::int64_t at = header.begin + (wide ? 20 : 12);
  const auto scale = static_cast<double>(in.number(at, 4));
  const auto ticks = static_cast<double>(in.number(at + 4, wide ? 8 : 4));
  if (scale > 0) facts.seconds = ticks / scale;
}

void read_track_header(mp4_reader& in, const box& header, video_facts& facts) {
  // Width and height are the last two fields, 16.16 fixed point; sound tracks have zeros.
  if (header.end - header.begin < 84) return;
  const auto width = static_cast<std::int32_t>(in.number(header.end - 8, 2));
  const auto height = static_cast<std::int32_t>(in.number(header.end - 4, 2));
  if (width > 0 && height > 0) {
    facts.width = width;
    facts.height = height;
  }
}

}  // namespace

std::optional<video_facts> read_video_facts(const std::filesystem::path& file) {
  mp4_reader in(file);
  const auto first = in.box_at(0, in.size());
  if (!first || first->type != "ftyp") return std::nullopt;
  video_facts facts;
  in.each(0, in.size(), [&](const box& outer) {
    if (outer.type != "moov") return;
    in.each(outer.begin, outer.end, [&](const box& inner) {
      if (inner.type == "mvhd") read_movie_header(in, inner, facts);
      if (inner.type != "trak") return;
      in.each(inner.begin, inner.end, [&](const box& part) {
        if (part.type == "tkhd") read_track_header(in, part, facts);
      });
    });
  });
  if (facts.width == 0) return std::nullopt;
  return facts;
}

}  // namespace mtfetch::testing
