import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { RTCBotError } from "./errors.js";
import { LinkState } from "./link_state.js";

const lost = new RTCBotError("peer_lost", "Gone.");
const offline = new RTCBotError("robot_offline", "Not there.");
/** @type {LinkState} */
let link;

beforeEach(() => {
  link = new LinkState({ nextDelay: ({ attempt }) => attempt * 100 });
});

/** A link that has been live since 10. */
function live() {
  link.start();
  link.onConnected(10, 1);
  return link;
}

test("dials at the start and shows what connects", () => {
  assert.deepEqual(link.start(), [{ do: "dial", id: 1 }]);
  assert.equal(link.name, "connecting");
  assert.deepEqual(link.onConnected(10, 1), [{ do: "show", id: 1 }]);
  assert.equal(link.name, "live");
  assert.equal(link.wakeAt, Infinity);
});

test("after a failed try it waits as the policy says, with the reason, and dials again", () => {
  link.start();
  assert.deepEqual(link.onEnded(50, 1, offline), []);
  assert.deepEqual([link.name, link.error, link.retryAt], ["waiting", offline, 150]);
  assert.deepEqual(link.onTick(149), []);
  assert.deepEqual(link.onTick(150), [{ do: "dial", id: 2 }]);
  assert.equal(link.name, "waiting", "the reason stays to be read while the next try is under way");
  link.onEnded(160, 2, offline);
  assert.equal(link.retryAt, 360);
});

test("a second of silence starts a fresh connection beside the old one", () => {
  live();
  link.onInterrupted(5000, 1);
  assert.equal(link.name, "interrupted");
  assert.deepEqual(link.onTick(5999), []);
  assert.deepEqual(link.onTick(6000), [{ do: "dial", id: 2 }]);
  assert.deepEqual(link.onTick(7000), [], "one fresh connection at a time");
  assert.deepEqual(link.onConnected(7100, 2), [{ do: "show", id: 2 }, { do: "drop", id: 1 }]);
  assert.equal(link.name, "live");
});

test("a network that is back begins a try anew that was under way without it, and leaves a good connection alone", () => {
  link.start();
  assert.deepEqual(link.onOnline(4000), [{ do: "drop", id: 1 }, { do: "dial", id: 2 }]);
  assert.deepEqual(link.onEnded(4100, 1, lost), [], "news of what was dropped are ignored");
  link.onConnected(4500, 2);
  assert.deepEqual(link.onOnline(5000), []);
  link.onEnded(6000, 2, lost);
  assert.deepEqual(link.onOnline(6010), [{ do: "dial", id: 3 }]);
});

test("an old connection that comes back is kept, and the fresh one dropped", () => {
  live();
  link.onInterrupted(5000, 1);
  link.onTick(6000);
  assert.deepEqual(link.onConnected(6500, 1), [{ do: "drop", id: 2 }]);
  assert.equal(link.name, "live");
  assert.deepEqual(link.onEnded(6600, 2, lost), [], "news of what was dropped are ignored");
});

test("a fresh connection that fails is tried again while the old one is silent", () => {
  live();
  link.onInterrupted(5000, 1);
  link.onTick(6000);
  link.onEnded(6100, 2, offline);
  assert.deepEqual([link.name, link.retryAt], ["interrupted", 6200]);
  assert.deepEqual(link.onTick(6200), [{ do: "dial", id: 3 }]);
});

test("when the old one ends while a fresh one is on its way, nothing more is dialled", () => {
  live();
  link.onInterrupted(5000, 1);
  link.onTick(6000);
  assert.deepEqual(link.onEnded(6100, 1, lost), []);
  assert.deepEqual([link.wakeAt, link.isDialling], [Infinity, true]);
});

test("failures are forgotten after a connection that lasted, and only then", () => {
  live();
  link.onEnded(20, 1, lost);
  assert.equal(link.retryAt, 120);
  link.onTick(120);
  link.onConnected(130, 2);
  link.onEnded(140, 2, lost);
  assert.equal(link.retryAt, 340, "a connection of 10 ms is no success");
  link.onTick(340);
  link.onConnected(400, 3);
  link.onEnded(9000, 3, lost);
  assert.equal(link.retryAt, 9100);
});

