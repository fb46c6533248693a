// SPDX-License-Identifier: BSL-1.0
#include "examples/cli/media_facts.hpp"

#include <nlohmann/json.hpp>
#include <type_traits>

namespace mtfetch::cli {

nlohmann::ordered_json media_facts(const media& file) {
  nlohmann::ordered_json facts = {{"link", file.origin.link},
                                  {"name", file.file_name},
                                  {"kind", to_string(file.kind)},
                                  {"size", file.size},
                                  {"mime_type", file.mime_type},
                                  {"dc", file.dc},
                                  {"id", file.id},
                                  {"message", file.origin.message_id},
                                  {"date", file.date},
                                  {"duration", file.duration},
                                  {"width", file.width},
                                  {"height", file.height},
                                  {"caption", file.caption}};
  const auto add = [&facts](const char* name, const auto& value) {
    if (value != std::decay_t<decltype(value)>()) facts[name] = value;
  };
  add("photo_size", file.thumb_size);
  add("chat", file.chat_title);
  add("username", file.origin.username);
  add("chat_id", file.origin.channel_id);
  add("story", file.origin.story_id);
  add("sender", file.sender);
  add("sender_id", file.sender_id);
  add("album", file.album);
  return facts;
}

}  // namespace mtfetch::cli
