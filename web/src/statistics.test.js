import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { FakeClock, settle } from "../test-support/fake_clock.js";
import { FakePeer } from "../test-support/fake_peer.js";
import { RTCConnection } from "./connection.js";
import { Feed } from "./receiver/receiver.js";

const NTP_EPOCH = 2208988800000;
const ROBOT_AHEAD = 1.7e12;
const track = { kind: "video" };

/** @type {FakeClock} */
let clock;
/** @type {EventTarget} */
let page;
/** The page's elements. @type {any[]} */
let elements;

beforeEach(() => {
  clock = new FakeClock();
  page = new EventTarget();
  elements = [];
  FakePeer.made = [];
});

/** A video element whose frames the test makes. */
function fakeVideo() {
  /** @type {any} */
  let callback = null;
  return {
    srcObject: { getVideoTracks: () => [track] },
    requestVideoFrameCallback: (given) => ((callback = given), 1),
    cancelVideoFrameCallback: () => (callback = null),
    show(now, frame) {
      const tell = callback;
      callback = null;
      tell?.(now, frame);
    },
  };
}

/** The RTP time stamp of a frame captured at `time` of the robot's clock. */
const rtpOf = (time) => ((time * 90) % 2 ** 32) >>> 0;

/** A connection to a robot that answers within 2 x 10 ms if `answers`. */
async function connected({ answers = true, video = true } = {}) {
  const connection = new RTCConnection(true, {}, {
    environment: /** @type {any} */ ({ ...clock, RTCPeerConnection: FakePeer, window: page, document: { querySelectorAll: () => elements } }),
  });
  if (video) connection.video.subscribe(() => {});
  const peer = /** @type {FakePeer} */ (FakePeer.made.at(-1));
  const offer = connection.getLocalDescription();
  await settle();
  peer.candidate("host");
  await clock.advance(20);
  await offer;
  const channel = /** @type {any} */ (peer.channels.find((each) => each.label === "rtcbot.clock"));
  if (channel && answers) {
    channel.send = (text) => {
      channel.sent.push(text);
      const heardAt = clock.time + 10;
      if (text.startsWith("clock ")) clock.setTimeout(() => channel.onmessage?.({ data: `${text} ${heardAt + ROBOT_AHEAD}` }), 20);
    };
  }
  await connection.setRemoteDescription({ type: "answer", sdp: "v=0" });
  const receiver = {
    getSynchronizationSources: () => [{ rtpTimestamp: rtpOf(5000 + ROBOT_AHEAD), captureTimestamp: 5000 + ROBOT_AHEAD + NTP_EPOCH }],
  };
  if (video) peer.ontrack({ track, receiver, streams: [{}] });
  peer.become("connected");
  await settle();
  return { connection, peer, channel, receiver };
}

/** A frame every 40 ms, each displayed 70 ms after its capture. */
async function play(video, peer, ms) {
  for (const end = clock.time + ms; clock.time < end; ) {
    await clock.advance(40);
    peer.arrived.bytes += 1000;
    video.show(clock.time, { presentationTime: clock.time, rtpTimestamp: rtpOf(clock.time - 70 + ROBOT_AHEAD) });
  }
}

test("figures come every second, with latency by the robot's clock and the time of capture", async () => {
  const { connection, peer } = await connected();
  const video = fakeVideo();
  elements.push(video);
  const told = [];
  connection.onStats((stats) => told.push(stats));
  await play(video, peer, 5200);
  assert.equal(told.length, 5);
  assert.equal(connection.stats, told.at(-1));
  const { latency, clock: robot, framesPerSecond, freezes, pictureAge } = told.at(-1);
  for (const each of [latency.p50, latency.p95, latency.max]) assert.ok(Math.abs(each - 70) < 1, `${each}`);
  assert.ok(Math.abs(robot.offset - ROBOT_AHEAD) < 0.01 && robot.error < 11, `${robot.offset} ± ${robot.error}`);
  assert.ok(Math.abs(framesPerSecond - 25) < 1 && freezes === 0, `${framesPerSecond}, ${freezes}`);
  assert.ok(pictureAge >= 69 && pictureAge < 111, `${pictureAge}`);
});

test("the robot is told once a second what the driver sees, and asked for its time ever less often", async () => {
  const { channel, peer } = await connected();
  const video = fakeVideo();
  elements.push(video);
  await play(video, peer, 10_000);
  const seen = channel.sent.filter((text) => text.startsWith("seen "));
  assert.ok(seen.length >= 8 && seen.length <= 10, `${seen.length}`);
  assert.match(seen.at(-1), /^seen 0 0 70\.\d 70\.\d$/);
  const asked = channel.sent.filter((text) => text.startsWith("clock ")).length;
  assert.ok(asked >= 10 && asked <= 12, `${asked}`);
  assert.deepEqual(channel.options, { ordered: false, maxRetransmits: 0 });
});

test("with a robot that has no clock to tell, all but the latency is there, and it is left in peace", async () => {
  const { connection, channel, peer } = await connected({ answers: false });
  const video = fakeVideo();
  elements.push(video);
  await play(video, peer, 60_000);
  assert.deepEqual([connection.stats?.latency, connection.stats?.clock, channel.sent.length], [null, null, 12]);
  assert.ok((connection.stats?.frames ?? 0) > 1000);
});

