// What may break between servers: a server, NATS, the store, a robot's old socket. Nothing is answered wrongly, and nothing waits.
import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, assertRefused, markOf, offer, post } from "../lib/offers.mjs";
import { eventually, startServer, withAll } from "../lib/programs.mjs";
import { NatsServer, answeringRobot, isNotReady, isReady, listed, metric, robotsOf, silentRobot, startFleet, startJoined } from "./support/fleet.mjs";

/** Far below every time limit of the programs. */
const AT_ONCE = 3_500;
/** A server that is not heard for so long is gone, and a moment more. */
const LEASE = 8_000;

test("a server killed in mid-connect costs its browsers a retry at once, and its robots are gone", (t) => withAll(async (add) => {
  const { servers: [home, away, other] } = await startFleet(add);
  const rover = await silentRobot(add, home, "rover");
  await silentRobot(add, home, "digger");
  await listed([away, other], ["digger", "rover"]);
  const asked = [away, other].map((server) => post(`${server.url}/rover`, offer(`at ${server.port}`)));
  await rover.message(); // one has reached the robot, the other stands in line
  const from = performance.now();
  await home.kill();
  for (const refused of await Promise.all(asked)) assertRefused(refused, 502, "robot_left");
  t.diagnostic(`told after ${(performance.now() - from).toFixed(0)} ms`);
  assert.ok(performance.now() - from < AT_ONCE, `${performance.now() - from} ms`);
  assertRefused(await post(`${away.url}/digger`, offer("x")), 404, "robot_offline");
  await listed([away, other], []);
  // The robot dials in at another server, and the page's second try arrives.
  await answeringRobot(add, other, "rover");
  await listed(away, ["rover"]);
  assert.equal(markOf((await post(`${away.url}/rover`, offer("again"))).json), "again by rover");
}));

test("a server that hangs is found out by its silence", () => withAll(async (add) => {
  const { servers: [home, away] } = await startFleet(add, { size: 2 });
  await silentRobot(add, home, "rover");
  await listed(away, ["rover"]);
  const asked = post(`${away.url}/rover`, offer("x"));
  home.signal("SIGSTOP");
  try {
    const refused = await asked;
    assertRefused(refused, 502, "robot_left");
    assert.ok(refused.ms < LEASE, `${refused.ms} ms`);
    await listed(away, []);
    assertRefused(await post(`${away.url}/rover`, offer("x")), 404, "robot_offline");
  } finally {
    home.signal("SIGCONT");
  }
  await listed(away, ["rover"]); // it was only slow
}));

test("a robot that dials in at another server leaves its stale socket, and answers there", () => withAll(async (add) => {
  const { servers } = await startFleet(add);
  let last = await silentRobot(add, servers[0], "rover");
  await listed(servers, ["rover"]);
  const asked = post(`${servers[2].url}/rover`, offer("stale"));
  await last.message();
  const next = await answeringRobot(add, servers[1], "rover");
  assert.equal((await last.end()).code, 4001);
  assertRefused(await asked, 502, "robot_left");
  await eventually("the new socket to be found", async () => {
    const { status, json } = await post(`${servers[2].url}/rover`, offer("new"));
    assert.ok(status === 200 || status === 502 || status === 404, JSON.stringify(json));
    return status === 200 && markOf(json) === "new by rover";
  });
  // Back and forth, so quickly that they overtake each other: exactly one stays.
  last = next;
  const sockets = [];
  for (let i = 0; i < 9; i++) sockets.push(await answeringRobot(add, servers[i % 3], "rover"));
  assert.equal((await last.end()).code, 4001);
  const ended = await eventually("one to be left", () => {
    const closed = sockets.filter((socket) => socket.closed);
    return closed.length === 8 && closed;
  });
  // Replaced by a newer one at another server, or refused by a server where the older one still responds.
  assert.deepEqual(ended.map((socket) => socket.closed.code).filter((code) => code !== 4001 && code !== 4009), []);
  for (const server of servers) {
    await eventually("an answer", async () => (await post(`${server.url}/rover`, offer("end"))).status === 200);
    assert.equal((await robotsOf(server)).length, 1);
  }
}));

