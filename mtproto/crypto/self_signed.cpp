// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/self_signed.hpp"

#include "mtproto/crypto/freed_by.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>

namespace mtfetch::crypto {
namespace {

using bio = std::unique_ptr<BIO, freed_by<BIO_free>>;
using certificate = std::unique_ptr<X509, freed_by<X509_free>>;
using key_pair = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using extension = std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>>;
using octets = std::unique_ptr<ASN1_OCTET_STRING, freed_by<ASN1_OCTET_STRING_free>>;

void must(bool done) {
  if (done) return;
  ERR_clear_error();
  throw std::runtime_error("OpenSSL cannot make a certificate");
}

std::string text_of(BIO* written) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(written, &data);
  return {data, static_cast<std::size_t>(size)};
}

// "DNS:localhost,IP:127.0.0.1", as OpenSSL reads it.
std::string alternatives(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) {
    const octets address(a2i_IPADDRESS(name.c_str()));
    out += (out.empty() ? "" : ",") + std::string(address ? "IP:" : "DNS:") + name;
  }
  ERR_clear_error();
  return out;
}

void extend(X509* made, int which, const std::string& value) {
  const extension one(X509V3_EXT_conf_nid(nullptr, nullptr, which, value.c_str()));
  must(one && X509_add_ext(made, one.get(), -1) == 1);
}

}  // namespace

self_signed make_self_signed(const std::vector<std::string>& names, std::int64_t valid_from,
                             std::int64_t valid_until) {
  const key_pair key(EVP_EC_gen("P-256"));
  const certificate made(X509_new());
  must(key && made);
  std::uint32_t serial = 0;
  must(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1);
  X509_set_version(made.get(), 2);  // version 3
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(made.get()), serial);
  must(ASN1_TIME_set(X509_getm_notBefore(made.get()), static_cast<time_t>(valid_from)) &&
       ASN1_TIME_set(X509_getm_notAfter(made.get()), static_cast<time_t>(valid_until)));
  X509_NAME* const who = X509_get_subject_name(made.get());
  constexpr unsigned char common_name[] = "mtfetch local data centre";
  must(X509_NAME_add_entry_by_txt(who, "CN", MBSTRING_ASC, common_name, -1, -1, 0) == 1 &&
       X509_set_issuer_name(made.get(), who) == 1 && X509_set_pubkey(made.get(), key.get()) == 1);
  extend(made.get(), NID_basic_constraints, "critical,CA:TRUE");
  extend(made.get(), NID_subject_alt_name, alternatives(names));
  must(X509_sign(made.get(), key.get(), EVP_sha256()) > 0);

  const bio certificate_out(BIO_new(BIO_s_mem()));
  const bio key_out(BIO_new(BIO_s_mem()));
  must(certificate_out && key_out && PEM_write_bio_X509(certificate_out.get(), made.get()) == 1 &&
       PEM_write_bio_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) ==
           1);
  return {text_of(certificate_out.get()), text_of(key_out.get())};
}

}  // namespace mtfetch::crypto
