import assert from "node:assert/strict";
import { test } from "node:test";
import { figuresOf } from "./figures.js";
import { addressOf, viewOf } from "./view.js";

const facts = { state: /** @type {const} */ ("live"), error: null, retryIn: null, dialling: false, pictureAge: 20, robot: "rover" };

test("a fresh picture is live, and nothing covers it", () => {
  const view = viewOf(facts);
  assert.deepEqual([view.look, view.status, view.headline, view.note], ["live", "Live", "", ""]);
});

test("a picture that stands still is never called live", () => {
  const view = viewOf({ ...facts, pictureAge: 3100 });
  assert.deepEqual([view.look, view.note, view.headline], ["stale", "picture 3 s old", ""]);
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

test("connecting names the robot", () => {
  assert.equal(viewOf({ ...facts, state: "connecting", pictureAge: null }).headline, "Connecting to rover");
  assert.equal(viewOf({ ...facts, state: "connecting", pictureAge: null, robot: "" }).headline, "Connecting");
});

test("the page's path says which robot", () => {
  assert.deepEqual(addressOf("/"), { robot: "", url: "/connect" });
  assert.deepEqual(addressOf("/garden%20rover/"), { robot: "garden rover", url: "/garden%20rover" });
  assert.deepEqual(addressOf("/%zz"), { robot: "%zz", url: "/%zz" });
});

test("figures are rates between two readings", () => {
  const video = { frameWidth: 640, frameHeight: 480, framesDecoded: 30, bytesReceived: 0, packetsLost: 0, packetsReceived: 100 };
  const after = { ...video, framesDecoded: 60, bytesReceived: 250000, packetsLost: 1, packetsReceived: 199 };
  const figures = new Map(figuresOf({ time: 0, video, pair: null, codec: null, remote: null },
    { time: 1000, video: after, pair: { currentRoundTripTime: 0.031 }, codec: { mimeType: "video/H264" }, remote: { candidateType: "relay" } }));
  assert.deepEqual([...figures.values()], ["640 × 480", "30 /s", "2.0 Mbit/s", "1.0 %", "31 ms", "H264", "relayed"]);
});
