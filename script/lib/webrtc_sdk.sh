# Debian 12's libtgowt-dev and libabsl-dev, unpacked into build/webrtc-sdk: for releases whose own libtgowt-dev cannot
# be linked. Debian 13's was compiled against another Abseil than Debian 13 has.
# Source it in bash after chroot.sh, in the project's root.
#
#   webrtc_sdk [FOLDER ARCH]    makes the folder where it is missing; without FOLDER it is build/webrtc-sdk, where CMake
#                               finds it (RTCBOT_WEBRTC_ROOT in cmake/), for this machine's architecture
#
# apt fetches them, from the mirror that this machine uses, and checks Debian's signature. Its sources, lists and state
# are of its own, in the folder: the machine's are not touched, and nothing of another release is installed.
webrtc_sdk_apt() {
  local at="$1" arch="$2"
  shift 2
  apt-get -q -o APT::Architecture="$arch" -o APT::Architectures="$arch" \
    -o Dir::Etc::SourceList="$at/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State="$at/state" -o Dir::State::status="$at/status" -o Dir::Cache="$at/cache" \
    -o APT::Sandbox::User=root -o Acquire::Retries=3 -o Acquire::Languages=none "$@"
}

webrtc_sdk() {
  local to="${1:-$PWD/build/webrtc-sdk}" arch="${2:-$(dpkg --print-architecture)}"
  local at="$to.part" keys=/usr/share/keyrings/debian-archive-keyring.gpg mirror deb
  [ ! -e "$to/usr/include/tg_owt" ] || return 0
  mirror="$(chroot_mirror)" || return 1
  [ -e "$keys" ] || { echo "Debian's keys are missing: apt-get install debian-archive-keyring" >&2; return 1; }
  rm -rf "$at"
  mkdir -p "$at/state/lists/partial" "$at/cache/archives/partial" "$at/root"
  : >"$at/status"
  echo "deb [arch=$arch signed-by=$keys] $mirror bookworm main" >"$at/sources.list"
  webrtc_sdk_apt "$at" "$arch" update >"$at/log" 2>&1 &&
    (cd "$at" && webrtc_sdk_apt "$at" "$arch" download libtgowt-dev libabsl-dev >>"$at/log" 2>&1) ||
    { cat "$at/log" >&2; return 1; }
  for deb in "$at"/*.deb; do dpkg-deb -x "$deb" "$at/root" || return 1; done
  rm -rf "$to"
  mv "$at/root" "$to"
  rm -rf "$at"
}
