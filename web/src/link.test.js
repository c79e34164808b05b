import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { FakeClock, settle } from "../test-support/fake_clock.js";
import { FakePeer } from "../test-support/fake_peer.js";
import { Link } from "./link.js";

const OFFLINE = { status: 404, body: '{"error":"robot_offline","message":"rover is not online."}' };
const ANSWER = { status: 200, body: '{"type":"answer","sdp":"v=0"}' };
/** @type {FakeClock} */
let clock;
/** @type {EventTarget} */
let page;
/** @type {Link} */
let link;
/** The server's response. @type {{status: number, body: string}} */
let server;

beforeEach(() => {
  clock = new FakeClock();
  page = new EventTarget();
  FakePeer.made = [];
  server = ANSWER;
  link = new Link({
    url: "/rover", video: () => {},
    environment: /** @type {any} */ ({
      ...clock, RTCPeerConnection: FakePeer, window: page, random: () => 0.5,
      fetch: async () => new Response(server.body, { status: server.status }),
    }),
  });
});

afterEach(() => link.close());

const latest = () => /** @type {FakePeer} */ (FakePeer.made.at(-1));

/** The latest attempt gathers, is answered and connects. */
async function connectLatest() {
  await settle();
  latest().candidate("host");
  await clock.advance(20);
  // A Response's body is read in Node's own tasks, not in those of the fake clock.
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  latest().become("connected");
  await settle();
}

/** Time passes while the robot sends. */
async function stream(ms) {
  const peer = latest();
  for (let passed = 0; passed < ms; passed += 250) {
    peer.arrived.bytes += 1000;
    await clock.advance(250);
  }
}

test("the first state is told after the link was given to its maker", async () => {
  const told = [];
  const other = new Link({
    onState: (/** @type {Link} */ which) => told.push([which === other, which.state]),
    environment: /** @type {any} */ ({ ...clock, RTCPeerConnection: FakePeer, window: page, fetch: async () => new Response("{}") }),
  });
  assert.deepEqual(told, []);
  await settle();
  assert.deepEqual(told, [[true, "connecting"]]);
  other.close();
});

test("goes live and sends; before that, nothing is kept for later", async () => {
  assert.equal(link.send("early"), false);
  await connectLatest();
  assert.equal(link.state, "live");
  assert.equal(link.send({ v: 1 }), true);
  assert.deepEqual(latest().channels[0].sent, ['{"v":1}']);
});

test("a killed robot is seen within two seconds, and the next one replaces it without a gap", async () => {
  await connectLatest();
  await stream(3000);
  const old = latest();
  await clock.advance(2000);
  assert.equal(link.state, "interrupted");
  await clock.advance(1000);
  assert.notEqual(latest(), old, "a fresh connection is tried");
  assert.equal(old.closed, false, "beside the old one");
  await connectLatest();
  assert.deepEqual([link.state, old.closed], ["live", true]);
});

test("driving goes over to the connection in use, and is asked for anew there", async () => {
  link.close();
  const options = {
    ...clock, RTCPeerConnection: FakePeer, window: page, random: () => 0.5,
    fetch: async () => new Response(server.body, { status: server.status }),
  };
  link = new Link({ url: "/rover", video: () => {}, driving: true, environment: /** @type {any} */ (options) });
  const driving = /** @type {import("./driving.js").Driving} */ (link.driving);
  const state = { asking: null, people: [], stop: null, limit: 1, cameras: [], camera: "" };
  const say = (/** @type {string} */ type, /** @type {object} */ fields) =>
    latest().channels.find((each) => each.label === "rtcbot.control")?.onmessage?.({ data: JSON.stringify({ v: 1, type, ...fields }) });
  const welcome = { may_drive: true, limits: { dead_man_ms: 250, stale_command_ms: 300, stale_picture_ms: 700 }, modes: [] };
  await connectLatest();
  say("welcome", { viewer: 1, ...welcome });
  say("state", { ...state, driver: 1 });
  assert.equal(driving.isDriver, true);
  await stream(3000);
  await clock.advance(3000);
  await connectLatest();
  assert.deepEqual([link.state, driving.isAvailable, driving.isDriver], ["live", false, false]);
  say("welcome", { viewer: 2, ...welcome });
  say("state", { ...state, driver: 1 });
  assert.deepEqual([driving.viewer, driving.isDriver], [2, false]);
  latest().channels[0].onclose?.();
  assert.equal(driving.isAvailable, false);
});

