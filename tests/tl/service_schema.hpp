// SPDX-License-Identifier: BSL-1.0
// The service messages that the known answers of these tests are made of.
#pragma once

namespace mtfetch::tl_test {

inline constexpr const char* service_schema = R"(
bad_msg_notification#a7eff811 bad_msg_id:long bad_msg_seqno:int error_code:int = BadMsgNotification;
bad_server_salt#edab447b bad_msg_id:long bad_msg_seqno:int error_code:int new_server_salt:long = BadMsgNotification;
future_salt#0949d9dc valid_since:int valid_until:int salt:long = FutureSalt;
future_salts#ae500895 req_msg_id:long now:int salts:vector<future_salt> = FutureSalts;
gzip_packed#3072cfa1 packed_data:bytes = Object;
msgs_ack#62d6b459 msg_ids:Vector<long> = MsgsAck;
msgs_state_info#04deb57d req_msg_id:long info:bytes = MsgsStateInfo;
msgs_state_req#da69fb52 msg_ids:Vector<long> = MsgsStateReq;
new_session_created#9ec20908 first_msg_id:long unique_id:long server_salt:long = NewSession;
pong#347773c5 msg_id:long ping_id:long = Pong;
resPQ#05162463 nonce:int128 server_nonce:int128 pq:bytes server_public_key_fingerprints:Vector<long> = ResPQ;
rpc_error#2144ca19 error_code:int error_message:string = RpcError;
rpc_result#f35c6d01 req_msg_id:long result:Object = RpcResult;
inputClientProxy#75588b3f address:string port:int = InputClientProxy;
jsonNull#3f6d7b68 = JSONValue;
jsonNumber#2be0dfa4 value:double = JSONValue;
jsonArray#f7444763 value:Vector<JSONValue> = JSONValue;
config#cc1a241e = Config;
---functions---
destroy_session#e7512126 session_id:long = DestroySessionRes;
get_future_salts#b921bd04 num:int = FutureSalts;
http_wait#9299359f max_delay:int wait_after:int max_wait:int = HttpWait;
ping#7abe77ec ping_id:long = Pong;
ping_delay_disconnect#f3427b8c ping_id:long disconnect_delay:int = Pong;
rpc_drop_answer#58e4a740 req_msg_id:long = RpcDropAnswer;
help.getConfig#c4f9186b = Config;
invokeWithLayer#da9b0d0d {X:Type} layer:int query:!X = X;
initConnection#c1cd5ea9 {X:Type} flags:# api_id:int device_model:string system_version:string app_version:string system_lang_code:string lang_pack:string lang_code:string proxy:flags.0?InputClientProxy params:flags.1?JSONValue query:!X = X;
)";

}  // namespace mtfetch::tl_test
