// Viewers who try to fill a robot's log and black box: what they cause is a few lines and a count, and hides nothing of the driver's.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch } from "../lib/browser.mjs";
import { DRIVEN, DrivenRobot, openConsole } from "../lib/driven.mjs";
import { Program, bin, eventually, startServer, withAll } from "../lib/programs.mjs";

const peer = fileURLToPath(new URL("support/hostile_peer.py", import.meta.url));
const FLOODERS = 3;
/** Of one flooder: a burst, one each two seconds, counts, and the states of its connection. */
const MAX_LINES = 60;
/** How long a flood may take, s: eight where nothing else runs. */
const FLOOD_SECONDS = 150;

function records(folder) {
  const read = spawnSync(`${bin}/rtcbot-robot`, ["black-box", folder], { encoding: "utf8", maxBuffer: 100_000_000 });
  assert.equal(read.status, 0, read.stderr);
  return read.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
}

const sum = (list) => list.reduce((total, each) => total + each, 0);

/** Runs the attacks, `count` of each, until the peer has exited by itself. */
async function flood(add, server, kinds, count) {
  const peers = kinds.map((kind) => add(new Program("/usr/bin/python3", ["-B", peer, server.url, "--seed", "7", "--kinds", kind, "--count",
    String(count), "--parallel", String(count), "--case-seconds", String(FLOOD_SECONDS)])));
  const over = Promise.all(peers.map(async (each) => {
    await each.line(/^\{"over"/, (FLOOD_SECONDS + 30) * 1000);
    assert.deepEqual(await each.exits(), { code: 0, signal: null });
    // On a busy machine some do not get as far as their flood.
    assert.ok(each.lines.some(({ text }) => /"outcome": "done"/.test(text)), each.log());
  }));
  await Promise.all(peers.map((each) => each.line(/^\{"begins"/)));
  return over;
}

test("viewers who flood a robot's log and black box cause a few lines and a count, and a driver's stop is recorded", () => withAll(async (add) => {
  const folder = mkdtempSync(join(tmpdir(), "log-flood-"));
  add({ stop: () => rmSync(folder, { recursive: true }) });
  const server = add(await startServer());
  const robot = add(new DrivenRobot(server.port, [...DRIVEN, "--max-viewers", "20", "--black-box", folder]));
  await robot.online();
  const page = await openConsole(add(await launch()), `${server.url}/`);
  await robot.driveOff(page);
  await page.keyboard.up("w");
  const { driving: { driver } } = await robot.statsWhere("who drives", ({ driving }) => driving.driver !== null);
  const linesBefore = robot.lines.filter(({ from }) => from === "err").length;
  const isLine = ({ from, text }) => from === "err" && !text.startsWith("{");

  const over = flood(add, server, ["asks_again_and_again", "hundreds_of_channels"], FLOODERS);
  await robot.statsWhere("lines to be held back", ({ driving }) => driving.log_lines_suppressed > 50, 60_000);
  await page.locator("#stop").click();
  await robot.stands("emergency_stop");
  await over;
  await robot.line(/asks to drive … and \d+ more like this/, 30_000);
  await robot.line(/closed the data channel .* … and \d+ more like this/, 30_000);

  const { driving } = robot.stats();
  const counted = await eventually("the black box to tell the count", () => {
    const counts = records(folder).filter(({ type, data }) => type === "suppressed" && data.of === "event");
    return sum(counts.map(({ data }) => data.count)) >= driving.log_lines_suppressed - 20 ? counts : null;
  }, 30_000);
  assert.ok(counted.length <= 3 * FLOODERS, JSON.stringify(counted));
  const kept = records(folder);
  const stops = kept.filter(({ type, data }) => type === "event" && data.kind === "stop").map(({ data }) => data);
  assert.deepEqual(stops, [{ kind: "stop", viewer: driver, text: "emergency stop" }]);
  assert.ok(kept.some(({ type, data }) => type === "output" && data.why === "emergency_stop"), "and that it stood");
  for (const type of ["event", "log"]) {
    const count = kept.filter((record) => record.type === type).length;
    assert.ok(count < 2 * FLOODERS * MAX_LINES, `${count} records of type ${type}`);
  }
  const lines = robot.lines.filter(isLine).length;
  assert.ok(lines < 2 * FLOODERS * MAX_LINES, `${lines} lines, ${linesBefore} before`);
  console.log(`${driving.log_lines_suppressed} events not logged; ${lines} lines; ${kept.length} records`);
}));
