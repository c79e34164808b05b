// A robot on a modem gets another address, or none for a while, and somebody is watching: product.md's first promise. Each test
// prints how long the picture stood still.
import assert from "node:assert/strict";
import { test } from "node:test";
import { frames, freshFrames, keepPeers, launch, watchFrames } from "../lib/browser.mjs";
import { Network } from "../lib/network.mjs";
import { PATIENCE, Robot, eventually, startServer, withAll } from "../lib/programs.mjs";
import { connected, watch } from "./support/parts.mjs";

/** What a loaded machine may take, ms; an idle one takes a fraction. */
const LIMIT = 10_000;

/** A viewer on one machine that watches a robot on another. */
async function watching(add) {
  const network = add(new Network());
  const server = add(await startServer([], { address: "0.0.0.0", prefix: network.viewer.prefix }));
  const robot = add(new Robot(server.port, [], { host: network.viewer.address, prefix: network.robot.prefix }));
  await robot.online();
  const browser = add(await launch(network.browser()));
  const page = await browser.newPage();
  await keepPeers(page);
  await page.goto(`${server.url}/`);
  await watchFrames(page);
  await freshFrames(page, 30);
  await robot.statsWhere("the viewer", (stats) => connected(stats) === 1);
  return { network, server, robot, browser, page };
}

/** Waits for the first pause after `since` (ms of the epoch) after which pictures flow, and gives when it ended; the longest if none can be seen. */
async function standstill(t, { page, robot }, since, limit = LIMIT) {
  const handle = await page.waitForFunction((from) => {
    const at = [from, ...window.__seen.map((frame) => frame.at).filter((time) => time > from)];
    const end = at.findIndex((time, i) => i > 0 && time - at[i - 1] > 150 && at[i + 10] - time < 1500);
    if (end > 0) return { moving: at[end] - from };
    const gaps = at.slice(1).map((time, i) => time - at[i]);
    const isSmooth = gaps.length > 20 && gaps.every((gap) => gap <= 150); // so quick that it can hardly be seen
    return isSmooth && { moving: at[gaps.indexOf(Math.max(...gaps)) + 1] - from };
  }, since, { timeout: limit + 5_000, polling: 50 });
  const { moving } = await handle.jsonValue();
  const { age } = (await frames(page)).at(-1);
  assert.ok(age < 2_000, `the newest picture is ${age} ms old`);
  const { offers } = await robot.statsWhere("a viewer", (stats) => connected(stats) >= 1);
  const connections = await page.evaluate(() => window.__peers.length);
  t.diagnostic(`moving again after ${moving} ms; the page has made ${connections} connections, the robot had ${offers} offers`);
  return { moving, connections };
}

/** The port to which the robot sends the page's picture. */
function portOfPicture(page) {
  return page.evaluate(async () => {
    const report = await window.__peers.at(-1).getStats();
    const pairs = [...report.values()].filter(({ type, nominated, state }) => type === "candidate-pair" && nominated && state === "succeeded");
    return report.get(pairs[0].localCandidateId).port;
  });
}

test("a robot that gets another address is seen again, and so by who comes later", (t) => withAll(async (add) => {
  const here = await watching(add);
  const changed = Date.now();
  here.network.robot.replaceAddress("10.77.0.3");
  const { moving } = await standstill(t, here, changed);
  assert.ok(moving < LIMIT, `${moving} ms`);
  await watch(here.browser, here.server);
}));

test("a robot whose link is gone for three seconds is seen again with the link", (t) => withAll(async (add) => {
  const here = await watching(add);
  here.network.robot.down();
  const down = Date.now();
  await eventually("three seconds", () => Date.now() - down >= 3_000);
  const up = Date.now();
  here.network.robot.up();
  const { moving } = await standstill(t, here, down);
  assert.ok(moving - (up - down) < LIMIT, `${moving} ms`);
}));

test("a robot whose connection cannot be saved gets a new one from the page", (t) => withAll(async (add) => {
  const here = await watching(add);
  const port = await portOfPicture(here.page);
  const changed = Date.now();
  here.network.robot.dropPacketsTo(port);
  here.network.robot.replaceAddress("10.77.0.3");
  const { moving } = await standstill(t, here, changed, 2 * LIMIT);
  assert.ok(moving < 2 * LIMIT, `${moving} ms`);
  await eventually("a connection of its own", () => here.page.evaluate(() => window.__peers.length >= 2));
  await here.robot.statsWhere("the lost one to be forgotten", (stats) => stats.viewers.length === 1, PATIENCE);
}));
