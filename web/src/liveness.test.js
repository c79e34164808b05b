import assert from "node:assert/strict";
import { test } from "node:test";
import { LivenessWatch, arrivalsIn } from "./liveness.js";
import { readingOf } from "./reading.js";

/** Feeds readings every 250 ms; `bytes(t)` and `checks(t)` return the total arrivals by then. */
function feed(watch, from, to, bytes, checks = () => 0) {
  const verdicts = [];
  for (let now = from; now <= to; now += 250) {
    watch.onReading(now, { bytes: bytes(now), checks: checks(now) });
    verdicts.push([now, watch.verdict]);
  }
  return verdicts;
}
const firstOf = (verdicts, wanted) => verdicts.find(([, verdict]) => verdict === wanted)?.[0];

test("notices within 1.25 s that steady video has stopped, though ICE checks were late by chance", () => {
  const watch = new LivenessWatch(0);
  const verdicts = feed(watch, 250, 20000, (t) => Math.min(t, 5000), (t) => Math.floor(Math.min(t, 5600) / 2500));
  assert.equal(firstOf(verdicts, "silent"), 6000);
});

test("never calls steady video silent", () => {
  const verdicts = feed(new LivenessWatch(0), 250, 60000, (t) => t);
  assert.equal(firstOf(verdicts, "silent"), undefined);
});

test("an idle connection is alive as long as ICE checks come", () => {
  const verdicts = feed(new LivenessWatch(0), 250, 60000, () => 0, (t) => Math.floor(t / 2500));
  assert.equal(firstOf(verdicts, "silent"), undefined);
});

test("an idle connection without checks is silent after 6 s and lost after 20 s", () => {
  const verdicts = feed(new LivenessWatch(0), 250, 30000, () => 0);
  assert.equal(firstOf(verdicts, "silent"), 6000);
  assert.equal(firstOf(verdicts, "lost"), 20000);
});

test("a camera that stopped, with a report a second, trips at most once and then counts as alive", () => {
  const verdicts = feed(new LivenessWatch(0), 250, 60000, (t) => (t < 5000 ? t : 5000 + Math.floor((t - 5000) / 1100)),
    (t) => Math.floor(t / 2500));
  const changes = verdicts.filter(([, verdict], i) => i > 0 && verdict === "silent" && verdicts[i - 1][1] === "alive");
  assert.ok(changes.length <= 1, `${changes.length} interruptions`);
  assert.equal(verdicts.at(-1)[1], "alive");
});

test("comes alive again with the first byte", () => {
  const watch = new LivenessWatch(0);
  feed(watch, 250, 9000, (t) => Math.min(t, 5000));
  assert.equal(watch.verdict, "silent");
  watch.onReading(9250, { bytes: 5001, checks: 0 });
  assert.equal(watch.verdict, "alive");
});

test("after the computer slept, silence is seen at the first reading", () => {
  const watch = new LivenessWatch(0);
  feed(watch, 250, 5000, (t) => t);
  watch.onReading(3_600_000, { bytes: 5000, checks: 0 });
  assert.equal(watch.verdict, "lost");
});

const arrivalsOf = (report) => arrivalsIn(readingOf(report));

test("reads the path in use from Chromium's and from Firefox's statistics", () => {
  const pair = { type: "candidate-pair", bytesReceived: 7, requestsReceived: 2, responsesReceived: 3 };
  const other = { type: "candidate-pair", bytesReceived: 99, state: "failed" };
  assert.deepEqual(arrivalsOf(new Map(Object.entries({ a: other, b: pair, t: { type: "transport", selectedCandidatePairId: "b" } }))),
    { bytes: 7, checks: 5 });
  assert.deepEqual(arrivalsOf(new Map(Object.entries({ a: other, b: { ...pair, selected: true, state: "succeeded" } }))),
    { bytes: 7, checks: 5 });
  assert.deepEqual(arrivalsOf(new Map()), { bytes: 0, checks: 0 });
});
