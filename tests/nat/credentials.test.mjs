// coturn with the configuration of deploy/, and credentials that the server makes for each connection.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { RELAYS, TURN_SECRET } from "../lib/nat.mjs";
import { Program, eventually, withAll } from "../lib/programs.mjs";
import { makeSite, moving, openPage, pathOf } from "./support/parts.mjs";

const URLS = ["turn:relay.test:3478?transport=udp", "turn:relay.test:3478?transport=tcp"];
const RELAYED = { ice: URLS, relays: [RELAYS[0]], deployed: true, rules: { nat: "symmetric" } };

/** Asks the relay for an allocation, as coturn's own client does; gives what that says. */
async function allocate(add, network, username, password) {
  const client = add(new Program("/usr/bin/turnutils_uclient",
    ["-y", "-n", "1", "-c", "-u", username, "-w", password, RELAYS[0]], { prefix: network.robot.prefix }));
  let ended = false;
  client.ended.then(() => (ended = true));
  await eventually("the TURN client to come to an end", () => ended ||
    /Cannot complete|start_mclient: tot_send_msgs|Total transmit time/.test(client.log()));
  return client.log();
}

const passwordOf = (username) => createHmac("sha1", TURN_SECRET).update(username).digest("base64");

test("a page and a robot that have only the relay are let in there by credentials made for them", (t) => withAll(async (add) => {
  const site = await makeSite(add, { ...RELAYED, server: ["--ice-transport", "relay"], robot: ["--ice-transport", "relay"] });
  const page = await openPage(site);
  await moving(page, 60_000);
  const path = await pathOf(page);
  assert.deepEqual([path.local, path.remote], ["relay", "relay"]);
  const used = await page.evaluate(() => window.__peers.at(-1).getConfiguration().iceServers);
  assert.equal(used.length, 1);
  const [expires, label] = used[0].username.split(":");
  assert.equal(label, "page");
  const left = Number(expires) - Date.now() / 1000;
  // Who asks again within a quarter of the hour gets the same one.
  assert.ok(left > 2600 && left <= 3601, `${left} s are left`);
  assert.equal(used[0].credential, passwordOf(used[0].username));
  const script = await page.evaluate(async () => (await fetch("/rtcbot.js")).text());
  assert.ok(!script.includes("credential\":"), "the script, which is for everybody, names none");
  t.diagnostic(`page to relay by ${path.toRelay}`);
}));

test("a credential that has ended, and one of another secret, are refused by the relay", () => withAll(async (add) => {
  const { network } = await makeSite(add, RELAYED);
  const now = Math.floor(Date.now() / 1000);
  const good = `${now + 600}:page`, ended = `${now - 60}:page`;
  const allowed = await allocate(add, network, good, passwordOf(good));
  assert.doesNotMatch(allowed, /Cannot complete Allocation/);
  assert.match(allowed, /tot_send_msgs|Total transmit time/);
  assert.match(await allocate(add, network, ended, passwordOf(ended)), /Cannot complete Allocation/);
  assert.match(await allocate(add, network, good, passwordOf(`${good}x`)), /Cannot complete Allocation/);
}));

test("a robot that checks its relay reaches it by each way that the server names", () => withAll(async (add) => {
  const { network } = await makeSite(add, RELAYED);
  const flags = ["--check", "--server", "ws://site.test:443/ws", "--camera", "test"];
  const check = add(new Program("rtcbot-robot", flags, { prefix: network.robot.prefix }));
  const { code } = await check.ended;
  assert.equal(code, 0, check.log());
  const reached = check.lines.map(({ text }) => text).filter((text) => /^ok +TURN server /.test(text));
  for (const url of URLS) assert.ok(reached.some((text) => text.includes(`${url} is reachable`)), check.log());
}));
