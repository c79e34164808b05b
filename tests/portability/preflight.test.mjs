// A build that cannot succeed is refused within seconds, in a sentence; and compilers are no more than the memory holds.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { availableParallelism, tmpdir } from "node:os";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { root } from "../lib/programs.mjs";

const folder = mkdtempSync(join(tmpdir(), "rtcbot-preflight-"));
after(() => rmSync(folder, { recursive: true }));

function file(name, text) {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const meminfo = (available, swap) => file(`meminfo-${available}`, `MemAvailable: ${available} kB\nSwapFree: ${swap} kB\n`);
const UBUNTU = file("os-release", 'PRETTY_NAME="Ubuntu 24.04 LTS"\nVERSION_CODENAME=noble\n');

function run(command, env) {
  return spawnSync("bash", ["-c", command], { cwd: root, env: { ...process.env, RTCBOT_JOBS: "", ...env }, encoding: "utf8", timeout: 30_000 });
}

for (const script of ["setup", "demo", "test unit"]) {
  test(`script/${script} names the releases it builds on, on another`, () => {
    const { status, stderr, stdout } = run(`script/${script}`, { RTCBOT_OS_RELEASE: UBUNTU });
    assert.notEqual(status, 0);
    assert.match(stderr, /^RTCBot builds on Debian 12 and 13; this is Ubuntu 24.04 LTS\. .*\n$/);
    assert.equal(stdout, "", "nothing is installed or built before");
  });
}

test("too little memory is said before a compiler is started", () => {
  const check = ". script/lib/preflight.sh && preflight_memory";
  const { status, stderr } = run(check, { RTCBOT_MEMINFO: meminfo(500_000, 100_000) });
  assert.notEqual(status, 0);
  assert.match(stderr, /585 MB are free, with swap\. Add swap/);
  assert.equal(run(check, { RTCBOT_MEMINFO: meminfo(700_000, 500_000) }).status, 0);
});

test("too little room on the disk is said likewise", () => {
  const { status, stderr } = run(". script/lib/preflight.sh && preflight_disk 99000000", {});
  assert.notEqual(status, 0);
  assert.match(stderr, /takes 99000000 MB on disk/);
});

test("as many compilers run as cores and memory allow, and one at least", () => {
  const jobs = (env) => Number(run("script/jobs", env).stdout);
  assert.equal(jobs({ RTCBOT_MEMINFO: meminfo(100_000, 0) }), 1);
  assert.equal(jobs({ RTCBOT_MEMINFO: meminfo(1_000_000, 0) }), 1);
  assert.equal(jobs({ RTCBOT_MEMINFO: meminfo(2_000_000_000, 0) }), availableParallelism());
  assert.equal(jobs({ RTCBOT_JOBS: "7" }), 7);
});

test("the refusal and the number of compilers count the same memory, wherever the scripts are called from", () => {
  const one = { RTCBOT_MEMINFO: meminfo(1_000_000, 900_000), RTCBOT_JOBS: "" };
  const free = run("cd / && . \"$OLDPWD/script/lib/preflight.sh\" && free_megabytes", one);
  assert.equal(free.stdout, "1855\n", "swap counts");
  assert.equal(run("cd / && \"$OLDPWD/script/jobs\"", one).stdout, `${Math.min(2, availableParallelism())}\n`);
});
