#pragma once

#include <openssl/types.h>

#include <string>

/// A TLS client's session cache, so that reconnecting to a server is cheap for both sides: no certificates are sent or
/// checked. One per process, bounded, and thread-safe.
namespace rtcbot::net::tls_sessions {

/// Prepares a connection of that context: it offers the cached session, and caches the new one.  `whom`: the server and
/// the way its certificate is checked, because a session is valid for that combination only.
void resume(SSL_CTX* context, SSL* connection, const std::string& whom);

/// The server did not accept the session; the next connection uses a full handshake.
void forget(const std::string& whom);

}  // namespace rtcbot::net::tls_sessions
