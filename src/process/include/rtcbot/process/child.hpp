#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>

#include "rtcbot/base/result.hpp"
#include "rtcbot/runtime/descriptor.hpp"

namespace rtcbot::process {

/// The number of the descriptor by which a child reaches its parent.
inline constexpr int kParentDescriptor = 3;

/// A program that was started with one end of a socket pair, with standard input from /dev/null and standard output and
/// error as here, and with nothing else that this process has open. Not thread-safe.
class Child {
 public:
  /// `program` is a path; no shell and no search. The environment is that of this process without its secrets.
  /// Errors: internal.
  [[nodiscard]] static Result<Child> start(const std::string& program);

  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  /// Kills it if it has not been waited for.
  ~Child();

  /// This side's end of the socket pair, once.
  [[nodiscard]] runtime::Descriptor take_socket() { return std::move(socket_); }
  [[nodiscard]] pid_t pid() const { return pid_; }

  /// Waits until it has ended, kills it when it has not by then, and says how it ended.
  [[nodiscard]] std::string wait(std::chrono::milliseconds patience);

 private:
  Child(pid_t pid, runtime::Descriptor socket) : pid_(pid), socket_(std::move(socket)) {}

  pid_t pid_ = -1;
  runtime::Descriptor socket_;
};

}  // namespace rtcbot::process
