// SPDX-License-Identifier: BSL-1.0
#include "tests/support/temporary_folder.hpp"

#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>
#include <stdexcept>

namespace mtfetch::tests {

temporary_folder::temporary_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "mtfetch-test.XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed for " + name);
  path_ = name;
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;  // a folder that stays is no reason to end the test program
  std::filesystem::remove_all(path_, ignored);
}

std::string read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + file.string());
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void write_file(const std::filesystem::path& file, std::string_view text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

std::string random_text(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; i += 8) {
    std::uint64_t word = engine();
    for (std::size_t j = i; j < size && j < i + 8; ++j, word >>= 8U) {
      text[j] = static_cast<char>(word & 0xffU);
    }
  }
  return text;
}

}  // namespace mtfetch::tests
