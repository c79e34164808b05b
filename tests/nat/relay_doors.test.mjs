// What a credential of the relay of deploy/coturn reaches: other machines' public addresses, and nothing that is the relay's own.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { NattedNetwork, RELAYS, TURN_SECRET, startRelay } from "../lib/nat.mjs";
import { Program, eventually, root, withAll } from "../lib/programs.mjs";

const [RELAY] = RELAYS;
const RELAY6 = "2606:4700:1:2::7";
/** Addresses of the robot's router and of nobody here: public as far as a relay can tell. */
const PUBLIC = ["198.18.1.2", "203.0.113.99"];
const PUBLIC6 = ["2606:4700::99"];
const CLOSED = ["127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "100.64.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8",
  "192.168.1.1", "224.0.0.251", "255.255.255.255"];
const CLOSED6 = ["::1", "::", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", `::ffff:${RELAY}`, "64:ff9b::7f00:1",
  "64:ff9b::a00:1", "64:ff9b:1::7f00:1", "2002:7f00:1::1", "2001:0:53aa:64c::1", "fd00::1", "fc00::1", "fe80::1", "ff02::1"];

const passwordOf = (username) => createHmac("sha1", TURN_SECRET).update(username).digest("base64");
const credential = (label = "page", seconds = 600) => `${Math.floor(Date.now() / 1000) + seconds}:${label}`;

async function place(add, more = []) {
  const network = add(new NattedNetwork());
  network.open.ip("-6", "address", "add", `${RELAY6}/128`, "dev", "lo", "nodad");
  const relay = add(await startRelay(network, { deployed: true, more: [`relay-ip=${RELAY6}`, ...more] }));
  return { network, relay };
}

/** What the relay says of each of these peers: {peer: "allowed" or a code}. */
async function probe(add, network, family, peers, username = credential()) {
  const words = ["-B", `${root}tests/nat/support/turn_probe.py`, RELAY, username, passwordOf(username), family, ...peers];
  const client = add(new Program("/usr/bin/python3", words, { prefix: network.robot.prefix }));
  await client.ended;
  const said = Object.fromEntries(client.lines.filter(({ from }) => from === "out").map(({ text }) => text.split(" ")));
  assert.equal(Object.keys(said).length, peers.length + 1, client.log());
  return said;
}

const all = (peers, what) => Object.fromEntries(peers.map((peer) => [peer, what]));

test("a credential reaches public addresses, and no others in whatever way they are written", () => withAll(async (add) => {
  const { network } = await place(add);
  const v4 = await probe(add, network, "4", [...PUBLIC, ...CLOSED]);
  assert.deepEqual(v4, { allocation: "allowed", ...all(PUBLIC, "allowed"), ...all(CLOSED, "403") });
  const v6 = await probe(add, network, "6", [...PUBLIC6, ...CLOSED6]);
  assert.deepEqual(v6, { allocation: "allowed", ...all(PUBLIC6, "allowed"), ...all(CLOSED6, "403") });
}));

/** A service of the relay's machine at its public address. */
async function service(add, network, port) {
  const heard = add(new Program("/usr/bin/python3", ["-uBc", `import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("${RELAY}", ${port}))
print("ready")
while True: print("heard", s.recv(100))`], { prefix: network.open.prefix }));
  await heard.line(/ready/);
  return heard;
}

test("the relay's own services: denied by its address, as the sample tells", () => withAll(async (add) => {
  const { network } = await place(add, [`denied-peer-ip=${RELAY}`]);
  assert.equal((await probe(add, network, "4", [`${RELAY}!5353`]))[`${RELAY}!5353`], "403");
}));

test("or kept apart by relay.nft, with which two relayed connections still meet here", () => withAll(async (add) => {
  const { network } = await place(add, ["proc-user=turnserver", "proc-group=turnserver"]);
  const own = await service(add, network, 5353);
  const met = await service(add, network, 60_000);
  const peers = [`${RELAY}!5353`, `${RELAY}!3478`, `${RELAY}!60000`];
  await probe(add, network, "4", peers);
  await own.line(/heard b'probe'/); // so it is without the rules, and the next probe would be heard too
  await met.line(/heard b'probe'/);
  const rules = readFileSync(`${root}deploy/coturn/relay.nft`, "utf8");
  const { status, stderr } = spawnSync("ip", ["netns", "exec", network.open.name, "nft", "-f", "-"], { input: rules, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  await probe(add, network, "4", peers);
  await eventually("the second probe to be heard where connections meet", () => met.lines.filter(({ text }) => /probe/.test(text)).length === 2);
  assert.equal(own.lines.filter(({ text }) => /probe/.test(text)).length, 1, "the service heard nothing more");
  const counted = spawnSync("ip", ["netns", "exec", network.open.name, "nft", "list", "table", "inet", "rtcbot_relay"], { encoding: "utf8" });
  assert.match(counted.stdout, /counter packets [12] /);
}));

test("coturn counts an owner's allocations together, whatever the time in the credential", () => withAll(async (add) => {
  const { network } = await place(add, ["user-quota=2"]);
  const held = [];
  for (const seconds of [600, 700]) held.push(await probe(add, network, "4", [], credential("anna", seconds)));
  assert.deepEqual(held.map(({ allocation }) => allocation), ["allowed", "allowed"]);
  assert.equal((await probe(add, network, "4", [], credential("anna", 800))).allocation, "486");
  assert.equal((await probe(add, network, "4", [], credential("bert", 800))).allocation, "allowed");
}));
