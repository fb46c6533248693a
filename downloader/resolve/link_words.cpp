// SPDX-License-Identifier: BSL-1.0
#include "downloader/resolve/link_words.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace mtfetch {
namespace links {
namespace {

struct kind_row {
  other_kind kind;
  std::string_view name;
  std::string_view leads_to;
  std::string_view canonical;  // of its word; empty for kinds that are about a chat
};

// In the order of the enumeration.
constexpr kind_row kinds[] = {
    {other_kind::attachment, "attachment", "a bot of the attachment menu", ""},
    {other_kind::auction, "auction", "an auction of gifts", "https://t.me/auction"},
    {other_kind::background, "background", "a chat background", "https://t.me/bg"},
    {other_kind::boost, "boost", "a boost of a chat", ""},
    {other_kind::bot_start, "bot_start", "the start of a bot", ""},
    {other_kind::bot_to_group, "bot_to_group", "a bot to add to a chat", ""},
    {other_kind::business_chat, "business_chat", "a chat with a business", "https://t.me/m"},
    {other_kind::call, "call", "a group call", "https://t.me/call"},
    {other_kind::collectible, "collectible", "a collectible gift", "https://t.me/nft"},
    {other_kind::confirm_phone, "confirm_phone", "a phone number to confirm",
     "https://t.me/confirmphone"},
    {other_kind::contact, "contact", "a contact to add", "https://t.me/contact"},
    {other_kind::direct_messages, "direct_messages", "the direct messages of a channel", ""},
    {other_kind::emoji, "emoji", "a set of custom emoji", "https://t.me/addemoji"},
    {other_kind::folder, "folder", "a folder of chats to add", "https://t.me/addlist"},
    {other_kind::game, "game", "a game", ""},
    {other_kind::gift_code, "gift_code", "a gift code", "https://t.me/giftcode"},
    {other_kind::gift_collection, "gift_collection", "a collection of gifts", ""},
    {other_kind::instant_view, "instant_view", "an instant view of a web page", "https://t.me/iv"},
    {other_kind::invoice, "invoice", "an invoice", "https://t.me/invoice"},
    {other_kind::language, "language", "a language of the app", "https://t.me/setlanguage"},
    {other_kind::live_story, "live_story", "a live broadcast", ""},
    {other_kind::login, "login", "a sign-in", "https://t.me/login"},
    {other_kind::passport, "passport", "a request for identity documents", "tg://passport"},
    {other_kind::phone, "phone", "a person by phone number", ""},
    {other_kind::proxy, "proxy", "a proxy (MTFETCH_PROXY takes it)", "https://t.me/proxy"},
    {other_kind::purchase, "purchase", "something to buy", "tg://premium_offer"},
    {other_kind::referral, "referral", "a referral to a bot", ""},
    {other_kind::settings, "settings", "the settings of the app", "tg://settings"},
    {other_kind::share, "share", "a text to share", "https://t.me/share"},
    {other_kind::socks, "socks", "a proxy (MTFETCH_PROXY takes it)", "https://t.me/socks"},
    {other_kind::stickers, "stickers", "a set of stickers", "https://t.me/addstickers"},
    {other_kind::story_album, "story_album", "an album of stories", ""},
    {other_kind::style, "style", "a style to write in", "https://t.me/addstyle"},
    {other_kind::theme, "theme", "a theme", "https://t.me/addtheme"},
    {other_kind::video_chat, "video_chat", "a video chat", ""},
    {other_kind::web_app, "web_app", "a web app", ""},
    {other_kind::web_version, "web_version", "the web version of Telegram", "https://t.me/web"},
};

const kind_row& row_of(other_kind kind) {
  return kinds[static_cast<std::size_t>(kind)];
}

enum class where { web, app, both };
enum class tail { shown, hidden };  // hidden: it is secret, or says nothing

// A word, where it is one, what it leads to, and the tg: argument of what comes behind t.me/WORD/.
struct word_row {
  std::string_view word;
  where is;
  other_kind kind;
  tail behind;
  std::string_view argument;
};

constexpr word_row words[] = {
    {"a", where::web, other_kind::web_version, tail::hidden, ""},
    {"addemoji", where::both, other_kind::emoji, tail::shown, "set"},
    {"addlist", where::both, other_kind::folder, tail::shown, "slug"},
    {"addstickers", where::both, other_kind::stickers, tail::shown, "set"},
    {"addstyle", where::both, other_kind::style, tail::shown, "slug"},
    {"addtheme", where::both, other_kind::theme, tail::shown, "slug"},
    {"auction", where::web, other_kind::auction, tail::shown, ""},
    {"auth", where::web, other_kind::login, tail::hidden, ""},
    {"bg", where::both, other_kind::background, tail::shown, "slug"},
    {"call", where::both, other_kind::call, tail::hidden, ""},
    {"confirmphone", where::both, other_kind::confirm_phone, tail::hidden, ""},
    {"contact", where::both, other_kind::contact, tail::hidden, ""},
    {"giftcode", where::both, other_kind::gift_code, tail::hidden, ""},
    {"i", where::web, other_kind::instant_view, tail::hidden, ""},
    {"invoice", where::both, other_kind::invoice, tail::shown, "slug"},
    {"iv", where::both, other_kind::instant_view, tail::hidden, ""},
    {"k", where::web, other_kind::web_version, tail::hidden, ""},
    {"login", where::both, other_kind::login, tail::hidden, ""},
    {"m", where::web, other_kind::business_chat, tail::shown, ""},
    {"message", where::app, other_kind::business_chat, tail::shown, "slug"},
    {"msg", where::app, other_kind::share, tail::hidden, ""},
    {"msg_url", where::app, other_kind::share, tail::hidden, ""},
    {"nft", where::both, other_kind::collectible, tail::shown, "slug"},
    {"oauth", where::app, other_kind::login, tail::hidden, ""},
    {"passport", where::app, other_kind::passport, tail::hidden, ""},
    {"premium_multigift", where::app, other_kind::purchase, tail::hidden, ""},
    {"premium_offer", where::app, other_kind::purchase, tail::hidden, ""},
    {"proxy", where::both, other_kind::proxy, tail::hidden, ""},
    {"restore_purchases", where::app, other_kind::purchase, tail::hidden, ""},
    {"setlanguage", where::both, other_kind::language, tail::shown, "lang"},
    {"settings", where::app, other_kind::settings, tail::hidden, ""},
    {"share", where::both, other_kind::share, tail::hidden, ""},
    {"socks", where::both, other_kind::socks, tail::hidden, ""},
    {"stargift_auction", where::app, other_kind::auction, tail::shown, "slug"},
    {"stars_topup", where::app, other_kind::purchase, tail::hidden, ""},
    {"web", where::web, other_kind::web_version, tail::hidden, ""},
    {"z", where::web, other_kind::web_version, tail::hidden, ""},
};
static_assert(std::ranges::is_sorted(words, {}, &word_row::word));

const word_row* find_word(std::string_view word) {
  const auto found = std::ranges::lower_bound(words, word, {}, &word_row::word);
  return found != std::end(words) && found->word == word ? &*found : nullptr;
}

bool is_in(const word_row& row, where place) {
  return row.is == where::both || row.is == place;
}

// What an argument of t.me/name? leads to; the first of a kind is the canonical one.
constexpr std::pair<std::string_view, other_kind> arguments[] = {
    {"videochat", other_kind::video_chat},      {"voicechat", other_kind::video_chat},
    {"livestream", other_kind::video_chat},     {"startgroup", other_kind::bot_to_group},
    {"startchannel", other_kind::bot_to_group}, {"startattach", other_kind::attachment},
    {"attach", other_kind::attachment},         {"startapp", other_kind::web_app},
    {"start", other_kind::bot_start},           {"game", other_kind::game},
    {"direct", other_kind::direct_messages},    {"ref", other_kind::referral},
};

}  // namespace

bool is_reserved(std::string_view word) {
  constexpr std::string_view more[] = {"boost", "c", "joinchat", "s"};
  if (std::ranges::find(more, word) != std::end(more)) return true;
  const word_row* row = find_word(word);
  return row != nullptr && is_in(*row, where::web);
}

std::optional<other_link> link_of_word(const link_url& url) {
  const bool app = url.written == link_url::form::app;
  const word_row* row = find_word(lowered(url.path.front()));
  if (row == nullptr || !is_in(*row, app ? where::app : where::web)) return std::nullopt;
  std::string canonical(row_of(row->kind).canonical);
  if (row->behind == tail::shown) {
    const std::string slug = app                   ? url.argument(row->argument)
                             : url.path.size() > 1 ? url.path[1]
                                                   : std::string();
    if (!slug.empty()) canonical.append("/").append(percent_encoded(slug));
  }
  return other(row->kind, std::move(canonical));
}

std::optional<other_link> link_of_query(const link_url& url, std::string_view chat) {
  for (const auto& [name, kind] : arguments) {
    if (!url.has(name)) continue;
    const auto first =
        std::ranges::find(arguments, kind, [](const auto& row) { return row.second; });
    return other(kind, std::string(chat).append("?").append(first->first));
  }
  return std::nullopt;
}

other_link other(other_kind kind, std::string canonical) {
  other_link link;
  link.kind = kind;
  link.sentence = canonical + " leads to " + std::string(row_of(kind).leads_to) + ", not to media";
  link.canonical = std::move(canonical);
  return link;
}

std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 120;
  const std::string_view shown = text.substr(0, std::min(text.find_first_of("?#"), longest));
  std::string made = "\"";
  for (const char& c : shown) {
    if (c > ' ' && c <= '~') {
      made += c;
    } else {
      made += percent_encoded(std::string_view(&c, 1));
    }
  }
  return made += shown.size() == longest ? "...\"" : "\"";
}

refused_link refuse(std::string_view text, link_errc why, std::string_view what) {
  refused_link refused;
  refused.why = why;
  refused.sentence = quoted(text).append(" ").append(what);
  return refused;
}

}  // namespace links

std::string_view to_string(other_kind kind) {
  return links::row_of(kind).name;
}

}  // namespace mtfetch
