import assert from "node:assert/strict";
import { test } from "node:test";
import { PictureChoice } from "./choice.js";
import { DrawPolicy } from "./draw_policy.js";
import { FrameAge } from "./frame_age.js";
import { FrameOrder } from "./frame_order.js";
import { KeyFrameRequests } from "./key_frame_requests.js";
import { StageFigures } from "./stages.js";
import { Watchdog } from "./watchdog.js";

/** The RTP time stamp of `ms`, near the wrap. */
const rtp = (/** @type {number} */ ms) => (0xfffff000 + ms * 90) >>> 0;
const number = (/** @type {number} */ value, isReference = true) => ({ value: value % 16, modulus: 16, isReference });
const key = (/** @type {number} */ ms) => ({ rtp: rtp(ms), isKey: true, number: number(0), bytes: new Uint8Array(9) });
const h264 = (/** @type {number} */ ms, /** @type {number} */ value, isReference = true) =>
  ({ rtp: rtp(ms), isKey: false, number: number(value, isReference), bytes: new Uint8Array(9) });
const vp8 = (/** @type {number} */ ms, isKey = false, size = 9) => ({ rtp: rtp(ms), isKey, number: null, bytes: new Uint8Array(size) });
const times = (/** @type {{rtp: number}[]} */ frames) => frames.map((frame) => ((frame.rtp - rtp(0)) | 0) / 90);

test("frames in order pass, over the wrap of numbers and time stamps; nothing passes before a key frame", () => {
  const order = new FrameOrder();
  assert.deepEqual(order.onFrame(h264(0, 5)), []);
  assert.equal(order.needsKey, true);
  assert.deepEqual(times(order.onFrame(key(33))), [33]);
  for (let i = 1; i < 40; i++) assert.deepEqual(times(order.onFrame(h264(33 * i + 33, i))), [33 * i + 33]);
  assert.equal(order.dropped, 1);
});

test("frames after a missing one wait for it, and pass in order", () => {
  const order = new FrameOrder();
  order.onFrame(key(0));
  assert.deepEqual(order.onFrame(h264(66, 2)), []);
  assert.deepEqual(order.onFrame(h264(99, 3)), []);
  assert.equal(order.held, 2);
  assert.deepEqual(times(order.onFrame(h264(33, 1))), [33, 66, 99]);
});

test("a frame that nothing refers to leaves no gap when the next has its number", () => {
  const order = new FrameOrder();
  order.onFrame(key(0));
  assert.deepEqual(times([...order.onFrame(h264(33, 1, false)), ...order.onFrame(h264(66, 1)), ...order.onFrame(h264(99, 2))]), [33, 66, 99]);
});

test("a key frame ends the wait, and what is older than it is dropped", () => {
  const order = new FrameOrder();
  order.onFrame(key(0));
  order.onFrame(h264(66, 2));
  assert.deepEqual(times(order.onFrame(key(99))), [99]);
  assert.deepEqual(order.onFrame(h264(33, 1)), []);
  assert.deepEqual([order.held, order.dropped], [0, 2]);
});

test("a key frame of long ago begins a stream again, a delayed one does not", () => {
  const order = new FrameOrder();
  order.onFrame(key(10_000));
  assert.deepEqual(order.onFrame(key(9900)), []);
  assert.deepEqual(times(order.onFrame(key(-5000))), [-5000]);
});

test("without numbers a longer interval waits until the browser has shown the frame, or a frame fills the gap", () => {
  const order = new FrameOrder();
  order.onFrame(vp8(0, true));
  assert.deepEqual(order.onFrame(vp8(33)), []);
  assert.deepEqual(times(order.onProven(rtp(33))), [33]);
  assert.deepEqual(times(order.onFrame(vp8(67))), [67]);
  assert.deepEqual(order.onFrame(vp8(134)), []);
  assert.deepEqual(times(order.onFrame(vp8(100))), [100, 134]);
  assert.deepEqual(order.onFrame(vp8(200)), []);
  assert.deepEqual(order.onFrame(vp8(234)), []);
  assert.deepEqual(times(order.onProven(rtp(200))), [200, 234]);
});

test("held frames are bounded in number and size; then a key frame is needed", () => {
  for (const [count, size] of [[100, 9], [10, 1_000_000]]) {
    const order = new FrameOrder();
    order.onFrame(vp8(0, true));
    for (let i = 0; i < count; i++) order.onFrame(vp8(1000 + i * 33, false, size));
    assert.equal(order.needsKey, true);
    assert.ok(order.held <= 90);
  }
});

