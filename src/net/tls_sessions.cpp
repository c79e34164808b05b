#include "tls_sessions.hpp"

#include <openssl/ssl.h>

#include <map>
#include <memory>
#include <mutex>

namespace rtcbot::net::tls_sessions {
namespace {

/// More servers than a robot uses; beyond it some sessions are dropped.
constexpr std::size_t kMax = 16;

struct Freer {
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
struct Kept {
  std::mutex mutex;
  std::map<std::string, std::unique_ptr<SSL_SESSION, Freer>> sessions;
};

/// Never destroyed: connections may still store sessions while the process ends.
Kept& kept() {
  static auto* const all = new Kept();
  return *all;
}

/// The index of the server's name in a connection; the connection frees the name.
int place_in_connection() {
  static const int place = CRYPTO_get_ex_new_index(
      CRYPTO_EX_INDEX_SSL, 0, nullptr, nullptr, nullptr,
      [](void*, void* whom, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<std::string*>(whom); });
  return place;
}

int on_session(SSL* connection, SSL_SESSION* session) {
  const auto* whom = static_cast<const std::string*>(SSL_get_ex_data(connection, place_in_connection()));
  if (whom == nullptr || SSL_SESSION_is_resumable(session) != 1) return 0;
  auto& [mutex, sessions] = kept();
  const std::lock_guard lock(mutex);
  if (sessions.size() >= kMax && !sessions.contains(*whom)) sessions.erase(sessions.begin());
  // A copy, because OpenSSL invalidates the session if a connection ends without close_notify, for example when a
  // server is killed.
  sessions[*whom].reset(SSL_SESSION_dup(session));
  return 0;
}

}  // namespace

void resume(SSL_CTX* context, SSL* connection, const std::string& whom) {
  SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL, nullptr);
  SSL_CTX_sess_set_new_cb(context, on_session);
  auto name = std::make_unique<std::string>(whom);
  if (SSL_set_ex_data(connection, place_in_connection(), name.get()) == 1) (void)name.release();
  auto& [mutex, sessions] = kept();
  const std::lock_guard lock(mutex);
  const auto found = sessions.find(whom);
  if (found == sessions.end()) return;
  const std::unique_ptr<SSL_SESSION, Freer> copy(SSL_SESSION_dup(found->second.get()));
  SSL_set_session(connection, copy.get());
}

void forget(const std::string& whom) {
  auto& [mutex, sessions] = kept();
  const std::lock_guard lock(mutex);
  sessions.erase(whom);
}

}  // namespace rtcbot::net::tls_sessions
