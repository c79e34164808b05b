import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { FakeClock, settle } from "../test-support/fake_clock.js";
import { FakePeer } from "../test-support/fake_peer.js";
import { FakeSocket } from "../test-support/fake_socket.js";
import { Link } from "./link.js";
import { PageSocket, socketUrl } from "./page_socket.js";

const ROVER = { name: "rover", online: true, for_ms: 0, protocol: "rtcbot.v1", trickle: true };
const GONE = { ...ROVER, online: false, trickle: false };
/** @type {FakeClock} */
let clock;
/** @type {any} */
let env;
/** The posted offers. @type {any[]} */
let posted;
/** @type {{close(): void}} */
let under_test;

beforeEach(() => {
  clock = new FakeClock();
  FakePeer.made = [];
  FakeSocket.made = [];
  posted = [];
  env = {
    ...clock, RTCPeerConnection: FakePeer, WebSocket: FakeSocket, window: new EventTarget(), document: null, random: () => 0.5,
    location: "https://host.example/rover?x#y",
    fetch: async (/** @type {string} */ url, /** @type {any} */ init) => {
      posted.push(JSON.parse(init.body));
      return new Response('{"type":"answer","sdp":"v=0 posted"}');
    },
  };
});

afterEach(() => under_test.close());

const socket = () => /** @type {FakeSocket} */ (FakeSocket.made.at(-1));
const peer = () => /** @type {FakePeer} */ (FakePeer.made.at(-1));
const makeLink = () => {
  const link = new Link({ url: "/rover", video: () => {}, socket: true, environment: env });
  under_test = link;
  return link;
};
/** Bodies of responses are read in Node's own tasks. */
const settleAll = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

test("its address is where offers are posted", () => {
  under_test = { close() {} };
  assert.equal(socketUrl("/rover", "https://host.example:8/x?y#z"), "wss://host.example:8/rover");
  assert.equal(socketUrl("http://other/connect?t=1"), "ws://other/connect?t=1");
});

test("an offer goes at once, its candidates after it, and the robot's are taken when they come", async () => {
  const link = makeLink();
  socket().welcome(ROVER);
  await settle();
  assert.deepEqual(socket().sent.map(({ type, id, trickle }) => [type, id, trickle]), [["offer", 1, true]], "without waiting for a candidate");
  peer().candidate("srflx");
  peer().candidate("srflx", 1);
  peer().complete();
  assert.deepEqual(socket().sent.slice(1).map(({ candidates, end }) => [candidates.length, end]), [[1, undefined], [0, true]]);
  socket().say({ type: "candidates", id: 1, candidates: [{ candidate: "candidate:early", sdpMid: "0" }] });
  socket().say({ type: "accepted", id: 1 });
  socket().say({ type: "answer", id: 1, sdp: "v=0" });
  await settle();
  socket().say({ type: "candidates", id: 1, candidates: [{ candidate: "candidate:late", sdpMid: "0" }], end: true });
  assert.deepEqual(peer().remoteCandidates.map(({ candidate }) => candidate), ["candidate:early", "candidate:late"]);
  peer().become("connected");
  assert.deepEqual([link.state, posted], ["live", []]);
});

test("while the socket opens the offer is gathered, and posted if that is done first", async () => {
  makeLink();
  await settle();
  peer().candidate("host");
  await clock.advance(20);
  assert.equal(posted.length, 1);
  socket().welcome(ROVER);
  assert.deepEqual(socket().sent, []);
});

test("a robot that takes no candidates by themselves gets a complete offer", async () => {
  makeLink();
  socket().welcome({ ...ROVER, trickle: false, protocol: "bare" });
  await settle();
  assert.deepEqual(socket().sent, []);
  peer().candidate("host");
  await clock.advance(20);
  assert.deepEqual(socket().sent.map(({ type, trickle }) => [type, trickle]), [["offer", undefined]]);
});

test("an offer that the server does not hear is posted, and the socket dialled anew", async () => {
  const link = makeLink();
  socket().welcome(ROVER);
  await settle();
  peer().candidate("host");
  await clock.advance(2500);
  await settleAll();
  assert.equal(posted.length, 1);
  assert.equal(socket().closed || FakeSocket.made.length > 1, true);
  peer().become("connected");
  assert.equal(link.state, "live");
  await clock.advance(1000);
  assert.equal(FakeSocket.made.length, 2);
});

test("a robot that the server does not know here is asked for by POST", async () => {
  makeLink();
  socket().welcome({ ...GONE, forgotten: true });
  await settle();
  peer().candidate("host");
  await clock.advance(20);
  assert.deepEqual([posted.length, socket().sent.length], [1, 0]);
});

test("a refusal has its reason and its time", async () => {
  const link = makeLink();
  socket().welcome(ROVER);
  await settle();
  socket().say({ type: "accepted", id: 1 });
  socket().say({ type: "refusal", id: 1, error: "busy", message: "Full.", retry_after: 7 });
  await settle();
  assert.deepEqual([link.state, link.error?.reason, link.error?.message], ["waiting", "busy", "Full."]);
  assert.ok(link.retryIn !== null && link.retryIn >= 7000);
});