test("encouragement dials at once, except when live, dialling, or told by the server to wait", () => {
  link.start();
  assert.deepEqual(link.onEncouraged(1), []);
  link.onEnded(50, 1, new RTCBotError("busy", "Full.", { retryAfter: 5000 }));
  assert.deepEqual(link.onEncouraged(60), []);
  assert.deepEqual(link.onEncouraged(5050), [{ do: "dial", id: 2 }]);
  link.onConnected(5100, 2);
  assert.deepEqual(link.onEncouraged(5200), []);
});

test("a policy that gives up ends it", () => {
  link = new LinkState({ nextDelay: () => null });
  link.start();
  link.onEnded(50, 1, offline);
  assert.deepEqual([link.name, link.error, link.wakeAt], ["closed", offline, Infinity]);
});

test("closing drops both connections and nothing happens afterwards", () => {
  live();
  link.onInterrupted(5000, 1);
  link.onTick(6000);
  assert.deepEqual(link.close(), [{ do: "drop", id: 1 }, { do: "drop", id: 2 }]);
  assert.deepEqual([...link.onTick(99999), ...link.onEncouraged(99999), ...link.close()], []);
});

test("while the server says that the robot is not there, it is tried as seldom as the policy says, and at once when it is back", () => {
  link = new LinkState({ nextDelay: ({ attempt, absent }) => (absent ? absent * 20000 : attempt * 100) });
  live();
  link.onEnded(50, 1, new RTCBotError("robot_left", "It hung up."));
  assert.equal(link.retryAt, 150);
  assert.deepEqual(link.onPresence(60, false), []);
  assert.equal(link.retryAt, 20060, "what was planned before the news waits too");
  link.onPresence(70, false);
  assert.equal(link.retryAt, 20060, "said twice");
  link.onTick(20060);
  link.onEnded(20100, 2, offline);
  assert.equal(link.retryAt, 60100);
  assert.deepEqual(link.onPresence(30000, true), [{ do: "dial", id: 3 }]);
});

test("without word from the server it is tried as before, and so is what absence does not explain", () => {
  link = new LinkState({ nextDelay: ({ attempt, absent }) => (absent ? 20000 : attempt * 100) });
  link.onPresence(0, false);
  link.start();
  link.onEnded(10, 1, new RTCBotError("network", "No way."));
  assert.equal(link.retryAt, 110);
  link.onTick(110);
  link.onEnded(120, 2, offline);
  assert.equal(link.retryAt, 20120);
  link.onPresence(200, null);
  assert.equal(link.retryAt, 500);
});

test("a silent connection to a robot that is not there gets none beside it for a while", () => {
  live();
  link.onPresence(4000, false);
  link.onInterrupted(5000, 1);
  assert.deepEqual([link.wakeAt, ...link.onTick(19999)], [20000]);
  assert.deepEqual(link.onPresence(6000, true), [{ do: "dial", id: 2 }]);
});

test("whatever happens, in whatever order, it is live or has something coming", () => {
  let seed = 1;
  const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
  link.start();
  for (let now = 1; now < 200000; now += 37) {
    const ids = [random(2) ? link._shown?.id : link._fresh].filter((id) => id !== null && id !== undefined);
    const inputs = [() => link.onTick(now), () => link.onEncouraged(now), () => ids[0] && link.onConnected(now, ids[0]),
      () => ids[0] && link.onInterrupted(now, ids[0]), () => ids[0] && link.onEnded(now, ids[0], lost),
      () => link.onPresence(now, [true, false, null][random(3)])];
    inputs[random(inputs.length)]();
    const hope = link.name === "live" || link.isDialling || link.wakeAt < Infinity;
    assert.ok(hope, `at ${now}: ${link.name} with nothing to come`);
  }
});
