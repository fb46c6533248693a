// SPDX-License-Identifier: BSL-1.0
#include "tests/support/power_loss/disk.hpp"

#include "tests/support/power_loss/sqlite_layer.hpp"
#include "tests/support/temporary_folder.hpp"

#include <sys/stat.h>
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <random>
#include <utility>

namespace mtfetch::tests {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t sector = 512;

}  // namespace

power_loss_disk::power_loss_disk(fs::path folder) : folder_(std::move(folder)) {
  for (const auto& entry : fs::directory_iterator(folder_)) {
    const std::string name = entry.path().filename().string();
    const std::string content = read_file(entry.path());
    at_first_[made_] = name;
    contents_at_first_[made_].assign(content.begin(), content.end());
    live_[name] = made_++;
  }
  static std::atomic<int> count{0};
  layer_ = "power-loss-" + std::to_string(count++);
  vfs_ = std::make_unique<vfs>(*this, layer_);
}

power_loss_disk::~power_loss_disk() = default;

sink::file_calls power_loss_disk::calls() {
  sink::file_calls calls = sink::file_calls::system();
  calls.journal_layer = layer_;
  calls.open = [this, real = calls.open](const fs::path& path, int flags) {
    const std::lock_guard lock(mutex_);
    const int opened = real(path, flags);
    if (opened != -1) descriptors_[opened] = number_of(path.filename().string());
    return opened;
  };
  calls.write = [this, real = calls.write](int file, byte_view data, std::int64_t offset) {
    const std::lock_guard lock(mutex_);
    const std::int64_t wrote = real(file, data, offset);
    if (wrote > 0) {
      const byte_view done = data.first(static_cast<std::size_t>(wrote));
      add({kind::write, descriptors_.at(file), offset, bytes(done.begin(), done.end()), {}, {}});
    }
    return wrote;
  };
  calls.truncate = [this, real = calls.truncate](int file, std::int64_t size) {
    const std::lock_guard lock(mutex_);
    const int outcome = real(file, size);
    if (outcome == 0) add({kind::truncate, descriptors_.at(file), size, {}, {}, {}});
    return outcome;
  };
  const auto sync = [this](int file) {
    const std::lock_guard lock(mutex_);
    struct stat seen {};
    if (::fstat(file, &seen) != 0) return -1;
    if (S_ISDIR(seen.st_mode)) {
      add({kind::sync_folder, 0, 0, {}, {}, {}});
    } else if (on_sync && on_sync(name_of(descriptors_.at(file)))) {
      add({kind::failed_sync, descriptors_.at(file), 0, {}, {}, {}});
      errno = EIO;
      return -1;
    } else {
      add({kind::sync, descriptors_.at(file), 0, {}, {}, {}});
    }
    return 0;
  };
  calls.sync_data = sync;
  calls.sync_all = sync;
  calls.rename_new = [this, real = calls.rename_new](const fs::path& from, const fs::path& to) {
    const std::lock_guard lock(mutex_);
    const int outcome = real(from, to);
    if (outcome == 0) renamed(from.filename().string(), to.filename().string());
    return outcome;
  };
  calls.remove = [this, real = calls.remove](const fs::path& path) {
    const std::lock_guard lock(mutex_);
    const int outcome = real(path);
    if (outcome == 0) removed(path.filename().string());
    return outcome;
  };
  return calls;
}

void power_loss_disk::add(operation what) {
  operations_.push_back(std::move(what));
}

int power_loss_disk::number_of(const std::string& name) {
  const auto found = live_.find(name);
  if (found != live_.end()) return found->second;
  add({kind::make, made_, 0, {}, name, {}});
  live_[name] = made_;
  return made_++;
}

void power_loss_disk::renamed(const std::string& from, const std::string& to) {
  const int file = live_.at(from);
  add({kind::rename, file, 0, {}, from, to});
  live_.erase(from);
  live_[to] = file;
}

void power_loss_disk::removed(const std::string& name) {
  const auto found = live_.find(name);
  if (found == live_.end()) return;
  add({kind::unlink, found->second, 0, {}, name, {}});
  live_.erase(found);
}

std::size_t power_loss_disk::operations() const {
  const std::lock_guard lock(mutex_);
  return operations_.size();
}

std::string power_loss_disk::name_of(int file) const {
  if (at_first_.contains(file)) return at_first_.at(file);
  const auto made = std::ranges::find_if(operations_, [&](const operation& each) {
    return each.what == kind::make && each.file == file;
  });
  return made == operations_.end() ? std::string() : made->name;
}

