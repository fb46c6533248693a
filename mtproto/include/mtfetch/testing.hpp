// SPDX-License-Identifier: BSL-1.0
// A Telegram data centre in a library: a cluster of DCs on loopback that serves a folder's files
// over real MTProto, for tests without an account.
#pragma once

#include <asio/any_io_executor.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mtfetch/instant.hpp>
#include <mtfetch/network_conditions.hpp>
#include <mtfetch/testing_world.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mtfetch {
struct network;
}

namespace mtfetch::testing {

/// A person with an account. Every secret here is a test secret.
struct user {
  std::string phone;                ///< digits, with or without a leading +
  std::string code = "12345";       ///< what auth.signIn expects
  std::string password;             ///< 2FA password; empty: none
  std::string first_name = "Test";  ///< shown name
  std::string username;             ///< public name, may be empty
  int home_dc = 0;                  ///< 0: the cluster's home DC; others answer PHONE_MIGRATE_X
  bool member = true;               ///< member of the private channel
};

/// A bot. Its user id is the number before the colon of the token.
struct bot {
  std::string token;     ///< "1234567:secret"
  std::string username;  ///< empty: made from the id
  int home_dc = 0;       ///< 0: the cluster's home DC; others answer USER_MIGRATE_X
  bool member = false;   ///< member (as an administrator) of the private channel
};

/// What a cluster with a CDN data centre does with it. https://core.telegram.org/cdn
struct cdn_policy {
  /// Files of at least so many bytes are redirected there, for people whose upload.getFile says
  /// cdn_supported; bots are always served directly. Nothing: no file is.
  std::optional<std::int64_t> from_size;
  bool empty = false;             ///< the CDN has a file only after upload.reuploadCdnFile
  std::uint64_t keeps_for = 0;    ///< and forgets it again after so many parts; 0: never
  std::uint64_t token_parts = 0;  ///< a file token is good for so many parts; 0: for ever
  bool hashes_in_redirect = true;
  // What no honest data centre does:
  std::size_t key_size = 32;  ///< of the redirect's encryption_key
  int redirect_to = 0;        ///< the data centre that the redirect names; 0: the CDN
};

struct cluster_options {
  std::filesystem::path serve;  ///< folder whose files become messages 1..n of the channel
  std::filesystem::path state;  ///< folder for keys, sessions and hashes; empty: in memory
  std::vector<int> dcs = {1, 2, 3, 4, 5};
  int home_dc = 2;  ///< where accounts live unless they say otherwise
  int cdn_dc = 0;   ///< one more data centre, 203 say, with a key of its own, that
                    ///< knows no logins and serves files as `cdn` says; 0: none
  cdn_policy cdn;
  std::uint16_t first_port = 0;  ///< DC number i of `dcs` listens on first_port + i; 0: any
  std::string ip = "127.0.0.1";
  std::vector<user> users;
  std::vector<bot> bots;
  /// Chats, messages and stories beside the folder's; `serve` may then be empty.
  std::optional<world_description> world;
  std::string channel = "files";            ///< username of the public channel
  std::string private_channel = "private";  ///< folder within `serve` with the private channel's
                                            ///< files; it is made only when the folder is there
  std::int32_t api_id = 0;                  ///< 0: any api_id is accepted
  std::string api_hash;                     ///< compared only when api_id is given
  bool sign_up = false;                     ///< unknown phones may sign up with code 12345
  /// Takes TLS on the same ports (WebSocket over TLS), with a certificate made for this
  /// cluster that the network file names as its authority. HTTP and WebSocket without TLS are
  /// always taken.
  bool tls = false;
  std::uint64_t fault_seed = 1;
  /// The first account.initTakeoutSession of each account is refused for so long
  /// (TAKEOUT_INIT_DELAY_X), unless cluster::confirm_takeouts() comes before.
  std::chrono::seconds takeout_delay{0};
  /// The network between clients and the data centres; by default there is none to be noticed.
  network_conditions conditions;
  /// What conditions.reference_lifetime is counted by; without one the steady clock. It must never
  /// go back, and is called on the cluster's executor.
  std::function<time_point()> reference_time;
  std::chrono::seconds clock_skew{0};  ///< its clock is so far ahead of this machine's; or behind
  bool hashes_hidden = false;          ///< as fault_plan::hide_hashes from the start
  std::chrono::milliseconds flush_interval{200};  ///< how often state is written to the folder
};

/// One served file: a document, or the largest size of a photo, of message `message_id`.
struct served_file {
  std::string channel;  ///< username of the public channel, empty for the private one
  std::int64_t channel_id = 0;
  int message_id = 0;
  std::filesystem::path path;  ///< empty: made_content() of `seed`
  std::uint64_t seed = 0;
  std::string name;
  std::int64_t size = 0;
  int dc = 0;
  std::int64_t document_id = 0;  ///< or the photo's id
  bool is_photo = false;
  std::string chat;  ///< the key of the world's description; empty for a folder's channels
};

/// What a fault does to the call that it meets.
struct answer_error {  ///< answers an rpc_error: 420 "FLOOD_WAIT_3"
  std::int32_t code = 400;
  std::string message;
};
struct reset_connection {};  ///< closes the connection hard instead of answering
struct drop_answer {};       ///< executes the call and never answers
struct delay_answer {        ///< answers late
  std::chrono::milliseconds by{0};
};
struct corrupt_bytes {};  ///< flips a bit in the bytes of an upload.file or upload.cdnFile
struct cut_bytes {        ///< an upload.file with fewer bytes (0: empty)
  std::size_t keep = 0;
};
struct extra_bytes {     ///< an upload.file with more bytes than it should have
  std::size_t more = 1;  ///< noughts behind the right ones, 512 KiB at most: a packet has an end
};
/// Nothing arrives any more on the connection that the call came by, in neither direction, and
/// nothing says so: it stays open. The answer is lost with it.
struct silence_connection {};
struct new_salts {};        ///< answers, and the cluster's salts are others from then on
struct restart_cluster {};  ///< cluster::restart() before the answer is sent
struct garbage_answer {};   ///< an rpc_result whose content no schema has
struct garbage_packet {};   ///< a packet of random bytes instead of an encrypted one
struct transport_error {    ///< sends this transport error and closes: -404, -429, -444
  std::int32_t code = -404;
};

/// A lie on the connection that a call came by: packets that no honest data centre sends. The call
/// is run and its true answer is sent as well, behind the lie where nothing else is said; a client
/// that closes the connection at the lie finds the answer on its next one.
/// https://core.telegram.org/mtproto/security_guidelines
enum class session_lie {
  // The packet as such. Each is a copy of the true one but for what is named.
  wrong_msg_key,     ///< one bit of msg_key is another
  unknown_key_id,    ///< auth_key_id of a key that nobody has
  no_padding,        ///< 0 bytes of padding
  short_padding,     ///< 8 bytes; 12 are the least
  long_padding,      ///< 1040 bytes; 1024 are the most
  unaligned,         ///< the encrypted part is not whole blocks of 16 bytes
  length_past_end,   ///< the length field reaches over the end of the packet
  length_negative,   ///< the length field is -4
  length_unaligned,  ///< the length field is no multiple of 4
  foreign_session,   ///< the id of a session that the client does not have
  // Message ids.
  replayed,         ///< the true packet, and behind it the same bytes once more
  replayed_thrice,  ///< the true packet, and behind it its message in three new containers
  old_id,           ///< 301 seconds old
  future_id,        ///< 31 seconds ahead
  even_id,          ///< divisible by 4: only clients give such ids
  nobodys_id,       ///< 2 modulo 4
  // Containers and gzip.
  nested_container,         ///< a container in a container
  item_above_container,     ///< an inner message whose id is higher than the container's
  container_of_2_31,        ///< a container of 2^31 messages
  item_past_end,            ///< an inner message longer than its container
  gzip_in_gzip,             ///< gzip_packed in gzip_packed
  gzip_bomb,                ///< a message of 64 MiB of zeros, packed
  gzip_bomb_in_answer,      ///< the same as the result of the call
  gzip_bombs_in_container,  ///< 100 messages of 16 MiB of zeros, each packed by itself
  // What messages say.
  vector_of_2_31,             ///< msgs_state_req with a vector of 2^31 ids
  vector_of_2_31_in_answer,   ///< the call's result is a vector of 2^31 items
  length_past_end_in_answer,  ///< the call's result is an rpc_error longer than its packet
  answer_to_nothing,          ///< an rpc_result for a call that nobody made
  unknown_constructor,        ///< a message that no schema has
  garbage,                    ///< 16 MiB of noise, in packets of 1 MiB
  session_flood,              ///< 1000 times new_session_created, each with another salt
  ack_flood,                  ///< msgs_ack of 2^20 ids, packed
  question_flood,             ///< 1000 times msgs_state_req, 100 ids each
  complaint_flood,            ///< 1000 times bad_server_salt about the call, and pongs between
};

/// A lie while a key is made: what differs from an honest exchange. With `wrong_...` one bit does.
/// https://core.telegram.org/mtproto/auth_key
enum class handshake_lie {
  wrong_nonce,            ///< of resPQ
  wrong_server_nonce,     ///< of server_DH_params_ok: not the one of resPQ
  prime_pq,               ///< pq is a prime
  unknown_fingerprints,   ///< only keys that the client does not have are offered
  wrong_answer_hash,      ///< the SHA-1 in front of the encrypted answer
  wrong_inner_nonce,      ///< inside the encrypted answer
  composite_prime,        ///< dh_prime is no prime
  unsafe_prime,           ///< dh_prime is one, (dh_prime - 1) / 2 is none
  small_prime,            ///< dh_prime has 2040 bits
  bad_generator,          ///< g = 2, which does not go with the prime
  zero_g_a,               ///< g_a = 0
  one_g_a,                ///< g_a = 1
  prime_less_one_g_a,     ///< g_a = dh_prime - 1
  prime_g_a,              ///< g_a = dh_prime
  small_g_a,              ///< g_a = 2^1984 - 1
  large_g_a,              ///< g_a = dh_prime - 2^1984 + 1
  wrong_new_nonce_hash,   ///< of dh_gen_ok
  retry_once,             ///< dh_gen_retry, then dh_gen_ok: honest, if rare
  retry_for_ever,         ///< dh_gen_retry each time
  fail,                   ///< dh_gen_fail
  fail_with_wrong_hash,   ///< dh_gen_fail whose new_nonce_hash3 is wrong
  garbage_for_an_answer,  ///< 256 bytes of noise instead of resPQ
};

using fault_action =
    std::variant<answer_error, reset_connection, drop_answer, delay_answer, corrupt_bytes,
                 cut_bytes, extra_bytes, silence_connection, new_salts, restart_cluster,
                 garbage_answer, garbage_packet, transport_error, session_lie, handshake_lie>;

/// Every lie with its name above: "wrong_msg_key", "prime_pq".
struct named_lie {
  std::string_view name;
  std::variant<session_lie, handshake_lie> lie;
};
const std::vector<named_lie>& all_lies();

/// A rule: which calls, how many of them, and what happens. Rules are asked in the order they were
/// added; the first that fits is applied. A handshake_lie is about key exchanges instead of calls:
/// its rule's method says nothing.
struct fault_rule {
  std::string method;       ///< "upload.getFile"; empty: all, auth.bindTempAuthKey apart
  int dc = 0;               ///< 0: every DC
  std::uint64_t skip = 0;   ///< lets this many fitting calls pass first
  std::uint64_t times = 1;  ///< then applies this often; 0: for ever
  double chance = 1.0;      ///< of the rest, this share, drawn from the cluster's seed
  fault_action action;
};

/// The faults of a cluster. May be called from any thread.
class fault_plan {
 public:
  explicit fault_plan(std::uint64_t seed);
  ~fault_plan();
  void add(fault_rule rule);
  void clear();
  /// While true, upload.getFileHashes, getCdnFileHashes and reuploadCdnFile answer an empty list.
  void hide_hashes(bool on);
  bool hashes_hidden() const;
  /// The action for a call, if a rule fits; counts the call.
  std::optional<fault_action> ask(std::string_view method, int dc);
  /// The lie for a key exchange that begins, if a rule fits; counts the exchange.
  std::optional<handshake_lie> ask_handshake(int dc);
  /// How often a rule was applied since the cluster was made.
  std::uint64_t applied() const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// Counted since start(). A snapshot.
struct statistics {
  std::uint64_t connections = 0;               ///< accepted
  std::uint64_t handshakes = 0;                ///< permanent auth keys made
  std::uint64_t temporary_keys = 0;            ///< temporary ones made
  std::uint64_t destroyed_keys = 0;            ///< of both, by destroy_auth_key
  std::uint64_t destroyed_sessions = 0;        ///< by destroy_session
  std::uint64_t silenced = 0;                  ///< connections on which nothing arrives any more
  std::uint64_t bytes_served = 0;              ///< of upload.file and upload.cdnFile
  std::map<std::string, std::uint64_t> calls;  ///< by method; one refused before: by the error
  /// Of them, those within invokeWithTakeout that were not refused for it.
  std::map<std::string, std::uint64_t> takeout_calls;
  std::uint64_t takeouts_done = 0;      ///< finished with success
  std::uint64_t takeouts_given_up = 0;  ///< finished without
  network_counts network;               ///< all 0 where cluster_options::conditions shape nothing
};

/// The cluster. Belongs to its executor: start() binds the listeners at once, all else runs on the
/// executor. start(), stop(), restart() and the destructor may be called on the executor's thread,
/// or from elsewhere while nobody runs it; the others from any thread.
class cluster {
 public:
  /// Reads the folder and, where there is one, the state. Throws mtfetch::error that names what is
  /// wrong: a folder that cannot be read, a state that is not one.
  cluster(asio::any_io_executor executor, cluster_options options);
  ~cluster();
  cluster(const cluster&) = delete;
  cluster& operator=(const cluster&) = delete;

