// A robot on a modem gets another address, or none for a while, and somebody is watching: product.md's first promise. Each test
// prints how long the picture stood still.
import assert from "node:assert/strict";
import { test } from "node:test";
import { frames, freshFrames, launch, watchFrames } from "../lib/browser.mjs";
import { Network } from "../lib/network.mjs";
import { PATIENCE, Robot, eventually, startServer, withAll } from "../lib/programs.mjs";
import { connected } from "./support/parts.mjs";

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
  await page.addInitScript(() => {
    const Plain = window.RTCPeerConnection;
    window.__peers = [];
    window.RTCPeerConnection = class extends Plain {
      constructor(...args) {
        super(...args);
        window.__peers.push(this);
      }
    };
  });
  await page.goto(`${server.url}/`);
  await watchFrames(page);
  await freshFrames(page, 30);
  await robot.statsWhere("the viewer", (stats) => connected(stats) === 1);
  return { network, server, robot, page };
}

/** Waits for pictures taken after `since` (ms of the epoch), and gives the longest time without one that began after it. */
async function standstill(t, { page, robot }, since, limit = LIMIT) {
  await page.waitForFunction((from) => {
    const seen = window.__seen.filter((frame) => frame.at > from);
    // Moving is a second of them without a gap.
    const last = seen.findLastIndex((frame, i) => i > 0 && frame.at - seen[i - 1].at > 300);
    return last > 0 && seen.at(-1).at - seen[last].at > 1000 && Date.now() - seen.at(-1).at < 300;
  }, since, { timeout: limit + 5_000, polling: 50 });
  const seen = (await frames(page)).filter((frame) => frame.at > since);
  const end = seen.findLastIndex((frame, i) => i > 0 && frame.at - seen[i - 1].at > 300);
  assert.ok(seen.at(-1).age < 2_000, `the newest picture is ${seen.at(-1).age} ms old`);
  const stats = await robot.statsWhere("one viewer in the end", (s) => connected(s) >= 1);
  const connections = await page.evaluate(() => window.__peers.length);
  const moving = seen[end].at - since;
  t.diagnostic(`moving again ${moving} ms after it; the page has made ${connections} connections, the robot had ${stats.offers} offers`);
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

test("a robot that gets another address is seen again, and the server's new viewers find it", (t) => withAll(async (add) => {
  const here = await watching(add);
  const changed = Date.now();
  here.network.robot.replaceAddress("10.77.0.3");
  const { moving } = await standstill(t, here, changed);
  assert.ok(moving < LIMIT, `${moving} ms`);
  await here.robot.online();
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
  const { moving, connections } = await standstill(t, here, changed, 2 * LIMIT);
  assert.ok(moving < 2 * LIMIT, `${moving} ms`);
  assert.ok(connections >= 2, "by a connection of its own");
  await here.robot.statsWhere("the lost one to be forgotten", (stats) => stats.viewers.length === 1, PATIENCE);
}));