test("NATS may restart while servers run: robots stay, local offers go on, and the rest comes back", () => withAll(async (add) => {
  const { nats, servers: [home, away] } = await startFleet(add, { size: 2 });
  const rover = await silentRobot(add, home, "rover");
  const digger = await answeringRobot(add, away, "digger");
  await listed([home, away], ["digger", "rover"]);
  const asked = post(`${away.url}/rover`, offer("lost"));
  await rover.message();
  await nats.kill();
  const refused = await asked;
  assertRefused(refused, 503, "unavailable");
  assert.ok(Number(refused.headers.get("retry-after")) >= 1);
  assert.ok(refused.ms < AT_ONCE, `${refused.ms} ms`);
  rover.send(answer("lost")); // nobody waits for it any more
  await isNotReady(home, /NATS cannot be reached/);
  await isNotReady(away, /NATS cannot be reached/);
  assertRefused(await post(`${away.url}/rover`, offer("x")), 503, "unavailable");
  assert.equal(markOf((await post(`${away.url}/digger`, offer("here"))).json), "here by digger");
  const alone = await answeringRobot(add, away, "alone"); // one that dials in during the gap
  assert.equal(markOf((await post(`${away.url}/alone`, offer("mine"))).json), "mine by alone");
  rover.onText = (text) => rover.send(answer(`${markOf(JSON.parse(text))} by rover`));
  await nats.begin();
  await Promise.all([home, away].map(isReady));
  await listed([home, away], ["alone", "digger", "rover"]);
  assert.equal(markOf((await post(`${away.url}/rover`, offer("back"))).json), "back by rover");
  assert.equal(markOf((await post(`${home.url}/alone`, offer("too"))).json), "too by alone");
  assert.deepEqual([rover.closed, digger.closed, alone.closed], [null, null, null]);
  assert.equal(await metric(away, "rtcbot_cluster_nats_reconnects_total") >= 1, true);
}));

test("NATS that has forgotten everything is told everything again", () => withAll(async (add) => {
  const { nats, servers } = await startFleet(add, { size: 2 });
  for (let i = 0; i < 50; i++) await silentRobot(add, servers[i % 2], `robot${i}`);
  const names = Array.from({ length: 50 }, (_, i) => `robot${i}`);
  await listed(servers, names);
  await nats.kill();
  await Promise.all(servers.map((server) => isNotReady(server, /NATS/)));
  nats.forget();
  await nats.begin();
  await Promise.all(servers.map(isReady));
  await listed(servers, names);
}));

test("one name, dialled in at two servers while they could not know of each other, is one robot afterwards: the newest", () =>
  withAll(async (add) => {
    const { nats, servers: [one, two] } = await startFleet(add, { size: 2 });
    await nats.kill();
    await Promise.all([one, two].map((server) => isNotReady(server, /NATS/)));
    const older = await answeringRobot(add, one, "rover");
    await eventually("it to be online", async () => (await robotsOf(one)).length === 1);
    const newer = await answeringRobot(add, two, "rover");
    await eventually("it to be online", async () => (await robotsOf(two)).length === 1);
    await nats.begin();
    assert.equal((await older.end()).code, 4001);
    await Promise.all([one, two].map(isReady));
    assert.equal(newer.closed, null);
    assert.equal(markOf((await post(`${one.url}/rover`, offer("who"))).json), "who by rover");
  }));

test("a server starts without NATS, works alone, and joins when it can", () => withAll(async (add) => {
  const nats = await NatsServer.start(add);
  const first = await startJoined(add, nats);
  await answeringRobot(add, first, "rover");
  await nats.kill();
  const late = add(await startServer(["--nats", nats.url]));
  await isNotReady(late, /NATS/);
  await answeringRobot(add, late, "own");
  assert.equal(markOf((await post(`${late.url}/own`, offer("alone"))).json), "alone by own");
  assertRefused(await post(`${late.url}/rover`, offer("x")), 503, "unavailable");
  await nats.begin();
  await isReady(late);
  await listed([first, late], ["own", "rover"]);
  assert.equal(markOf((await post(`${late.url}/rover`, offer("joined"))).json), "joined by rover");
}));

test("a NATS cluster without a leader is reported, robots that are known are reached, and it heals", () => withAll(async (add) => {
  const cluster = await NatsServer.startCluster(add);
  const start = () => startJoined(add, cluster, ["--nats-replicas", "3"]);
  const servers = [await start(), await start()];
  await answeringRobot(add, servers[0], "rover");
  await listed(servers, ["rover"]);
  const killed = cluster.slice(0, 2);
  await Promise.all(killed.map((nats) => nats.kill()));
  await eventually("both to be on what is left of NATS", async () =>
    (await Promise.all(servers.map((server) => metric(server, "rtcbot_cluster_nats_connected")))).every((up) => up === 1));
  await Promise.all(servers.map((server) => isNotReady(server, /store of NATS cannot be used/)));
  await eventually("the known robot to be reached", async () => {
    const { status, json } = await post(`${servers[1].url}/rover`, offer("still"));
    return status === 200 && markOf(json) === "still by rover";
  });
  const refused = await post(`${servers[1].url}/unknown`, offer("x"));
  assertRefused(refused, 503, "unavailable");
  await answeringRobot(add, servers[1], "newcomer");
  await eventually("it to be taken without the store", async () => (await post(`${servers[1].url}/newcomer`, offer("x"))).status === 200);
  await Promise.all(killed.map((nats) => nats.begin()));
  await Promise.all(servers.map(isReady));
  await listed(servers, ["newcomer", "rover"]);
}));
