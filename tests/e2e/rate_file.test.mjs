// What the path was found to carry outlives the robot's program.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { launch } from "../lib/browser.mjs";
import { Program, Robot, eventually, startServer, withAll } from "../lib/programs.mjs";

test("a robot that starts anew begins with what it found before, where that is young and of the same interface", () => withAll(async (add) => {
  const folder = mkdtempSync(join(tmpdir(), "rtcbot-rate-"));
  add({ stop: () => rmSync(folder, { recursive: true, force: true }) });
  const file = join(folder, "deep", "rate.json");
  const server = add(await startServer());
  const page = await add(await launch()).newPage();
  await page.goto(`${server.url}/`);
  const isLive = () => page.waitForFunction(() => document.body.dataset.state === "live");
  const robotWith = async (kept) => {
    if (kept) writeFileSync(file, kept);
    const robot = add(new Robot(server.port, ["--rate-file", file]));
    await robot.online();
    const { viewers } = await robot.statsWhere("a target", (stats) => stats.viewers.some((viewer) => viewer.target_bitrate > 0));
    await isLive();
    return { robot, target: viewers.find((viewer) => viewer.target_bitrate > 0).target_bitrate };
  };

  const first = await robotWith(null);
  await first.robot.statsWhere("an estimate", (stats) => stats.viewers.some(({ uplink }) => uplink?.delivered > 100_000));
  await eventually("the first writing", () => existsSync(file));
  await first.robot.stop();
  const found = JSON.parse(readFileSync(file, "utf8"));
  assert.ok(found.estimate > 0 && Math.abs(Date.now() - found.at_ms) < 60_000, JSON.stringify(found));
  assert.deepEqual([found.way, found.interface], ["127.0.0.1", "lo"]);

  const young = JSON.stringify({ ...found, estimate: 8_000_000, at_ms: Date.now() - 60_000 });
  const second = await robotWith(young);
  await second.robot.line(/the bitrate starts at 4000 kbit/);
  // Some of what may be sent is kept for headers and repair; of the configured 1500 kbit/s less than 1000 are the encoder's.
  assert.ok(second.target > 1_800_000, `${second.target} bit/s`);
  await second.robot.kill();

  const attachedAnew = await robotWith(JSON.stringify({ ...JSON.parse(young), way: "192.0.2.1" }));
  await attachedAnew.robot.line(/the bitrate starts at 2000 kbit/);
  await attachedAnew.robot.kill();

  for (const [kept, what] of [[{ ...found, estimate: 8_000_000, at_ms: Date.now() - 660_000 }, "old"],
    [{ ...found, estimate: 8_000_000, interface: "other0", way: "192.0.2.1" }, "of another way"], [{ estimate: "much" }, "nonsense"]]) {
    const { robot } = await robotWith(JSON.stringify(kept));
    assert.ok(!robot.lines.some(({ text }) => text.includes("the bitrate starts at")), what);
    if (what === "nonsense") await robot.line(/is damaged; the bitrate starts as configured/);
    await robot.kill();
  }
}));

test("a folder in place of a file is refused with a sentence, and no robot crashes", async () => {
  const budget = ["--data-budget", "1GB/h", "--data-budget-file", "/tmp"];
  for (const flags of [["--rate-file", "/tmp"], ["--stop-file", "/tmp", "--drive", "none"], budget]) {
    const robot = new Program("rtcbot-robot", ["--camera", "test", "--server", "ws://127.0.0.1:1/ws", ...flags]);
    assert.deepEqual(await robot.exits(), { code: 2, signal: null }, robot.log());
    assert.match(robot.log(), /'\/tmp' is not a file/);
  }
});
