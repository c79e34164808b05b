import assert from "node:assert/strict";
import { test } from "node:test";
import { connectionStats } from "../src/connection_stats.js";
import { FrameFigures } from "../src/frame_figures.js";
import { formatsRefused } from "../src/media.js";
import { figuresOf } from "./figures.js";
import { signInAddressOf } from "../pages/sign_in.js";
import { CameraCover } from "./camera_cover.js";
import { shownSize } from "./picture_size.js";
import { addressOf, coverOf, manifestOf, staleAfter, viewOf, wantsReceiver } from "./view.js";

const facts = { state: /** @type {const} */ ("live"), error: null, retryIn: null, dialling: false, shownFor: 20, pictureAge: 20, robot: "rover",
  staleAfter: 700 };

test("a fresh picture is live, and nothing covers it", () => {
  const view = viewOf(facts);
  assert.deepEqual([view.look, view.status, view.headline, view.note], ["live", "Live", "", ""]);
});

test("a picture that stands still is never called live", () => {
  const view = viewOf({ ...facts, shownFor: 3000, pictureAge: 3100 });
  assert.deepEqual([view.look, view.note, view.headline], ["stale", "picture 3 s old", ""]);
});

test("one limit says what is live: the robot's, and where it says none, this page's own", () => {
  assert.equal(viewOf({ ...facts, pictureAge: 699 }).look, "live");
  assert.equal(viewOf({ ...facts, pictureAge: 701 }).look, "stale");
  const limits = { dead_man_ms: 250, stale_command_ms: 300, stale_picture_ms: 450 };
  assert.deepEqual([limits, { ...limits, stale_picture_ms: 0 }, null].map(staleAfter), [450, 1500, 1500]);
});

test("a camera that was chosen shows nothing of the one before, and one that is missing shows nothing", () => {
  const cover = new CameraCover();
  const choose = (/** @type {number} */ now, /** @type {string} */ camera, /** @type {string} */ rear) => cover.follow(now, {
    camera, cameras: [{ name: "front", state: "running" }, { name: "rear", state: rear }],
  });
  choose(0, "front", "closed");
  cover.onFrame(10);
  assert.equal(cover.isCovered, false, "the first camera has none before it");
  choose(1000, "rear", "closed");
  cover.onFrame(1400); // A picture that was still in a buffer.
  assert.equal(cover.isCovered, true);
  choose(1500, "rear", "failed");
  cover.onFrame(9000);
  assert.equal(cover.isCovered, true, "it is missing");
  cover.follow(9100, null);
  choose(9200, "rear", "running");
  assert.equal(cover.isCovered, true, "its first picture is still to come");
  cover.onFrame(9300);
  assert.equal(cover.isCovered, false);
  choose(9400, "front", "running");
  cover.onFrame(9420); // Still on its way when the camera was selected.
  assert.equal(cover.isCovered, true);
  cover.onFrame(9560);
  assert.equal(cover.isCovered, false);
});

test("a browser that plays none of the robot's formats is told which they are", () => {
  const view = viewOf({ ...facts, pictureAge: null, shownFor: null, unplayable: ["H264", "VP8"] });
  assert.deepEqual([view.look, view.headline], ["offline", "No video that this browser can play"]);
  assert.match(view.detail, /sends H[.]264 or VP8/);
  assert.deepEqual(formatsRefused("v=0\r\na=x-rtcbot-formats:H264 VP8\r\nm=video 0 x\r\n"), ["H264", "VP8"]);
  for (const other of ["v=0\r\nm=video 9 x\r\n", undefined]) assert.equal(formatsRefused(other), null);
});

test("who may drive a robot of ours that takes no commands is told how it would", () => {
  const presence = { online: true, for_ms: 9, age: 1, protocol: "rtcbot.v1" };
  assert.match(viewOf({ ...facts, presence, isUndriven: true }).note, /start it with --drive/);
  for (const more of [{ isUndriven: false, presence }, { isUndriven: true, presence: { ...presence, protocol: "bare" } }, { isUndriven: true }]) {
    assert.equal(viewOf({ ...facts, ...more }).note, "");
  }
});

test("a picture is as large as its box lets it be", () => {
  assert.deepEqual(shownSize({ width: 375, height: 400 }, { width: 640, height: 480 }), { width: 375, height: 281.25 });
  assert.deepEqual(shownSize({ width: 750, height: 90 }, { width: 640, height: 480 }), { width: 120, height: 90 });
  assert.deepEqual(shownSize({ width: 375, height: 0 }, { width: 640, height: 480 }), { width: 0, height: 0 });
});

