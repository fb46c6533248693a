// SPDX-License-Identifier: BSL-1.0
// What one run has finished, on its way into the catalogues of its folders.
#pragma once

#include "downloader/catalogue/catalogue.hpp"

#include <mtfetch/instant.hpp>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mtfetch::transfer {

/// A catalogue that cannot be written fails no download: it is tried again with the next files, and
/// told at the end. One transaction a second at most for each folder, so that a thousand small
/// files cost what one does; a kill loses no file, but files of the last second may be missing
/// from the catalogue. Blocking; on the worker thread, where only the end waits for another
/// process: the disk's other work would stand behind it.
class finished_files {
 public:
  /// The run's folder, whose catalogue names those below it that got files; empty: none.
  explicit finished_files(std::filesystem::path root = {}) : root_(std::move(root)) {}
  /// A file of the run, by its index, is whole and has this name. Sets the entry's name and date.
  void add(std::size_t file, const std::filesystem::path& path, catalogued_file entry);
  void flush_due(time_point now);
  /// Writes what is left, and closes. Gives notes, each for the file that it concerns.
  std::vector<std::pair<std::size_t, std::string>> end();

 private:
  struct folder {
    std::unique_ptr<catalogue> into;
    std::vector<catalogued_file> waiting;
    std::vector<std::string> below;  // folders to be named
    time_point next_write = time_point::min();
    std::size_t last = 0;  // index of the last file added
    std::size_t lost = 0;  // let go, when too many were waiting
    bool was_damaged = false;
    std::string problem;  // of the last attempt
  };
  static void write(const std::filesystem::path& where, folder& one,
                    std::chrono::milliseconds patience);

  std::filesystem::path root_;
  std::map<std::filesystem::path, folder> folders_;
};

}  // namespace mtfetch::transfer