std::vector<bool> power_loss_disk::durable(std::size_t at) const {
  std::vector<bool> done(at);
  std::map<int, std::vector<std::size_t>> dirty;
  std::vector<std::size_t> names;
  for (std::size_t i = 0; i < at; ++i) {
    switch (operations_[i].what) {
      case kind::write:
      case kind::truncate:
        dirty[operations_[i].file].push_back(i);
        break;
      case kind::sync:
        for (const std::size_t each : std::exchange(dirty[operations_[i].file], {})) {
          done[each] = true;
        }
        break;
      case kind::failed_sync:
        dirty[operations_[i].file].clear();
        break;
      case kind::make:
      case kind::rename:
      case kind::unlink:
        names.push_back(i);
        break;
      case kind::sync_folder:
        for (const std::size_t each : std::exchange(names, {})) done[each] = true;
        break;
    }
  }
  return done;
}

std::string power_loss_disk::describe(std::size_t number) const {
  const std::lock_guard lock(mutex_);
  if (number >= operations_.size()) return "the end";
  const operation& what = operations_[number];
  const std::string name = what.name.empty() ? name_of(what.file) : what.name;
  switch (what.what) {
    case kind::write:
      return "write " + name + ' ' + std::to_string(what.data.size()) + " bytes at " +
             std::to_string(what.at);
    case kind::truncate:
      return "truncate " + name + " to " + std::to_string(what.at);
    case kind::sync:
      return "sync " + name;
    case kind::failed_sync:
      return "fail to sync " + name;
    case kind::make:
      return "make " + name;
    case kind::rename:
      return "rename " + name + " to " + what.new_name;
    case kind::unlink:
      return "unlink " + name;
    case kind::sync_folder:
      return "sync the folder";
  }
  return {};
}

void power_loss_disk::restore(std::size_t at, survival how, std::uint64_t seed,
                              const fs::path& into, bool lies) const {
  const std::lock_guard lock(mutex_);
  const std::vector<bool> kept = lies ? std::vector<bool>(at) : durable(at);
  std::mt19937_64 random(seed);
  const double share = how == survival::nothing ? 0.0
                       : how == survival::all
                           ? 1.0
                           : std::uniform_real_distribution<double>(0.05, 0.95)(random);
  std::bernoulli_distribution drawn(share);
  const auto survives = [&] { return drawn(random); };

  struct content {
    bytes data;  // may reach beyond the size: sectors whose new size was lost
    std::size_t size = 0;
  };
  std::map<int, content> files;
  std::map<std::string, int> names;
  for (const auto& [file, name] : at_first_) {
    names[name] = file;
    files[file] = {contents_at_first_.at(file), contents_at_first_.at(file).size()};
  }
  for (std::size_t i = 0; i < at; ++i) {
    const operation& what = operations_[i];
    const auto stays = [&] { return kept[i] || survives(); };
    content& file = files[what.file];
    switch (what.what) {
      case kind::write: {
        const auto begin = static_cast<std::size_t>(what.at);
        const std::size_t end = begin + what.data.size();
        if (file.data.size() < end) file.data.resize(end);
        for (std::size_t from = begin; from < end;) {
          const std::size_t to = std::min(end, (from / sector + 1) * sector);
          if (stays()) {
            std::copy(what.data.begin() + static_cast<std::ptrdiff_t>(from - begin),
                      what.data.begin() + static_cast<std::ptrdiff_t>(to - begin),
                      file.data.begin() + static_cast<std::ptrdiff_t>(from));
          }
          from = to;
        }
        if (stays()) file.size = std::max(file.size, end);
        break;
      }
      case kind::truncate:
        if (!stays()) break;
        file.size = static_cast<std::size_t>(what.at);
        file.data.resize(std::min(file.data.size(), file.size));
        break;
      case kind::make:
        if (stays()) names[what.name] = what.file;
        break;
      case kind::rename:
        if (stays()) {
          if (names.contains(what.name) && names.at(what.name) == what.file) names.erase(what.name);
          names[what.new_name] = what.file;
        }
        break;
      case kind::unlink:
        if (stays() && names.contains(what.name) && names.at(what.name) == what.file) {
          names.erase(what.name);
        }
        break;
      case kind::sync:
      case kind::failed_sync:
      case kind::sync_folder:
        break;
    }
  }
  for (const auto& [name, number] : names) {
    content& file = files[number];
    file.data.resize(file.size);
    write_file(into / name, as_text(file.data));
  }
}

}  // namespace mtfetch::tests
