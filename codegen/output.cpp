// SPDX-License-Identifier: BSL-1.0
#include "codegen/output.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace mtfetch::codegen {
namespace {

bool has_text(const std::filesystem::path& path, const std::string& text) {
  std::error_code missing;
  if (std::filesystem::file_size(path, missing) != text.size() || missing) return false;
  return read_file(path) == text;
}

}  // namespace

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(path.string() + ": cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

std::size_t write_changed(const std::filesystem::path& folder,
                          const std::vector<output_file>& files) {
  std::size_t written = 0;
  for (const auto& file : files) {
    const std::filesystem::path path = folder / file.path;
    if (has_text(path, file.text)) continue;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << file.text;
    if (!out.flush()) throw std::runtime_error(path.string() + ": cannot be written");
    ++written;
  }
  return written;
}

}  // namespace mtfetch::codegen