test("the age is exact with an anchor, and otherwise beyond the quickest frame's", () => {
  const age = new FrameAge();
  assert.equal(age.at(rtp(0), 5), 0);
  age.onArrival(rtp(0), 1020);
  age.onArrival(rtp(33), 1060);
  assert.deepEqual([age.at(rtp(33), 1060), age.at(rtp(0), 1025)], [7, 5]);
  age.setAnchor({ rtp: rtp(33), capturedAt: 1000 });
  assert.deepEqual([age.at(rtp(33), 1060), age.at(rtp(66), 1060)], [60, 27]);
});

test("time stamps that begin again are not taken for old frames, but a long outage is", () => {
  const age = new FrameAge();
  age.onArrival(rtp(0), 1000);
  age.onArrival(rtp(33), 21_000);
  assert.equal(age.at(rtp(33), 21_000), 19_967);
  age.onArrival((rtp(0) + 0x40000000) >>> 0, 21_033);
  assert.equal(age.at((rtp(0) + 0x40000000) >>> 0, 21_040), 7);
});

/** A stream in virtual time: frames arrive at `at` with `age`, and are decoded immediately. */
function play(/** @type {[number, number, number?][]} */ frames) {
  const policy = new DrawPolicy();
  return frames.map(([at, age, newer = 0]) => {
    policy.onArrival(at);
    return policy.onDecoded(at, age, newer);
  });
}

test("fresh frames are drawn, even if newer ones follow closely", () => {
  assert.deepEqual(play([[0, 20], [33, 25, 1], [66, 300, 2]]), ["draw", "draw", "draw"]);
});

test("a late frame is dropped while a newer one is in the decoder, and drawn if there is none", () => {
  assert.deepEqual(play([[0, 20], [33, 301, 1], [66, 301]]), ["draw", "drop", "draw"]);
});

test("after an outage nothing old is drawn, however the backlog comes, until a fresh frame", () => {
  assert.deepEqual(play([[0, 20], [3000, 2990], [3001, 2960, 3], [3030, 2000], [3100, 900], [3200, 400], [3210, 120], [3240, 130]]),
    ["draw", "hold", "hold", "hold", "hold", "hold", "draw", "draw"]);
});

test("if the frames stay late, they are drawn after the hold, and each from then on", () => {
  const frames = /** @type {[number, number][]} */ (Array.from({ length: 20 }, (_, i) => [3000 + 33 * i, 800]));
  const drawn = play([[0, 20], ...frames]);
  assert.deepEqual(drawn.slice(1, 11), Array(10).fill("hold"));
  assert.deepEqual(drawn.slice(11), Array(10).fill("draw"));
});

test("a held frame is drawn when the hold is over and nothing else came", () => {
  const policy = new DrawPolicy();
  policy.onArrival(0);
  policy.onDecoded(0, 20, 0);
  policy.onArrival(3000);
  assert.equal(policy.onDecoded(3000, 2900, 0), "hold");
  assert.equal(policy.holdsUntil, 3300);
  policy.onHoldOver(3300);
  assert.equal(policy.holdsUntil, Infinity);
  policy.onArrival(3333);
  assert.equal(policy.onDecoded(3333, 900, 0), "draw");
});

test("a backlog that gets fresher for ever is shown after a second", () => {
  const frames = /** @type {[number, number][]} */ (Array.from({ length: 20 }, (_, i) => [3000 + 100 * i, 9000 - 200 * i]));
  const drawn = play([[0, 20], ...frames]).slice(1);
  assert.equal(drawn.indexOf("draw"), 10);
});

test("a delay that grows slowly stops no picture, and neither does a decoder that always has a newer frame", () => {
  const growing = /** @type {[number, number][]} */ (Array.from({ length: 60 }, (_, i) => [33 * i, 20 * i]));
  assert.ok(play(growing).every((what) => what === "draw"));
  const slow = /** @type {[number, number, number][]} */ (Array.from({ length: 100 }, (_, i) => [33 * i, 500, 3]));
  assert.ok(play(slow).filter((what) => what === "draw").length >= 3);
});

