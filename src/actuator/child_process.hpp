#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "rtcbot/base/result.hpp"
#include "rtcbot/runtime/descriptor.hpp"

namespace rtcbot::actuator {

/// A shell command in a process group of its own, with pipes to its standard input and from its standard output, both
/// non-blocking here and as usual there; standard error is inherited, and the
/// environment but for this program's secrets. Nothing else that this program has open is given.
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

  /// A sentence on how it ended; nothing while it runs. What it leaves behind in its group is killed. Never blocks.
  [[nodiscard]] std::optional<std::string> ended();

  /// To the whole group, while it runs.
  void send_signal(int signal) const;

 private:
  ChildProcess(pid_t pid, runtime::Descriptor input, runtime::Descriptor output)
      : pid_(pid), input_(std::move(input)), output_(std::move(output)) {}

  pid_t pid_ = -1;  ///< -1: has ended.
  runtime::Descriptor input_;
  runtime::Descriptor output_;
};

}  // namespace rtcbot::actuator
