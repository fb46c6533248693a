// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/world/file_source.hpp"

#include <mtfetch/api/storage.hpp>
#include <mtfetch/api/upload.hpp>

#include "mtproto/testing/world/contents.hpp"
#include "mtproto/tl/reader.hpp"
#include "mtproto/tl/writer.hpp"

namespace mtfetch::testing {

namespace {

std::uint32_t file_type_of(const document& file) {
  if (file.mime_type == "video/mp4") return api::storage::fileMp4::tl_id;
  if (file.mime_type == "audio/mpeg") return api::storage::fileMp3::tl_id;
  if (file.mime_type == "image/jpeg") return api::storage::fileJpeg::tl_id;
  if (file.mime_type == "image/png") return api::storage::filePng::tl_id;
  return api::storage::fileUnknown::tl_id;
}

}  // namespace

std::optional<streamed_body> stream_part(world& from, const file_part& part) {
  const document* file = from.content.find_content(part.document);
  if (file == nullptr || part.offset < 0 || part.size < 0 || part.offset > file->size - part.size) {
    return std::nullopt;
  }
  const auto source = content_of(from.files, *file);
  if (!source) return std::nullopt;
  streamed_body body;
  tl::writer head(body.head);
  head.u32(api::upload::file::tl_id);
  head.u32(file_type_of(*file));
  head.i32(file->date);
  body.size = static_cast<std::size_t>(part.size);
  body.fill = [source, offset = part.offset](byte_span to) { return source(offset, to); };
  tl::writer recipe(body.recipe);
  recipe.i64(part.document);
  recipe.i64(part.offset);
  recipe.i32(part.size);
  return body;
}

std::optional<streamed_body> stream_recipe(world& from, byte_view recipe) {
  tl::reader in(recipe);
  file_part part;
  part.document = in.i64();
  part.offset = in.i64();
  part.size = in.i32();
  if (in.error() || in.remaining() != 0) return std::nullopt;
  return stream_part(from, part);
}

}  // namespace mtfetch::testing
