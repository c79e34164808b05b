// What the tutorial leaves to its reader: pages, browsers, robots and servers end at any moment, and everything comes back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { barePage, dial } from "../lib/bare_page.mjs";
import { assertRefused, offer, post } from "../lib/offers.mjs";
import { freshFrames, launch, launchKillable, watchFrames } from "../lib/browser.mjs";
import { PATIENCE, Robot, eventually, freePort, startServer, withAll } from "../lib/programs.mjs";
import { connected, rawRobot, watch } from "./support/parts.mjs";

/** How soon a page is live again after what it needs is back: its own longest pause, a server's and a robot's, and some. */
const COMEBACK = 20_000;

async function start(add, serverArgs) {
  const server = add(await startServer(serverArgs));
  const robot = add(new Robot(server.port));
  await robot.online();
  return { server, robot };
}

const live = (page) => page.waitForFunction(() => document.body.dataset.state === "live", null, { timeout: COMEBACK });
test("a page reloaded ten times is live each time, and leaves nothing behind", () => withAll(async (add) => {
  const { server, robot } = await start(add);
  const browser = add(await launch());
  const page = await watch(browser, server);
  for (let i = 0; i < 10; i++) {
    await page.reload();
    await watchFrames(page);
    await freshFrames(page, 2);
  }
  // A page that is left says so: nobody waits for a time limit.
  await robot.statsWhere("one viewer to be left", (s) => s.viewers.length === 1 && s.camera.viewers === 1, 5_000);
  await page.close();
  await robot.statsWhere("no viewer to be left", (s) => s.viewers.length === 0 && s.camera.viewers === 0, 5_000);
}));

test("several browsers at once each get their own connection", () => withAll(async (add) => {
  const { server, robot } = await start(add);
  const browsers = await Promise.all([launch(), launch()]);
  browsers.forEach(add);
  const pages = await Promise.all([0, 0, 1, 1].map((which) => barePage(browsers[which], server)));
  // All at the same moment. That a page connects shows that the answer is its own: ICE and DTLS fail with another's.
  await Promise.all(pages.map((page) => dial(page)));
  await Promise.all(pages.map(async (page, i) => {
    await page.evaluate(() => window.conn.onReady());
    await page.evaluate((message) => window.conn.put_nowait(message), `page ${i}`);
    await watchFrames(page);
    await freshFrames(page, 5);
  }));
  await eventually("a message of each", () => robot.messages().length === 4);
  assert.deepEqual(robot.messages().sort(), ["page 0", "page 1", "page 2", "page 3"]);
  const viewers = new Set(robot.lines.filter(({ text }) => text.includes('"message":')).map(({ text }) => JSON.parse(text).viewer));
  assert.equal(viewers.size, 4, "each on a connection of its own");
}));

test("a killed browser disturbs no other, and the next one is served", () => withAll(async (add) => {
  const { server, robot } = await start(add);
  const witness = add(await launch());
  const page = await watch(witness, server);
  const victim = add(await launchKillable());
  await watch(victim, server);
  await robot.statsWhere("two viewers", (s) => connected(s) === 2);
  await victim.kill();
  await freshFrames(page, 30);
  await watch(witness, server);
  await robot.statsWhere("the killed one to be forgotten", (s) => s.viewers.length === 2 && connected(s) === 2, 20_000);
  await live(page);
}));

test("a killed robot, started again, is back on every page by itself", () => withAll(async (add) => {
  const { server, robot } = await start(add);
  const browser = add(await launch());
  const pages = [await watch(browser, server), await watch(browser, server)];
  await robot.kill();
  for (const page of pages) {
    await page.waitForFunction(() => document.body.dataset.state !== "live", null, { timeout: PATIENCE });
  }
  const second = add(new Robot(server.port));
  await second.online();
  for (const page of pages) {
    await live(page);
    await freshFrames(page, 10);
  }
  await second.statsWhere("both pages", (s) => connected(s) === 2);
}));

test("video goes on while the server is down, and after its restart new viewers are served", () => withAll(async (add) => {
  const port = await freePort();
  const server = add(await startServer([], { port }));
  const robot = add(new Robot(port));
  await robot.online();
  const browser = add(await launch());
  const page = await watch(browser, server);
  await robot.statsWhere("the viewer", (s) => connected(s) === 1);
  await server.kill();
  await robot.statsWhere("the robot to notice", (s) => !s.online && s.dials > 1);
  await freshFrames(page, 60, { age: 1500 });
  await live(page);
  const again = add(await startServer([], { port }));
  await robot.statsWhere("the robot to be back", (s) => s.online, COMEBACK);
  const later = await watch(browser, again);
  await freshFrames(page, 10);
  const stats = await robot.statsWhere("both viewers", (s) => connected(s) === 2);
  assert.equal(stats.offers, 2, "the first page never had to ask again");
  await later.close();
}));

test("a server that is asked to end answers who waits, tells its robots, and its successor has them soon", () => withAll(async (add) => {
  const port = await freePort();
  const server = add(await startServer([], { port }));
  const robot = add(new Robot(port));
  await robot.online();
  const slow = await rawRobot(add, server, { path: "/slow" });
  const waiting = post(`${server.url}/slow`, offer("a"));
  await slow.message();
  const [exit, refused, end] = await Promise.all([server.stop(), waiting, slow.end()]);
  assert.deepEqual(exit, { code: 0, signal: null });
  assertRefused(refused, 503, "stopping");
  assert.ok(Number(refused.headers.get("retry-after")) >= 1);
  assert.equal(end.code, 1012);
  add(await startServer([], { port }));
  await robot.statsWhere("the robot to be back", (s) => s.online && s.dials > 1, COMEBACK);
}));

test("a robot started before its server, and a page opened before its robot, find each other", () => withAll(async (add) => {
  const port = await freePort();
  const robot = add(new Robot(port));
  await robot.statsWhere("a second try", (s) => s.dials >= 2 && !s.online);
  const server = add(await startServer([], { port }));
  const browser = add(await launch());
  const page = await browser.newPage();
  await page.goto(`${server.url}/`);
  await live(page);
  await watchFrames(page);
  await freshFrames(page, 10);
}));
