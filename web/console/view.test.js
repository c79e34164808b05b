import assert from "node:assert/strict";
import { test } from "node:test";
import { connectionStats } from "../src/connection_stats.js";
import { FrameFigures } from "../src/frame_figures.js";
import { figuresOf } from "./figures.js";
import { addressOf, coverOf, viewOf } from "./view.js";

const facts = { state: /** @type {const} */ ("live"), error: null, retryIn: null, dialling: false, shownFor: 20, pictureAge: 20, robot: "rover" };

test("a fresh picture is live, and nothing covers it", () => {
  const view = viewOf(facts);
  assert.deepEqual([view.look, view.status, view.headline, view.note], ["live", "Live", "", ""]);
});

test("a picture that stands still is never called live", () => {
  const view = viewOf({ ...facts, shownFor: 3000, pictureAge: 3100 });
  assert.deepEqual([view.look, view.note, view.headline], ["stale", "picture 3 s old", ""]);
});

test("a picture that moves, but was taken long ago, is not called live either", () => {
  const view = viewOf({ ...facts, shownFor: 20, pictureAge: 4000 });
  assert.deepEqual([view.look, view.status, view.note], ["stale", "Picture is late", "picture 4 s old"]);
});

test("what waited in the modem stays covered, and the first fresh picture is shown", () => {
  const first = coverOf(5000, 2100, null);
  assert.deepEqual(first, { stays: true, lateSince: 5000 });
  assert.deepEqual(coverOf(5040, 1900, first.lateSince), { stays: true, lateSince: 5000 });
  assert.deepEqual(coverOf(5080, 90, first.lateSince), { stays: false, lateSince: null });
});

test("where all pictures are late, late ones are shown", () => {
  const { lateSince } = coverOf(5000, 900, null);
  assert.equal(coverOf(5299, 900, lateSince).stays, true);
  assert.deepEqual(coverOf(5300, 900, lateSince), { stays: false, lateSince: 5000 });
});

test("a picture of unknown age is shown", () => {
  assert.deepEqual(coverOf(5000, null, 4900), { stays: false, lateSince: null });
});

test("an interruption says how old the picture is, and keeps it in view", () => {
  const view = viewOf({ ...facts, state: "interrupted", pictureAge: 125000 });
  assert.deepEqual([view.look, view.note, view.headline], ["interrupted", "picture 2 min old", ""]);
  const error = { reason: "robot_offline", message: "Not there." };
  assert.equal(viewOf({ ...facts, state: "interrupted", error }).note, "picture 1 s old · robot offline");
});

test("an offline robot comes with the server's sentence and the time of the next try", () => {
  const error = { reason: "robot_offline", message: "rover is not online; it was last seen at noon." };
  const view = viewOf({ ...facts, state: "waiting", error, retryIn: 3200 });
  assert.deepEqual([view.look, view.headline, view.detail, view.note, view.mayRetry],
    ["offline", "Robot offline", error.message, "next try in 3 s", true]);
  assert.equal(viewOf({ ...facts, state: "waiting", error, dialling: true }).note, "trying now");
});

test("a robot that the server says is offline is called so at once, and for how long", () => {
  const presence = { online: false, for_ms: 118000, age: 2000, protocol: "rtcbot.v1" };
  const error = { reason: "robot_left", message: "It hung up." };
  const view = viewOf({ ...facts, state: "waiting", error, retryIn: 1000, presence });
  assert.deepEqual([view.look, view.headline, view.note, view.mayRetry], ["offline", "Robot offline", "offline for 2 min", true]);
  const interrupted = viewOf({ ...facts, state: "interrupted", presence });
  assert.deepEqual([interrupted.status, interrupted.note], ["Robot offline", "picture 1 s old"]);
  assert.equal(viewOf({ ...facts, presence }).note, "robot has lost the server", "its video goes on");
  assert.equal(viewOf({ ...facts, presence: { ...presence, protocol: "bare" } }).note, "", "the tutorial's robot hangs up");
  const forbidden = { reason: "forbidden", message: "Not you." };
  assert.equal(viewOf({ ...facts, state: "waiting", error: forbidden, presence }).headline, "Not allowed");
  const nobody = { ...presence, forgotten: true };
  assert.equal(viewOf({ ...facts, state: "waiting", error: { reason: "no_robot", message: "" }, presence: nobody }).headline, "No robot online");
});

test("connecting names the robot", () => {
  assert.equal(viewOf({ ...facts, state: "connecting", pictureAge: null }).headline, "Connecting to rover");
  assert.equal(viewOf({ ...facts, state: "connecting", pictureAge: null, robot: "" }).headline, "Connecting");
});

test("the page's path says which robot", () => {
  assert.deepEqual(addressOf("/"), { robot: "", url: "/connect" });
  assert.deepEqual(addressOf("/garden%20rover/"), { robot: "garden rover", url: "/garden%20rover" });
  assert.deepEqual(addressOf("/%zz"), { robot: "%zz", url: "/%zz" });
});

test("figures are short and have their units", () => {
  const shown = new FrameFigures();
  shown.onFrame(0, 100);
  shown.onFrame(960, 1000);
  const clock = { offset: 100, error: 1.25 };
  const video = { frameWidth: 640, frameHeight: 480, bytesReceived: 1250000, packetsLost: 1, packetsReceived: 199, keyFramesDecoded: 1,
    jitterBufferDelay: 0.3, jitterBufferEmittedCount: 30 };
  const stats = connectionStats({
    time: 0,
    video: { bytesReceived: 1000000, packetsLost: 0, packetsReceived: 100, jitterBufferDelay: 0, jitterBufferEmittedCount: 0 },
  },
    { time: 1000, video, pair: { currentRoundTripTime: 0.031 }, codec: { mimeType: "video/H264" }, local: undefined,
      remote: { candidateType: "relay" } },
    { ...shown.figures(1000, 100), pictureAge: 20, clock });
  assert.deepEqual(Object.fromEntries(figuresOf(stats, { received: 2.5e9, sent: 1.26e6 })), {
    Latency: "60 ms · 95 % 60 ms", Frames: "2 /s", Freezes: "1 · 1.0 s", Rate: "2.0 Mbit/s", Lost: "1.0 %", "Round trip": "31 ms", Buffer: "10 ms",
    Size: "640 × 480", Codec: "H264", "Key frames": "1", "This page": "2.50 GB in · 1.3 MB out", Path: "relayed", Clock: "± 1.3 ms",
  });
});

test("before the first picture there are no figures of it", () => {
  const nothing = new FrameFigures().figures(0, null);
  const stats = connectionStats(null, { time: 0, video: undefined, pair: undefined, codec: undefined, local: undefined, remote: undefined },
    { ...nothing, pictureAge: null, clock: null });
  assert.deepEqual(figuresOf(stats, { received: 0, sent: 0 }), [["Video", "none yet"]]);
  assert.deepEqual([stats.latency, stats.bitrate, stats.loss, stats.roundTrip, stats.path, Object.isFrozen(stats)],
    [null, null, null, null, "", true]);
});
