// The Debian packages in a chroot of their release: installed, read, shown in a browser, upgraded and purged.
// RTCBOT_RELEASES names the releases, RTCBOT_ARCHS the architectures; script/package has built their packages before.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { launch } from "../lib/browser.mjs";
import { Program, root, withAll } from "../lib/programs.mjs";
import { nextVersion, run, System } from "./support/system.mjs";

const NATIVE = execFileSync("dpkg", ["--print-architecture"], { encoding: "utf8" }).trim();
const RELEASES = (process.env.RTCBOT_RELEASES ?? "bookworm").split(" ");
const ARCHS = (process.env.RTCBOT_ARCHS ?? NATIVE).split(" ");
const DOC = "/usr/share/doc";

/** The packages of a release as files; `script/package` has made them. */
function debs(release, arch, wanted = /^rtcbot-(server|robot|engine)_/) {
  const folder = `${root}build/packages/${release}-${arch}`;
  assert.ok(existsSync(folder), `no packages; run: script/package --release ${release} --arch ${arch}`);
  return readdirSync(folder).filter((name) => wanted.test(name) && name.endsWith(".deb")).map((name) => join(folder, name));
}

/** Whether the closure of the robot and the server is small: without Recommends, as on a board with a small disk. */
function checkClosure(t, added, after) {
  const mebibytes = Math.round(added.reduce((sum, name) => sum + Number(after.get(name)[1]), 0) / 1024);
  t.diagnostic(`${added.length} packages, ${mebibytes} MiB`);
  // Cairo's libraries need libx11-6; a display server, its drivers and compilers are what must stay away.
  assert.deepEqual(added.filter((name) => /^(xserver-|x11-|libgl1-mesa-dri$|libllvm|libgtk-|cpp|gcc-\d+$|g\+\+)/.test(name)), []);
  assert.ok(added.length <= 175 && mebibytes <= 200, `${added.length} packages, ${mebibytes} MiB`);
}

/** What bash would offer. */
function completions(system, ...words) {
  const script = `source /usr/share/bash-completion/completions/${words[0]}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _rtcbot "$1"; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return system.do("bash", "-euc", script, "bash", ...words).trim().split("\n");
}

/** Documentation, completion, udev's rules and groups, as installed. */
function checkFiles(t, system, release) {
  const engine = system.read(`${DOC}/rtcbot-engine/copyright`);
  for (const part of ["The WebRTC project authors", "The LibYuv Project Authors", "Parts of Debian's libabsl-dev", "Apache-2.0"]) {
    assert.ok(engine.includes(part), `${part} is not in the engine's copyright file`);
  }
  for (const part of ["nlohmann-json3-dev", "libcli11-dev", "libspdlog-dev", "Boost Software License"]) {
    assert.ok(system.read(`${DOC}/rtcbot-robot/copyright`).includes(part), `${part} is not in the robot's copyright file`);
  }
  for (const path of [`${DOC}/rtcbot-robot/programs.md`, `${DOC}/rtcbot-robot/safety.md`, `${DOC}/rtcbot-server/deploy.md`]) {
    assert.ok(system.has(path) || system.has(`${path}.gz`), `${path} is not there`);
  }
  assert.match(system.do("getent", "group", "video", "render", "audio", "dialout"), /video[^]*render[^]*audio[^]*dialout/);

  for (const flag of ["--camera", "--camera-size", "--black-box"]) {
    assert.equal(completions(system, "rtcbot-robot", flag).includes(flag), flag !== "--camera-size", flag);
  }
  assert.deepEqual(completions(system, "rtcbot-robot", "--log-format", "j"), ["json"]);
  assert.ok(completions(system, "rtcbot-robot", "bl").includes("black-box"));
  assert.ok(completions(system, "rtcbot-server", "tok").includes("token"));

  system.install("man-db", "groff-base", "udev");
  for (const program of ["rtcbot-robot", "rtcbot-server"]) {
    const page = system.do("sh", "-c", `MANWIDTH=80 man --warnings -l /usr/share/man/man1/${program}.1.gz 2>&1`);
    assert.match(page, new RegExp(`${program}[^]*EXIT STATUS`));
    assert.doesNotMatch(page, /warning|error:/i);
  }
  const rules = "/usr/lib/udev/rules.d/60-rtcbot-robot.rules";
  for (const line of system.read(rules).split("\n").filter((text) => text && !text.startsWith("#"))) {
    assert.match(line, /^([A-Z]+(\{\w+\})?(==|!=|=)"[^"]*"(, |$))+$/, "a rule of udev");
  }
  // Debian 12's udevadm has no "verify".
  if (release !== "bookworm") t.diagnostic(system.do("udevadm", "verify", "--resolve-names=never", rules).trim());
}

