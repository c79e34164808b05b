// Faults S1 to S5 of RTCBot's tutorial server: every request is answered in time, and with nobody else's answer.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { answer, assertRefused, markOf, offer, post } from "../lib/offers.mjs";
import { Robot, eventually, startServer, withAll } from "../lib/programs.mjs";
import { exampleServer, metricsOf, rawRobot, robotsOf } from "./support/parts.mjs";

/** Far below every time limit of the programs: what comes this fast did not wait for one. */
const AT_ONCE = 5_000;

const names = async (server) => (await robotsOf(server)).map(({ name }) => name);

for (const [kind, start] of [["rtcbot-server", startServer], ["the tutorial's server", undefined]]) {
  const started = async (add) => (start ? add(await start()) : exampleServer(add));

  test(`S1 without a robot ${kind} says so, as JSON and at once`, () => withAll(async (add) => {
    const server = await started(add);
    const refused = await post(`${server.url}/connect`, offer("a"));
    assertRefused(refused, 503, "no_robot");
    assert.ok(refused.ms < AT_ONCE, `${refused.ms} ms`);
  }));

  test(`S2 after its robot has left ${kind} says so, again and again`, () => withAll(async (add) => {
    const server = await started(add);
    for (const leave of ["close", "vanish"]) {
      const robot = await rawRobot(add, server);
      const asked = post(`${server.url}/connect`, offer(leave));
      robot.send(answer(markOf(await robot.message())));
      assert.equal(markOf((await asked).json), leave);
      robot[leave]();
      // The news of the end and the request travel on two connections: it may take a moment, but not a time limit.
      const refused = await eventually("a refusal", async () => {
        const response = await post(`${server.url}/connect`, offer("late"));
        assert.ok(response.ms < AT_ONCE, `${response.ms} ms`);
        return response.json.error === "no_robot" && response;
      }, AT_ONCE);
      assertRefused(refused, 503, "no_robot");
    }
  }));

  test(`S3 a robot that dies while ${kind} waits for it ends the wait`, () => withAll(async (add) => {
    const server = await started(add);
    for (const leave of ["close", "vanish"]) {
      const robot = await rawRobot(add, server);
      const asked = post(`${server.url}/connect`, offer("waiting"));
      await robot.message();
      const from = performance.now();
      robot[leave]();
      assertRefused(await asked, 502, "robot_left");
      assert.ok(performance.now() - from < AT_ONCE, `${performance.now() - from} ms`);
    }
  }));
}

describe("S4 half-open sockets", { concurrency: true }, () => {
  test("S4 a robot that falls silent is offline within 20 s, its visitors are answered, and it comes back by itself", () =>
    withAll(async (add) => {
      const server = add(await startServer(["--robot-timeout", "1000"]));
      const robot = add(new Robot(server.port, ["--name", "real"], { path: "/real" }));
      await robot.online();
      const raw = await rawRobot(add, server, { path: "/raw", pongs: false });
      const healthy = await rawRobot(add, server, { path: "/healthy" });
      await eventually("three robots", async () => (await names(server)).length === 3);
      robot.signal("SIGSTOP");
      try {
        const waited = await post(`${server.url}/real`, offer("a"));
        assertRefused(waited, 504, "robot_timeout");
        await eventually("both silent robots to be gone", async () => (await names(server)).join() === "healthy", 20_000);
        assert.ok(raw.pings > 0, "it was asked whether it lives");
        await raw.end(5_000);
        for (const name of ["real", "raw"]) {
          const refused = await post(`${server.url}/${name}`, offer("b"));
          assertRefused(refused, 404, "robot_offline");
          assert.ok(refused.ms < AT_ONCE);
        }
        assert.equal(healthy.closed, null, "one that answers pings stays");
      } finally {
        robot.signal("SIGCONT");
      }
      await eventually("the robot to come back", async () => (await names(server)).includes("real"));
    }));

  test("S4 a server that falls silent is noticed by the robot within 20 s", () => withAll(async (add) => {
    const server = add(await startServer());
    const robot = add(new Robot(server.port));
    await robot.online();
    server.signal("SIGSTOP");
    try {
      await robot.statsWhere("the robot to notice", (stats) => !stats.online, 20_000);
    } finally {
      server.signal("SIGCONT");
    }
    await robot.online();
  }));
});

test("S5 a bare robot is asked one thing at a time, so answers cannot cross", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = await rawRobot(add, server);
  const asked = ["a", "b", "c"].map((mark) => post(`${server.url}/connect`, offer(mark)));
  for (let i = 0; i < 3; i++) {
    const { type, ...rest } = await robot.message(i);
    assert.equal(type, "offer");
    assert.deepEqual(Object.keys(rest), ["sdp"], "nothing that RTCBot's robots do not know");
    assert.equal(robot.texts.length, i + 1, "the next offer waits for this answer");
    robot.send(answer(markOf(rest)));
  }
  assert.deepEqual((await Promise.all(asked)).map(({ json }) => markOf(json)), ["a", "b", "c"]);
}));

