// Faults S6 to S9 of RTCBot's tutorial server: who may come in, with what, and what the server tells about itself.
import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, assertRefused, markOf, offer, post } from "../lib/offers.mjs";
import { Program, Robot, eventually, startServer, withAll } from "../lib/programs.mjs";
import { RawSocket } from "../lib/raw_socket.mjs";
import { metricsOf, rawRobot, robotsOf } from "./support/parts.mjs";

const TOKEN = "a-token-that-nobody-guesses";

/** The value of one metric, `labels` and all. */
async function metric(server, name) {
  const line = (await metricsOf(server)).split("\n").find((each) => each.startsWith(`${name} `));
  assert.ok(line, `${name} is among the metrics`);
  return Number(line.slice(name.length));
}

test("S6 a second robot of the same name waits until the first has left, and then serves", () => withAll(async (add) => {
  const server = add(await startServer());
  for (const path of ["/ws", "/digger"]) {
    const url = `${server.url}${path === "/ws" ? "/connect" : path}`;
    const first = await rawRobot(add, server, { path });
    const second = await rawRobot(add, server, { path });
    await eventually("the first to be asked whether it responds", () => first.pings > 0);
    const before = post(url, offer("before"));
    first.send(answer(markOf(await first.message())));
    assert.equal(markOf((await before).json), "before");
    first.stop();
    const after = post(url, offer("after"));
    second.send(answer(markOf(await second.message())));
    assert.equal(markOf((await after).json), "after");
    assert.equal(second.texts.length, 1, "it was not asked before");
  }
  assert.equal((await robotsOf(server)).length, 2);
}));

test("S6 a robot whose link is dead is replaced within seconds, and is told if it can be", () => withAll(async (add) => {
  const server = add(await startServer());
  const dead = await rawRobot(add, server, { pongs: false });
  const waiting = post(`${server.url}/connect`, offer("before"));
  await dead.message();
  const since = performance.now();
  const fresh = await rawRobot(add, server);
  assertRefused(await waiting, 502, "robot_left");
  const took = performance.now() - since;
  assert.ok(took > 4_000 && took < 9_500, `it took ${Math.round(took)} ms`);
  assert.equal((await dead.end(5_000)).code, 4001);
  const asked = post(`${server.url}/connect`, offer("after"));
  fresh.send(answer(markOf(await fresh.message())));
  assert.equal(markOf((await asked).json), "after");
}));

test("S6 a stray connection does not take a robot offline, whichever came first", () => withAll(async (add) => {
  const server = add(await startServer());
  const early = await rawRobot(add, server);
  const robot = add(new Robot(server.port));
  await robot.online();
  assert.equal((await early.end(5_000)).code, 4001, "it has never said a word");
  const late = await rawRobot(add, server);
  // As much as a robot of before was away for, and long after it was asked whether it responds.
  await server.line(/the robot responds, so the connection from 127.0.0.1:\d+ waits until it leaves/);
  const { online, dials } = await robot.statsWhere("its figures", () => true);
  assert.deepEqual([online, dials, late.closed], [true, 1, null]);
  const [listed] = await robotsOf(server);
  assert.equal(listed.protocol, "rtcbot.v1");
  // It is a robot's place all the same: a page's offer goes to the robot, and the stray hears nothing of it.
  const { status, json } = await post(`${server.url}/connect`, offer("x"));
  assert.notEqual(json?.error, "no_robot", `${status}`);
  assert.deepEqual(late.texts, []);
  for (const { text } of [...server.lines, ...robot.lines]) assert.doesNotMatch(text, /''/);
}));

test("S6 a second program of ours without a name is refused with a sentence, and the first stays", () => withAll(async (add) => {
  const server = add(await startServer());
  const first = add(new Robot(server.port));
  await first.online();
  const second = add(new Robot(server.port));
  const line = await second.line(/ANOTHER ROBOT HAS/);
  assert.match(line, /ANOTHER ROBOT HAS THE PLACE OF THE ROBOT WITHOUT A NAME on this server [(]another robot without a name is online here[)]/);
  assert.match(line, /give this one a name[.] Next try in \d+ s/);
  const { online, dials } = await first.statsWhere("its figures", () => true);
  assert.deepEqual([online, dials], [true, 1]);
}));

