# 64-bit ARM on another machine: Debian 12's cross compiler and its arm64 packages in one chroot. Builds the core's unit
# tests, the robot and its engine; runs the tests under qemu-user, then the robot with its test picture, which Chromium
# of this machine shows. script/test sources it after script/lib/chroot.sh.

# The rooms without sockets and threads. Emulated, the others are slower than their tests' limits.
arm64_rooms=(base flow signal broker cluster session congestion safety control ipc)
arm64_tools=(cmake ninja-build ccache pkg-config python3-minimal esbuild g++-aarch64-linux-gnu
  nlohmann-json3-dev libexpected-dev libcli11-dev)
arm64_libraries=(libboost1.81-dev libssl-dev libjwt-dev libtgowt-dev libseccomp-dev libgstreamer1.0-dev
  libgstreamer-plugins-base1.0-dev libfmt-dev libspdlog-dev libnats-dev libtomlplusplus-dev libgtest-dev libgmock-dev
  gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-ugly)

arm64_binds() {
  echo "$PWD:/src:ro" "$chroot_folder/arm64.build:/src/build" "$chroot_folder/ccache:/ccache" "$results:$results"
}

# arm64_beside COMMAND …: runs it on this machine, with the chroot's mounts.
arm64_beside() {
  CHROOT_BINDS_LINES="$(arm64_binds | tr ' ' '\n')" script/lib/in_chroots "$chroot_folder/arm64" -- "$@"
}

# arm64 COMMAND …: runs it in the chroot, in the project's root. What script/package has compiled is taken from ccache:
# the flags are the same but for -Werror.
arm64() {
  local CHROOT_BINDS=($(arm64_binds))
  chroot_run "$chroot_folder/arm64" env -C /src CCACHE_DIR=/ccache CCACHE_MAXSIZE=2G CCACHE_BASEDIR=/src \
    CCACHE_NOHASHDIR=1 CCACHE_IGNOREOPTIONS=-Werror "$@"
}

arm64_build() {
  arm64 cmake --preset check --toolchain cmake/toolchains/aarch64-linux-gnu.cmake >"$results/configure.log" 2>&1 ||
    { cat "$results/configure.log"; return 1; }
  arm64 cmake --build --preset check -j "$(script/jobs)" --target rtcbot-robot rtcbot-engine \
    "${arm64_rooms[@]/%/_test}" >"$results/build.log" 2>&1 || { tail -n 60 "$results/build.log"; return 1; }
}

# The server that the browser test asks is this machine's own.
arm64_server() {
  cmake --preset check >"$results/configure.log" 2>&1 || { cat "$results/configure.log"; return 1; }
  cmake --build --preset check -j "$(script/jobs)" --target rtcbot-server >"$results/build.log" 2>&1 ||
    { tail -n 60 "$results/build.log"; return 1; }
}

portability_arm64() {
  local under=()
  step 'arm64: cross build'
  mkdir -p build "$chroot_folder/arm64.build" "$chroot_folder/ccache"
  if ! { chroot_needs_arch arm64 &&
    chroot_make "$chroot_folder/arm64" bookworm amd64,arm64 "${arm64_tools[@]}" "${arm64_libraries[@]/%/:arm64}" &&
    arm64_build && arm64_server; }; then
    count 0 1 'arm64: build'
    return
  fi
  count 1 0 arm64
  step 'arm64: unit tests of the core, emulated'
  under=(arm64)
  run_ctest build/check arm64-unit -R "^($(IFS='|'; echo "${arm64_rooms[*]}"))_test$"
  step 'arm64: an emulated robot in Chromium'
  under=(arm64_beside env RTCBOT_ARM64_ROOT="$chroot_folder/arm64")
  run_node arm64-page tests/portability/arm64.test.mjs
}
