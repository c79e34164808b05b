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

const ids = (credentials, link) => credentials.show(link.replace(/.*#code=/, "")).id;

async function site(add, serverArgs = []) {
  const credentials = add(new Credentials());
  const port = await freePort();
  const server = add(await credentials.start(serverArgs, { port }));
  const robot = add(new Robot(port, [], { path: "/rover", env: { RTCBOT_TOKEN: credentials.token("robot") } }));
  await robot.online();
  const browser = add(await launch());
  const link = (more) => credentials.token("watch", ["*"], ["--link", server.url, "--link-uses", "9", ...(more ?? [])]);
  return { credentials, port, server, robot, browser, link };
}

/** How many viewers the robot has ended. */
const ended = (robot) => robot.lines.filter(({ text }) => /a viewer was ended/.test(text)).length;
/** A second without a byte, of a machine that pauses, is an interruption for a page: it is over at once. */
const backAndLive = (page) => page.waitForFunction(() => document.body.dataset.state === "live");
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
  // Two seconds are promised, and as many given to a machine that pauses; nothing else would end them by then.
  assert.ok(took < 5_000, `it took ${Math.round(took)} ms`);
  for (const page of [bySocket, byPost]) await page.waitForFunction(() => document.body.dataset.state !== "live");
  await eventually("both to be ended", () => ended(robot) >= 2);
  await backAndLive(kept);
  assert.equal(ended(robot), 2, "and nobody else");
}));

test("a right that expires is ended by the robot itself, with no server there", () => withAll(async (add) => {
  const { server, robot, browser, link } = await site(add);
  const kept = await viewer(browser, server, link());
  const short = link(["--for", "20s"]);
  const since = performance.now();
  const ending = await viewer(browser, server, short);
  await server.kill();
  await viewers(robot, 1);
  const took = performance.now() - since;
  assert.ok(took > 15_000 && took < 27_000, `it took ${Math.round(took)} ms`);
  await ending.waitForFunction(() => document.body.dataset.state !== "live");
  await backAndLive(kept);
  assert.equal(ended(robot), 1);
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
