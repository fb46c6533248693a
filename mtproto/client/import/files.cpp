// SPDX-License-Identifier: BSL-1.0
// Other programs' files from the disk.
#include "mtproto/client/import/formats.hpp"

#include <mtfetch/error.hpp>

#include <fstream>

namespace mtfetch::foreign {
namespace {

namespace fs = std::filesystem;

std::optional<bytes> read_whole(const fs::path& file, std::uintmax_t most) {
  std::error_code ec;
  if (!fs::is_regular_file(file, ec)) return std::nullopt;
  const std::uintmax_t size = fs::file_size(file, ec);
  if (ec || size > most) refuse(file.string(), "too large for a session");
  bytes out(size);
  std::ifstream in(file, std::ios::binary);
  if (!in.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(size))) {
    refuse(file.string(), "cannot be read");
  }
  return out;
}

}  // namespace
}  // namespace mtfetch::foreign

namespace mtfetch {

std::vector<foreign_session> read_session_file(const std::filesystem::path& path,
                                               const std::string& passcode) {
  namespace fs = std::filesystem;
  constexpr std::uintmax_t most_tdata = 1U << 20;
  constexpr std::uintmax_t most_database = 256U << 20;
  std::error_code ec;
  if (fs::is_directory(path, ec)) {
    const fs::path folder = fs::is_directory(path / "tdata", ec) ? path / "tdata" : path;
    const auto read = [&folder](const std::string& name) {
      return foreign::read_whole(folder / name, most_tdata);
    };
    return foreign::read_tdata(read, passcode, folder.string());
  }
  fs::path log = path;
  log += "-wal";
  if (fs::exists(log, ec) && fs::file_size(log, ec) > 0) {
    foreign::refuse(path.string(), "its program has not finished writing it. Close that first");
  }
  auto file = foreign::read_whole(path, most_database);
  if (!file) foreign::refuse(path.string(), "there is no such file");
  const crypto::wipe_at_exit wiped(*file);
  return {foreign::read_sqlite_session(*file, path.string())};
}

}  // namespace mtfetch
