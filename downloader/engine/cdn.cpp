// SPDX-License-Identifier: BSL-1.0
#include "downloader/engine/cdn.hpp"

#include <utility>

namespace mtfetch::engine {

part_call cdn_route::part_calls() const {
  if (following()) return part_call::get_cdn_file;
  return may_redirect() ? part_call::get_file_or_redirect : part_call::get_file;
}

void cdn_route::on_redirect(int dc, double goodput, std::int64_t brought, duration busy) {
  at_ = stage::following;
  dc_ = dc;
  ++token_;
  upload_ = upload::none;
  missing_hashes_ = 0;
  if (goodput > 0) master_goodput_ = goodput;
  if (master_goodput_ <= 0) return;  // nothing to compare with
  brought_before_ = brought;
  trial_began_ = busy;
  trial_ends_ = busy + limits_.trial;
}

void cdn_route::on_part_of_cdn(range part) {
  from_cdn_.add(part);
  renewals_ = 0;
  reuploads_ = 0;
}

void cdn_route::on_part_of_master(range part) {
  from_cdn_.remove(part);
  if (renewing()) at_ = stage::open;  // it serves the file itself now
}

bool cdn_route::on_hashes(bool useful) {
  missing_hashes_ = useful ? 0 : missing_hashes_ + 1;
  return missing_hashes_ < limits_.missing_hashes;
}

bool cdn_route::on_token_lapsed() {
  at_ = stage::renewing;
  upload_ = upload::none;
  return ++renewals_ <= limits_.renewals;
}

bool cdn_route::on_reupload_needed(unsigned round) {
  // A part that was asked for before the last reupload is no news.
  if (!following() || round != round_ || upload_ != upload::none) return true;
  upload_ = upload::wanted;
  return ++reuploads_ <= limits_.reuploads;
}

void cdn_route::on_reupload_lost() {
  if (upload_ == upload::under_way) upload_ = upload::wanted;
}

void cdn_route::on_reuploaded() {
  upload_ = upload::none;
  ++round_;
}

bool cdn_route::keeps_up(std::int64_t brought, duration busy) {
  const double seconds = std::chrono::duration<double>(busy - trial_began_).count();
  const double came = static_cast<double>(brought - std::exchange(brought_before_, brought));
  trial_began_ = busy;
  trial_ends_ = busy + limits_.trial;
  return came >= limits_.least_share * master_goodput_ * seconds;
}

void cdn_route::leave(std::string why) {
  at_ = stage::closed;
  upload_ = upload::none;
  why_ = std::move(why);
}

}  // namespace mtfetch::engine
