// Three servers and NATS: a robot at one of them is found through each, and every no is the same as at its own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, assertRefused, markOf, offer, post } from "../lib/offers.mjs";
import { eventually, withAll } from "../lib/programs.mjs";
import { answeringRobot, listed, metric, robotsOf, silentRobot, startFleet } from "./support/fleet.mjs";

/** Far below every time limit of the programs. */
const AT_ONCE = 5_000;

test("a robot at one server is listed at all and answers through each", () => withAll(async (add) => {
  const { servers } = await startFleet(add);
  await answeringRobot(add, servers[0], "rover");
  await answeringRobot(add, servers[1], "digger.two");
  await answeringRobot(add, servers[2], "");
  await listed(servers, ["", "digger.two", "rover"]);
  for (const server of servers) {
    for (const name of ["rover", "digger.two", ""]) {
      const { status, json } = await post(`${server.url}/${name || "connect"}`, offer(`mark ${server.port}`));
      assert.equal(status, 200, JSON.stringify(json));
      assert.equal(markOf(json), `mark ${server.port} by ${name}`);
    }
  }
  assert.equal(await metric(servers[0], "rtcbot_cluster_visits_total"), 2);
}));

test("what a robot says of itself is told everywhere, and it leaves every list when it leaves", () => withAll(async (add) => {
  const { servers } = await startFleet(add);
  const rover = await silentRobot(add, servers[0], "rover", { protocol: "rtcbot.v1" });
  rover.send({ type: "hello", version: 1 });
  rover.send({ type: "status", viewers: 3, camera: "front" });
  assert.equal((await rover.message()).type, "welcome");
  await eventually("the status to be told elsewhere", async () => {
    const [robot] = await robotsOf(servers[2]);
    return robot?.name === "rover" && robot.viewers === 3 && robot.camera === "front" && robot.protocol === "rtcbot.v1";
  });
  rover.close();
  await listed(servers, []);
  assertRefused(await post(`${servers[1].url}/rover`, offer("late")), 404, "robot_offline");
}));

test("every refusal crosses servers as it is", () => withAll(async (add) => {
  const { servers: [home, away] } = await startFleet(add, { size: 2, args: ["--robot-timeout", "3000"] });
  const ask = (name, body = offer("x")) => post(`${away.url}/${name}`, body);
  assertRefused(await ask("nobody"), 404, "robot_offline");
  assertRefused(await ask("connect"), 503, "no_robot");

  const rover = await silentRobot(add, home, "rover");
  await listed(away, ["rover"]);
  assertRefused(await ask("rover", "no json"), 400, "bad_offer");
  assertRefused(await ask("rover", { type: "offer", sdp: "v=0" }), 400, "bad_offer");
  assertRefused(await ask("rover", JSON.stringify({ ...offer("x"), padding: "p".repeat(300_000) })), 413, "too_large");
  assert.equal(rover.texts.length, 0);

  const late = await ask("rover");
  assertRefused(late, 504, "robot_timeout");
  assert.ok(late.ms < 3000 + AT_ONCE, `${late.ms} ms`);
  await rover.end();
  await listed(away, []);

  const leaving = await silentRobot(add, home, "leaving");
  await listed(away, ["leaving"]);
  const asked = ask("leaving");
  await leaving.message();
  leaving.vanish();
  const left = await asked;
  assertRefused(left, 502, "robot_left");
  assert.ok(left.ms < AT_ONCE, `${left.ms} ms`);

  const saysNo = await silentRobot(add, home, "full");
  saysNo.onText = () => saysNo.send({ error: "busy", message: "too many viewers here" });
  await listed(away, ["full"]);
  const busy = await ask("full");
  assertRefused(busy, 429, "busy");
  assert.equal(busy.json.message, "too many viewers here");
  assert.ok(Number(busy.headers.get("retry-after")) >= 1);

  const nonsense = await silentRobot(add, home, "nonsense");
  nonsense.onText = () => nonsense.send("nonsense");
  await listed(away, ["full", "nonsense"]);
  assertRefused(await ask("nonsense"), 502, "robot_left");

  const waiting = await silentRobot(add, home, "waiting");
  await listed(away, ["full", "waiting"]);
  const many = await Promise.all(Array.from({ length: 20 }, (_, i) => ask("waiting", offer(`m${i}`))));
  assert.equal(many.filter(({ json }) => json.error === "busy").length, 4);
  await waiting.end();
}));

test("a server that stops says so to those who wait elsewhere, and its robots are gone at once", () => withAll(async (add) => {
  const { servers: [home, away] } = await startFleet(add, { size: 2 });
  const rover = await silentRobot(add, home, "rover");
  await listed(away, ["rover"]);
  const asked = post(`${away.url}/rover`, offer("x"));
  await rover.message();
  const stopped = home.stop();
  assertRefused(await asked, 503, "stopping");
  assert.equal((await rover.end()).code, 1012);
  await listed(away, []);
  assert.equal((await stopped).code, 0);
}));

test("a browser that hangs up at one server is cancelled at the robot of another", () => withAll(async (add) => {
  const { servers: [home, away] } = await startFleet(add, { size: 2 });
  const rover = await silentRobot(add, home, "rover", { protocol: "rtcbot.v1" });
  rover.send({ type: "hello", version: 1 });
  await listed(away, ["rover"]);
  const hangUp = new AbortController();
  const asked = post(`${away.url}/rover`, offer("x"), { signal: hangUp.signal });
  const { id } = await rover.message(1);
  hangUp.abort();
  await assert.rejects(asked);
  assert.deepEqual(await rover.message(2), { type: "cancel", id });
  rover.send({ type: "answer", id, sdp: answer("late").sdp });
  await eventually("the late answer to be dropped", async () => (await metric(home, "rtcbot_late_answers_total")) === 1);
  assert.equal(await metric(away, "rtcbot_cluster_requests_waiting"), 0);
}));
