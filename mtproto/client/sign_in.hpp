// SPDX-License-Identifier: BSL-1.0
// The ways to sign in, and out. https://core.telegram.org/api/auth
#pragma once

#include "mtproto/client/client_state.hpp"

#include <mtfetch/sign_in.hpp>

#include <asio/awaitable.hpp>

#include <memory>
#include <string>

namespace mtfetch::client_impl {

asio::awaitable<void> sign_in_bot(std::shared_ptr<client_state> client, std::string token);
asio::awaitable<sent_code> request_code(std::shared_ptr<client_state> client, std::string phone);
asio::awaitable<sent_code> resend_code(std::shared_ptr<client_state> client, sent_code sent);
asio::awaitable<sign_in_step> submit_code(std::shared_ptr<client_state> client, sent_code sent,
                                          std::string code);
asio::awaitable<sign_in_step> submit_password(std::shared_ptr<client_state> client,
                                              std::string password);
asio::awaitable<void> log_out(std::shared_ptr<client_state> client);

}  // namespace mtfetch::client_impl
