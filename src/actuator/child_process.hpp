#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "rtcbot/base/result.hpp"
#include "rtcbot/runtime/descriptor.hpp"

namespace rtcbot::actuator {

/// A shell command in its own process group, with pipes to its standard input and from its standard output. The pipes
/// are non-blocking on this side only. Standard error is inherited, and the environment without this program's secrets.
/// No other open file of this program is inherited.
class ChildProcess {
 public:
  /// Errors: internal.
  [[nodiscard]] static Result<ChildProcess> start(const std::string& command);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  /// Kills the group if the command has not ended.
  ~ChildProcess();

  [[nodiscard]] int input() const { return input_.get(); }
  [[nodiscard]] int output() const { return output_.get(); }
  void close_input() { input_.close(); }
  void close_output() { output_.close(); }

  /// A sentence about how it ended; nothing while it runs. Kills the rest of its group. Never blocks.
  [[nodiscard]] std::optional<std::string> ended();

  /// Sends the signal to the whole group, while the command runs.
  void send_signal(int signal) const;

 private:
  ChildProcess(pid_t pid, runtime::Descriptor input, runtime::Descriptor output)
      : pid_(pid), input_(std::move(input)), output_(std::move(output)) {}

  pid_t pid_ = -1;  ///< -1: has ended.
  runtime::Descriptor input_;
  runtime::Descriptor output_;
};

}  // namespace rtcbot::actuator
