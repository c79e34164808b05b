// A robot of 64-bit ARM, emulated, in Chromium of this machine. tests/portability/arm64.sh starts it: the kernel hands
// the programs below RTCBOT_ARM64_ROOT to qemu-user.
import assert from "node:assert/strict";
import { test } from "node:test";
import { freshFrames, launch, watchFrames } from "../lib/browser.mjs";
import { Program, startServer, withAll } from "../lib/programs.mjs";

const ROOT = process.env.RTCBOT_ARM64_ROOT;
const BIN = "/src/build/check/bin";
/** qemu-user knows no seccomp: the engine would rather end than run without its sandbox. */
const SETTINGS = ["env", "RTCBOT_ENGINE_SANDBOX=off", `RTCBOT_ENGINE=${BIN}/rtcbot-engine`];
/** Emulated, everything takes ten times as long. */
const LIMIT = 240_000;

test("an arm64 robot shows its test picture in Chromium", { timeout: 600_000 }, () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Program(`${BIN}/rtcbot-robot`, ["--server", `ws://127.0.0.1:${server.port}/ws`, "--camera", "test",
    "--stats-every", "1"], { prefix: ["chroot", ROOT, ...SETTINGS] }));
  await robot.line(/"online":true/, LIMIT);
  const browser = add(await launch());
  const page = await browser.newPage();
  await page.goto(`${server.url}/`);
  await page.waitForFunction(() => document.body.dataset.state === "live", null, { timeout: LIMIT });
  await watchFrames(page);
  const seen = await freshFrames(page, 30, { age: 10_000, limit: LIMIT });
  assert.ok(new Set(seen.map((frame) => frame.stamp)).size > 15, "the pictures differ from each other");
  assert.equal(robot.exit, null, robot.log());
}));
