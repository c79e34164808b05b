#pragma once

#include <openssl/types.h>

#include <string>

/// What a TLS client keeps of a server for its next connection to it, so that coming back is cheap for both: no
/// certificates travel and none is checked. Of the whole process, bounded, and thread-safe.
namespace rtcbot::net::tls_sessions {

/// Readies a connection of that context: it offers what is kept, and keeps what the server gives.  `whom`: the server,
/// and how its certificate is checked; what was found good for one is not for another.
void resume(SSL_CTX* context, SSL* connection, const std::string& whom);

/// The server did not get on with what was offered; the next connection begins anew.
void forget(const std::string& whom);

}  // namespace rtcbot::net::tls_sessions