test("a picture that moves, but was taken long ago, is not called live either", () => {
  const view = viewOf({ ...facts, shownFor: 20, pictureAge: 4000 });
  assert.deepEqual([view.look, view.status, view.note], ["stale", "Video is delayed", "picture 4 s old"]);
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
  assert.equal(viewOf({ ...facts, presence }).note, "robot lost its server", "its video goes on");
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
  assert.deepEqual(addressOf("/garden%20rover"), { robot: "garden rover", url: "/garden%20rover" });
  assert.deepEqual(addressOf("/robots/"), { robot: "", url: "/robots/connect" });
  assert.deepEqual(addressOf("/robots/rover"), { robot: "rover", url: "/robots/rover" });
  assert.deepEqual(addressOf("/%zz"), { robot: "%zz", url: "/%zz" });
});

test("each page has the manifest that opens it", () => {
  assert.equal(manifestOf("rover", ""), "manifest.webmanifest?robot=rover");
  assert.equal(manifestOf("a&b", "?watch"), "manifest.webmanifest?robot=a%26b");
  assert.equal(manifestOf("", "?watch"), "manifest.webmanifest?watch");
  assert.equal(manifestOf("", ""), "manifest.webmanifest");
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
    Latency: "60 ms · 95 % 60 ms", Frames: "2 /s", Freezes: "1 · 1.0 s", Rate: "2.0 Mbit/s", "Packet loss": "1.0 %", "Round trip": "31 ms",
    Buffer: "10 ms", Size: "640 × 480", Codec: "H264", "Key frames": "1", "This tab": "2.50 GB in · 1.3 MB out", Path: "relayed", Clock: "± 1.3 ms",
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

test("each refusal has its own headline, and one that signing in removes has the link", () => {
  const shown = (/** @type {string} */ reason, more = {}) => {
    const error = { reason, message: "", code: reason, ...more };
    const { headline, signIn, mayRetry } = viewOf({ ...facts, state: "waiting", retryIn: 1000, error });
    return [headline, signIn, mayRetry];
  };
  assert.deepEqual(shown("busy"), ["Robot is busy", "", true]);
  assert.deepEqual(shown("busy", { status: 503 }), ["Server is busy", "", true]);
  assert.deepEqual(shown("rate_limited"), ["Too many requests", "", true]);
  assert.deepEqual(shown("unauthorized"), ["Not signed in", "Sign in again", false]);
  assert.deepEqual(shown("unauthorized", { code: "signed_out" }), ["You signed out", "Sign in", false]);
  assert.deepEqual(shown("forbidden"), ["Not allowed", "Sign in with another link", false]);
  assert.equal(viewOf(facts).signIn, "");
});

test("signing in returns to the page", () => {
  assert.deepEqual([["rover", ""], ["a.b", "?watch"], ["", "?watch"], ["", ""]].map(([robot, search]) => signInAddressOf(robot, search)),
    ["login?to=rover", "login?to=a.b", "login?to=%3Fwatch", "login"]);
});

test("the page's own receiver is used on request, and the figures name what is visible", () => {
  assert.deepEqual(["", "?watch", "?receiver=video", "?receiver=page", "?watch&receiver=page"].map(wantsReceiver), [false, false, false, true, true]);
  const reading = { time: 1, video: { frameWidth: 640, frameHeight: 480 }, codec: null, pair: null, local: null, remote: null };
  const frames = { ...new FrameFigures().figures(0, null), pictureAge: null, clock: null };
  const receiver = { isVisible: true, failure: "", decoded: 9, drawn: 7, late: 2, undecodable: 0, stages: { arrival: null, decode: 8.2, draw: 1.4 } };
  const shown = (/** @type {object} */ more) => {
    const stats = connectionStats(null, reading, { ...frames, receiver: { ...receiver, ...more } });
    return Object.fromEntries(figuresOf(stats, { received: 0, sent: 0 }));
  };
  const page = shown({});
  assert.deepEqual([page.Receiver, page["Decode · draw"], page["Dropped as late"]], ["page", "8 ms · 1 ms", "2"]);
  assert.equal(page["Capture to arrival"], undefined);
  assert.equal(shown({ stages: { arrival: 30, decode: 8, draw: 1 } })["Capture to arrival"], "30 ms");
  const browser = shown({ isVisible: false, failure: "no WebCodecs" });
  assert.deepEqual([browser.Receiver, browser["Decode · draw"]], ["browser: no WebCodecs", undefined]);
});
