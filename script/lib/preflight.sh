# Whether a build here can succeed, asked before minutes of it are spent. Source it in bash.
#
#   free_megabytes               prints the memory that is free, with swap
#   preflight_release            prints the release's code name
#   preflight_system             fails with a sentence on a system that cannot build the project
#   preflight_memory             fails with a sentence where a compiler has too little memory
#   preflight_disk MEGABYTES     fails with a sentence where so much does not fit on the disk
#
# RTCBOT_OS_RELEASE and RTCBOT_MEMINFO name other files than this machine's. RTCBOT_PREFLIGHT=off lets all pass.
preflight_of() { # VARIABLE of os-release
  (. "${RTCBOT_OS_RELEASE:-/etc/os-release}" && echo "${!1:-unknown}")
}

preflight_release() { preflight_of VERSION_CODENAME; }

preflight_fail() {
  [ "${RTCBOT_PREFLIGHT:-}" = off ] || { echo "$*" >&2; return 1; }
}

preflight_system() {
  local arch
  case "$(preflight_release)" in
    bookworm | trixie) ;;
    *) preflight_fail "RTCBot builds on Debian 12 and 13; this is $(preflight_of PRETTY_NAME)." \
      'Use a container or a virtual machine with one of them.' || return 1 ;;
  esac
  arch="$(dpkg --print-architecture)"
  case "$arch" in
    amd64 | arm64) ;;
    *) preflight_fail "RTCBot builds for amd64 and arm64; this system is $arch." \
      'On a Raspberry Pi, install the 64-bit system.' || return 1 ;;
  esac
}

compiler_megabytes=920  # what the largest files take to compile

# Swap counts, but for a machine that lives on it.
free_megabytes() {
  awk '/^(MemAvailable|SwapFree):/ {free += $2} END {print int(free / 1024)}' "${RTCBOT_MEMINFO:-/proc/meminfo}"
}

preflight_memory() {
  local free
  free="$(free_megabytes)"
  [ "$free" -ge "$compiler_megabytes" ] || preflight_fail \
    "Compiling takes $compiler_megabytes MB of memory; $free MB are free, with swap." \
    'Add swap, or install packages that script/package has built on another machine.'
}

preflight_disk() {
  local free
  free="$(df -Pm . | awk 'NR == 2 {print $4}')"
  [ "$free" -ge "$1" ] || preflight_fail "This takes $1 MB on disk, and $free MB are free in $PWD."
}
