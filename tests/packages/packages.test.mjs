// The Debian packages in a chroot of their release: installed, upgraded, shown in a browser, purged.
// RTCBOT_RELEASES names the releases; script/package has built their packages before.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { launch } from "../lib/browser.mjs";
import { Program, root, withAll } from "../lib/programs.mjs";

const RELEASES = (process.env.RTCBOT_RELEASES ?? "bookworm").split(" ");
/** The mirror that this machine uses. */
const URIS = execFileSync("apt-get", ["indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"], { encoding: "utf8" }).split("\n");
const MIRROR = process.env.RTCBOT_MIRROR ?? URIS.find((uri) => uri !== "" && !uri.includes("security"));
const ARCH = execFileSync("dpkg", ["--print-architecture"], { encoding: "utf8" }).trim();
const DAEMONS_STAY_OFF = "#!/bin/sh\nexit 101\n";

const run = (command, ...words) => execFileSync(command, words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 28 });

/** A fresh minimal system of the release, in a folder that goes with the test. */
class System {
  constructor(release) {
    const base = `${root}build/chroot/base-${release}.tar`;
    if (!existsSync(base)) {
      mkdirSync(`${root}build/chroot`, { recursive: true });
      run("mmdebstrap", "--quiet", "--variant=minbase", "--include=ca-certificates", release, base, MIRROR);
    }
    this.folder = mkdtempSync(join(tmpdir(), "rtcbot-packages-"));
    this.mounts = [];
    run("tar", "-x", "-C", this.folder, "-f", base);
    this.mount("-t", "proc", "proc", join(this.folder, "proc"));
    writeFileSync(join(this.folder, "usr/sbin/policy-rc.d"), DAEMONS_STAY_OFF, { mode: 0o755 });
    mkdirSync(join(this.folder, "packages"));
  }

  mount(...words) {
    run("mount", ...words);
    this.mounts.unshift(words.at(-1));
  }

  do(...words) {
    return run("chroot", this.folder, "env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", ...words);
  }

  has(path) {
    return existsSync(join(this.folder, path));
  }

  read(path) {
    return readFileSync(join(this.folder, path), "utf8");
  }

  /** The packages of the system, by name, with their state. */
  packages() {
    const lines = this.do("dpkg-query", "-W", "-f", "${Package} ${db:Status-Abbrev} ${Installed-Size} ${Version}\n").trim().split("\n");
    return new Map(lines.map((line) => [line.split(" ")[0], line.split(/\s+/).slice(1)]));
  }

  stop() {
    for (const at of this.mounts) run("umount", at);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The packages of a release as files; `script/package` has made them. */
function debs(release) {
  const folder = `${root}build/packages/${release}-${ARCH}`;
  assert.ok(existsSync(folder), `no packages; run: script/package --release ${release}`);
  return readdirSync(folder).filter((name) => /^rtcbot-(server|robot|engine)_.*\.deb$/.test(name)).map((name) => join(folder, name));
}

/** The same package with a higher version, as the next release will be. */
function next(deb, folder) {
  const unpacked = mkdtempSync(join(folder, "next-"));
  run("dpkg-deb", "-R", deb, unpacked);
  const control = join(unpacked, "DEBIAN/control");
  writeFileSync(control, readFileSync(control, "utf8").replace(/^Version: .*$/m, "$&+next").replace(/(rtcbot-engine \(= [^)]*)/, "$1+next"));
  const file = join(folder, `next-${deb.split("/").at(-1)}`);
  run("dpkg-deb", "--root-owner-group", "-b", unpacked, file);
  rmSync(unpacked, { recursive: true, force: true });
  return file;
}

for (const release of RELEASES) {
  test(`packages of ${release} are installed, show a robot, are upgraded and purged`, { timeout: 1_800_000 }, async (t) => {
    await withAll(async (add) => {
      const system = add(new System(release));
      const files = debs(release);
      for (const file of files) run("cp", file, join(system.folder, "packages"));
      const names = files.map((file) => `/packages/${file.split("/").at(-1)}`);
      const before = system.packages();
      system.do("apt-get", "-qq", "update");
      system.do("apt-get", "-qq", "-y", "--no-install-recommends", "install", ...names);
      const after = system.packages();
      const added = [...after.keys()].filter((name) => !before.has(name));
      const kilobytes = added.reduce((sum, name) => sum + Number(after.get(name)[1]), 0);
      t.diagnostic(`${added.length} packages, ${Math.round(kilobytes / 1024)} MiB`);
      // Cairo's libraries need libx11-6; a display server, its drivers and compilers are what must stay away.
      assert.deepEqual(added.filter((name) => /^(xserver-|x11-|libgl1-mesa-dri$|libllvm|libgtk-|cpp|gcc-\d+$|g\+\+)/.test(name)), []);

      const inside = (program, ...args) => add(new Program(`/usr/bin/${program}`, args, { prefix: ["chroot", system.folder] }));
      const server = inside("rtcbot-server", "--config", "/etc/rtcbot/server.toml", "--address", "127.0.0.1", "--port", "0");
      const port = /listening on port (\d+)/.exec(await server.line(/listening on port/))[1];
      const robot = inside("rtcbot-robot", "--config", "/etc/rtcbot/robot.toml", "--server", `ws://127.0.0.1:${port}/ws`, "--camera", "test");
      const browser = add(await launch());
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${port}/`);
      await page.waitForFunction(() => document.body.dataset.state === "live", null, { timeout: 60_000 });
      await robot.line(/encoder for H264: x264enc/i);
      await robot.stop();
      await server.stop();

      const changed = `${system.read("/etc/rtcbot/robot.toml")}name = "mine"\n`;
      writeFileSync(join(system.folder, "etc/rtcbot/robot.toml"), changed);
      const newer = files.map((file) => `/packages/${next(file, join(system.folder, "packages")).split("/").at(-1)}`);
      system.do("apt-get", "-qq", "-y", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confold", "install", ...newer);
      assert.match(system.packages().get("rtcbot-robot").at(-1), /\+next$/);
      assert.equal(system.read("/etc/rtcbot/robot.toml"), changed, "an upgrade keeps the administrator's configuration");

      mkdirSync(join(system.folder, "var/lib/private/rtcbot-robot/rtcbot"), { recursive: true });
      system.do("apt-get", "-qq", "-y", "purge", "rtcbot-server", "rtcbot-robot", ...(after.has("rtcbot-engine") ? ["rtcbot-engine"] : []));
      for (const gone of ["/usr/bin/rtcbot-robot", "/usr/bin/rtcbot-server", "/etc/rtcbot", "/var/lib/private/rtcbot-robot",
        "/usr/lib/systemd/system/rtcbot-robot.service"]) {
        assert.equal(system.has(gone), false, `${gone} is left after the purge`);
      }
    });
  });
}
