#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace rtcbot::net::test {

/// A TCP connection to a port of this machine that sends and reads exact bytes, with a deadline on each step.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  /// Takes over a connected socket.
  static RawClient adopt(int descriptor) { return RawClient(Adopt{descriptor}); }
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  RawClient& operator=(RawClient&&) = delete;

  [[nodiscard]] bool is_connected() const { return descriptor_ >= 0; }

  /// False when the other side does not take it all.
  bool send(std::string_view bytes);
  /// Whether something to read, or the end, comes within `limit`.
  [[nodiscard]] bool has_input(std::chrono::milliseconds limit) const;
  /// What has come, up to and with `mark`; shorter when the connection ends or the patience does.
  std::string read_through(std::string_view mark);
  /// One answer: header and as much body as it announces.
  std::string read_response();
  /// Exactly `count` bytes, fewer at the end.
  std::string read_exactly(std::size_t count);
  /// All until the other side closes. `reset` tells whether it was cut off instead.
  std::string read_to_end();
  [[nodiscard]] bool was_reset() const { return reset_; }
  /// Makes the close a reset, as of a killed machine.
  void reset_on_close();
  /// Says that nothing more will be sent; the answer can still be read.
  void shut_down_sending();
  void close();

 private:
  struct Adopt {
    int descriptor;
  };
  explicit RawClient(Adopt adopt) : descriptor_(adopt.descriptor) {}
  bool read_some();

  int descriptor_ = -1;
  std::string unread_;
  bool reset_ = false;
};

/// A listening socket of this machine that does nothing by itself.
class RawListener {
 public:
  RawListener();
  ~RawListener();
  RawListener(const RawListener&) = delete;
  RawListener& operator=(const RawListener&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] RawClient accept() const;

 private:
  int descriptor_ = -1;
  std::uint16_t port_ = 0;
};

/// How many file descriptors this process has open.
[[nodiscard]] std::size_t open_descriptors();

/// The bytes of an upgrade request.
[[nodiscard]] std::string upgrade_request(std::string_view path, std::string_view further_fields = {});

/// A masked frame with a short payload (below 126 bytes).
[[nodiscard]] std::string client_frame(unsigned char first_byte, std::string_view payload);

}  // namespace rtcbot::net::test
