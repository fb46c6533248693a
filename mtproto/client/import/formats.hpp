// SPDX-License-Identifier: BSL-1.0
// The readers of other programs' sessions, each a function of bytes. What they are given is
// hostile: they throw mtfetch::error, and no sentence has any of the content.
#pragma once

#include <mtfetch/bytes.hpp>
#include <mtfetch/foreign_session.hpp>

#include "mtproto/crypto/secure.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace mtfetch::foreign {

/// Throws storage_errc::bad_session_file: "`what`: `why`".
[[noreturn]] void refuse(const std::string& what, const std::string& why);

/// A data centre id as foreign programs write it. Throws for one that cannot be.
int checked_dc(std::int64_t dc, const std::string& what);
/// Throws unless the key has 256 bytes that are not all the same.
foreign_key checked_key(std::int64_t dc, byte_view key, const std::string& what);

/// A SQLite file of Telethon or Pyrogram. `name` is what errors call it. The bytes are changed.
foreign_session read_sqlite_session(bytes& file, const std::string& name);

/// A file of the tdata folder by its name in it ("key_datas", "D877F783D5D3EF8C/maps"); nothing:
/// there is none.
using tdata_files = std::function<std::optional<bytes>(const std::string& name)>;
std::vector<foreign_session> read_tdata(const tdata_files& files, const std::string& passcode,
                                        const std::string& name);

/// Where the files of account `index` (from 0) are: "D877F783D5D3EF8C", "A7FDF864FBC10B77"...
std::string tdata_account_name(int index);
/// The key that the passcode gives: as it is made today, and as it was before 2019.
crypto::secret<256> tdata_passcode_key(byte_view passcode, byte_view salt);
crypto::secret<256> tdata_legacy_passcode_key(byte_view passcode, byte_view salt);

}  // namespace mtfetch::foreign
