// SPDX-License-Identifier: BSL-1.0
// What is to be seen in the data centre: channels, their messages, and the documents they carry.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mtproto/testing/world/video_facts.hpp"

namespace mtfetch::testing {

/// A file as Telegram knows it. The id follows from path, size and time of change, so that a file
/// that was replaced is another document, and the same file is the same one after a restart.
struct document {
  std::int64_t id = 0;
  int dc = 0;
  std::filesystem::path path;
  std::string name;
  std::string mime_type;
  std::int64_t size = 0;
  std::int32_t date = 0;  ///< unix time of the file's last change
  std::optional<video_facts> video;
};

/// A post of a channel. Message ids begin at 1; the vector of a channel holds them without gaps.
struct post {
  int id = 0;
  std::int32_t date = 0;
  std::string text;
  std::size_t document = 0;  ///< index into catalogue::documents()
};

struct channel {
  std::int64_t id = 0;
  std::string title;
  std::string username;  ///< empty: private, for members only
  std::int32_t date = 0;
  std::vector<post> posts;

  bool is_public() const { return !username.empty(); }
  const post* find(int message_id) const;
};

/// Read once from a folder; constant afterwards.
class catalogue {
 public:
  /// Every regular file of `folder` becomes a post of the public channel, in file-name order, those
  /// of the sub-folder `private_folder` posts of the private one. Hidden files (.name) are left
  /// out. Documents go to the DCs in turn. Throws mtfetch::error (storage) when the folder cannot
  /// be read.
  catalogue(const std::filesystem::path& folder, const std::string& public_name,
            const std::string& private_folder, const std::vector<int>& dcs);

  const std::vector<channel>& channels() const { return channels_; }
  const std::vector<document>& documents() const { return documents_; }
  const channel* find_channel(std::int64_t id) const;
  /// Upper and lower case are the same, as in Telegram.
  const channel* find_username(std::string_view username) const;
  const document* find_document(std::int64_t id) const;
  const document& document_of(const post& p) const { return documents_[p.document]; }

 private:
  void add_channel(channel made, const std::filesystem::path& folder, const std::vector<int>& dcs);

  std::vector<channel> channels_;
  std::vector<document> documents_;
  std::unordered_map<std::int64_t, std::size_t> by_id_;
};

/// By the file name's extension; application/octet-stream when unknown.
std::string mime_type_of(const std::filesystem::path& file);

/// Whether two usernames are the same name.
bool same_username(std::string_view a, std::string_view b);

}  // namespace mtfetch::testing
