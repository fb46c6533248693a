// SPDX-License-Identifier: BSL-1.0
#include "mtproto/client/session_store.hpp"

#include "tests/client/meddle.hpp"
#include "tests/support/temporary_folder.hpp"

#include <mtfetch/error.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

using namespace mtfetch;
using client_test::meddle;
using storage::session_store;

namespace {

crypto::auth_key key_of(std::uint8_t fill) {
  std::array<std::uint8_t, 256> data{};
  data.fill(fill);
  return crypto::auth_key(data);
}

mode_t mode_of(const std::filesystem::path& file) {
  struct stat facts {};
  EXPECT_EQ(::stat(file.c_str(), &facts), 0);
  return facts.st_mode & 0777;
}

struct refusal {
  std::error_code code;
  std::string sentence;
};

refusal open_fails(const std::filesystem::path& file, const std::string& network = "local") {
  try {
    const session_store store(file, network);
  } catch (const error& e) {
    const std::string said = e.what();
    EXPECT_NE(said.find(file.string()), std::string::npos) << said;
    return {e.code(), said};
  }
  return {};
}

class session_file : public testing::Test {
 protected:
  tests::temporary_folder folder;
  std::filesystem::path file = folder / "deep" / "session";
};

}  // namespace

TEST_F(session_file, keeps_login_keys_and_peers) {
  cached_peer peer;
  peer.type = cached_peer::kind::channel;
  peer.id = 1234;
  peer.access_hash = -5;
  peer.username = "Files";
  {
    session_store store(file, "local");
    EXPECT_EQ(store.read_login(), storage::login());
    store.write_login({4, 777000, true});
    store.write_key(4, {key_of(1), 99, true});
    store.write_key(2, {key_of(2), 1, false});
    store.write_key(2, {key_of(3), 2, false, 1600});
    store.write_salt(2, -7);
    store.write_bound(2, 1700);
    store.write_peer(peer);
  }
  const session_store store(file, "local");
  EXPECT_EQ(store.read_login(), (storage::login{4, 777000, true}));
  EXPECT_EQ(store.read_key(4)->key, key_of(1));
  EXPECT_EQ(store.read_key(4)->salt, 99);
  EXPECT_TRUE(store.read_key(4)->authorized);
  EXPECT_EQ(store.read_key(2)->key, key_of(3));
  EXPECT_EQ(store.read_key(2)->salt, -7);
  EXPECT_FALSE(store.read_key(2)->authorized);
  EXPECT_EQ(store.read_key(2)->made, 1600);
  EXPECT_EQ(store.read_key(2)->bound, 1700);
  EXPECT_EQ(store.read_key(4)->made, 0);
  EXPECT_FALSE(store.read_key(1));
  EXPECT_EQ(store.find_peer("files"), peer);
  EXPECT_EQ(store.find_peer("@FILES"), peer);
  EXPECT_EQ(store.find_peer(cached_peer::kind::channel, 1234), peer);
  EXPECT_FALSE(store.find_peer(cached_peer::kind::user, 1234));
  EXPECT_FALSE(store.find_peer("none"));
  EXPECT_FALSE(store.find_peer(""));
}

TEST_F(session_file, gives_a_username_to_the_peer_that_has_it_now) {
  session_store store("", "local");
  cached_peer first;
  first.id = 1;
  first.username = "name";
  cached_peer second;
  second.id = 2;
  second.username = "@NAME";
  store.write_peer(first);
  store.write_peer(second);
  EXPECT_EQ(store.find_peer("name")->id, 2);
  EXPECT_EQ(store.find_peer(cached_peer::kind::channel, 1)->username, "");
  store.erase_peer("name");
  EXPECT_FALSE(store.find_peer("name"));
  EXPECT_TRUE(store.find_peer(cached_peer::kind::channel, 2));
}

TEST_F(session_file, ends_a_login_without_a_trace_of_its_keys) {
  {
    session_store store(file, "local");
    store.write_login({2, 5, false});
    store.write_key(2, {key_of(0xab), 0, true});
    store.erase_login();
    EXPECT_EQ(store.read_login(), (storage::login{2, 0, false}));
    EXPECT_FALSE(store.read_key(2)->authorized);
    store.erase_keys();
    EXPECT_FALSE(store.read_key(2));
  }
  EXPECT_EQ(tests::read_file(file).find(std::string(32, '\xab')), std::string::npos);
}

