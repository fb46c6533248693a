// SPDX-License-Identifier: BSL-1.0
// The program tlgen: its exit codes and what it says.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>

#include "codegen/output.hpp"
#include "tests/codegen/temporary_folder.hpp"

namespace mtfetch::codegen {
namespace {

struct outcome {
  int status = -1;
  std::string text;  ///< standard error
};

outcome tlgen(const std::string& arguments) {
  outcome out;
  const std::string command = std::string(MTFETCH_TLGEN) + " " + arguments + " 2>&1 >/dev/null";
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return out;
  std::array<char, 256> buffer{};
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    out.text.append(buffer.data(), n);
  }
  const int status = ::pclose(pipe);
  if (WIFEXITED(status)) out.status = WEXITSTATUS(status);
  return out;
}

TEST(tlgen, says_where_a_schema_is_bad_and_exits_with_1) {
  const temporary_folder folder("tlgen");
  write_changed(folder.path(), {{"bad.tl", "good = Good;\nbad x:Missing = Bad;\n"}});
  const std::string file = (folder.path() / "bad.tl").string();
  const outcome result = tlgen("check " + file);
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.text, file + ":2:7: unknown type Missing\n");
}

TEST(tlgen, names_a_file_that_is_not_there) {
  const outcome result = tlgen("check /nowhere/at/all.tl");
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.text, "/nowhere/at/all.tl: cannot be read\n");
}

TEST(tlgen, exits_with_2_when_it_is_called_wrongly) {
  EXPECT_EQ(tlgen("").status, 2);
  EXPECT_EQ(tlgen("check").status, 2);
  EXPECT_EQ(tlgen("bake a.tl").status, 2);
  EXPECT_EQ(tlgen("types --out").status, 2);
}

TEST(tlgen, leaves_files_alone_that_stay_the_same) {
  const temporary_folder folder("tlgen");
  const std::string golden = std::string(MTFETCH_TEST_DATA) + "/golden/methods.tl";
  const std::string command = "types --out " + folder.path().string() +
                              " --namespace golden::methods --include golden/methods "
                              "--methods ALL --parts 1 " +
                              golden;
  ASSERT_EQ(tlgen(command).status, 0);
  const auto source = folder.path() / "golden/methods/part_0.cpp";
  const auto long_ago = std::filesystem::last_write_time(source) - std::chrono::hours(1);
  std::filesystem::last_write_time(source, long_ago);
  ASSERT_EQ(tlgen(command).status, 0);
  EXPECT_EQ(std::filesystem::last_write_time(source), long_ago);
}

}  // namespace
}  // namespace mtfetch::codegen
