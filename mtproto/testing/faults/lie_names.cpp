// SPDX-License-Identifier: BSL-1.0
// The names of the lies.
#include <mtfetch/testing.hpp>

namespace mtfetch::testing {

const std::vector<named_lie>& all_lies() {
  using in_session = session_lie;
  using in_handshake = handshake_lie;
  static const std::vector<named_lie> all = {
      {"wrong_msg_key", in_session::wrong_msg_key},
      {"unknown_key_id", in_session::unknown_key_id},
      {"no_padding", in_session::no_padding},
      {"short_padding", in_session::short_padding},
      {"long_padding", in_session::long_padding},
      {"unaligned", in_session::unaligned},
      {"length_past_end", in_session::length_past_end},
      {"length_negative", in_session::length_negative},
      {"length_unaligned", in_session::length_unaligned},
      {"foreign_session", in_session::foreign_session},
      {"replayed", in_session::replayed},
      {"replayed_thrice", in_session::replayed_thrice},
      {"old_id", in_session::old_id},
      {"future_id", in_session::future_id},
      {"even_id", in_session::even_id},
      {"nobodys_id", in_session::nobodys_id},
      {"nested_container", in_session::nested_container},
      {"item_above_container", in_session::item_above_container},
      {"container_of_2_31", in_session::container_of_2_31},
      {"item_past_end", in_session::item_past_end},
      {"gzip_in_gzip", in_session::gzip_in_gzip},
      {"gzip_bomb", in_session::gzip_bomb},
      {"gzip_bomb_in_answer", in_session::gzip_bomb_in_answer},
      {"gzip_bombs_in_container", in_session::gzip_bombs_in_container},
      {"vector_of_2_31", in_session::vector_of_2_31},
      {"vector_of_2_31_in_answer", in_session::vector_of_2_31_in_answer},
      {"length_past_end_in_answer", in_session::length_past_end_in_answer},
      {"answer_to_nothing", in_session::answer_to_nothing},
      {"unknown_constructor", in_session::unknown_constructor},
      {"garbage", in_session::garbage},
      {"session_flood", in_session::session_flood},
      {"ack_flood", in_session::ack_flood},
      {"question_flood", in_session::question_flood},
      {"complaint_flood", in_session::complaint_flood},
      {"wrong_nonce", in_handshake::wrong_nonce},
      {"wrong_server_nonce", in_handshake::wrong_server_nonce},
      {"prime_pq", in_handshake::prime_pq},
      {"unknown_fingerprints", in_handshake::unknown_fingerprints},
      {"wrong_answer_hash", in_handshake::wrong_answer_hash},
      {"wrong_inner_nonce", in_handshake::wrong_inner_nonce},
      {"composite_prime", in_handshake::composite_prime},
      {"unsafe_prime", in_handshake::unsafe_prime},
      {"small_prime", in_handshake::small_prime},
      {"bad_generator", in_handshake::bad_generator},
      {"zero_g_a", in_handshake::zero_g_a},
      {"one_g_a", in_handshake::one_g_a},
      {"prime_less_one_g_a", in_handshake::prime_less_one_g_a},
      {"prime_g_a", in_handshake::prime_g_a},
      {"small_g_a", in_handshake::small_g_a},
      {"large_g_a", in_handshake::large_g_a},
      {"wrong_new_nonce_hash", in_handshake::wrong_new_nonce_hash},
      {"retry_once", in_handshake::retry_once},
      {"retry_for_ever", in_handshake::retry_for_ever},
      {"fail", in_handshake::fail},
      {"fail_with_wrong_hash", in_handshake::fail_with_wrong_hash},
      {"garbage_for_an_answer", in_handshake::garbage_for_an_answer},
  };
  return all;
}

}  // namespace mtfetch::testing
