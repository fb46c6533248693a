// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/message_groups.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "mtproto/crypto/ige_kernels.hpp"
#include "mtproto/crypto/little_endian.hpp"
#include "mtproto/crypto/sha.hpp"
#include "mtproto/crypto/sha256_lanes.hpp"

namespace mtfetch::crypto {
namespace {

// salt, session_id, msg_id, seqno, length and 12 bytes of padding, in whole blocks.
constexpr std::size_t smallest_text = 48;
// The part of the key that is hashed before the text.
constexpr std::size_t key_part_size = 32;

byte_view key_part_of(const auth_key& key, side sender) {
  return key.view().subspan(sender == side::client ? 88 : 96, key_part_size);
}

message_key key_of(const sha256_digest& large) {
  message_key out{};
  std::copy_n(large.begin() + 8, out.size(), out.begin());
  return out;
}

message_key key_of(byte_view packet) {
  message_key out{};
  std::copy_n(packet.begin() + 8, out.size(), out.begin());
  return out;
}

// derive_v2 with the kernel: of its two hashes each is one block, done side by side. For a small
// message OpenSSL's calls would cost more than all the rest, and they allocate.
aes_key_iv derive_with(const message_kernel& kernel, const auth_key& key,
                       const message_key& msg_key, side sender) {
  if (kernel.hash.empty()) return derive_v2(key, msg_key, sender);
  const byte_view part = key.view().subspan(sender == side::client ? 0 : 8);
  constexpr std::size_t part_size = 36;
  constexpr std::size_t size = part_size + std::tuple_size_v<message_key>;
  std::array<secret<64>, 2> blocks;
  std::copy_n(part.begin(), part_size, std::ranges::copy(msg_key, blocks[0].data()).out);
  std::ranges::copy(msg_key, std::copy_n(part.begin() + 40, part_size, blocks[1].data()));
  std::array<message_lane, 2> lanes;
  std::array<lane_work, 2> work;
  for (std::size_t i = 0; i < 2; ++i) {
    start_hash(lanes[i]);
    lanes[i].hash_from = blocks[i].data();
    work[i] = {&lanes[i], pad(blocks[i].span(), size, size)};
  }
  run_lanes(kernel.hash, work);
  sha256_digest a = digest_of(lanes[0]);
  sha256_digest b = digest_of(lanes[1]);
  const wipe_at_exit wiped_a(a);
  const wipe_at_exit wiped_b(b);
  return assemble_v2(a, b);
}

// One message of a group. The hash runs over the key part and then the text, in blocks of 64 bytes:
// the first of them, half key and half text, and the padded last ones are put together in `edge`.
class member {
 public:
  member() = default;
  member(const member&) = delete;
  member& operator=(const member&) = delete;
  ~member() { wipe(edge_); }

  void begin(byte_span packet, const auth_key& key, side sender) {
    text_ = packet.subspan(packet_head);
    lane.at = text_.data();
    start_hash(lane);
    const byte_view part = key_part_of(key, sender);
    std::copy(part.begin(), part.end(), edge_.begin());
  }

  void set_cipher(const message_kernel& kernel, bool encrypt, const aes_key_iv& with) {
    (encrypt ? kernel.begin_encryption : kernel.begin_decryption)(with.key.data(), lane);
    std::copy_n(with.iv.data(), with.iv.size(), lane.chain);
  }

  // The text's part of the first block, and how many whole blocks follow it.
  static constexpr std::size_t head = 64 - key_part_size;
  bool has_head() const { return text_.size() >= head; }
  std::size_t whole_blocks() const { return has_head() ? (text_.size() - head) / 64 : 0; }

  void hash_head() {
    if (!has_head()) return;
    std::copy_n(text_.begin(), head, edge_.begin() + key_part_size);
    lane.hash_from = edge_.data();
  }
  void hash_rest() { lane.hash_from = text_.data() + head; }

  // Blocks of the cipher behind the whole blocks of the hash.
  std::size_t last_cipher_blocks() const { return tail().size() / 16; }

