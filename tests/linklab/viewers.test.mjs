// Two viewers of one camera on links of different kinds: the link of the one who drives decides what both are sent.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPlace } from "../../bench/lib/radio_link.mjs";
import { launch } from "../lib/browser.mjs";
import { DRIVEN, DrivenRobot, openConsole } from "../lib/driven.mjs";
import { eventually, startServer, withAll } from "../lib/programs.mjs";

const THIN = 600_000; // bit/s, of the link to the driver
const MUCH = 1_500_000; // what no such link carries

/** What was sent to that viewer over the last three seconds, bit/s; null before they are over. */
function rateTo(robot, place) {
  const figures = robot.lines.filter(({ text }) => text.startsWith('{"stats":'))
    .map(({ at, text }) => ({ at, bytes: JSON.parse(text).stats.viewers[place]?.bytes_sent }));
  const last = figures.at(-1);
  const first = figures.findLast(({ at }) => at <= last?.at - 3_000);
  if (first?.bytes === undefined || last.bytes === undefined) return null;
  return (last.bytes - first.bytes) * 8_000 / (last.at - first.at);
}

const atLeast = (robot, least) => eventually(`the spectator to get ${least} bit/s`, () => rateTo(robot, 0) > least || null,
  60_000);

test("a driver on a thin link who came second decides on the rate, and a spectator beside the robot gets the same", (t) => withAll(async (add) => {
  const place = await openPlace(add, { up: `${THIN / 1_000}k`, delay: 25 });
  const { a, b } = place;
  const server = add(await startServer([], { address: "0.0.0.0", prefix: b.prefix }));
  await place.begin();
  const robot = add(new DrivenRobot(server.port, DRIVEN,
    { host: b.address, prefix: a.prefix, camera: "test:busy", statsEvery: 0.5 }));
  await robot.online();
  const open = async (where) => openConsole(add(await launch({ executablePath: where.wrapperOf("/usr/bin/chromium", place.directory) })),
    `http://${b.address}:${server.port}/`);
  await open(a);
  await atLeast(robot, MUCH);
  const driver = await open(b);
  await robot.statsWhere("who came first to lead", ({ viewers }) => viewers.length === 2 && viewers[0].leads, 30_000);
  await robot.driveOff(driver);
  await robot.statsWhere("the driver to lead", ({ viewers }) => viewers[1].leads && !viewers[0].leads, 30_000);
  await eventually("the spectator to get what the driver's link carries", () => rateTo(robot, 0) < THIN || null, 30_000);
  const { viewers } = await robot.statsWhere("a live picture at the driver's",
    (stats) => stats.viewers[1].seen?.delay_p95_ms < 1_000, 30_000);
  t.diagnostic(`to the spectator ${Math.round(rateTo(robot, 0) / 1_000)} kbit/s, at the driver's ${viewers[1].seen.delay_p95_ms} ms (p95)`);
  await driver.keyboard.up("w");
  await driver.locator("#act", { hasText: "Stop driving" }).click();
  await robot.statsWhere("who came first to lead again", (stats) => stats.driving.driver === null && stats.viewers[0].leads);
  await atLeast(robot, MUCH);
  assert.ok(robot.stats().viewers[0].leads);
}));
