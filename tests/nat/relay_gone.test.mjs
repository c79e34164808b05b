// The TURN server is gone while somebody watches through it. Prints how long the picture stood still.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RELAYS, startRelay } from "../lib/nat.mjs";
import { PATIENCE, withAll } from "../lib/programs.mjs";
import { makeSite, movesAgain, moving, openPage, pathOf } from "./support/parts.mjs";

const FIRST = "turn:relay.test:3478?transport=udp";
const SECOND = "turn:spare.test:3478?transport=udp";
/** What a loaded machine may take to move again, ms; an idle one takes a few seconds. */
const COMEBACK = 60_000;
const RELAY_ONLY = { server: ["--ice-transport", "relay"], robot: ["--ice-transport", "relay"], rules: { nat: "symmetric" } };

async function watching(add, wanted) {
  const site = await makeSite(add, { ...RELAY_ONLY, ...wanted });
  const page = await openPage(site);
  await moving(page, COMEBACK);
  return { ...site, page };
}

test("with a second relay the picture moves again when the first is killed", (t) => withAll(async (add) => {
  const { page, coturns } = await watching(add, { ice: [FIRST, SECOND], relays: RELAYS });
  const used = (await pathOf(page)).relay;
  const dead = used.includes("spare") ? 1 : 0;
  const since = Date.now();
  await coturns[dead].kill();
  await page.waitForFunction(() => document.body.dataset.state !== "live", null, { timeout: PATIENCE, polling: 20 });
  await movesAgain(t, page, since, "the relay was killed", COMEBACK);
  const path = await pathOf(page);
  assert.equal(path.local, "relay");
  assert.notEqual(path.relay, used);
}));

test("with one relay the picture moves again when it is back", (t) => withAll(async (add) => {
  const { page, network, coturns } = await watching(add, { ice: [FIRST], relays: [RELAYS[0]] });
  await coturns[0].kill();
  await page.waitForFunction(() => document.body.dataset.state !== "live", null, { timeout: PATIENCE, polling: 20 });
  add(await startRelay(network));
  const since = Date.now();
  await movesAgain(t, page, since, "the relay was up again", COMEBACK);
  assert.equal((await pathOf(page)).local, "relay");
}));