  // The end of what is hashed, padded as SHA-256 wants it. Gives its number of blocks.
  std::size_t hash_tail() {
    const byte_view left = tail();
    std::size_t size = has_head() ? 0 : key_part_size;
    std::copy(left.begin(), left.end(), edge_.begin() + static_cast<std::ptrdiff_t>(size));
    size += left.size();
    const std::size_t blocks = pad(edge_, size, key_part_size + text_.size());
    lane.hash_from = edge_.data();
    return blocks;
  }

  message_key msg_key() const { return key_of(digest_of(lane)); }
  std::size_t cipher_blocks() const { return text_.size() / 16; }
  byte_view text() const { return text_; }

  message_lane lane;

 private:
  byte_view tail() const {
    return has_head() ? byte_view(text_).subspan(head + 64 * whole_blocks()) : byte_view(text_);
  }

  byte_span text_;
  std::array<std::uint8_t, 128> edge_;
};

// Runs `loops` over all members; `steps` tells how many steps of each, and may set it up.
void run_all(std::span<const lane_loop> loops, std::span<member> members, const auto& steps) {
  std::array<lane_work, group_size> work;
  std::size_t count = 0;
  for (member& one : members) work[count++] = {&one.lane, steps(one)};
  run_lanes(loops, std::span(work).first(count));
}

void hash_tails(const message_kernel& kernel, std::span<member> members) {
  run_all(kernel.hash, members, [](member& one) { return one.hash_tail(); });
}

// Decrypts and hashes together, each block of the hash one step behind the cipher.
void open_group(const message_kernel& kernel, std::span<member> members) {
  run_all(kernel.decrypt, members, [](member&) { return member::head / 16; });
  for (member& one : members) one.hash_head();
  run_all(kernel.open, members, [](member& one) { return one.whole_blocks(); });
  run_all(kernel.hash, members, [](member&) { return std::size_t{1}; });
  run_all(kernel.decrypt, members, [](member& one) { return one.last_cipher_blocks(); });
  hash_tails(kernel, members);
}

// The msg_key is the hash of the whole text and the cipher's key comes from it, so that nothing of
// one message can be done at once.
void hash_group(const message_kernel& kernel, std::span<member> members) {
  run_all(kernel.hash, members, [](member& one) {
    one.hash_head();
    return one.has_head() ? std::size_t{1} : std::size_t{0};
  });
  run_all(kernel.hash, members, [](member& one) {
    one.hash_rest();
    return one.whole_blocks();
  });
  hash_tails(kernel, members);
}

bool is_well_formed(const open_job& job) {
  return job.packet.size() >= packet_head + smallest_text &&
         (job.packet.size() - packet_head) % 16 == 0 &&
         load_i64(job.packet.data()) == job.key->id();
}

bool is_well_formed(const seal_job& job) {
  return job.packet.size() >= packet_head + 16 && (job.packet.size() - packet_head) % 16 == 0;
}

std::error_code outcome(const message_key& computed, const message_key& given) {
  if (equal_in_constant_time(computed, given)) return {};
  return security_errc::bad_packet;
}

// Without a kernel that hashes: piece by piece, so that the hash finds in the cache what the cipher
// has just left there.
std::error_code open_by_pieces(const ige_kernel& kernel, const open_job& job) {
  constexpr std::size_t piece = std::size_t{16} << 10;
  // Kept by the thread, since making one allocates. Restarted, in case an exception once left it.
  thread_local sha256_stream hash;
  hash.restart();
  const message_key msg_key = key_of(byte_view(job.packet));
  const aes_key_iv with = derive_v2(*job.key, msg_key, job.sender);
  secret<32> chain(with.iv);
  hash.update(key_part_of(*job.key, job.sender));
  for (byte_span text = job.packet.subspan(packet_head); !text.empty();) {
    const byte_span now = text.first(std::min(text.size(), piece));
    kernel.decrypt(now, with.key, chain.span());
    hash.update(now);
    text = text.subspan(now.size());
  }
  return outcome(key_of(hash.finish()), msg_key);
}

// As many messages as `Size` at most: a single one, the most frequent, has room for one only.
template <std::size_t Size>
void open_members(const message_kernel& kernel, std::span<open_job* const> jobs) {
  std::array<member, Size> storage;
  const std::span<member> members = std::span(storage).first(jobs.size());
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const open_job& job = *jobs[i];
    members[i].begin(job.packet, *job.key, job.sender);
    const aes_key_iv with =
        derive_with(kernel, *job.key, key_of(byte_view(job.packet)), job.sender);
    members[i].set_cipher(kernel, false, with);
  }
  if (kernel.hash.empty()) {
    run_all(kernel.decrypt, members, [](member& one) { return one.cipher_blocks(); });
  } else {
    open_group(kernel, members);
  }
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    open_job& job = *jobs[i];
    const message_key computed =
        kernel.hash.empty() ? key_of(sha256(key_part_of(*job.key, job.sender), members[i].text()))
                            : members[i].msg_key();
    job.error = outcome(computed, key_of(byte_view(job.packet)));
  }
}

