// A fresh minimal system of a release of Debian, in a folder that goes with the test.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../lib/programs.mjs";

export const run = (command, ...words) => {
  try {
    return execFileSync(command, words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 28 });
  } catch (error) {
    throw new Error(`${error.message}\n${error.stdout ?? ""}`, { cause: error });
  }
};

const inRoot = (script, ...words) => execFileSync("bash", ["-euc", `cd "$0"; . script/lib/chroot.sh; ${script}`, root, ...words],
  { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).trim();

const ENVIRONMENT = ["DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"];

export class System {
  constructor(release, arch) {
    inRoot('chroot_needs mmdebstrap; chroot_needs_arch "$1"', arch);
    const base = inRoot('chroot_base "try-$1-$2" "$1" "$2"', release, arch);
    this.folder = mkdtempSync(join(tmpdir(), "rtcbot-packages-"));
    // With the devices of the archive: null, random and such.
    run("tar", "-x", "-C", this.folder, "-f", base);
    writeFileSync(join(this.folder, "usr/sbin/policy-rc.d"), "#!/bin/sh\nexit 101\n", { mode: 0o755 });
    run("mount", "-t", "proc", "proc", join(this.folder, "proc"));
  }

  do(...words) {
    return run("chroot", this.folder, "env", "-i", ...ENVIRONMENT, ...words);
  }

  install(...words) {
    return this.do("apt-get", "-qq", "-y", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confold", "install", ...words);
  }

  has(path) {
    return existsSync(join(this.folder, path));
  }

  read(path) {
    return readFileSync(join(this.folder, path), "utf8");
  }

  /** Puts a file into the folder /packages. @returns its path in the system */
  take(file) {
    run("mkdir", "-p", join(this.folder, "packages"));
    run("cp", file, join(this.folder, "packages"));
    return `/packages/${file.split("/").at(-1)}`;
  }

  /** The packages of the system, by name, with their state, size in KiB and version. */
  packages() {
    const lines = this.do("dpkg-query", "-W", "-f", "${Package} ${db:Status-Abbrev} ${Installed-Size} ${Version}\n").trim().split("\n");
    return new Map(lines.map((line) => [line.split(" ")[0], line.split(/\s+/).slice(1)]));
  }

  stop() {
    run("umount", join(this.folder, "proc"));
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The same package with a higher version, as the next release will be. @returns the new file */
export function nextVersion(deb, folder) {
  const unpacked = mkdtempSync(join(folder, "next-"));
  run("dpkg-deb", "-R", deb, unpacked);
  const control = join(unpacked, "DEBIAN/control");
  const text = readFileSync(control, "utf8");
  writeFileSync(control, text.replace(/^Version: .*$/m, "$&+next").replace(/(rtcbot-engine \(= [^)]*)/, "$1+next"));
  const file = join(folder, `next-${deb.split("/").at(-1)}`);
  run("dpkg-deb", "--root-owner-group", "-Zgzip", "-b", unpacked, file);
  rmSync(unpacked, { recursive: true, force: true });
  return file;
}
