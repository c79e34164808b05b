// A robot and a page behind a NAT each, and coturn in the open: which way the picture takes, and what is said where there is none.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RELAYS } from "../lib/nat.mjs";
import { PATIENCE, eventually, withAll } from "../lib/programs.mjs";
import { makeSite, moving, openPage, pathOf } from "./support/parts.mjs";

const UDP = "turn:relay.test:3478?transport=udp";
const TCP = "turn:relay.test:3478?transport=tcp";
const TLS = "turns:relay.test:443?transport=tcp";
const STUN = "stun:relay.test:3478";
/** A way that is there is found within this, ms; an idle machine takes a tenth. */
const CONNECTS = 60_000;

/** What the page's figures call the path. */
async function shownPath(page) {
  await page.keyboard.press("i");
  const found = await page.waitForFunction(() => /(direct|relayed)/.exec(document.getElementById("overlay").textContent)?.[1], null,
    { timeout: PATIENCE });
  return found.jsonValue();
}

/** Watches the robot through `wanted`; gives the path that page and robot say they use, once pictures have come by it. */
async function pathThrough(add, t, wanted) {
  const site = await makeSite(add, { relays: [RELAYS[0]], ...wanted });
  const begun = Date.now();
  const page = await openPage(site);
  await moving(page, CONNECTS);
  t.diagnostic(`the picture moves ${Date.now() - begun} ms after the page was opened`);
  const path = await pathOf(page);
  assert.equal(await page.evaluate(() => window.__peers.length), 1, "the first try succeeds");
  await moving(page);
  await eventually("what is shown to come by the path in use", async () => (await pathOf(page)).bytes > path.bytes);
  const { viewers } = await site.robot.statsWhere("its viewer", (stats) => stats.viewers.some(({ path: known }) => known !== ""));
  path.shown = await shownPath(page);
  t.diagnostic(`page: ${JSON.stringify(path)}, robot: ${viewers.map((viewer) => viewer.path)}`);
  return { ...path, robot: viewers.find(({ path: known }) => known !== "").path, page, site };
}

test("cone NATs on both sides are passed with STUN alone, directly", (t) => withAll(async (add) => {
  const path = await pathThrough(add, t, { rules: { nat: "cone" }, ice: [STUN] });
  for (const end of [path.local, path.remote, path.robot]) assert.match(end, /^(srflx|prflx)$/);
  assert.equal(path.shown, "direct");
}));

test("symmetric NATs on both sides are not passed with STUN alone, and both ends say so in time", () => withAll(async (add) => {
  const site = await makeSite(add, { relays: [RELAYS[0]], rules: { nat: "symmetric" }, ice: [STUN] });
  const page = await openPage(site);
  await page.waitForFunction(() => document.body.dataset.state !== "connecting", null, { timeout: PATIENCE });
  const said = await page.evaluate(() => document.body.innerText);
  assert.match(said, /no connection to it was established within 15 s/);
  assert.match(said, /a TURN server is needed/);
  await site.robot.line(/failed: .*is a TURN server needed\?/, PATIENCE);
  assert.equal(await page.evaluate(() => document.querySelector("video").videoWidth), 0);
}));

test("symmetric NATs on both sides are passed with TURN", (t) => withAll(async (add) => {
  const path = await pathThrough(add, t, { rules: { nat: "symmetric" }, ice: [STUN, UDP] });
  assert.ok([path.local, path.remote].includes("relay"), "one of the two ends is at the relay");
  assert.deepEqual([path.robot, path.shown], ["relay", "relayed"], "and both ends say so");
}));

test("relays only: both ends are at the relay, although there is a direct way", (t) => withAll(async (add) => {
  const path = await pathThrough(add, t, {
    rules: { nat: "cone" }, ice: [UDP], server: ["--ice-transport", "relay"], robot: ["--ice-transport", "relay"],
  });
  assert.deepEqual([path.local, path.remote, path.robot, path.toRelay, path.shown], ["relay", "relay", "relay", "udp", "relayed"]);
}));

test("without UDP, the relay is reached by TCP", (t) => withAll(async (add) => {
  const path = await pathThrough(add, t, { rules: { firewall: "no udp" }, ice: [UDP, TCP] });
  assert.deepEqual([path.local, path.remote, path.robot, path.toRelay], ["relay", "relay", "relay", "tcp"]);
}));

test("where nothing but port 443 is open, the relay is reached by TLS, and its certificate is checked", (t) => withAll(async (add) => {
  const path = await pathThrough(add, t, { rules: { firewall: "443 only" }, ice: [UDP, TCP, TLS], tls: true });
  assert.deepEqual([path.local, path.remote, path.robot, path.toRelay], ["relay", "relay", "relay", "tls"]);
}));

test("a relay whose certificate is not trusted is not used, and the robot says why", () => withAll(async (add) => {
  const site = await makeSite(add, {
    relays: [RELAYS[0]], rules: { firewall: "443 only" }, ice: [TLS], tls: true, trusted: false,
  });
  const page = await openPage(site);
  await site.robot.line(/the TURN server relay\.test is not trusted: .*name its authority with --ca-file/);
  await page.waitForFunction(() => document.body.dataset.state !== "connecting", null, { timeout: PATIENCE });
  assert.equal(await page.evaluate(() => document.querySelector("video").videoWidth), 0);
}));

test("a robot for relays only that knows none refuses its viewers with a sentence", () => withAll(async (add) => {
  const site = await makeSite(add, { relays: [RELAYS[0]], rules: { nat: "cone" }, ice: [STUN], robot: ["--ice-transport", "relay"] });
  await site.robot.line(/--turn names none/);
  const page = await openPage(site);
  await eventually("the page to say why", () => page.evaluate(() => /uses TURN servers only/.test(document.body.innerText)));
}));
