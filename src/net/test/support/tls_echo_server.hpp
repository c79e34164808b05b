#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace rtcbot::net::test {

/// A WebSocket echo server behind TLS, for one connection after the other, on a thread of its own. Its certificate is
/// good for the name "localhost" and signed by an authority made for this object alone.
class TlsEchoServer {
 public:
  TlsEchoServer();
  ~TlsEchoServer();
  TlsEchoServer(const TlsEchoServer&) = delete;
  TlsEchoServer& operator=(const TlsEchoServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  /// PEM of the authority.
  [[nodiscard]] std::string ca_file() const;
  /// The name that the last client asked for (SNI); empty: none.
  [[nodiscard]] std::string asked_name() const;
  /// Connections so far that went on with a session of before.
  [[nodiscard]] int resumed() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rtcbot::net::test