void open_some(const message_kernel* kernel, std::span<open_job* const> jobs) {
  if (kernel == nullptr || (kernel->hash.empty() && jobs.size() == 1)) {
    const ige_kernel& ige = kernel == nullptr ? portable_ige_kernel() : best_ige_kernel();
    for (open_job* job : jobs) job->error = open_by_pieces(ige, *job);
  } else if (jobs.size() == 1) {
    open_members<1>(*kernel, jobs);
  } else if (!jobs.empty()) {
    open_members<group_size>(*kernel, jobs);
  }
}

void write_head(const seal_job& job, const message_key& msg_key) {
  store_i64(job.packet.data(), job.key->id());
  std::copy(msg_key.begin(), msg_key.end(), job.packet.begin() + 8);
}

template <std::size_t Size>
void seal_members(const message_kernel& kernel, std::span<const seal_job> jobs) {
  std::array<member, Size> storage;
  const std::span<member> members = std::span(storage).first(jobs.size());
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    members[i].begin(jobs[i].packet, *jobs[i].key, jobs[i].sender);
  }
  if (!kernel.hash.empty()) hash_group(kernel, members);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const seal_job& job = jobs[i];
    const message_key msg_key =
        kernel.hash.empty() ? key_of(message_key_large(members[i].text(), *job.key, job.sender))
                            : members[i].msg_key();
    write_head(job, msg_key);
    members[i].set_cipher(kernel, true, derive_with(kernel, *job.key, msg_key, job.sender));
  }
  run_all(kernel.encrypt, members, [](member& one) { return one.cipher_blocks(); });
}

void seal_by_openssl(const seal_job& job) {
  const byte_span text = job.packet.subspan(packet_head);
  const message_key msg_key = key_of(message_key_large(text, *job.key, job.sender));
  write_head(job, msg_key);
  aes_key_iv with = derive_v2(*job.key, msg_key, job.sender);
  portable_ige_kernel().encrypt(text, with.key, with.iv.span());
}

void seal_some(const message_kernel* kernel, std::span<const seal_job> jobs) {
  if (kernel == nullptr) {
    for (const seal_job& job : jobs) seal_by_openssl(job);
  } else if (jobs.size() == 1) {
    seal_members<1>(*kernel, jobs);
  } else {
    seal_members<group_size>(*kernel, jobs);
  }
}

}  // namespace

void open_with(const message_kernel* kernel, std::span<open_job> jobs) {
  std::array<open_job*, group_size> group{};
  std::size_t count = 0;
  for (open_job& job : jobs) {
    if (!is_well_formed(job)) {
      job.error = security_errc::bad_packet;
      continue;
    }
    group[count++] = &job;
    if (count < group.size()) continue;
    open_some(kernel, group);
    count = 0;
  }
  open_some(kernel, std::span(group).first(count));
}

void seal_with(const message_kernel* kernel, std::span<const seal_job> jobs) {
  for (const seal_job& job : jobs) {
    if (!is_well_formed(job)) {
      throw std::invalid_argument("a packet to seal must have whole blocks");
    }
  }
  for (; !jobs.empty(); jobs = jobs.subspan(std::min(group_size, jobs.size()))) {
    seal_some(kernel, jobs.first(std::min(group_size, jobs.size())));
  }
}

}  // namespace mtfetch::crypto