test("a browser that does not say when a picture was taken counts what it was under way at least: a moving picture may be old", async () => {
  const { connection, peer, receiver } = await connected();
  receiver.getSynchronizationSources = () => [];
  const video = fakeVideo();
  elements.push(video);
  await play(video, peer, 2000);
  assert.equal(connection.stats?.latency, null);
  assert.ok(Math.abs((connection.pictureAge ?? 0) - 10) < 1, `${connection.pictureAge}: half the way to the clock and back`);
  peer.figures = { pair: { currentRoundTripTime: 2 }, video: { jitterBufferDelay: 100, jitterBufferEmittedCount: 500 } };
  await play(video, peer, 1100);
  assert.ok(Math.abs((connection.pictureAge ?? 0) - 1200) < 1, `${connection.pictureAge}: half the round trip, and 200 ms in the buffer`);
  connection._roundTripToo = () => 3000;
  assert.ok(Math.abs((connection.pictureAge ?? 0) - 1700) < 1, `${connection.pictureAge}: half of what commands take`);
});

test("what a robot echoes is no answer", async () => {
  const { connection, channel } = await connected({ answers: false });
  for (const data of ["clock 1", "clock x y", "clock 1 2 3", "hello", "clock 1 nonsense"]) channel.onmessage({ data });
  await clock.advance(1500);
  assert.equal(connection.stats?.clock, null);
});

test("the users' consumer never hears of the clock", async () => {
  const { connection } = await connected();
  const got = [];
  connection.subscribe((text) => got.push(text));
  await clock.advance(3000);
  assert.ok(connection.stats?.clock);
  assert.deepEqual(got, []);
});

test("a connection without video asks nothing, and the jitter buffer of one with video is at its least", async () => {
  assert.equal((await connected({ video: false })).channel, undefined);
  const { receiver } = await connected();
  assert.deepEqual([receiver.jitterBufferTarget, receiver.playoutDelayHint], [0, 0]);
});

test("another element that shows the video is found, and what was hidden is no freeze", async () => {
  const { connection, peer } = await connected();
  const first = fakeVideo();
  elements.push(first);
  await play(first, peer, 1000);
  const second = fakeVideo();
  first.srcObject = /** @type {any} */ (null);
  elements = [second];
  first.show(clock.time, {});
  const before = connection.stats?.frames ?? 0;
  page.dispatchEvent(new Event("visibilitychange"));
  await clock.advance(5000);
  await play(second, peer, 2000);
  const { frames, freezes } = /** @type {any} */ (connection.stats);
  assert.ok(frames > before + 30 && freezes === 0, `${frames}, ${freezes}`);
});

test("a silent second is a freeze, and the age of the picture grows meanwhile", async () => {
  const { connection, peer } = await connected();
  const video = fakeVideo();
  elements.push(video);
  await play(video, peer, 2000);
  await clock.advance(1500);
  assert.ok(Math.abs((connection.pictureAge ?? 0) - 1570) < 2, `${connection.pictureAge}`);
  await play(video, peer, 1100);
  const { freezes, frozen } = /** @type {any} */ (connection.stats);
  assert.equal(freezes, 1);
  assert.ok(frozen >= 1500 && frozen <= 1600, `${frozen}`);
});

test("closing leaves no timer and no listener", async () => {
  const { connection, channel } = await connected();
  await clock.advance(500);
  connection.close();
  assert.deepEqual([clock.timers.filter(({ at }) => at > clock.time + 100), channel.readyState], [[], "closed"]);
});

test("frames of the page's own receiver count while its canvas is visible, and those of the <video> otherwise", async () => {
  const { connection, peer } = await connected();
  const video = fakeVideo();
  elements.push(video);
  const sent = /** @type {any[]} */ ([]);
  const ages = /** @type {any[]} */ ([]);
  const receiver = {
    isVisible: false, failure: "", _shown: /** @type {any} */ (null), _feeds: new Map(), _send: (/** @type {any} */ message) => sent.push(message),
    _onPresented: (/** @type {any} */ _feed, /** @type {number} */ _now, /** @type {number} */ _rtp, /** @type {any} */ age) => ages.push(age),
  };
  const feed = new Feed(/** @type {any} */ (receiver), 7, connection._statistics);
  receiver._shown = connection._statistics.feed = feed;
  await play(video, peer, 2000);
  assert.ok(Math.abs(ages.at(-1) - 70) < 2, `${ages.at(-1)}`);
  const { anchor } = sent.filter(({ type }) => type === "anchor").at(-1);
  assert.ok(Math.abs(anchor.capturedAt - 5000) < 2 && anchor.rtp === rtpOf(5000 + ROBOT_AHEAD));
  receiver.isVisible = true;
  const before = connection.stats?.frames ?? 0;
  for (let i = 0; i < 30; i++) {
    await clock.advance(40);
    video.show(clock.time, { presentationTime: clock.time, rtpTimestamp: rtpOf(clock.time - 70 + ROBOT_AHEAD) });
    feed.onDrawn({ rtp: rtpOf(clock.time - 30 + ROBOT_AHEAD), arrivedAt: clock.time - 12, decodedAt: clock.time - 2, drawnAt: clock.time });
  }
  assert.ok(Math.abs((connection.pictureAge ?? 0) - 30) < 2, `${connection.pictureAge}`);
  const stats = /** @type {any} */ (connection.stats);
  assert.ok(stats.frames - before <= 30, `${stats.frames - before}`);
  assert.deepEqual([stats.receiver.isVisible, stats.receiver.stages.decode, stats.receiver.stages.draw], [true, 10, 2]);
  assert.ok(Math.abs(stats.receiver.stages.arrival - 18) < 2, `${stats.receiver.stages.arrival}`);
  connection.close();
  assert.deepEqual(sent.at(-1), { type: "close", id: 7 });
});
