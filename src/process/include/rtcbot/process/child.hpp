#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>

#include "rtcbot/base/result.hpp"
#include "rtcbot/runtime/descriptor.hpp"

namespace rtcbot::process {

/// The descriptor number of the child's socket to its parent.
inline constexpr int kParentDescriptor = 3;

/// A child process with one end of a socket pair, standard input from /dev/null, this process's standard output and
/// error, and no other open descriptor. Not thread-safe.
class Child {
 public:
  /// `program` is a path; no shell and no search. The environment is this process's, without secrets.
  [[nodiscard]] static Result<Child> start(const std::string& program);

  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  /// Kills the process if `wait` was not called.
  ~Child();

  /// Returns this side's end of the socket pair, once.
  [[nodiscard]] runtime::Descriptor take_socket() { return std::move(socket_); }
  [[nodiscard]] pid_t pid() const { return pid_; }

  /// Waits until the process has ended, kills it after `timeout`, and returns how it ended.
  [[nodiscard]] std::string wait(std::chrono::milliseconds timeout);

 private:
  Child(pid_t pid, runtime::Descriptor socket) : pid_(pid), socket_(std::move(socket)) {}

  pid_t pid_ = -1;
  runtime::Descriptor socket_;
};

}  // namespace rtcbot::process
