// SPDX-License-Identifier: BSL-1.0
// A folder as a download leaves it, without one: files, and a catalogue that knows them.
#pragma once

#include "downloader/catalogue/catalogue.hpp"
#include "mtproto/crypto/sha.hpp"
#include "tests/support/temporary_folder.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace mtfetch::verify_test {

inline constexpr std::int64_t window = engine::hash_window;

/// Every other window is marked as compared with the server's hash.
inline catalogued_file entry_of(const std::string& name, const std::string& content,
                                std::int64_t id) {
  catalogued_file made;
  made.name = name;
  made.identity.id = id;
  made.identity.size = static_cast<std::int64_t>(content.size());
  made.origin.link = "t.me/files/" + std::to_string(id);
  made.windows = window_digests(made.identity.size);
  for (std::size_t i = 0; i < made.windows.count(); ++i) {
    engine::window_record one = made.windows.at(i);
    one.sha256 = crypto::sha256(as_bytes(content).subspan(static_cast<std::size_t>(one.offset),
                                                          static_cast<std::size_t>(one.size)));
    one.verified = i % 2 == 0;
    made.windows.set(one);
  }
  return made;
}

inline void put(const std::filesystem::path& folder, const std::string& name,
                const std::string& content, std::int64_t id) {
  std::filesystem::create_directories(folder);
  tests::write_file(folder / name, content);
  catalogue(folder).record(std::vector{entry_of(name, content, id)});
}

/// Turns the bits of the bytes [begin, end).
inline void damage(const std::filesystem::path& file, std::int64_t begin, std::int64_t end) {
  std::fstream opened(file, std::ios::in | std::ios::out | std::ios::binary);
  std::string bits(static_cast<std::size_t>(end - begin), '\0');
  opened.seekg(begin);
  opened.read(bits.data(), end - begin);
  for (char& byte : bits) byte = static_cast<char>(~byte);
  opened.seekp(begin);
  opened.write(bits.data(), end - begin);
}

}  // namespace mtfetch::verify_test