test("S7 pages of other sites are refused, on POST and websocket", () => withAll(async (add) => {
  const server = add(await startServer(["--allow-origin", "https://friend.example"]));
  const robot = await rawRobot(add, server);
  for (const origin of ["https://evil.example", "null", `http://127.0.0.1:${server.port + 1}`, "https://friend.example.evil.example"]) {
    assertRefused(await post(`${server.url}/connect`, offer("a"), { headers: { origin } }), 403, "forbidden");
    const dialed = await RawSocket.dial(server.port, { headers: { origin } });
    assert.deepEqual([dialed.status, dialed.refusal?.error], [403, "forbidden"], origin);
  }
  assert.deepEqual([robot.texts.length, robot.closed], [0, null], "the robot heard nothing of it");
  for (const origin of [server.url, "https://friend.example"]) {
    const asked = post(`${server.url}/connect`, offer(origin), { headers: { origin } });
    robot.send(answer(markOf(await robot.message(robot.texts.length))));
    assert.equal((await asked).status, 200, origin);
  }
}));

test("S7 only robots with the token may be the robot", () => withAll(async (add) => {
  const server = add(await startServer([], { env: { RTCBOT_ROBOT_TOKEN: TOKEN } }));
  for (const authorization of [undefined, "Bearer wrong", `Bearer ${TOKEN}!`, `Bearer ${TOKEN.slice(1)}`, TOKEN, "Bearer "]) {
    const dialed = await RawSocket.dial(server.port, { headers: { ...(authorization && { authorization }) } });
    assert.deepEqual([dialed.status, dialed.refusal?.error], [401, "unauthorized"], authorization);
  }
  const stranger = add(new Robot(server.port, [], { env: { RTCBOT_TOKEN: "wrong" } }));
  await stranger.line(/token/i);
  assert.deepEqual(await robotsOf(server), []);
  const robot = add(new Robot(server.port, [], { env: { RTCBOT_TOKEN: TOKEN } }));
  await robot.online();
  assert.equal((await robotsOf(server)).length, 1);
  assert.equal(stranger.exit, null, "it goes on trying");
}));

test("S7 one address cannot flood the server", () => withAll(async (add) => {
  const server = add(new Program("rtcbot-server",
    ["--address", "127.0.0.1", "--port", "0", "--rate", "0.5", "--rate-burst", "3"]));
  server.port = Number(/listening on port (\d+)/.exec(await server.line(/listening on port/))[1]);
  server.url = `http://127.0.0.1:${server.port}`;
  const robot = await rawRobot(add, server);
  const asked = Array.from({ length: 8 }, () => post(`${server.url}/connect`, "not even JSON"));
  const statuses = (await Promise.all(asked)).map(({ status }) => status).sort();
  assert.deepEqual([...new Set(statuses)], [400, 429], `${statuses}`);
  const refused = (await Promise.all(asked)).find(({ status }) => status === 429);
  assertRefused(refused, 429, "rate_limited");
  const seconds = Number(refused.headers.get("retry-after"));
  assert.ok(seconds >= 1 && seconds <= 2, `Retry-After: ${seconds}`);
  await eventually("the address to be let in again", async () =>
    (await post(`${server.url}/connect`, "{}")).status === 400, seconds * 1000 + 10_000);
  assert.equal(robot.texts.length, 0);
}));

