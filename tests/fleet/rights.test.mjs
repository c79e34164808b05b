// A right that ends takes the picture with it: revoked, expired, its secret rotated away, also while the server was away.
import assert from "node:assert/strict";
import { test } from "node:test";
import { launch } from "../lib/browser.mjs";
import { Robot, eventually, freePort, withAll } from "../lib/programs.mjs";
import { Credentials, bearer } from "./support/credentials.mjs";

/** A page at /rover that shows a picture, signed in by that link. `byPost`: without a websocket. */
async function viewer(browser, server, link, { byPost = false } = {}) {
  const page = await (await browser.newContext()).newPage();
  if (byPost) await page.addInitScript(() => { delete window.WebSocket; });
  await page.goto(link);
  await page.waitForURL(`${server.url}/`);
  await page.goto(`${server.url}/rover`);
  await page.waitForFunction(() => document.body.dataset.state === "live", null, { timeout: 60_000 });
  return page;
}

const isLive = (page) => page.evaluate(() => document.body.dataset.state === "live");
const ids = (credentials, link) => credentials.show(link.replace(/.*#token=/, "")).id;

async function site(add, serverArgs = []) {
  const credentials = add(new Credentials());
  const port = await freePort();
  const server = add(await credentials.start(serverArgs, { port }));
  const robot = add(new Robot(port, [], { path: "/rover", env: { RTCBOT_TOKEN: credentials.token("robot") } }));
  await robot.online();
  const browser = add(await launch());
  const link = (more) => credentials.token("watch", ["*"], ["--link", server.url, ...(more ?? [])]);
  return { credentials, port, server, robot, browser, link };
}

const viewers = (robot, count) => robot.statsWhere(`${count} viewers`, (stats) => stats.viewers.length === count);

test("who watches with a token that is revoked loses the picture within two seconds, and others keep it", () => withAll(async (add) => {
  const { credentials, server, robot, browser, link } = await site(add);
  const [mine, other] = [link(), link()];
  const kept = await viewer(browser, server, other);
  const bySocket = await viewer(browser, server, mine);
  const byPost = await viewer(browser, server, mine, { byPost: true });
  await viewers(robot, 3);
  const { status } = credentials.run(["token", "revoke", ids(credentials, mine)]);
  assert.equal(status, 0);
  const from = performance.now();
  await viewers(robot, 1);
  const took = performance.now() - from;
  assert.ok(took < 2_000, `it took ${Math.round(took)} ms`);
  for (const page of [bySocket, byPost]) await page.waitForFunction(() => document.body.dataset.state !== "live");
  await robot.line(/a viewer is ended: This credential was revoked/);
  assert.ok(await isLive(kept));
}));

test("a right that expires is ended by the robot itself, with no server there", () => withAll(async (add) => {
  const { server, robot, browser, link } = await site(add);
  const forever = link();
  const short = link(["--for", "12s"]);
  const since = performance.now();
  const ending = await viewer(browser, server, short);
  const kept = await viewer(browser, server, forever);
  await server.kill();
  await viewers(robot, 1);
  const took = performance.now() - since;
  assert.ok(took > 8_000 && took < 16_000, `it took ${Math.round(took)} ms`);
  await ending.waitForFunction(() => document.body.dataset.state !== "live");
  assert.ok(await isLive(kept));
}));

test("what is revoked while the server is away ends when it is back; so does what a dropped secret signed", () => withAll(async (add) => {
  const { credentials, port, server, robot, browser, link } = await site(add);
  const [first, second] = [link(), link()];
  await viewer(browser, server, first);
  await viewer(browser, server, second);
  await viewers(robot, 2);
  await server.kill();
  credentials.run(["token", "revoke", ids(credentials, first)]);
  const again = add(await credentials.start([], { port }));
  await viewers(robot, 1);
  credentials.run(["secret", "rotate", "--keep", "0"]);
  await viewers(robot, 0);
  // The robot's own token was signed by that secret too.
  await robot.line(/THE SERVER (DOES NOT ALLOW|REFUSES) THIS ROBOT/);
  const admin = credentials.token("admin");
  await eventually("the server to know the new secret", async () =>
    (await fetch(`${again.url}/api/robots`, { headers: bearer(admin) })).status === 200);
}));
