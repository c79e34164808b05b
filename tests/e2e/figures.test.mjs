// The figures that rtcbot.js gives, beside what the pictures themselves say: the time is coded into each (web/test-support/stamp.js).
// Both ends have this machine's clock, so what the robot's clock is taken for and what latency is told can be checked to the millisecond.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { test } from "node:test";
import { barePage, dial } from "../lib/bare_page.mjs";
import { frames, freshFrames, launch, watchFrames } from "../lib/browser.mjs";
import { Robot, eventually, root, startServer, withAll } from "../lib/programs.mjs";

const pictures = `${root}build/pictures`;
mkdirSync(pictures, { recursive: true });

const middle = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const statsOf = (page) => page.evaluate(() => window.conn.stats);

/** A robot, and a page that shows it by a connection made by hand; the frames are watched. */
async function watching(add, robotArgs = []) {
  const server = add(await startServer());
  const robot = add(new Robot(server.port, robotArgs));
  await robot.online();
  const browser = add(await launch());
  const page = await barePage(browser, server);
  await dial(page);
  await watchFrames(page);
  await freshFrames(page, 30, { age: 1000 });
  return { server, robot, browser, page };
}

/** Remembers when each frame was handed to the screen, Unix time in ms: on a busy machine the callback that reads it comes later. */
const watchTimes = (page) => page.evaluate(() => {
  window.shownAt = {};
  const video = document.querySelector("video");
  const onFrame = (now, { presentedFrames, presentationTime }) => {
    window.shownAt[presentedFrames] = Date.now() - performance.now() + presentationTime;
    video.requestVideoFrameCallback(onFrame);
  };
  video.requestVideoFrameCallback(onFrame);
});

/** The latency that the stamps show, of the frames of the last five seconds: the same that the figures are of. */
async function stampLatency(page) {
  const shownAt = await page.evaluate(() => window.shownAt);
  const now = Date.now();
  const recent = (await frames(page)).filter(({ at, age, presented }) => at > now - 5000 && age !== null && shownAt[presented]);
  assert.ok(recent.length > 20, `${recent.length} stamps`);
  return middle(recent.map(({ at, age, presented }) => age - (at - shownAt[presented])));
}

test("latency agrees with the time coded into the pictures, and the robot's clock with its own", () => withAll(async (add) => {
  const { page } = await watching(add);
  await watchTimes(page);
  const compared = [];
  await eventually("the figures to agree with the stamps", async () => {
    await freshFrames(page, 60, { age: 1000 });
    const stats = await statsOf(page);
    if (!stats?.latency) return false;
    compared.push({ figures: stats.latency.p50, stamps: await stampLatency(page) });
    const { figures, stamps } = compared.at(-1);
    return compared.length >= 3 && Math.abs(figures - stamps) <= 5;
  }).catch((error) => assert.fail(`${error.message}: ${JSON.stringify(compared)}`));
  console.log(`latency p50, figures beside stamps, ms: ${JSON.stringify(compared)}`);
  const { offset, error, told } = await page.evaluate(() => ({ ...window.conn.stats.clock, told: Date.now() - performance.now() }));
  console.log(`clock: ${(offset - told).toFixed(2)} ms beside the machine's, said to be within ${error.toFixed(2)}`);
  assert.ok(Math.abs(offset - told) <= error + 5, `${offset - told} ms, said to be within ${error}`);
}));

test("the robot shows what its driver sees, and the driver's page hears nothing of that", () => withAll(async (add) => {
  const { robot, page } = await watching(add);
  const { viewers: [{ seen, clock_messages_refused: refused }] } = await robot.statsWhere("figures of the driver's",
    ({ viewers }) => viewers[0]?.seen?.delay_p50_ms > 0 && viewers[0].seen.frames > 10);
  assert.ok(seen.delay_p95_ms >= seen.delay_p50_ms && seen.freezes >= 0, JSON.stringify(seen));
  assert.equal(refused, 0);
  assert.deepEqual(await page.evaluate(() => window.heard), []);
  assert.deepEqual(robot.messages(), []);
}));

test("nonsense and floods on the clock's channel are counted, and harm neither the picture nor the clock", () => withAll(async (add) => {
  const { robot, page } = await watching(add);
  await eventually("figures", async () => (await statsOf(page))?.latency);
  await page.evaluate(() => {
    const channel = window.conn._statistics._clock._channel;
    for (const nonsense of ["", "clock", "clock nan", "seen 1 2", "seen -1 0 - -", "{}", "x".repeat(60_000)]) channel.send(nonsense);
    channel.send(new Uint8Array(1000));
    for (let i = 0; i < 500; i++) channel.send("clock 1");
  });
  await robot.statsWhere("refusals", ({ viewers }) => viewers[0]?.clock_messages_refused > 100);
  await freshFrames(page, 20, { age: 1000 });
  const { time, clock } = await statsOf(page);
  await eventually("the clock to be known as well as before", async () => {
    const stats = await statsOf(page);
    return stats.time > time && stats.clock.error < clock.error + 1;
  });
}));

test("a robot that stands still for a second is one freeze of that length, and the picture's age is known meanwhile", () =>
  withAll(async (add) => {
    const { robot, page } = await watching(add);
    await eventually("figures", async () => (await statsOf(page))?.latency);
    const before = await statsOf(page);
    robot.signal("SIGSTOP");
    const oldest = await page.waitForFunction(() => window.conn.pictureAge > 1000 && window.conn.pictureAge, null, { polling: 20 });
    robot.signal("SIGCONT");
    assert.ok((await oldest.jsonValue()) < 5000);
    await freshFrames(page, 10, { age: 1000 });
    const after = await eventually("the freeze in the figures", async () => {
      const stats = await statsOf(page);
      return stats.time > before.time + 2000 && stats.freezes > before.freezes && stats;
    });
    const frozen = after.frozen - before.frozen;
    assert.ok(frozen > 800 && frozen < 8000, `${frozen} ms in ${after.freezes - before.freezes} freezes`);
    await page.waitForFunction(() => window.conn.pictureAge < 1000);
  }));

test("the robot's page shows its figures, marks an old picture as old, and takes the mark off when it moves", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port));
  await robot.online();
  const browser = add(await launch());
  const page = await browser.newPage({ viewport: { width: 1100, height: 760 } });
  await page.goto(`${server.url}/`);
  await page.waitForFunction(() => document.body.dataset.state === "live");
  await page.keyboard.press("i");
  await page.waitForFunction(() => /Latency\d+ ms/.test(document.getElementById("overlay").textContent));
  await page.screenshot({ path: `${pictures}/page-figures.png` });
  robot.signal("SIGSTOP");
  await page.waitForFunction(() => document.body.dataset.state === "interrupted"
    && /^picture [2-9] s old/.test(document.getElementById("note").textContent));
  const filter = await page.evaluate(() => getComputedStyle(document.getElementById("video")).filter);
  assert.match(filter, /saturate/);
  await page.screenshot({ path: `${pictures}/page-old.png` });
  robot.signal("SIGCONT");
  await page.waitForFunction(() => document.body.dataset.state === "live" && !/old/.test(document.getElementById("note").textContent));
}));