test("a robot that comes back is dialled at once, and going is told", async () => {
  const told = [];
  const link = new Link({
    url: "/rover", socket: true, environment: env, reconnect: { nextDelay: () => 60000 },
    onState: (/** @type {Link} */ which) => told.push(which.presence?.online),
  });
  under_test = link;
  socket().welcome(ROVER);
  await settle();
  socket().say({ type: "refusal", id: 1, error: "robot_left", message: "Gone." });
  socket().say({ type: "presence", robots: [GONE] });
  await settle();
  assert.deepEqual([link.state, link.isDialling, told.at(-1)], ["waiting", false, false]);
  const tries = FakePeer.made.length;
  await clock.advance(5000);
  socket().say({ type: "presence", robots: [ROVER] });
  assert.deepEqual([FakePeer.made.length, link.isDialling], [tries + 1, true]);
});

test("a server that restarts is dialled again for ever, no sooner than it asked, and video goes on", async () => {
  const link = makeLink();
  socket().welcome(ROVER);
  await settle();
  socket().say({ type: "answer", id: 1, sdp: "v=0" });
  await settle();
  peer().become("connected");
  socket().say({ type: "stopping", retry_after_ms: 5000 });
  socket().end();
  peer().arrived.bytes += 1000;
  await clock.advance(900);
  assert.deepEqual([FakeSocket.made.length, link.state, link.presence], [1, "live", null]);
  for (let passed = 0; passed < 60000; passed += 250) {
    peer().arrived.bytes += 1000;
    if (!socket().closed && FakeSocket.made.length > 1) socket().end();
    await clock.advance(250);
  }
  assert.ok(FakeSocket.made.length >= 4 && FakeSocket.made.length < 20, `${FakeSocket.made.length}`);
  assert.deepEqual([link.state, FakePeer.made.length], ["live", 1]);
});

test("an upgrade that is never answered counts as failed", async () => {
  under_test = new PageSocket("/api/robots", env, {});
  await clock.advance(8000 + 1000);
  assert.equal(FakeSocket.made.length, 2);
  assert.equal(FakeSocket.made[0].closed, true);
});

test("a sign-out ends the connection at once, with its own reason, which later refusals do not cover", async () => {
  const link = makeLink();
  socket().welcome(ROVER);
  await settle();
  socket().say({ type: "answer", id: 1, sdp: "v=0" });
  await settle();
  peer().become("connected");
  assert.equal(link.state, "live");
  const driving = peer();
  env.fetch = async () => new Response('{"error":"unauthorized","message":"You are not signed in here."}', { status: 401 });
  socket().say({ type: "error", error: "signed_out", message: "You signed out." });
  socket().end();
  assert.deepEqual([link.state, link.error?.reason, link.error?.code, link.error?.message],
    ["waiting", "unauthorized", "signed_out", "You signed out."]);
  assert.equal(driving.connectionState, "closed");
  const dialled = FakePeer.made.length;
  await clock.advance(31_000);
  peer().candidate("host");
  await clock.advance(20);
  await settleAll();
  assert.ok(FakePeer.made.length > dialled, "it still tries, for a person who signs in elsewhere");
  assert.equal(link.error?.code, "signed_out");
});

test("one page too many learns why, comes back no sooner than it was asked, and keeps its video", async () => {
  /** @type {(string | undefined)[]} */
  const reasons = [];
  const link = makeLink();
  /** @type {number[]} */
  const waits = [];
  const lone = new PageSocket("/api/robots", env, {
    onEnded: (refusal, wait) => {
      reasons.push(refusal?.code);
      waits.push(wait);
    },
  });
  const [its, its2] = [FakeSocket.made[0], FakeSocket.made[1]];
  for (const each of [its, its2]) {
    each.say({ type: "error", error: "too_many_pages", message: "50 pages are open.", retry_after: 10 });
    each.end();
  }
  assert.deepEqual(reasons, ["too_many_pages"]);
  assert.ok(waits[0] >= 10_000, `${waits}`);
  await settle();
  peer().candidate("host");
  await clock.advance(20);
  await settleAll();
  peer().become("connected");
  assert.deepEqual([link.state, posted.length], ["live", 1]);
  lone.close();
});

test("what ends without words, or cannot be opened, has no reason", async () => {
  /** @type {unknown[]} */
  const reasons = [];
  under_test = new PageSocket("/api/robots", env, { onEnded: (refusal) => reasons.push(refusal) });
  socket().end();
  await clock.advance(8000 + 1000);
  assert.deepEqual(reasons, [null, null]);
});

test("a list begins anew with each socket", () => {
  const told = [];
  under_test = new PageSocket("/api/robots", env, { onPresence: (robots, first) => told.push([robots.length, first]) });
  socket().welcome(ROVER);
  socket().say({ type: "presence", robots: [ROVER, GONE] });
  assert.deepEqual(told, [[1, true], [2, false]]);
});

test("the server's newest ICE servers are used where the page names none", async () => {
  makeLink();
  socket().welcome(ROVER, [{ urls: ["turn:relay"], username: "u", credential: "c" }]);
  await settle();
  socket().say({ type: "refusal", id: 1, error: "robot_left", message: "" });
  await settle();
  await clock.advance(300);
  assert.deepEqual(peer().configuration.iceServers, [{ urls: ["turn:relay"], username: "u", credential: "c" }]);
});
