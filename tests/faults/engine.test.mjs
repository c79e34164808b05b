// The process that runs WebRTC ends, hangs or is starved while somebody watches and drives: the robot stands in time and says why,
// and everything comes back without a person's hand. Who ends it again and again has to wait, and nobody else.
//
// ENGINE_KILLS=1000 sets the number of kills at random moments.
import assert from "node:assert/strict";
import { test } from "node:test";
import { freshFrames, launch, watchFrames } from "../lib/browser.mjs";
import { DRIVEN, DrivenRobot, openConsole, press } from "../lib/driven.mjs";
import { Credentials } from "../fleet/support/credentials.mjs";
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

/** The process that holds the connected viewer that satisfies `is`. */
async function engineOf(robot, is = () => true) {
  const found = ({ viewers }) => viewers.find((viewer) => viewer.state === "connected" && is(viewer));
  return found(await robot.statsWhere("that viewer to be connected", found)).engine_process;
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
  // A new certificate for each connection: a page that the robot does not know again, and does not let wait.
  const page = await watch(browser, server, () => delete RTCPeerConnection.generateCertificate);
  await robot.statsWhere("the page", (stats) => connected(stats) === 1);
  const before = robot.figures();
  const backAfter = [];
  let most = 1;
  for (let i = 0; i < KILLS; i++) {
    // Spread over all that a connection goes through: from the first moment of its engine to a second of video.
    const moment = (i * 379) % 1500;
    await new Promise((resolve) => setTimeout(resolve, moment));
    // The one that all share, and those of the suspects.
    const engines = robot.engines();
    if (engines.length === 0) continue;
    most = Math.max(most, engines.length);
    const engine = engines[i % engines.length];
    const at = Date.now();
    process.kill(engine, "SIGKILL");
    await isDead(engine);
    await eventually("another engine", () => robot.engines().some((pid) => !engines.includes(pid)));
    backAfter.push(Date.now() - at);
  }
  await live(page);
  await watchFrames(page);
  await freshFrames(page, 5);
  assert.equal(robot.exit, null, robot.log());
  await eventually("one engine, as before", () => robot.engines().length === 1);
  const after = await eventually("threads and descriptors as before", () => {
    const now = robot.figures();
    return now.threads <= before.threads + 2 && now.descriptors <= before.descriptors + 2 ? now : null;
  });
  assert.ok(after.rss < before.rss + 40_000, `${before.rss} kB before, ${after.rss} kB after`);
  assert.ok(most <= 4, `${most} engines at once`);
  backAfter.sort((a, b) => a - b);
  console.log(`a new engine was there after ${backAfter[backAfter.length >> 1]} ms (median), ${backAfter.at(-1)} ms at most`);
}));

/** A console at /rover that is signed in by that link. */
async function consoleOf(browser, server, link) {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  await page.goto(link);
  await page.waitForURL(`${server.url}/`);
  await page.goto(`${server.url}/rover`);
  await live(page);
  return page;
}

/** What the actuators were told since then because nobody drove: a driver's connection was lost. */
const losses = (robot, since) => robot.outputs().filter(({ at, moving, why }) => at > since && !moving && why === "no_driver");

test("who ends engine after engine has to wait longer each time, and another page drives on from the second on", () => withAll(async (add) => {
  const credentials = add(new Credentials());
  const server = add(await credentials.start());
  const robot = add(new DrivenRobot(server.port, DRIVEN, { path: "/rover", env: { RTCBOT_TOKEN: credentials.token("robot") } }));
  await robot.online();
  const browser = add(await launch());
  const link = (role) => credentials.token(role, ["*"], ["--link", server.url]);
  const driver = await consoleOf(browser, server, link("drive"));
  const watcher = await consoleOf(browser, server, link("watch"));
  const isWatcher = (viewer) => viewer.watch_only;
  const isDriver = (viewer) => !viewer.watch_only;
  await robot.driveOff(driver);
  const shared = await engineOf(robot, isWatcher);
  assert.equal(await engineOf(robot, isDriver), shared);
  process.kill(shared, "SIGKILL");
  await isDead(shared);
  await driver.keyboard.up("w");
  for (const page of [driver, watcher]) await live(page);
  await robot.driveOff(driver);
  const own = await engineOf(robot, isDriver);
  const since = Date.now();
  // A page notices after 2 s, so its first pauses are over before it asks. Who loads it anew asks at once, and is told.
  for (const [round, pause] of [1, 2, 4, 8].entries()) {
    const engine = await engineOf(robot, isWatcher);
    assert.notEqual(engine, own);
    const killedAt = Date.now();
    process.kill(engine, "SIGKILL");
    const { engine: figures } = await robot.statsWhere("the pause", (stats) => stats.engine.pauses === round + 1);
    assert.equal(figures.failures, round + 2);
    if (pause === 8) {
      await watcher.reload();
      await watcher.waitForFunction(() => /accepts the next one in \d+ s/.test(document.body.innerText), null, { timeout: BACK });
    }
    await engineOf(robot, (viewer) => isWatcher(viewer) && viewer.engine_process !== engine);
    const took = Date.now() - killedAt;
    await live(watcher);
    console.log(`kill ${round + 2}: the watcher is back after ${took} ms`);
    assert.ok(took >= pause * 1000, `back after ${took} ms, within its pause of ${pause} s`);
    await driver.keyboard.up("w");
    await press(driver, "w", robot.moves());
  }
  assert.ok(robot.stats().refused_paused > 0, "offers were refused");
  assert.deepEqual(losses(robot, since), [], "the driver was never lost");
  assert.equal(await engineOf(robot, isDriver), own);
  await robot.line(/the viewer credential \S+ was alone in an engine that ended, .* its offers are refused for 8 s/);
  await driver.keyboard.up("w");
}));

test("at a robot that asks for no credential, strangers who end engine after engine do not meet its driver again", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new DrivenRobot(server.port, DRIVEN));
  await robot.online();
  const browser = add(await launch());
  const driver = await openConsole(browser, `${server.url}/`);
  await robot.driveOff(driver);
  const stranger = await openConsole(browser, `${server.url}/`);
  const shared = await engineOf(robot);
  await robot.statsWhere("both", (stats) => connected(stats) === 2);
  process.kill(shared, "SIGKILL");
  await isDead(shared);
  await driver.keyboard.up("w");
  for (const page of [driver, stranger]) await live(page);
  await robot.driveOff(driver);
  const kept = (await robot.statsWhere("both", (stats) => connected(stats) === 2)).viewers.map((viewer) => viewer.engine_process);
  assert.equal(new Set(kept).size, 2, "an engine for each");
  const since = Date.now();
  for (let i = 0; i < 3; i++) {
    const page = await openConsole(browser, `${server.url}/`);
    const engine = await engineOf(robot, (viewer) => !kept.includes(viewer.engine_process));
    process.kill(engine, "SIGKILL");
    await isDead(engine);
    await page.context().close();
    await driver.keyboard.up("w");
    await press(driver, "w", robot.moves());
  }
  assert.deepEqual(losses(robot, since), [], "the driver was never lost");
  for (const pid of kept) assert.ok(robot.engines().includes(pid), "nobody but the strangers noticed");
  await driver.keyboard.up("w");
}));

test("the engine ends with its robot, however that ends", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port));
  await robot.online();
  const [engine] = robot.engines();
  process.kill(engine, "SIGSTOP"); // It cannot hear of it.
  await robot.kill();
  await isDead(engine);
}));
