import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameFigures } from "./frame_figures.js";

const AHEAD = 1e12;

/** Shows a frame every 40 ms from `from` to `to`, each `latency(i)` ms after its capture. */
function show(figures, from, to, latency = () => 60) {
  for (let now = from, i = 0; now <= to; now += 40, i++) figures.onFrame(now, now - latency(i) + AHEAD);
}

test("frame rate and latency are those of the last five seconds", () => {
  const figures = new FrameFigures();
  show(figures, 0, 20000, () => 900);
  show(figures, 20040, 26000, (i) => (i % 10 === 0 ? 120 : 60));
  const seen = figures.figures(26000, AHEAD);
  assert.deepEqual([seen.framesPerSecond, seen.latency], [25, { p50: 60, p95: 120, max: 120 }]);
  assert.deepEqual([seen.frames, seen.freezes, seen.frozen], [651, 0, 0]);
});

test("the rate of the first seconds is not that of five", () => {
  const figures = new FrameFigures();
  show(figures, 1000, 1960);
  assert.equal(figures.figures(2000, AHEAD).framesPerSecond, 25);
  assert.equal(new FrameFigures().figures(2000, AHEAD).framesPerSecond, 0);
});

test("a gap over 200 ms is a freeze, also while it lasts", () => {
  const figures = new FrameFigures();
  show(figures, 0, 1000);
  assert.equal(figures.figures(1200, AHEAD).freezes, 0);
  assert.deepEqual(picked(figures.figures(1900, AHEAD)), [1, 900]);
  show(figures, 2500, 3500);
  assert.deepEqual(picked(figures.figures(3500, AHEAD)), [1, 1500]);
  figures.onFrame(3701, null);
  assert.deepEqual(picked(figures.figures(3701, AHEAD)), [2, 1701]);
});

const picked = ({ freezes, frozen }) => [freezes, frozen];

test("what nobody could see is no freeze", () => {
  const figures = new FrameFigures();
  show(figures, 0, 1000);
  figures.onHidden();
  assert.equal(figures.figures(60000, AHEAD).freezes, 0);
  show(figures, 90000, 91000);
  assert.deepEqual(picked(figures.figures(91300, AHEAD)), [1, 300]);
});

test("the age of the picture counts from when it was taken, where that is known", () => {
  const figures = new FrameFigures();
  assert.equal(figures.pictureAge(0, AHEAD), null);
  figures.onFrame(1000, 700 + AHEAD);
  assert.deepEqual([figures.pictureAge(1500, AHEAD), figures.pictureAge(1500, null)], [800, 500]);
  figures.onFrame(2000, null);
  assert.equal(figures.pictureAge(2500, AHEAD), 500);
});

test("where nobody says when a picture was taken, it is older than since it was shown by what it was under way at least", () => {
  const figures = new FrameFigures();
  figures.onFrame(1000, null);
  assert.deepEqual([figures.pictureAge(1000, AHEAD, 1500), figures.pictureAge(1500, null, 80)], [1500, 580]);
  figures.onFrame(2000, 1700 + AHEAD);
  assert.deepEqual([figures.pictureAge(2000, AHEAD, 1500), figures.pictureAge(2000, null, 1500)], [300, 1500]);
});

test("without the robot's clock or the time of capture there is no latency", () => {
  const figures = new FrameFigures();
  figures.onFrame(1000, 700 + AHEAD);
  assert.equal(figures.figures(1500, null).latency, null);
  const silent = new FrameFigures();
  silent.onFrame(1000, null);
  assert.equal(silent.figures(1500, AHEAD).latency, null);
});

test("a still picture is old, whatever a clock that was set says of it", () => {
  const figures = new FrameFigures();
  show(figures, 0, 1000);
  assert.equal(figures.pictureAge(1000, AHEAD), 60);
  assert.equal(figures.pictureAge(4000, AHEAD - 3_600_000), 3_000);
});
