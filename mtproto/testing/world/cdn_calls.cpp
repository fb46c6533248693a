// SPDX-License-Identifier: BSL-1.0
// Files on the CDN: its one method, and what the data centres answer about them.
// https://core.telegram.org/cdn
#include <algorithm>
#include <mtfetch/api/upload.hpp>
#include <utility>

#include "mtproto/testing/protocol/method_table.hpp"
#include "mtproto/testing/world/calls.hpp"
#include "mtproto/testing/world/cdn_redirect.hpp"
#include "mtproto/testing/world/file_source.hpp"
#include "mtproto/testing/world/objects.hpp"
#include "mtproto/testing/world/part_rules.hpp"
#include "mtproto/tl/writer.hpp"

namespace mtfetch::testing {

namespace {

constexpr const char* bad_token = "FILE_TOKEN_INVALID";

outcome<message_body> get_cdn_file(caller& by, const api::upload::getCdnFile& asked) {
  const cdn_policy& policy = by.in.options.cdn;
  cdn_ticket* ticket = by.in.cdn.find(asked.file_token.view());
  const bool is_sealed = ticket != nullptr && policy.key_size == 32;
  if (by.dc != by.in.options.cdn_dc || !is_sealed) return bad_request(bad_token);
  if (const auto refused = refuse_part(asked.offset, asked.limit, part_mode::normal)) {
    return bad_request(std::string(*refused));
  }
  const document* file = by.in.content.find_document(ticket->document);
  if (file == nullptr || (policy.token_parts != 0 && ticket->parts >= policy.token_parts)) {
    by.in.cdn.expire(ticket->document);
    return bad_request(bad_token);
  }
  if (policy.empty && !by.in.cdn.has(file->id)) {
    api::upload::cdnFileReuploadNeeded needed;
    needed.request_token = shared_bytes::copy(ticket->request_token);
    return message_body(tl::serialize(needed));
  }
  ++ticket->parts;
  if (policy.keeps_for != 0 && ticket->parts % policy.keeps_for == 0) by.in.cdn.forget(file->id);
  file_part part;
  part.document = file->id;
  part.offset = std::min(asked.offset, file->size);
  part.size =
      static_cast<std::int32_t>(std::min<std::int64_t>(asked.limit, file->size - part.offset));
  auto body = stream_part(by.in, part);
  if (!body) return refusal{500, "FILE_READ_FAILED"};
  body->head.clear();
  tl::writer(body->head).u32(api::upload::cdnFile::tl_id);
  body->recipe.clear();  // nor does the token outlive the process
  body->fill = [plain = std::move(body->fill), with = *ticket, at = part.offset](byte_span to) {
    if (!plain(to)) return false;
    seal_for_cdn(with, at, to);
    return true;
  };
  return message_body(std::move(*body));
}

// The document of a token, asked about at the data centre that gave it.
const document* document_of(caller& by, const shared_bytes& file_token) {
  const cdn_ticket* ticket = by.in.cdn.find(file_token.view());
  if (ticket == nullptr) return nullptr;
  const document* file = by.in.content.find_document(ticket->document);
  return file != nullptr && file->dc == by.dc ? file : nullptr;
}

outcome<std::vector<api::fileHash>> get_cdn_file_hashes(
    caller& by, const api::upload::getCdnFileHashes& asked) {
  const document* file = document_of(by, asked.file_token);
  if (file == nullptr) return bad_request(bad_token);
  if (asked.offset < 0) return bad_request("OFFSET_INVALID");
  return hashes_from(by, *file, asked.offset);
}

outcome<std::vector<api::fileHash>> reupload_cdn_file(caller& by,
                                                      const api::upload::reuploadCdnFile& asked) {
  const document* file = document_of(by, asked.file_token);
  if (file == nullptr) return bad_request(bad_token);
  const cdn_ticket* ticket = by.in.cdn.find(asked.file_token.view());
  if (!std::ranges::equal(ticket->request_token, asked.request_token.view())) {
    return bad_request("REQUEST_TOKEN_INVALID");
  }
  by.in.cdn.upload(file->id);
  return hashes_from(by, *file, 0);
}

}  // namespace

std::vector<api::fileHash> hashes_from(caller& by, const document& file, std::int64_t offset) {
  std::vector<api::fileHash> found;
  for (const block_hash& block : by.in.hashes.from(file, offset)) {
    api::fileHash hash;
    hash.offset = block.offset;
    hash.limit = block.size;
    hash.hash = shared_bytes::copy(block.digest);
    found.push_back(std::move(hash));
  }
  return found;
}

bool goes_to_cdn(const caller& by, const document& file) {
  const cluster_options& options = by.in.options;
  return options.cdn_dc != 0 && !by.who->is_bot && options.cdn.from_size &&
         file.size >= *options.cdn.from_size;
}

api::upload::fileCdnRedirect redirect_to_cdn(caller& by, const document& file,
                                             std::int64_t offset) {
  const cdn_policy& policy = by.in.options.cdn;
  const cdn_ticket& ticket = by.in.cdn.of(file.id, policy.key_size, by.in.random);
  api::upload::fileCdnRedirect to;
  to.dc_id = policy.redirect_to != 0 ? policy.redirect_to : by.in.options.cdn_dc;
  to.file_token = shared_bytes::copy(ticket.file_token);
  to.encryption_key = shared_bytes::copy(ticket.key);
  to.encryption_iv = shared_bytes::copy(ticket.iv);
  if (policy.hashes_in_redirect) to.file_hashes = hashes_from(by, file, offset);
  return to;
}

void add_cdn_calls(method_table& table) {
  table.add<api::upload::getCdnFile>(may_call::anybody, get_cdn_file);
  table.add<api::upload::getCdnFileHashes>(may_call::signed_in, get_cdn_file_hashes);
  table.add<api::upload::reuploadCdnFile>(may_call::signed_in, reupload_cdn_file);
}

}  // namespace mtfetch::testing
