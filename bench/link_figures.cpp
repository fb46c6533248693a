// SPDX-License-Identifier: BSL-1.0
// Prints links.parse_per_s, as one JSON object.
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <mtfetch/link.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace {

using namespace mtfetch;

// As people paste them, in all forms that lead to media, and one refused.
constexpr std::string_view links[] = {
    "https://t.me/telegram/123",
    "t.me/a_name_of_some_length/1234567?single",
    "https://t.me/c/1234567890/54321",
    "https://telegram.me/forum_of_friends/77/90123?comment=5&t=1h2m3s",
    "http://www.telegram.dog/s/channel/12",
    "somebody.t.me/12",
    "tg://resolve?domain=telegram&post=123&single",
    "tg://privatepost?channel=1234567890&post=9&thread=3",
    "https://t.me/%74elegram/%31%32#end",
    "https://t.me/telegram/100-250",
    "-1001234567890:12",
    "@telegram",
    "https://t.me/+AbCdEfGh-_123456",
    "https://t.me/telegram/s/12",
    "https://t.me/addstickers/Animals",
    "https://example.com/telegram/12",
};

// Of this thread's own processor time, so that other programs on the machine disturb little.
double seconds_now() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace

int main() {
  constexpr int turns = 5'000;
  std::vector<double> rates;
  std::size_t understood = 0;
  for (int round = 0; round < 21; ++round) {
    understood = 0;
    const double begin = seconds_now();
    for (int turn = 0; turn < turns; ++turn) {
      for (const std::string_view link : links) {
        understood += std::holds_alternative<refused_link>(parse_link(link)) ? 0 : 1;
      }
    }
    rates.push_back(turns * static_cast<double>(std::size(links)) / (seconds_now() - begin));
  }
  if (understood != turns * (std::size(links) - 1)) {
    std::fputs("link_figures: a link is not understood\n", stderr);
    return 1;
  }
  const auto middle = rates.begin() + static_cast<std::ptrdiff_t>(rates.size() / 2);
  std::nth_element(rates.begin(), middle, rates.end());
  std::printf(
      "{\"figure\": \"links.parse_per_s\", \"value\": %.0f, \"unit\": \"/s\", \"note\": "
      "\"%zu forms in turn, one thread\"}\n",
      *middle, std::size(links));
  return 0;
}