  /// Listens; the ports are known afterwards. Throws mtfetch::error when a port is taken.
  void start();
  /// Closes every listener and connection, and writes the state.
  void stop();
  /// What a kill and a new start would do: connections are lost; auth keys, sessions, who is signed
  /// in and unacknowledged answers stay only where there is a state folder. Ports and RSA key stay
  /// the same, so network files stay good.
  void restart();

  /// Where the DCs are, and their public RSA key: what a client needs to come here.
  network network_file() const;
  std::vector<served_file> files() const;
  fault_plan& faults();
  statistics counted() const;
  /// File references given out so far are refused with FILE_REFERENCE_EXPIRED from now on.
  void expire_file_references();
  /// File tokens of CDN redirects given out so far are refused with FILE_TOKEN_INVALID.
  void expire_cdn_tokens();
  /// Salts in use are refused from now on: each client meets bad_server_salt once.
  void change_salts();
  /// Closes every connection; listeners stay.
  void drop_connections();
  /// Temporary keys are unknown from now on, as if their time were over.
  void forget_temporary_keys();
  /// As if each person had agreed to the export on another device: no takeout_delay any more.
  void confirm_takeouts();
  /// Sends a boxed object, serialized, unasked: to every session that made a call without
  /// invokeWithoutUpdates, of this account or (0) of anybody.
  void push_update(std::vector<std::uint8_t> serialized, std::int64_t user_id = 0);

 private:
  struct parts;
  std::shared_ptr<parts> parts_;
};

/// A cluster with a thread of its own, for tests: running after the constructor, gone after the
/// destructor.
class cluster_thread {
 public:
  explicit cluster_thread(cluster_options options);
  ~cluster_thread();
  cluster_thread(const cluster_thread&) = delete;
  cluster_thread& operator=(const cluster_thread&) = delete;

  /// For network_file(), files(), faults(), counted() and what else may be called from any thread.
  cluster& dc();
  /// As the cluster's own, on its thread, from any other.
  void stop();
  void restart();

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace mtfetch::testing
