#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace rtcbot::net::test {

/// A WebSocket echo server with TLS, for one connection at a time, on its own thread. Its certificate is for the name
/// "localhost", signed by an authority created for this object.
class TlsEchoServer {
 public:
  TlsEchoServer();
  ~TlsEchoServer();
  TlsEchoServer(const TlsEchoServer&) = delete;
  TlsEchoServer& operator=(const TlsEchoServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  /// The authority's certificate as a PEM file.
  [[nodiscard]] std::string ca_file() const;
  /// The name in the last client's SNI; empty: none.
  [[nodiscard]] std::string asked_name() const;
  /// Number of connections that resumed a session.
  [[nodiscard]] int resumed() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rtcbot::net::test
