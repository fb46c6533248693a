// SPDX-License-Identifier: BSL-1.0
// The methods that the data centre serves, by subject; each file adds its own to the table.
#pragma once

namespace mtfetch::testing {

class method_table;

void add_sign_in_calls(method_table& table);
void add_authorization_calls(method_table& table);
void add_network_calls(method_table& table);
void add_chat_calls(method_table& table);
void add_message_calls(method_table& table);
void add_history_calls(method_table& table);
void add_invite_calls(method_table& table);
void add_topic_calls(method_table& table);
void add_story_calls(method_table& table);
void add_file_calls(method_table& table);
void add_takeout_calls(method_table& table);
void add_cdn_calls(method_table& table);

}  // namespace mtfetch::testing
