#include "rtcbot/runtime/spawn_settings.hpp"

#include <csignal>
#include <cstring>

namespace rtcbot::runtime {

SpawnSettings::SpawnSettings() {
  posix_spawn_file_actions_init(&files_);
  posix_spawnattr_init(&attributes_);
  sigset_t set;
  sigemptyset(&set);
  posix_spawnattr_setsigmask(&attributes_, &set);
  for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD, SIGUSR1, SIGUSR2}) {
    sigaddset(&set, signal);
  }
  posix_spawnattr_setsigdefault(&attributes_, &set);
  posix_spawnattr_setpgroup(&attributes_, 0);
  posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
}

SpawnSettings::~SpawnSettings() {
  posix_spawn_file_actions_destroy(&files_);
  posix_spawnattr_destroy(&attributes_);
}

void SpawnSettings::give(int ours, int theirs) { posix_spawn_file_actions_adddup2(&files_, ours, theirs); }

void SpawnSettings::close_from(int first) { posix_spawn_file_actions_addclosefrom_np(&files_, first); }

std::string how_it_ended(const siginfo_t& how) {
  if (how.si_code == CLD_EXITED) return "ended with exit code " + std::to_string(how.si_status);
  const char* name = sigabbrev_np(how.si_status);
  return std::string("was ended by SIG").append(name != nullptr ? name : std::to_string(how.si_status).c_str());
}

}  // namespace rtcbot::runtime
