// Two viewers of one camera on links of different kinds: the link of the one who drives decides what both are sent.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPlace } from "../../bench/lib/radio_link.mjs";
import { launch } from "../lib/browser.mjs";
import { DRIVEN, DrivenRobot, openConsole } from "../lib/driven.mjs";
import { eventually, startServer, withAll } from "../lib/programs.mjs";

const THIN = 600_000; // bit/s, of the link to the driver
const MUCH = 1_500_000; // what no such link carries

const read = new WeakMap();

/** The figures of that line, each read once. */
function figuresIn(line) {
  if (!read.has(line)) read.set(line, { at: line.at, ...JSON.parse(line.text).stats });
  return read.get(line);
}

/** The figures as they were printed, oldest first, with the time. */
const figuresOf = (robot) => robot.lines.filter(({ text }) => text.startsWith('{"stats":')).map(figuresIn);

/** What was sent to that viewer over the last three seconds, bit/s; null before they are over. */
function rateTo(robot, place) {
  const figures = figuresOf(robot).map(({ at, viewers }) => ({ at, bytes: viewers[place]?.bytes_sent }));
  const last = figures.at(-1);
  const first = figures.findLast(({ at }) => at <= last?.at - 3_000);
  if (first?.bytes === undefined || last.bytes === undefined) return null;
  return (last.bytes - first.bytes) * 8_000 / (last.at - first.at);
}

const atLeast = (robot, least) => eventually(`the spectator to get ${least} bit/s`, () => rateTo(robot, 0) > least || null,
  60_000);

/** A robot at one end of the link, the server at the other, and browsers where they are wanted. */
async function site(add, link) {
  const place = await openPlace(add, link);
  const { a: here, b: there } = place;
  const server = add(await startServer([], { address: "0.0.0.0", prefix: there.prefix }));
  await place.begin();
  const robot = add(new DrivenRobot(server.port, DRIVEN,
    { host: there.address, prefix: here.prefix, camera: "test:busy", statsEvery: 0.5 }));
  await robot.online();
  const open = async (where) => openConsole(add(await launch({ executablePath: where.wrapperOf("/usr/bin/chromium", place.directory) })),
    `http://${there.address}:${server.port}/`);
  return { here, there, robot, open };
}

test("a driver on a thin link who came second decides on the rate, and a spectator beside the robot gets the same", (t) => withAll(async (add) => {
  const { here, there, robot, open } = await site(add, { up: `${THIN / 1_000}k`, delay: 25 });
  await open(here);
  await atLeast(robot, MUCH);
  const driver = await open(there);
  await robot.statsWhere("who came first to lead", ({ viewers }) => viewers.length === 2 && viewers[0].leads, 60_000);
  await robot.driveOff(driver);
  await robot.statsWhere("the driver to lead", ({ viewers }) => viewers[1].leads && !viewers[0].leads, 60_000);
  await eventually("the spectator to get what the driver's link carries", () => rateTo(robot, 0) < THIN || null, 60_000);
  const { viewers } = await robot.statsWhere("a live picture at the driver's",
    (stats) => stats.viewers[1].seen?.delay_p95_ms < 3_000, 60_000);
  t.diagnostic(`to the spectator ${Math.round(rateTo(robot, 0) / 1_000)} kbit/s, at the driver's ${viewers[1].seen.delay_p95_ms} ms (p95)`);
  await driver.keyboard.up("w");
  await driver.locator("#act", { hasText: "Stop driving" }).click();
  await robot.statsWhere("who came first to lead again", (stats) => stats.driving.driver === null && stats.viewers[0].leads);
  await atLeast(robot, MUCH);
  assert.ok(robot.stats().viewers[0].leads);
}));

test("a spectator on a thin link costs the driver a key frame every few seconds at most", (t) => withAll(async (add) => {
  const { here, there, robot, open } = await site(add, { up: "300k", delay: 25 });
  const driver = await open(here);
  await robot.driveOff(driver);
  await open(there);
  await atLeast(robot, MUCH);
  const { at } = figuresOf(robot).at(-1);
  const keysOf = ({ camera }) => camera.key_frames_encoded;
  // Of some fifteen seconds, as the driver's own link makes key frames too where the machine is busy; and without the first ten, in which a
  // few show what the spectator's link carries.
  const [then, now] = await eventually("fifteen seconds with four key frames at most", () => {
    const figures = figuresOf(robot).filter((each) => each.at >= at + 10_000);
    const before = (last) => figures.findLast((each) => each.at <= last.at - 15_000);
    const found = figures.find((last) => before(last) && keysOf(last) - keysOf(before(last)) <= 4);
    return found ? [before(found), found] : null;
  }, 120_000);
  const more = (what) => what(now) - what(then);
  const toDriver = more(({ viewers }) => viewers[0].bytes_sent) * 8 / (now.at - then.at);
  const toSpectator = more(({ viewers }) => viewers[1].frames_sent);
  t.diagnostic(`${more(keysOf)} key frames, ${Math.round(toDriver)} kbit/s to the driver, ${toSpectator} frames to the spectator`);
  assert.ok(toDriver > MUCH / 1_000, `${toDriver} kbit/s`);
  assert.ok(toSpectator > 0, "fewer frames, not none");
}));