/** A server, a robot and its engine from the packages; a browser of this machine shows them. */
async function showRobot(add, system, arch) {
  // An emulator gets small pictures, and cannot filter system calls.
  const isEmulated = arch !== NATIVE;
  const env = isEmulated ? { RTCBOT_ENGINE_SANDBOX: "off" } : {};
  const size = isEmulated ? ["--size", "320x240", "--fps", "5", "--encoder", "x264enc"] : [];
  const inside = (program, ...args) => add(new Program(`/usr/bin/${program}`, args, { prefix: ["chroot", system.folder], env }));
  const server = inside("rtcbot-server", "--config", "/etc/rtcbot/server.toml", "--address", "127.0.0.1", "--port", "0");
  const port = /listening on port (\d+)/.exec(await server.line(/listening on port/))[1];
  const robot = inside("rtcbot-robot", "--config", "/etc/rtcbot/robot.toml", "--server", `ws://127.0.0.1:${port}/ws`,
    "--camera", "auto", ...size);
  await robot.line(/no camera was found; the test picture is shown until one is plugged in/);
  const browser = add(await launch());
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.waitForFunction(() => document.body.dataset.state === "live", null, { timeout: 300_000 });
  await robot.line(/encoder for H264: x264enc/i);
  const exits = [await robot.stop(60_000), await server.stop(60_000)];
  assert.deepEqual(exits.map(({ code }) => code), [0, 0]);
}

function upgrade(system, files) {
  const changed = `${system.read("/etc/rtcbot/robot.toml")}name = "mine"\n`;
  writeFileSync(join(system.folder, "etc/rtcbot/robot.toml"), changed);
  const newer = files.map((file) => `/packages/${nextVersion(file, join(system.folder, "packages")).split("/").at(-1)}`);
  system.install(...newer);
  assert.match(system.packages().get("rtcbot-robot").at(-1), /\+next$/);
  assert.equal(system.read("/etc/rtcbot/robot.toml"), changed, "an upgrade keeps the administrator's configuration");
}

function purge(system) {
  mkdirSync(join(system.folder, "var/lib/private/rtcbot-robot/rtcbot"), { recursive: true });
  system.do("apt-get", "-qq", "-y", "purge", "rtcbot-server", "rtcbot-robot", "rtcbot-engine");
  for (const gone of ["/usr/bin/rtcbot-robot", "/usr/bin/rtcbot-server", "/usr/libexec/rtcbot", "/etc/rtcbot",
    "/var/lib/private/rtcbot-robot", "/usr/lib/systemd/system/rtcbot-robot.service", "/usr/lib/udev/rules.d/60-rtcbot-robot.rules"]) {
    assert.equal(system.has(gone), false, `${gone} is left after the purge`);
  }
}

for (const release of RELEASES) {
  for (const arch of ARCHS) {
    test(`packages of ${release} for ${arch} are installed, show a robot, are upgraded and purged`, { timeout: 2_400_000 }, (t) =>
      withAll(async (add) => {
        const system = add(new System(release, arch));
        const files = debs(release, arch);
        const names = files.map((file) => system.take(file));
        const before = system.packages();
        system.do("apt-get", "-qq", "update");
        system.install(...names);
        const after = system.packages();
        checkClosure(t, [...after.keys()].filter((name) => !before.has(name)), after);
        await showRobot(add, system, arch);
        checkFiles(t, system, release);
        upgrade(system, files);
        purge(system);
      }));
  }

  test(`librtcbot-dev of ${release}: a program is built with pkg-config, and talks through the engine`, { timeout: 1_800_000 }, () =>
    withAll(async (add) => {
      const system = add(new System(release, NATIVE));
      const names = debs(release, NATIVE, /^(librtcbot-dev|rtcbot-engine)_/).map((file) => system.take(file));
      system.do("apt-get", "-qq", "update");
      system.install(...names, "g++", "pkgconf");
      copyFileSync(`${root}tests/install/consumer/consumer.cpp`, join(system.folder, "packages/consumer.cpp"));
      // Without --static: that would link GStreamer's own needs, too, which its package does not bring.
      system.do("sh", "-euc", "cd /packages; g++ -std=c++20 consumer.cpp -o consumer $(pkg-config --cflags --libs rtcbot)");
      assert.equal(system.do("/packages/consumer").trim(), '"installed"');
      assert.ok(run("grep", "-c", "Boost Software License", join(system.folder, DOC, "librtcbot-dev/copyright")));
    }));
}
