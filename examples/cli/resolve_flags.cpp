// SPDX-License-Identifier: BSL-1.0
#include "examples/cli/resolve_flags.hpp"

namespace mtfetch::cli {

void add_resolve_flags(CLI::App& command, resolve_options& into) {
  command.add_option("--photo-size", into.choice.photo_size,
                     "Of photos s, m, x, y or w, from small to large (default: the largest)");
  command.add_option("--quality", into.choice.quality,
                     "Of videos best, 1080p, 720p ... (default: as it was sent)");
  command.add_flag("--thumb", into.choice.thumb, "The thumbnails instead of the files");
  command.add_flag("--allow-protected", into.choice.allow_protected,
                   "Take protected, bought and self-destructing media too: for what you have the "
                   "right to keep");
  command.add_flag("--join", into.join, "Join the chat behind an invite link to read it");
}

}  // namespace mtfetch::cli
