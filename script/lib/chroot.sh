# Chroots of Debian releases, for script/package and the tests. Source it in bash as root, in the project's root.
#
#   chroot_needs PACKAGE …              fails with a sentence unless root, and the packages are installed
#   chroot_needs_arch ARCH              fails with a sentence unless programs of ARCH run here
#   chroot_mirror                       prints the mirror of Debian that this machine uses; RTCBOT_MIRROR overrides it
#   chroot_base NAME RELEASE ARCH[,…] [PACKAGE …]
#                                       prints the path of a tar with a minimal system; makes it where it is missing
#   chroot_unpack TAR FOLDER            unpacks one; its services stay off
#   chroot_make FOLDER RELEASE ARCH[,…] [PACKAGE …]
#                                       makes a system in FOLDER, where there is none, and keeps no tar of it
#   chroot_run FOLDER COMMAND …         runs COMMAND in it. CHROOT_BINDS=(FROM:TO …) are folders of this machine that
#                                       are mounted into it, FROM:TO:ro read-only
#
# What is mounted lies in a mount namespace of its own: nothing stays behind, however the command ends. A folder can be
# removed with rm -rf as soon as the command has ended. script/lib/in_chroots does the same for several folders.
chroot_folder="${RTCBOT_CHROOTS:-$PWD/build/chroot}"
CHROOT_BINDS=()

chroot_needs() {
  local package missing=()
  [ "$(id -u)" = 0 ] || { echo 'A chroot needs root; run this with sudo.' >&2; return 1; }
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null)" = 'ii ' ] || missing+=("$package")
  done
  [ "${#missing[@]}" = 0 ] || { echo "Missing on this machine: apt-get install ${missing[*]}" >&2; return 1; }
}

# The kernel starts qemu for a foreign program; qemu-user-static registers it where systemd runs, and this elsewhere.
chroot_needs_arch() {
  local rule=/usr/lib/binfmt.d/qemu-aarch64.conf table=/proc/sys/fs/binfmt_misc
  [ "$1" != "$(dpkg --print-architecture)" ] || return 0
  [ "$1" = arm64 ] || { echo "Programs for $1 do not run here; only arm64 is supported." >&2; return 1; }
  chroot_needs qemu-user-static arch-test || return 1
  if [ ! -e "$table/qemu-aarch64" ]; then
    [ -e "$table/register" ] || mount -t binfmt_misc binfmt_misc "$table" 2>/dev/null || true
    cat "$rule" >"$table/register" 2>/dev/null || true
  fi
  arch-test "$1" >/dev/null || { echo 'The kernel does not start programs for arm64 (binfmt_misc).' >&2; return 1; }
}

chroot_mirror() {
  local mirror="${RTCBOT_MIRROR:-}" debian=('Created-By: Packages' 'Origin: Debian' 'Label: Debian')
  [ -n "$mirror" ] || mirror="$(apt-get indextargets --format '$(REPO_URI)' "${debian[@]}" | sed -n 1p)"
  [ -n "$mirror" ] || { echo 'No mirror of Debian is known: run apt-get update, or set RTCBOT_MIRROR.' >&2; return 1; }
  echo "$mirror"
}

chroot_bootstrap() { # TAR RELEASE ARCHS PACKAGE …
  local tar="$1" release="$2" archs="$3" mirror
  shift 3
  mirror="$(chroot_mirror)" || return 1
  mkdir -p "$chroot_folder"
  mmdebstrap --quiet --variant=minbase --architectures="$archs" --include="$(IFS=,; echo "ca-certificates,$*")" \
    "$release" "$tar.part.tar" "$mirror" >&2 || { rm -f "$tar.part.tar"; return 1; }
  mv "$tar.part.tar" "$tar"
}

# Beside the tar lies what it was asked to hold. One that holds something else is made again.
chroot_base() {
  local tar="$chroot_folder/$1.tar"
  shift
  if [ ! -e "$tar" ] || [ "$(cat "$tar.wish" 2>/dev/null)" != "$*" ]; then
    chroot_bootstrap "$tar" "$@" || return 1
    echo "$*" >"$tar.wish"
  fi
  echo "$tar"
}

# What is unpacked halfway is no system.
chroot_make() {
  local folder="$1" tar="$1.tar"
  shift
  [ ! -e "$folder/etc/debian_version" ] || return 0
  rm -rf "$folder.part"
  chroot_bootstrap "$tar" "$@" && chroot_unpack "$tar" "$folder.part" && mv "$folder.part" "$folder" && rm "$tar"
}

chroot_unpack() {
  mkdir -p "$2"
  tar -x -C "$2" -f "$1" --exclude './dev/*' || return 1
  printf '#!/bin/sh\nexit 101\n' >"$2/usr/sbin/policy-rc.d"
  chmod 755 "$2/usr/sbin/policy-rc.d"
  # Installing is several times as fast, and a chroot that a power cut has spoilt is made again.
  echo force-unsafe-io >"$2/etc/dpkg/dpkg.cfg.d/unsafe-io"
}

chroot_run() {
  local folder="$1"
  shift
  CHROOT_BINDS_LINES="$(printf '%s\n' "${CHROOT_BINDS[@]}")" script/lib/in_chroots "$folder" -- \
    chroot "$folder" env -i HOME=/root LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM="${TERM:-dumb}" \
    DEBIAN_FRONTEND=noninteractive "$@"
}
