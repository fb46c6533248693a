// SPDX-License-Identifier: BSL-1.0
// Logins of other programs: read from their strings and files, taken into a session file of ours,
// and written as strings that they read.
#pragma once

#include <mtfetch/network.hpp>
#include <mtfetch/peers.hpp>

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mtfetch {

/// Where a login comes from.
enum class session_format {
  telethon_string,
  telethon_file,
  pyrogram_string,
  pyrogram_file,
  gramjs_string,
  mtcute_string,
  mtkruto_string,
  tdata,
  own,  ///< a session file of mtfetch
};

/// "Telethon string", "Telegram Desktop": for people.
std::string_view to_string(session_format format);

/// A permanent key of one data centre: the whole login, for whoever has it. Wiped at its end.
struct foreign_key {
  int dc = 0;
  std::array<std::uint8_t, 256> key{};

  foreign_key() = default;
  foreign_key(const foreign_key&) = default;
  foreign_key& operator=(const foreign_key&) = default;
  ~foreign_key();
  friend bool operator==(const foreign_key&, const foreign_key&) = default;
};

/// What another program knows of a login.
struct foreign_session {
  session_format format = session_format::own;
  foreign_key home;          ///< the data centre that the login lives in, and its key
  std::optional<bool> test;  ///< Telegram's test network; nothing: the format does not say
  std::string ip;            ///< the data centre's address; empty: the format does not say
  std::uint16_t port = 0;    ///< 0: the format does not say
  std::int64_t user_id = 0;  ///< 0: the format does not say
  std::optional<bool> bot;   ///< nothing: the format does not say
  std::int32_t api_id = 0;   ///< the application that it was made with; 0: the format does not say
  std::vector<foreign_key> elsewhere;  ///< keys of further data centres (Telegram Desktop)
  std::vector<cached_peer> peers;      ///< whom the account has met (Telethon and Pyrogram files)
};

/// Reads a session string of Telethon, Pyrogram, GramJS, mtcute or MTKruto and finds out which it
/// is; white space around it is left out. No I/O. Throws mtfetch::error
/// (storage_errc::bad_session_file): what is wrong with it, never what stands in it.
foreign_session read_session_string(std::string_view text);

/// Reads a .session file of Telethon or Pyrogram, or Telegram Desktop's folder `tdata` (the one it
/// lies in will do), where `passcode` is its local passcode and there is one login for each
/// account. Nothing is written. Throws mtfetch::error: storage_errc::bad_session_file;
/// client_errc::bad_config for a passcode that is wrong or missing.
std::vector<foreign_session> read_session_file(const std::filesystem::path& path,
                                               const std::string& passcode = {});

/// Telethon's StringSession; the address is that of `known` where the session has none. Throws
/// mtfetch::error (client_errc::unknown_dc) where neither has one.
std::string to_telethon_string(const foreign_session& session, const network& known);
/// mtcute's string session, version 3. Errors as above.
std::string to_mtcute_string(const foreign_session& session, const network& known);

/// Takes the login into a session file of ours: key, account and peers, at once or not at all.
/// `replace`: whether a login that is there may be lost for it. A session that does not say who it
/// is gets user id 0, which the client finds out when it connects. Throws mtfetch::error:
/// client_errc::bad_config where the session belongs to another network or a login is there.
void import_session(const foreign_session& session, storage::session_store& store,
                    const network& known, bool replace = false);
/// The same with the file, which is made where there is none; see config::session_file.
void import_session(const foreign_session& session, const std::filesystem::path& file,
                    const network& known, bool replace = false);

/// The login of a session file of ours, without its peers. Throws mtfetch::error
/// (client_errc::not_signed_in) where there is none.
foreign_session export_session(const storage::session_store& store, const network& known);
foreign_session export_session(const std::filesystem::path& file, const network& known);

}  // namespace mtfetch
