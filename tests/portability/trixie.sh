# Debian 13, in a chroot: script/setup, a build, the unit tests, and a robot in Chromium. script/test sources it after
# script/lib/chroot.sh.
#
# The tree is mounted read-only; in the place of build/ lies a build folder of the chroot's own. Both stay for the next
# time, in build/chroot.

# trixie COMMAND …: runs it in the chroot, in the project's root.
trixie() {
  local CHROOT_BINDS=("$PWD:/src:ro" "$chroot_folder/trixie.build:/src/build" "$chroot_folder/ccache:/ccache"
    "$results:$results")
  chroot_run "$chroot_folder/trixie" env -C /src CCACHE_DIR=/ccache CCACHE_MAXSIZE=2G "$@"
}

# Half of the compiler's time goes into -O2, of which this asks nothing. Release stays the type: hardening hangs on it.
trixie_build() {
  trixie cmake --preset check -DCMAKE_CXX_FLAGS_RELEASE='-O1 -DNDEBUG' >"$results/configure.log" 2>&1 ||
    { cat "$results/configure.log"; return 1; }
  trixie cmake --build --preset check -j "$(script/jobs)" >"$results/build.log" 2>&1 ||
    { tail -n 60 "$results/build.log"; return 1; }
}

portability_trixie() {
  local under=()
  step 'Debian 13: build'
  mkdir -p build "$chroot_folder/trixie.build" "$chroot_folder/ccache"
  if ! { chroot_make "$chroot_folder/trixie" trixie "$(dpkg --print-architecture)" &&
    trixie script/setup test && trixie apt-get clean && trixie_build; }; then
    count 0 1 'Debian 13: build'
    return
  fi
  count 1 0 trixie
  step 'Debian 13: unit tests'
  under=(trixie)
  run_ctest build/check trixie-unit
  step 'Debian 13: a robot in Chromium'
  # The engine's tests as well: its list of system calls depends on the release's libraries.
  run_node trixie-page ${RTCBOT_TRIXIE_TESTS:-tests/e2e/page.test.mjs tests/faults/engine.test.mjs}
}
