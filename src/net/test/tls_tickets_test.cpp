// Coming back to a TLS server: what is resumed, over what, and what is not.
#include "tls_tickets.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <memory>

#include "support/certificates.hpp"
#include "tls_server.hpp"
#include "tls_sessions.hpp"

namespace rtcbot::net {
namespace {

using test::CertifiedPair;
using Context = std::unique_ptr<SSL_CTX, test::Freer<SSL_CTX, SSL_CTX_free>>;
using Connection = std::unique_ptr<SSL, test::Freer<SSL, SSL_free>>;

/// Both ends of a connection that go on in turns, in memory.
struct Meeting {
  bool is_open = false;
  bool was_resumed = false;
  int version = 0;
};

Meeting meet(SSL_CTX* server, const std::string& whom, int highest = TLS1_3_VERSION) {
  const Context client(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_ctrl(client.get(), SSL_CTRL_SET_MAX_PROTO_VERSION, highest, nullptr);
  const Connection here(SSL_new(client.get()));
  const Connection there(SSL_new(server));
  BIO* near = nullptr;
  BIO* far = nullptr;
  BIO_new_bio_pair(&near, 0, &far, 0);
  SSL_set_bio(here.get(), near, near);
  SSL_set_bio(there.get(), far, far);
  tls_sessions::resume(client.get(), here.get(), whom);
  SSL_set_connect_state(here.get());
  SSL_set_accept_state(there.get());
  Meeting meeting;
  for (int turn = 0; turn < 10 && !meeting.is_open; ++turn) {
    const bool is_here = SSL_do_handshake(here.get()) == 1;
    meeting.is_open = SSL_do_handshake(there.get()) == 1 && is_here;
  }
  char byte = 'x';
  SSL_write(there.get(), &byte, 1);
  meeting.is_open = meeting.is_open && SSL_read(here.get(), &byte, 1) == 1;  // the ticket comes before it
  meeting.was_resumed = SSL_session_reused(here.get()) == 1;
  meeting.version = SSL_version(here.get());
  return meeting;
}

std::shared_ptr<const TlsServerContext> load(const CertifiedPair& pair, const TlsServerContext* before = nullptr) {
  auto loaded = TlsServerContext::load(pair.files(), before);
  EXPECT_TRUE(loaded.has_value());
  return loaded.value_or(nullptr);
}

TEST(TlsTickets, ASessionGoesOnAtAServerThatWasRestarted) {
  const CertifiedPair pair;
  auto server = load(pair);
  EXPECT_FALSE(meet(server->native(), "restarted").was_resumed);
  EXPECT_TRUE(meet(server->native(), "restarted").was_resumed);
  server = load(pair);
  const auto again = meet(server->native(), "restarted");
  EXPECT_TRUE(again.is_open);
  EXPECT_TRUE(again.was_resumed);
  EXPECT_FALSE(meet(server->native(), "somebody else").was_resumed);
}

TEST(TlsTickets, ASessionGoesOnAfterTheCertificateWasRenewed) {
  CertifiedPair pair;
  const auto before = load(pair);
  meet(before->native(), "renewed");
  pair.renew(7);
  const auto after = load(pair, before.get());
  EXPECT_TRUE(meet(after->native(), "renewed").was_resumed);
  EXPECT_TRUE(meet(load(pair)->native(), "renewed").was_resumed) << "its new ticket is under the new key";
}

TEST(TlsTickets, AnotherServersSessionIsNoneAndDoesNoHarm) {
  const CertifiedPair one;
  const CertifiedPair other;
  meet(load(one)->native(), "moved");
  const auto moved = meet(load(other)->native(), "moved");
  EXPECT_TRUE(moved.is_open);
  EXPECT_FALSE(moved.was_resumed);
}

TEST(TlsTickets, InTls12NothingIsResumed) {
  const CertifiedPair pair;
  const auto server = load(pair);
  for (int i = 0; i < 2; ++i) {
    const auto met = meet(server->native(), "old", TLS1_2_VERSION);
    EXPECT_TRUE(met.is_open);
    EXPECT_EQ(met.version, TLS1_2_VERSION);
    EXPECT_FALSE(met.was_resumed);
  }
}

TEST(TlsTickets, WhatIsForgottenBeginsAnew) {
  const CertifiedPair pair;
  const auto server = load(pair);
  meet(server->native(), "forgotten");
  tls_sessions::forget("forgotten");
  EXPECT_FALSE(meet(server->native(), "forgotten").was_resumed);
}

TEST(TlsTickets, KeysChangeWithTimeAndOutliveTheirTickets) {
  constexpr std::int64_t kEpoch = TlsTickets::kEpochSeconds;
  const auto key = test::make_key();
  const auto tickets = TlsTickets::make(key.get(), nullptr);
  ASSERT_NE(tickets, nullptr);
  constexpr std::int64_t kFirst = 1000 * kEpoch;
  const auto first = tickets->newest(kFirst);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(tickets->newest(kFirst + kEpoch - 1)->cipher, first->cipher);
  EXPECT_NE(tickets->newest(kFirst + kEpoch)->name, first->name);
  EXPECT_NE(tickets->newest(kFirst + kEpoch)->cipher, first->cipher);
  const auto last_use = kFirst + kEpoch - 1 + TlsTickets::kLifeSeconds;
  ASSERT_TRUE(tickets->find(first->name.data(), last_use).has_value());
  EXPECT_EQ(tickets->find(first->name.data(), last_use)->mac, first->mac);
  EXPECT_FALSE(tickets->find(first->name.data(), kFirst + 3 * kEpoch).has_value());
  const auto same = TlsTickets::make(key.get(), nullptr);
  EXPECT_EQ(same->newest(kFirst)->cipher, first->cipher) << "another process derives the same";
}

}  // namespace
}  // namespace rtcbot::net
