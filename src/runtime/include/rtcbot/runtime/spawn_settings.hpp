#pragma once

#include <spawn.h>
#include <sys/wait.h>

#include <string>

namespace rtcbot::runtime {

/// What a child process finds: the descriptors that it is given, no signal blocked or ignored, a process group of its
/// own. For `posix_spawn`. A value of one thread.
class SpawnSettings {
 public:
  SpawnSettings();
  ~SpawnSettings();
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  /// The child has this process's descriptor `ours` under the number `theirs`.
  void give(int ours, int theirs);
  /// The child has no descriptor from `first` on.  @pre the last of these calls
  void close_from(int first);

  [[nodiscard]] const posix_spawn_file_actions_t* files() const { return &files_; }
  [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

/// How a child process ended, as `waitid` reports it: "ended with exit code 1", "was ended by SIGKILL".
[[nodiscard]] std::string how_it_ended(const siginfo_t& how);

}  // namespace rtcbot::runtime