test("S5 a late answer of a bare robot reaches nobody else", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = await rawRobot(add, server);
  const leaver = new AbortController();
  const left = post(`${server.url}/connect`, offer("left"), { signal: leaver.signal }).catch((error) => error.name);
  assert.equal(markOf(await robot.message(0)), "left");
  leaver.abort();
  assert.equal(await left, "AbortError");
  const asked = post(`${server.url}/connect`, offer("stays"));
  await eventually("the next to wait", async () => /rtcbot_abandoned_total 1/.test(await metricsOf(server)));
  robot.send(answer("left"));
  const next = await robot.message(1);
  assert.equal(markOf(next), "stays");
  robot.send(answer(markOf(next)));
  assert.equal(markOf((await asked).json), "stays");
}));

test("S5 an offer that a bare robot never answers costs the robot its socket, not the next browser its answer", () =>
  withAll(async (add) => {
    const server = add(await startServer(["--robot-timeout", "2500"]));
    const deaf = await rawRobot(add, server);
    const asked = [post(`${server.url}/connect`, offer("a")), post(`${server.url}/connect`, offer("b"))];
    for (const response of await Promise.all(asked)) {
      assert.ok(["robot_timeout", "robot_left"].includes(response.json.error), JSON.stringify(response.json));
      assert.ok(response.ms < 8_000);
    }
    await deaf.end(8_000);
    const fresh = await rawRobot(add, server);
    const last = post(`${server.url}/connect`, offer("c"));
    fresh.send(answer(markOf(await fresh.message())));
    assert.equal(markOf((await last).json), "c");
  }));

test("S5 a bare robot that answers twice is not believed", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = await rawRobot(add, server);
  const first = post(`${server.url}/connect`, offer("a"));
  await robot.message(0);
  robot.send(answer("a"));
  robot.send(answer("a"));
  assert.equal(markOf((await first).json), "a");
  assert.equal((await robot.end(5_000)).code, 1008);
  const second = await post(`${server.url}/connect`, offer("b"));
  assert.notEqual(second.status, 200, "nobody is given the answer that was too many");
}));

test("S5 an answer too many is not the next browser's, at the tutorial's server either", () => withAll(async (add) => {
  const server = await exampleServer(add);
  const robot = await rawRobot(add, server);
  const first = post(`${server.url}/connect`, offer("a"));
  await robot.message(0);
  robot.send(answer("a"));
  robot.send(answer("a"));
  assert.equal(markOf((await first).json), "a");
  const second = post(`${server.url}/connect`, offer("b"));
  await robot.message(1);
  robot.send(answer("b"));
  assert.equal(markOf((await second).json), "b");
}));

test("S5 answers of a robot with ids reach whom they name, in whatever order, late or never", () => withAll(async (add) => {
  const server = add(await startServer(["--robot-timeout", "4000"]));
  const robot = await rawRobot(add, server, { protocol: "rtcbot.v1" });
  assert.equal(robot.protocol, "rtcbot.v1");
  robot.send({ type: "hello", version: 1 });
  assert.equal((await robot.message(0)).type, "welcome");
  const asked = ["a", "b", "never"].map((mark) => post(`${server.url}/connect`, offer(mark)));
  await robot.message(3);
  const offers = robot.texts.slice(1, 4).map((text) => JSON.parse(text));
  const idOf = Object.fromEntries(offers.map((message) => [markOf(message), message.id]));
  robot.send({ type: "answer", id: 999_999, sdp: answer("forged").sdp });
  robot.send({ type: "answer", id: idOf.b, sdp: answer("b").sdp });
  robot.send({ type: "answer", id: idOf.a, sdp: answer("a").sdp });
  robot.send({ type: "answer", id: idOf.a, sdp: answer("again").sdp });
  const [a, b, never] = await Promise.all(asked);
  assert.deepEqual([markOf(a.json), markOf(b.json)], ["a", "b"]);
  assertRefused(never, 504, "robot_timeout");
  assert.deepEqual(await robot.message(4), { type: "cancel", id: idOf.never });
  const last = post(`${server.url}/connect`, offer("last"));
  const message = await robot.message(5);
  robot.send({ type: "answer", id: idOf.never, sdp: answer("never").sdp });
  robot.send({ type: "answer", id: message.id, sdp: answer("last").sdp });
  assert.equal(markOf((await last).json), "last");
}));

test("S5 twenty browsers at once each get their own answer from the tutorial's server", () => withAll(async (add) => {
  const server = await exampleServer(add);
  const robot = await rawRobot(add, server);
  const marks = Array.from({ length: 20 }, (_, i) => `browser${i}`);
  const asked = marks.map((mark) => post(`${server.url}/connect`, offer(mark)));
  for (let i = 0; i < marks.length; i++) robot.send(answer(markOf(await robot.message(i))));
  assert.deepEqual((await Promise.all(asked)).map(({ json }) => markOf(json)), marks);
}));
