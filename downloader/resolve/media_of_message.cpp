// SPDX-License-Identifier: BSL-1.0
#include "downloader/resolve/media_of_message.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mtfetch {
namespace {

const std::vector<api::Document> no_documents;

// All of TL's entities begin with where they stand; some say more.
template <class... Known>
bool read_entity(const api::MessageEntity& given, text_entity& into) {
  const auto try_one = [&](const auto* known) {
    if (known == nullptr) return false;
    into.offset = known->offset;
    into.length = known->length;
    if constexpr (requires { known->url; }) into.url = known->url;
    if constexpr (requires { known->language; }) into.url = known->language;
    return true;
  };
  return (try_one(given.get_if<Known>()) || ...);
}

std::vector<text_entity> entities_of(const std::vector<api::MessageEntity>& given) {
  constexpr std::string_view common = "messageEntity";
  std::vector<text_entity> found;
  for (const api::MessageEntity& entity : given) {
    text_entity one;
    std::string_view name = entity.name();
    if (name.starts_with(common)) name.remove_prefix(common.size());
    one.type = std::string(name);
    const bool is_known = read_entity<
        api::messageEntityBankCard, api::messageEntityBlockquote, api::messageEntityBold,
        api::messageEntityBotCommand, api::messageEntityCashtag, api::messageEntityCode,
        api::messageEntityCustomEmoji, api::messageEntityDiffDelete, api::messageEntityDiffInsert,
        api::messageEntityDiffReplace, api::messageEntityEmail, api::messageEntityFormattedDate,
        api::messageEntityHashtag, api::messageEntityItalic, api::messageEntityMention,
        api::messageEntityMentionName, api::messageEntityPhone, api::messageEntityPre,
        api::messageEntitySpoiler, api::messageEntityStrike, api::messageEntityTextUrl,
        api::messageEntityUnderline, api::messageEntityUnknown, api::messageEntityUrl>(entity, one);
    if (is_known) found.push_back(std::move(one));
  }
  return found;
}

struct reading {
  const media& about;
  const wanted_file& wanted;
  std::vector<media> found;

  void operator()(const api::MessageMedia& carried) {
    const auto deletes_itself = [this](const std::optional<std::int32_t>& seconds) {
      if (!seconds || wanted.choice.allow_protected) return;
      keep_out(about.origin, "deletes itself once it was seen, and is not meant to be kept");
    };
    if (const auto* with_document = carried.get_if<api::messageMediaDocument>()) {
      if (!with_document->document) no_media(about.origin, "had a file that has expired");
      deletes_itself(with_document->ttl_seconds);
      media one = about;
      read_document(*with_document->document,
                    with_document->alt_documents ? *with_document->alt_documents : no_documents,
                    wanted, one);
      found.push_back(std::move(one));
    } else if (const auto* with_photo = carried.get_if<api::messageMediaPhoto>()) {
      if (!with_photo->photo) no_media(about.origin, "had a photo that has expired");
      deletes_itself(with_photo->ttl_seconds);
      add_photo(*with_photo->photo);
    } else if (const auto* with_page = carried.get_if<api::messageMediaWebPage>()) {
      const auto* page = with_page->webpage.get_if<api::webPage>();
      if (page != nullptr && page->document) {
        media one = about;
        read_document(*page->document, no_documents, wanted, one);
        found.push_back(std::move(one));
      } else if (page != nullptr && page->photo) {
        add_photo(*page->photo);
      } else {
        no_media(about.origin, "has a link preview without media");
      }
    } else if (const auto* paid = carried.get_if<api::messageMediaPaidMedia>()) {
      bought(*paid);
    } else if (const auto* told = carried.get_if<api::messageMediaStory>()) {
      const auto* story = told->story ? told->story->get_if<api::storyItem>() : nullptr;
      if (story == nullptr) no_media(about.origin, "passes on a story: ask for the story's link");
      (*this)(story->media);
    } else {
      no_media(about.origin, "has no file to download");
    }
  }

  void add_photo(const api::Photo& photo) {
    media one = about;
    read_photo(photo, wanted, one);
    found.push_back(std::move(one));
  }

  void bought(const api::messageMediaPaidMedia& paid) {
    bool any = false;
    for (const api::MessageExtendedMedia& item : paid.extended_media) {
      const auto* open = item.get_if<api::messageExtendedMedia>();
      if (open == nullptr) continue;
      any = true;
      if (!wanted.choice.allow_protected) {
        keep_out(about.origin, "has media that are sold, and not meant to be passed on");
      }
      (*this)(open->media);
    }
    if (!any) {
      keep_out(about.origin, "has media that must be bought first, for " +
                                 std::to_string(paid.stars_amount) + " stars");
    }
  }
};

}  // namespace

std::vector<media> media_of_message(const api::message& message, const media& about,
                                    const wanted_file& wanted, bool chat_is_protected) {
  media known = about;
  known.caption = message.message;
  if (message.entities) known.caption_entities = entities_of(*message.entities);
  known.date = message.date;
  known.album = message.grouped_id.value_or(0);
  if (!message.media) no_media(known.origin, "is text only and has no media");
  if ((chat_is_protected || message.noforwards) && !wanted.choice.allow_protected) {
    keep_out(known.origin, "has protected content: its chat does not allow that it is saved");
  }
  reading of{known, wanted, {}};
  of(*message.media);
  return std::move(of.found);
}

std::vector<media> media_of_story(const api::storyItem& story, const media& about,
                                  const wanted_file& wanted) {
  media known = about;
  known.caption = story.caption.value_or("");
  if (story.entities) known.caption_entities = entities_of(*story.entities);
  known.date = story.date;
  if (story.noforwards && !wanted.choice.allow_protected) {
    keep_out(known.origin, "is a story that its author does not allow to be saved");
  }
  reading of{known, wanted, {}};
  of(story.media);
  return std::move(of.found);
}

bool is_page_preview(const api::message& message) {
  return message.media && message.media->is<api::messageMediaWebPage>();
}

}  // namespace mtfetch
