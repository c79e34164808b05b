// The process that runs WebRTC ends, hangs or is starved while somebody watches and drives: the robot stands in time and says why,
// and everything comes back without a person's hand.
//
// ENGINE_KILLS=1000 sets the number of kills at random moments.
import assert from "node:assert/strict";
import { test } from "node:test";
import { freshFrames, launch, watchFrames } from "../lib/browser.mjs";
import { DRIVEN, DrivenRobot, openConsole } from "../lib/driven.mjs";
import { Robot, eventually, startServer, withAll } from "../lib/programs.mjs";
import { connected, watch } from "./support/parts.mjs";

const KILLS = Number(process.env.ENGINE_KILLS ?? 12);
/** What the robot's own promise is, and what a busy machine may add to the reading of it. */
const DEAD_MAN = 250;
const SLACK = 750;
/** A page is back within 3 s on a quiet machine: 2 to dial, one for the picture. */
const BACK = 20_000;

const live = (page) => page.waitForFunction(() => document.body.dataset.state === "live", null, { timeout: BACK });
const isDead = (pid) => eventually(`process ${pid} to be gone`, () => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
});

async function engineOf(robot) {
  return eventually("one engine", () => {
    const engines = robot.engines();
    return engines.length === 1 ? engines[0] : null;
  });
}

test("a robot that is driven stands in time when its engine is killed, says why, and is driven again", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new DrivenRobot(server.port, DRIVEN));
  await robot.online();
  const browser = add(await launch());
  const page = await openConsole(browser, `${server.url}/`);
  await robot.driveOff(page);
  const pid = robot.pid;
  const engine = await engineOf(robot);
  const stands = robot.output("the robot to stand", ({ moving }) => !moving);
  const killedAt = Date.now();
  process.kill(engine, "SIGKILL");
  const stood = await stands;
  assert.ok(stood.at - killedAt < DEAD_MAN + SLACK, `it stood ${stood.at - killedAt} ms after its engine was killed`);
  await robot.line(/the WebRTC engine ended: it was ended by SIGKILL; a new one is started/);
  await page.keyboard.up("w");
  await live(page);
  assert.equal(robot.pid, pid);
  assert.notEqual(await engineOf(robot), engine);
  await robot.driveOff(page);
  await page.keyboard.up("w");
}));

test("an engine that hangs is replaced, and its page is back", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port));
  await robot.online();
  const browser = add(await launch());
  const page = await watch(browser, server);
  const engine = await engineOf(robot);
  process.kill(engine, "SIGSTOP");
  await robot.line(/the WebRTC engine ended: it did not answer for 2 s and was ended/);
  await isDead(engine);
  await live(page);
  await watchFrames(page);
  await freshFrames(page, 5);
}));

test(`${KILLS} kills at random moments lose no robot and leave nothing behind`, () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port));
  await robot.online();
  const browser = add(await launch());
  const page = await watch(browser, server);
  await robot.statsWhere("the page", (stats) => connected(stats) === 1);
  const before = robot.figures();
  const backAfter = [];
  for (let i = 0; i < KILLS; i++) {
    // Spread over all that a connection goes through: from the first moment of its engine to a second of video.
    const moment = (i * 379) % 1500;
    await new Promise((resolve) => setTimeout(resolve, moment));
    const engine = robot.engines()[0];
    if (engine === undefined) continue;
    const at = Date.now();
    process.kill(engine, "SIGKILL");
    await isDead(engine);
    const next = await engineOf(robot);
    backAfter.push(Date.now() - at);
    assert.notEqual(next, engine);
  }
  await live(page);
  await watchFrames(page);
  await freshFrames(page, 5);
  assert.equal(robot.exit, null, robot.log());
  const after = await eventually("threads and descriptors as before", () => {
    const now = robot.figures();
    return now.threads <= before.threads + 2 && now.descriptors <= before.descriptors + 2 ? now : null;
  });
  assert.ok(after.rss < before.rss + 40_000, `${before.rss} kB before, ${after.rss} kB after`);
  assert.equal(robot.engines().length, 1);
  backAfter.sort((a, b) => a - b);
  console.log(`a new engine was there after ${backAfter[backAfter.length >> 1]} ms (median), ${backAfter.at(-1)} ms at most`);
}));

test("the engine ends with its robot, however that ends", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port));
  await robot.online();
  const engine = await engineOf(robot);
  process.kill(engine, "SIGSTOP"); // It cannot hear of it.
  await robot.kill();
  await isDead(engine);
}));