test("while all frames are late, few frames a second are no outage each, and a fresh frame ends that", () => {
  const late = /** @type {[number, number][]} */ (Array.from({ length: 6 }, (_, i) => [3400 + 250 * i, 800]));
  assert.deepEqual(play([[0, 20], [3000, 800], [3200, 800], ...late, [5000, 50], [5200, 800]]),
    ["draw", "hold", "hold", ...Array(6).fill("draw"), "draw", "hold"]);
});

test("the first picture is drawn whatever its age", () => {
  assert.deepEqual(play([[0, 5000, 1]]), ["draw"]);
});

test("a key frame is requested after a moment without one, and again each second, and not otherwise", () => {
  const requests = new KeyFrameRequests();
  const asked = [];
  for (let now = 0; now <= 2300; now += 50) if (requests.isDue(now, now < 100 || now >= 200)) asked.push(now);
  assert.deepEqual(asked, [300, 1300, 2300]);
});

test("the canvas is visible from its first frame, and the <video> when that is ahead with a fresh frame", () => {
  const choice = new PictureChoice();
  choice.onPresented(0, rtp(0), 40);
  assert.equal(choice.isCanvas, false);
  choice.onDrawn(rtp(33));
  assert.equal(choice.isCanvas, true);
  choice.onPresented(100, rtp(100), 40);
  assert.equal(choice.isCanvas, true, "the canvas may be a few frames behind");
  choice.onPresented(140, rtp(140), 40);
  assert.equal(choice.isCanvas, false);
});

test("after an outage the <video>'s old frames do not displace the canvas", () => {
  const choice = new PictureChoice();
  choice.onDrawn(rtp(0));
  for (let i = 0; i < 30; i++) choice.onPresented(3000 + 8 * i, rtp(200 + 33 * i), 2800 - 25 * i);
  assert.equal(choice.isCanvas, true);
  choice.onPresented(4501, rtp(3300), 1200);
  assert.equal(choice.isCanvas, false, "but not for ever");
});

test("the canvas comes back when it has been level for ten frames, and never on a connection on which it failed", () => {
  const choice = new PictureChoice();
  choice.onDrawn(rtp(0));
  choice.onPresented(200, rtp(200), 40);
  for (let i = 0; i < 9; i++) choice.onDrawn(rtp(200 + i));
  choice.onPresented(300, rtp(300), 40);
  choice.onDrawn(rtp(249));
  for (let i = 0; i < 9; i++) choice.onDrawn(rtp(300 + i));
  assert.equal(choice.isCanvas, false);
  choice.onDrawn(rtp(310));
  assert.equal(choice.isCanvas, true);
  choice.onFailed();
  for (let i = 0; i < 20; i++) choice.onDrawn(rtp(400 + i));
  assert.equal(choice.isCanvas, false);
  choice.reset();
  choice.onDrawn(rtp(0));
  assert.equal(choice.isCanvas, true);
});

test("on a new connection the last picture stays until the new one shows a frame", () => {
  const choice = new PictureChoice();
  choice.onDrawn(rtp(5000));
  choice.reset();
  assert.equal(choice.isCanvas, true);
  choice.onPresented(0, rtp(0), null);
  choice.onPresented(50, rtp(50), 30);
  assert.equal(choice.isCanvas, true);
  choice.onPresented(150, rtp(150), 30);
  assert.equal(choice.isCanvas, false);
});

test("a worker hangs when it has not answered for a second, unless the page itself was paused", () => {
  const dog = new Watchdog();
  const ticks = (/** @type {number} */ from, /** @type {number} */ count) => Array.from({ length: count }, (_, i) => dog.onTick(from + 250 * i));
  assert.deepEqual(ticks(0, 5), [false, false, false, false, true]);
  dog.onAnswer();
  assert.deepEqual(ticks(1250, 4), [false, false, false, false]);
  assert.deepEqual(ticks(60_000, 5), [false, false, false, false, true]);
});

test("the stages are medians of the last five seconds, and unknown without frames", () => {
  const stages = new StageFigures();
  assert.equal(stages.figures(0), null);
  stages.onFrame(null, { rtp: 0, arrivedAt: 0, decodedAt: 900, drawnAt: 1000 });
  for (let i = 0; i < 5; i++) stages.onFrame(7000, { rtp: 0, arrivedAt: 7020 + i, decodedAt: 7040, drawnAt: 7043 });
  assert.deepEqual(stages.figures(8000), { arrival: 22, decode: 18, draw: 3 });
  assert.equal(stages.figures(13_000), null);
});
