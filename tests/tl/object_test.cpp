// SPDX-License-Identifier: BSL-1.0
// Generated types of the API, from bytes and back; and bytes that mean them harm.
#include "mtproto/tl/object.hpp"

#include <gtest/gtest.h>
#include <mtfetch/api.hpp>
#include <mtfetch/api/schema.hpp>
#include <mtfetch/mtproto_types.hpp>

#include "tests/tl/random_values.hpp"

namespace mtfetch::tl {
namespace {

using tl_test::random_values;

api::document video() {
  api::document document;
  document.id = 9;
  document.access_hash = -8;
  document.file_reference = bytes{1, 2, 3};
  document.mime_type = "video/mp4";
  document.size = 5'000'000'000;
  document.dc_id = 4;
  document.attributes.emplace_back(api::documentAttributeFilename{"a.mp4"});
  api::documentAttributeVideo attribute;
  attribute.supports_streaming = true;
  attribute.duration = 1.5;
  attribute.video_start_ts = 0.25;
  document.attributes.emplace_back(std::move(attribute));
  return document;
}

api::Message message_with(api::document document) {
  api::messageMediaDocument media;
  media.video = true;
  media.document = std::move(document);
  api::message message;
  message.id = 4;
  message.peer_id = api::peerChannel{1234567890};
  message.message = "caption";
  message.media = std::move(media);
  message.views = 7;
  return message;
}

TEST(object, keeps_a_message_with_a_document) {
  const api::Message before = message_with(video());
  const auto after = parse<api::Message>(serialize(before));
  ASSERT_TRUE(after);
  const auto& message = after->as<api::message>();
  EXPECT_EQ(message.message, "caption");
  EXPECT_EQ(message.views, 7);
  EXPECT_EQ(message.forwards, 0);  // shares its bit with views
  const auto* media = message.media->get_if<api::messageMediaDocument>();
  ASSERT_NE(media, nullptr);
  EXPECT_FALSE(media->round);
  const auto& document = media->document->as<api::document>();
  EXPECT_EQ(document.size, 5'000'000'000);
  EXPECT_EQ(document.file_reference, shared_bytes(bytes{1, 2, 3}));
  EXPECT_EQ(document.attributes.at(0).as<api::documentAttributeFilename>().file_name, "a.mp4");
  EXPECT_EQ(document.attributes.at(1).as<api::documentAttributeVideo>().duration, 1.5);
  EXPECT_EQ(serialize(*after), serialize(before));
}

TEST(object, is_written_as_the_protocol_says) {
  api::upload::getFile call;
  call.precise = true;
  call.location = api::inputDocumentFileLocation{1, 2, bytes{7}, "m"};
  call.offset = 4096;
  call.limit = 1 << 20;
  const bytes wire = {0xbe, 0x35, 0x53, 0xbe, 1, 0,   0, 0,  // id, flags
                      0x84, 0x75, 0xd0, 0xba,                // the location's id
                      1,    0,    0,    0,    0, 0,   0, 0,  // id
                      2,    0,    0,    0,    0, 0,   0, 0,  // access_hash
                      1,    7,    0,    0,    1, 'm', 0, 0,  // file_reference, thumb
                      0,    0x10, 0,    0,    0, 0,   0, 0, 0, 0, 0x10, 0};  // offset, limit
  EXPECT_EQ(serialize(call), wire);
}

TEST(object, is_cloned_and_compared) {
  api::Message message = message_with(video());
  const api::Message copy = clone(message);
  EXPECT_TRUE(copy == message);
  message.as<api::message>().media->as<api::messageMediaDocument>().document.reset();
  EXPECT_FALSE(copy == message);
  EXPECT_TRUE(copy.as<api::message>().media->as<api::messageMediaDocument>().document);
  std::vector<api::InputPeer> peers;
  peers.emplace_back(api::inputPeerSelf{});
  EXPECT_TRUE(clone(peers) == peers);
}

TEST(object, moves_and_leaves_nothing_behind) {
  api::InputPeer peer = api::inputPeerUser{1, 2};
  api::InputPeer other = std::move(peer);
  EXPECT_FALSE(peer);  // NOLINT(bugprone-use-after-move): what is left is what is asked about
  EXPECT_EQ(peer.id(), 0U);
  EXPECT_EQ(other.as<api::inputPeerUser>().access_hash, 2);
  other = api::inputPeerSelf{};
  EXPECT_TRUE(other.is<api::inputPeerSelf>());
  EXPECT_EQ(other.get_if<api::inputPeerUser>(), nullptr);
  static_assert(!std::is_copy_constructible_v<api::InputPeer>);
  static_assert(std::is_nothrow_move_constructible_v<api::InputPeer>);
}

TEST(object, that_is_not_filled_in_is_not_written) {
  const api::upload::getFile call;
  EXPECT_THROW(serialize(call), std::logic_error);
  EXPECT_TRUE(api::InputPeer() == api::InputPeer());
  EXPECT_FALSE(api::InputPeer() == api::InputPeer(api::inputPeerSelf{}));
}

TEST(object, reads_basic_results_too) {
  EXPECT_TRUE(parse<bool>(serialize(true)).value());
  EXPECT_EQ(parse<std::int32_t>(serialize(std::int32_t{-5})).value(), -5);
  EXPECT_EQ(parse<std::int64_t>(serialize(std::int64_t{1} << 40)).value(), std::int64_t{1} << 40);
  EXPECT_EQ(parse<std::string>(serialize(std::string("text"))).value(), "text");
  const std::vector<std::int64_t> numbers = {1, -2, 3};
  EXPECT_EQ(parse<std::vector<std::int64_t>>(serialize(numbers)).value(), numbers);
  EXPECT_EQ(parse<raw>(bytes{1, 2, 3, 4, 5}).value(), shared_bytes(bytes{1, 2, 3, 4, 5}));
  EXPECT_FALSE(parse<bool>(bytes{1, 2, 3, 4}));
}

TEST(object, shares_long_bytes_with_the_buffer_they_came_in) {
  api::upload::file file;
  file.type = api::storage::filePartial{};
  file.bytes = bytes(4096, 0xab);
  const auto buffer = std::make_shared<const bytes>(serialize(api::upload::File(std::move(file))));
  const auto answer = parse<api::upload::File>(*buffer, buffer);
  ASSERT_TRUE(answer);
  const shared_bytes& part = answer->as<api::upload::file>().bytes;
  EXPECT_EQ(part.size(), 4096U);
  EXPECT_EQ(part.owner(), buffer);
  EXPECT_GE(part.data(), buffer->data());
  EXPECT_LT(part.data(), buffer->data() + buffer->size());
}

TEST(object, keeps_random_messages_as_they_are) {
  random_values values(api_schema(), 1);
  const definition method = api_schema().find("messages.getHistory");
  for (int i = 0; i < 300; ++i) {
    bytes data;
    writer out(data);
    values.write(method.result(), out);
    const auto read = parse<api::messages::Messages>(data);
    ASSERT_TRUE(read) << read.error().message();
    ASSERT_EQ(serialize(*read), data);
    ASSERT_TRUE(clone(*read) == *read);
  }
}

TEST(hostile_object, fails_at_every_cut) {
  const bytes data = serialize(message_with(video()));
  for (std::size_t size = 0; size < data.size(); ++size) {
    EXPECT_FALSE(parse<api::Message>(byte_view(data).first(size))) << "cut at " << size;
  }
  bytes longer = data;
  longer.resize(longer.size() + 4);
  EXPECT_EQ(parse<api::Message>(longer).error(), protocol_errc::trailing_bytes);
}

TEST(hostile_object, may_be_wrong_in_every_byte) {
  const bytes data = serialize(message_with(video()));
  for (std::size_t i = 0; i < data.size(); ++i) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      bytes wrong = data;
      wrong[i] = static_cast<std::uint8_t>(wrong[i] ^ flip);
      const auto read = parse<api::Message>(wrong);
      // A value that came from so many bytes needs not many more: zeros for partners of a bit.
      if (read) {
        EXPECT_LE(serialize(*read).size(), wrong.size() + 8);
      }
    }
  }
}

TEST(hostile_object, cannot_claim_more_items_than_there_are_bytes) {
  for (const std::uint32_t count : {0x80000000U, 0x7fffffffU, 0xffffffffU, 1000U}) {
    bytes data;
    writer out(data);
    out.u32(vector_id);
    out.u32(count);
    for (int i = 0; i < 16; ++i) out.u32(0);
    EXPECT_EQ(parse<std::vector<std::int64_t>>(data).error(), protocol_errc::bad_length);
    EXPECT_EQ(parse<std::vector<api::User>>(data).error(), protocol_errc::bad_length);
    EXPECT_EQ(parse<std::vector<api::fileHash>>(data).error(), protocol_errc::bad_length);
  }
  // Sixteen words could be sixteen of the shortest items, but a fileHash takes at least 20 bytes.
  bytes data;
  writer out(data);
  out.u32(vector_id);
  out.u32(16);
  for (int i = 0; i < 16; ++i) out.u32(0);
  EXPECT_EQ(parse<std::vector<api::fileHash>>(data).error(), protocol_errc::bad_length);
}

TEST(hostile_object, cannot_nest_without_end) {
  bytes data;
  writer out(data);
  for (int i = 0; i < 100'000; ++i) out.u32(api::textBold::tl_id);
  out.u32(api::textEmpty::tl_id);
  EXPECT_EQ(parse<api::RichText>(data).error(), protocol_errc::too_deep);
  bytes shallow;
  writer to_shallow(shallow);
  for (int i = 0; i < 40; ++i) to_shallow.u32(api::textBold::tl_id);
  to_shallow.u32(api::textEmpty::tl_id);
  EXPECT_TRUE(parse<api::RichText>(shallow));
}

TEST(hostile_object, may_not_be_of_another_type) {
  const bytes data = serialize(api::InputPeer(api::inputPeerSelf{}));
  EXPECT_EQ(parse<api::Message>(data).error(), protocol_errc::unknown_constructor);
  EXPECT_EQ(parse<api::fileHash>(data).error(), protocol_errc::wrong_constructor);
  EXPECT_EQ(parse<std::vector<api::fileHash>>(data).error(), protocol_errc::wrong_constructor);
}

TEST(mtproto_types, keep_their_numbers_in_wire_order) {
  mtproto::resPQ answer;
  answer.nonce[0] = 0;
  answer.nonce[1] = 1;
  answer.pq = bytes{0x17, 0xed};
  answer.server_public_key_fingerprints = {-3414540481677951611};
  const bytes data = serialize(answer);
  EXPECT_EQ(bytes(data.begin(), data.begin() + 6), (bytes{0x63, 0x24, 0x16, 0x05, 0, 1}));
  EXPECT_EQ(bytes(data.end() - 8, data.end()),
            (bytes{0x85, 0xfd, 0x64, 0xde, 0x85, 0x1d, 0x9d, 0xd0}));
  EXPECT_TRUE(parse<mtproto::resPQ>(data).value() == answer);
}

}  // namespace
}  // namespace mtfetch::tl
