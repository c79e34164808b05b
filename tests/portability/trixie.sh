# Debian 13, in a chroot that stays for the next time: script/setup, a build, the unit tests, and a robot in Chromium.
# script/test sources it, and has sourced script/lib/chroot.sh.
#
# The tree is mounted read-only; the chroot has a build folder of its own in its place, build/chroot/trixie.build.

# trixie COMMAND …: runs a line of shell in the chroot, in the project's root.
trixie() {
  local CHROOT_BINDS=("$PWD:/src:ro" "$chroot_folder/trixie.build:/src/build" "$chroot_folder/ccache:/ccache")
  chroot_run "$chroot_folder/trixie" env CCACHE_DIR=/ccache sh -c "cd /src && $*"
}

trixie_chroot() {
  local tar
  mkdir -p "$chroot_folder/trixie.build" "$chroot_folder/ccache"
  [ ! -e "$chroot_folder/trixie/etc/debian_version" ] || return 0
  tar="$(chroot_base base-trixie trixie "$(dpkg --print-architecture)")" && chroot_unpack "$tar" "$chroot_folder/trixie"
}

# Half the compiler's time goes into -O2. Release stays the type, as hardening and assertions hang on it.
trixie_build() {
  trixie "cmake --preset check -DCMAKE_CXX_FLAGS_RELEASE='-O1 -DNDEBUG'" >"$results/configure.log" 2>&1 ||
    { cat "$results/configure.log"; return 1; }
  trixie 'cmake --build --preset check -j "$(script/jobs)"' >"$results/build.log" 2>&1 ||
    { tail -n 60 "$results/build.log"; return 1; }
}