test("an offline robot is told with the server's sentence and dialled until it is there", async () => {
  server = OFFLINE;
  await connectLatest();
  assert.deepEqual([link.state, link.error?.reason, link.error?.message], ["waiting", "robot_offline", "rover is not online."]);
  assert.ok(link.retryIn !== null && link.retryIn <= 200);
  for (let i = 0; i < 30; i++) {
    await clock.advance(5000);
    await connectLatest();
  }
  assert.ok(FakePeer.made.length > 20 && FakePeer.made.slice(0, -1).every((peer) => peer.closed), "each failed try is closed");
  server = ANSWER;
  await clock.advance(5000);
  await connectLatest();
  assert.deepEqual([link.state, link.error], ["live", null]);
});

test("a robot that hangs up is dialled again at once", async () => {
  await connectLatest();
  await stream(6000);
  latest().channels[0].onclose?.();
  assert.deepEqual([link.state, link.error?.reason], ["waiting", "robot_left"]);
  await clock.advance(200);
  assert.equal(FakePeer.made.length, 2);
});

test("the end of the connection in use is told while its picture is still there, that of a try is not", async () => {
  link.close();
  /** @type {boolean[]} */
  const told = [];
  link = new Link({
    video: () => {}, onEnding: () => told.push(latest().closed),
    environment: /** @type {any} */ ({
      ...clock, RTCPeerConnection: FakePeer, window: page, fetch: async () => new Response(server.body, { status: server.status }),
    }),
  });
  await connectLatest();
  await stream(6000);
  latest().channels[0].onclose?.();
  assert.deepEqual([told, latest().closed], [[false], true]);
  server = OFFLINE;
  await clock.advance(200);
  await connectLatest();
  assert.deepEqual(told, [false]);
});

test("data is added up over connections", async () => {
  await connectLatest();
  latest().figures.pair = { bytesSent: 50 };
  await stream(6000);
  assert.deepEqual(link.traffic, { received: 24_000, sent: 50 });
  latest().channels[0].onclose?.();
  await clock.advance(200);
  await connectLatest();
  await stream(1000);
  assert.deepEqual(link.traffic, { received: 28_000, sent: 50 });
});

test("being online again is a reason to try at once", async () => {
  server = OFFLINE;
  await connectLatest();
  page.dispatchEvent(new Event("online"));
  assert.equal(FakePeer.made.length, 2);
});

test("the picture grows old until the next connection brings a new one", async () => {
  /** @type {any} */
  let onFrame = null;
  let track = {};
  const video = { srcObject: { getVideoTracks: () => [track] }, requestVideoFrameCallback: (/** @type {any} */ given) => (onFrame = given) };
  const told = [];
  link.close();
  link = new Link({
    video: () => {}, onStats: (/** @type {any} */ stats) => told.push(stats),
    environment: /** @type {any} */ ({
      ...clock, RTCPeerConnection: FakePeer, window: page, document: { querySelectorAll: () => [video] },
      fetch: async () => new Response(server.body, { status: server.status }),
    }),
  });
  const show = async () => {
    latest().ontrack({ track: Object.assign(track, { kind: "video" }), receiver: {}, streams: [{}] });
    onFrame(clock.time, { presentationTime: clock.time });
    await stream(1500);
  };
  await connectLatest();
  assert.equal(link.pictureAge, null);
  await show();
  assert.deepEqual([link.pictureAge, told.length > 0, link.stats], [1500, true, told.at(-1)]);
  latest().channels[0].onclose?.();
  await clock.advance(500);
  track = {};
  await connectLatest();
  assert.equal(link.state, "live");
  const age = link.pictureAge;
  assert.ok(age !== null && age >= 2000, `${age}`);
  await show();
  assert.equal(link.pictureAge, 1500);
});

test("closing ends every connection and every timer", async () => {
  await connectLatest();
  link.close();
  assert.equal(link.state, "closed");
  await clock.advance(60000);
  assert.deepEqual([FakePeer.made.length, latest().closed, clock.timers.length], [1, true, 0]);
});
