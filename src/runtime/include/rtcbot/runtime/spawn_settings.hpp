#pragma once

#include <spawn.h>
#include <sys/wait.h>

#include <string>

namespace rtcbot::runtime {

/// The settings of a child process for `posix_spawn`: its descriptors, no signal blocked or ignored, its own process
/// group. Use it on one thread.
class SpawnSettings {
 public:
  SpawnSettings();
  ~SpawnSettings();
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  /// Gives the child this process's descriptor `ours` as number `theirs`.
  void give(int ours, int theirs);
  /// Gives the child no descriptor from `first` on.  @pre the last of these calls
  void close_from(int first);

  [[nodiscard]] const posix_spawn_file_actions_t* files() const { return &files_; }
  [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

/// Describes how a child process ended, from `waitid`: "ended with exit code 1", "was ended by SIGKILL".
[[nodiscard]] std::string how_it_ended(const siginfo_t& how);

}  // namespace rtcbot::runtime