test("S8 what is no offer is refused as JSON and does not reach the robot", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = await rawRobot(add, server);
  const bodies = ["", "not JSON", "null", "[]", "\"v=0\"", "{}", "{\"type\":\"offer\"}", "{\"type\":\"offer\",\"sdp\":7}", "\u0000\u0001",
    "{\"type\":\"offer\",\"sdp\":\"junk\"}", answer("a"), { ...offer("a"), type: "pranswer" }, "[".repeat(50_000),
    { type: "offer", sdp: offer("a").sdp.replace("a=ice-pwd", "a=nothing") }, JSON.stringify(offer("cut off")).slice(0, -5)];
  for (const body of bodies) assertRefused(await post(`${server.url}/connect`, body), 400, "bad_offer");
  const large = { type: "offer", sdp: `${offer("a").sdp}${"a=x:".padEnd(1000, "y").concat("\r\n").repeat(150)}` };
  assertRefused(await post(`${server.url}/connect`, large), 413, "too_large");
  assertRefused(await post(`${server.url}/connect`, "x".repeat(300_000)), 413, "too_large");
  assert.deepEqual([robot.texts.length, robot.closed], [0, null]);
  const asked = post(`${server.url}/connect`, offer("good"));
  robot.send(answer(markOf(await robot.message())));
  assert.equal(markOf((await asked).json), "good", "and it serves on");
}));

test("S8 nonsense from a robot is a 502 in JSON, never handed on", () => withAll(async (add) => {
  const server = add(await startServer());
  const nonsense = [(r) => r.send("not JSON"), (r) => r.send("\"a string\""), (r) => r.send({ type: "answer", sdp: "junk" }),
    (r) => r.send(offer("an offer back")), (r) => r.send({ type: "answer" }), (r) => r.sendBinary(Buffer.from("{}")),
    (r) => r.send("x".repeat(300_000)), (r) => r.sendGarbage(Buffer.alloc(64, 0xff)),
    (r) => r.sendGarbage(Buffer.from("GET / HTTP/1.1\r\n\r\n"))];
  for (const speak of nonsense) {
    const robot = await rawRobot(add, server);
    const asked = post(`${server.url}/connect`, offer("a"));
    await robot.message();
    speak(robot);
    assertRefused(await asked, 502, "robot_left");
    assert.ok((await asked).ms < 5_000, `${speak}`);
    await robot.end(5_000);
  }
  const robot = await rawRobot(add, server);
  const refused = post(`${server.url}/connect`, offer("a"));
  await robot.message();
  robot.send({ error: "busy", message: "Come back later, please." });
  assertRefused(await refused, 429, "busy");
  assert.equal((await refused).json.message, "Come back later, please.");
}));

test("S9 the server tells how it is, in words and in figures", () => withAll(async (add) => {
  const server = add(await startServer());
  assert.equal(await (await fetch(`${server.url}/healthz`)).text(), "ok\n");
  assert.equal(await (await fetch(`${server.url}/readyz`)).text(), "ready\n");
  assert.deepEqual(await robotsOf(server), []);
  assertRefused(await post(`${server.url}/connect`, offer("a")), 503, "no_robot");
  const robot = await rawRobot(add, server, { path: "/digger" });
  const asked = post(`${server.url}/digger`, offer("a"));
  await robot.message();
  const [listed] = await robotsOf(server);
  assert.deepEqual([listed.name, listed.protocol, listed.waiting], ["digger", "bare", 1]);
  assert.ok(Math.abs(Date.now() - listed.online_since_ms) < 60_000, `${listed.online_since_ms}`);
  assert.equal(await metric(server, "rtcbot_requests_waiting"), 1);
  robot.send(answer("a"));
  assert.equal((await asked).status, 200);
  assert.equal(await metric(server, "rtcbot_robots_online"), 1);
  assert.equal(await metric(server, "rtcbot_offers_total"), 2);
  assert.equal(await metric(server, "rtcbot_answers_total"), 1);
  assert.equal(await metric(server, 'rtcbot_refusals_total{error="no_robot"}'), 1);
  assert.equal(await metric(server, "rtcbot_requests_waiting"), 0);
  robot.close();
  await server.line(/digger has left/);
  await server.line(/digger is online from 127\.0\.0\.1/);
  assert.deepEqual(await robotsOf(server), []);
}));
