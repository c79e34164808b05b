#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace rtcbot::net::test {

/// A TCP connection to a port of this machine that sends and receives exact bytes, with a timeout for each step.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  /// Uses a connected socket.
  static RawClient adopt(int descriptor) { return RawClient(Adopt{descriptor}); }
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  RawClient& operator=(RawClient&&) = delete;

  [[nodiscard]] bool is_connected() const { return descriptor_ >= 0; }

  /// Returns false if the other side does not accept all bytes.
  bool send(std::string_view bytes);
  /// True if input, or the end of input, arrives within `limit`.
  [[nodiscard]] bool has_input(std::chrono::milliseconds limit) const;
  /// Reads up to and including `mark`; returns less at the end of input or on a timeout.
  std::string read_through(std::string_view mark);
  /// Reads one answer: header and the announced body.
  std::string read_response();
  /// Reads exactly `count` bytes; fewer at the end of input.
  std::string read_exactly(std::size_t count);
  /// Reads until the other side closes. `was_reset` then tells whether it was a reset.
  std::string read_to_end();
  [[nodiscard]] bool was_reset() const { return reset_; }
  /// Makes the close a reset, like that of a killed machine.
  void reset_on_close();
  /// Shuts down sending; the answer can still be read.
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

/// A listening socket of this machine that accepts only when `accept` is called.
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

/// The number of open file descriptors of this process.
[[nodiscard]] std::size_t open_descriptors();

/// The bytes of an upgrade request.
[[nodiscard]] std::string upgrade_request(std::string_view path, std::string_view further_fields = {});

/// A masked frame with a short payload (below 126 bytes).
[[nodiscard]] std::string client_frame(unsigned char first_byte, std::string_view payload);

}  // namespace rtcbot::net::test
