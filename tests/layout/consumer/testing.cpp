// SPDX-License-Identifier: BSL-1.0
// A program that links mtfetch::testing alone.
#include <asio/io_context.hpp>
#include <mtfetch/testing.hpp>

int main() {
  asio::io_context context;
  const mtfetch::testing::cluster cluster(context.get_executor(), {});
}