TEST_F(session_file, is_closed_to_others_from_the_first_byte) {
  const mode_t before = ::umask(0);
  { const session_store store(file, "local"); }
  ::umask(before);
  EXPECT_EQ(mode_of(file), 0600u);
  EXPECT_EQ(mode_of(file.parent_path()), 0700u);
  ::chmod(file.c_str(), 0644);
  { const session_store store(file, "local"); }
  EXPECT_EQ(mode_of(file), 0600u);
}

TEST_F(session_file, is_one_process_at_a_time) {
  const session_store store(file, "local");
  const pid_t child = ::fork();
  if (child == 0) {
    const refusal said = open_fails(file);
    const bool right =
        said.code == storage_errc::locked &&
        said.sentence == "session file " + file.string() + " is in use by another process";
    ::_exit(right ? 0 : 1);
  }
  int status = 1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(open_fails(file).code, storage_errc::locked);
}

TEST_F(session_file, refuses_what_is_none) {
  std::filesystem::create_directories(file.parent_path());
  tests::write_file(file,
                    "a letter to grandmother, long enough to look like a header of SQLite...");
  const refusal letter = open_fails(file);
  EXPECT_EQ(letter.code, storage_errc::bad_session_file);
  EXPECT_NE(letter.sentence.find("not a session file"), std::string::npos) << letter.sentence;

  std::filesystem::remove(file);
  meddle(file, "CREATE TABLE sessions(dc_id INTEGER)");
  EXPECT_NE(open_fails(file).sentence.find("not a session file"), std::string::npos);

  std::filesystem::remove(file);
  std::filesystem::create_directory(file);
  EXPECT_NE(open_fails(file).sentence.find("not a regular file"), std::string::npos);
}

TEST_F(session_file, refuses_a_damaged_one) {
  {
    session_store store(file, "local");
    for (int dc = 1; dc < 200; ++dc) store.write_key(dc, {key_of(1), 0, false});
  }
  std::string data = tests::read_file(file);
  ASSERT_GT(data.size(), 20000u);
  for (std::size_t i = 4096; i < data.size(); ++i) data[i] = static_cast<char>(i * 7);
  tests::write_file(file, data);
  EXPECT_EQ(open_fails(file).code, storage_errc::bad_session_file);
  tests::write_file(file, data.substr(0, 5000));
  EXPECT_EQ(open_fails(file).code, storage_errc::bad_session_file);
}

TEST_F(session_file, refuses_a_later_version_and_another_network) {
  { const session_store store(file, "local"); }
  EXPECT_EQ(open_fails(file, "production").sentence,
            "session file " + file.string() +
                ": belongs to the network \"local\", not to \"production\"");
  meddle(file, "PRAGMA user_version = 9");
  EXPECT_NE(open_fails(file).sentence.find("later version"), std::string::npos);
}

TEST_F(session_file, takes_over_what_the_first_version_wrote) {
  {
    session_store store(file, "local");
    store.write_login({2, 5, false});
    store.write_key(2, {key_of(7), 3, true});
  }
  meddle(file,
         "ALTER TABLE keys DROP COLUMN made; ALTER TABLE keys DROP COLUMN bound;"
         "PRAGMA user_version = 1");
  for (int opened = 0; opened < 2; ++opened) {
    session_store store(file, "local");
    EXPECT_EQ(store.read_login().user_id, 5);
    EXPECT_EQ(store.read_key(2)->key, key_of(7));
    EXPECT_TRUE(store.read_key(2)->authorized);
    EXPECT_EQ(store.read_key(2)->made, 0);
    EXPECT_EQ(store.read_key(2)->bound, opened);
    store.write_bound(2, 1);
  }
}

TEST_F(session_file, begins_anew_where_a_crash_left_an_empty_file) {
  std::filesystem::create_directories(file.parent_path());
  tests::write_file(file, "");
  session_store store(file, "local");
  store.write_login({1, 2, false});
  EXPECT_EQ(store.read_login().user_id, 2);
}

TEST_F(session_file, says_that_a_folder_cannot_be_made) {
  tests::write_file(folder / "blocked", "");
  const refusal said = open_fails(folder / "blocked" / "deep" / "session");
  EXPECT_EQ(said.code, storage_errc::bad_session_file);
  EXPECT_NE(said.sentence.find("folder"), std::string::npos) << said.sentence;
}

TEST(session_memory, is_gone_with_the_store) {
  {
    session_store store("", "local");
    store.write_login({1, 2, false});
    EXPECT_EQ(store.read_login().user_id, 2);
    EXPECT_EQ(store.name(), "memory");
  }
  EXPECT_EQ(session_store("", "local").read_login().user_id, 0);
}
