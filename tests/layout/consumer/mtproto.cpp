// SPDX-License-Identifier: BSL-1.0
// A program that links mtfetch::mtproto alone.
#include <asio/io_context.hpp>
#include <mtfetch/client.hpp>

int main() {
  asio::io_context context;
  const mtfetch::client client(context.get_executor(), mtfetch::config::from_env());
}
