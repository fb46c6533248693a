// SPDX-License-Identifier: BSL-1.0
// Parts of files and their hashes. https://core.telegram.org/api/files
#include <algorithm>
#include <mtfetch/api/upload.hpp>
#include <optional>

#include "mtproto/testing/protocol/method_table.hpp"
#include "mtproto/testing/world/calls.hpp"
#include "mtproto/testing/world/cdn_redirect.hpp"
#include "mtproto/testing/world/file_source.hpp"
#include "mtproto/testing/world/objects.hpp"
#include "mtproto/testing/world/part_rules.hpp"

namespace mtfetch::testing {

namespace {

const document* size_of_type(const caller& by, const std::vector<picture_size>& sizes,
                             const std::string& type) {
  const auto found = std::ranges::find(sizes, type, &picture_size::type);
  return found == sizes.end() ? nullptr : &by.in.content.documents()[found->content];
}

// What is wrong with a name for a file: its access hash or its reference.
template <class Location>
std::optional<refusal> wrong_with(const caller& by, const Location& named, object_kind kind) {
  if (named.access_hash != by.in.keys.access_hash(by.who->id, kind, named.id)) {
    return bad_request("FILE_ID_INVALID");
  }
  switch (by.in.keys.check(named.file_reference, named.id, by.in.reference_epoch_of(by.who->id))) {
    case reference_state::good:
      break;
    case reference_state::empty:
      return bad_request("FILE_REFERENCE_EMPTY");
    case reference_state::invalid:
      return bad_request("FILE_REFERENCE_INVALID");
    case reference_state::expired:
      return bad_request("FILE_REFERENCE_EXPIRED");
  }
  return std::nullopt;
}

// The bytes that a location names, if the caller has all it takes and they lie on this DC.
outcome<const document*> document_at(const caller& by, const api::InputFileLocation& location) {
  const document* found = nullptr;
  if (const auto* named = location.get_if<api::inputDocumentFileLocation>()) {
    found = by.in.content.find_document(named->id);
    if (found == nullptr) return bad_request("FILE_ID_INVALID");
    if (!named->thumb_size.empty()) found = size_of_type(by, found->thumbs, named->thumb_size);
    if (found == nullptr) return bad_request("LOCATION_INVALID");
    if (auto wrong = wrong_with(by, *named, object_kind::document)) return std::move(*wrong);
  } else if (const auto* picture = location.get_if<api::inputPhotoFileLocation>()) {
    const photo* whole = by.in.content.find_photo(picture->id);
    if (whole == nullptr) return bad_request("FILE_ID_INVALID");
    if (auto wrong = wrong_with(by, *picture, object_kind::photo)) return std::move(*wrong);
    found = size_of_type(by, whole->sizes, picture->thumb_size);
  }
  if (found == nullptr) return bad_request("LOCATION_INVALID");
  // Nobody says what Telegram answers here: what it says of locations that it does not like.
  if (by.takeout != nullptr && found->size > by.takeout->file_max_size.value_or(-1)) {
    return bad_request("LOCATION_INVALID");
  }
  if (found->dc != by.dc) return refusal{303, "FILE_MIGRATE_" + std::to_string(found->dc)};
  return found;
}

outcome<message_body> get_file(caller& by, const api::upload::getFile& asked) {
  const part_mode mode = asked.precise ? part_mode::precise : part_mode::normal;
  if (const auto refused = refuse_part(asked.offset, asked.limit, mode)) {
    return bad_request(std::string(*refused));
  }
  auto named = document_at(by, asked.location);
  if (auto* refused = std::get_if<refusal>(&named)) return std::move(*refused);
  const document& file = *std::get<const document*>(named);
  if (asked.cdn_supported && goes_to_cdn(by, file)) {
    return message_body(tl::serialize(redirect_to_cdn(by, file, asked.offset)));
  }
  file_part part;
  part.document = file.id;
  part.offset = std::min(asked.offset, file.size);
  part.size =
      static_cast<std::int32_t>(std::min<std::int64_t>(asked.limit, file.size - part.offset));
  auto body = stream_part(by.in, part);
  if (!body) return refusal{500, "FILE_READ_FAILED"};
  return message_body(std::move(*body));
}

outcome<std::vector<api::fileHash>> get_file_hashes(caller& by,
                                                    const api::upload::getFileHashes& asked) {
  auto named = document_at(by, asked.location);
  if (auto* refused = std::get_if<refusal>(&named)) return std::move(*refused);
  if (asked.offset < 0) return bad_request("OFFSET_INVALID");
  return hashes_from(by, *std::get<const document*>(named), asked.offset);
}

}  // namespace

void add_file_calls(method_table& table) {
  table.add<api::upload::getFile>(may_call::signed_in, get_file);
  table.add<api::upload::getFileHashes>(may_call::signed_in, get_file_hashes);
}

}  // namespace mtfetch::testing
