// The robot's clock is set while it is driven, as it is when a machine without one hears the time from the network.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { launchKillable } from "../lib/browser.mjs";
import { DRIVEN, DrivenRobot, openConsole, press } from "../lib/driven.mjs";
import { bin, startServer, withAll } from "../lib/programs.mjs";

const HOUR = 3_600;

/** A time of day of a program's own, by libfaketime; its monotonic clock stays the machine's. */
class TimeOfDay {
  constructor(folder) {
    this.file = join(folder, "time");
    this.set(0);
  }

  /** That much ahead of the machine's, seconds. */
  set(ahead) {
    writeFileSync(this.file, `${ahead < 0 ? "-" : "+"}${Math.abs(ahead)}`);
  }

  get env() {
    const library = readdirSync("/usr/lib").map((name) => `/usr/lib/${name}/faketime/libfaketimeMT.so.1`).find(existsSync);
    return { LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: this.file, FAKETIME_NO_CACHE: "1", FAKETIME_DONT_FAKE_MONOTONIC: "1" };
  }
}

test("a robot's clock that is set neither stops it nor keeps it going", () => withAll(async (add) => {
  const folder = mkdtempSync(join(tmpdir(), "rtcbot-clock-"));
  add({ stop: () => rmSync(folder, { recursive: true, force: true }) });
  const time = new TimeOfDay(folder);
  const box = join(folder, "box");
  const server = add(await startServer());
  const robot = add(new DrivenRobot(server.port, [...DRIVEN, "--black-box", box], { env: time.env }));
  await robot.online();
  const browser = add(await launchKillable());
  const page = await openConsole(browser, server.url);
  await robot.driveOff(page);

  let stops;
  // A machine that does other work may miss a dead-man's limit in one try; a clock would stop the robot in each.
  for (let tries = 0; tries < 4; tries++) {
    if (tries > 0) await press(page, "w", robot.moves());
    const from = robot.outputs().length;
    for (const [done, ahead] of [HOUR, -24 * HOUR, 0].entries()) {
      time.set(ahead);
      // What the robot itself takes for the time is what it writes down.
      const before = robot.outputs().length;
      await robot.output(`a second after clock ${done}`, () => robot.outputs().length >= before + 10);
    }
    stops = robot.outputs().slice(from).filter(({ moving }) => !moving);
    if (stops.length === 0) break;
  }
  assert.deepEqual(stops, [], "it went on");
  await press(page, "w", robot.moves());

  time.set(-24 * HOUR);
  const stands = robot.stands("dead_man");
  await browser.kill();
  const { ms, seen } = await stands;
  const last = seen.findLast(({ moving }) => moving);
  // By the robot's own stamps; by itself it would give the connection up after twelve seconds.
  assert.ok(!last || ms - last.ms < 4_000, "and stops without its driver");

  await robot.stop();
  const days = written(box);
  assert.ok(Math.max(...days) - Math.min(...days) > 24 * HOUR * 1000, "it did read other times of day");
}));

/** The times of day in a black box, ms. */
function written(box) {
  const { stdout } = spawnSync(`${bin}/rtcbot-robot`, ["black-box", box], { encoding: "utf8", timeout: 30_000 });
  return stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line).unix_ms);
}
