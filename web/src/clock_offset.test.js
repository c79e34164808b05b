import assert from "node:assert/strict";
import { test } from "node:test";
import { ClockOffset } from "./clock_offset.js";

/** Sends a question at `now` to a robot whose clock is `ahead`, with these delays there and back. */
function ask(clock, now, there, back, ahead) {
  clock.onQuestion();
  clock.onAnswer(now, now + there + ahead, now + there + back);
}

test("with equal ways the offset is exact, and half the round trip bounds its error", () => {
  const clock = new ClockOffset();
  assert.equal(clock.estimate(0), null);
  ask(clock, 1000, 20, 20, 5e11);
  assert.deepEqual(clock.estimate(1040), { offset: 5e11, error: 20 });
});

test("the quickest answer counts, not the mean of all", () => {
  const clock = new ClockOffset();
  ask(clock, 0, 900, 20, 1000);
  ask(clock, 2000, 20, 22, 1000);
  ask(clock, 4000, 20, 600, 1000);
  const { offset, error } = clock.estimate(5000);
  assert.ok(Math.abs(offset - 1000) <= 1 && error < 22, `${offset} ± ${error}`);
});

test("a clock that runs 40 ppm too fast is followed for an hour within its own bound", () => {
  const clock = new ClockOffset();
  for (let now = 0; now < 3_600_000; now += 2000) {
    const ahead = 777 + now * 40e-6;
    ask(clock, now, 10 + (now / 2000) % 7 * 15, 12 + (now / 2000) % 5 * 20, ahead);
    const { offset, error } = clock.estimate(now);
    assert.ok(Math.abs(offset - ahead) <= error + 0.01, `at ${now}: ${offset} ± ${error}, in truth ${ahead}`);
  }
  assert.ok(clock.estimate(3_600_000).error < 15);
});

test("answers that no clock can give are not taken", () => {
  const clock = new ClockOffset();
  clock.onAnswer(1000, 5, 999);
  clock.onAnswer(1000, NaN, 1001);
  clock.onAnswer(NaN, 5, 1001);
  assert.equal(clock.estimate(2000), null);
});

test("asks in a burst, then every two seconds", () => {
  const clock = new ClockOffset();
  const gaps = Array.from({ length: 9 }, () => {
    clock.onAnswer(0, 0, 1);
    return clock.onQuestion();
  });
  assert.deepEqual(gaps, [80, 80, 80, 80, 80, 2000, 2000, 2000, 2000]);
});

test("a robot that never answers is left in peace", () => {
  const clock = new ClockOffset();
  let asked = 1;
  while (clock.onQuestion() !== null) asked++;
  assert.equal(asked, 12);
});

test("a clock that was set is learnt anew at the next answer", () => {
  const clock = new ClockOffset();
  clock.onAnswer(0, 5_000, 10);
  clock.onAnswer(1000, 6_005, 1080); // slower, and consistent
  assert.equal(clock.estimate(1100)?.offset, 4_995);
  clock.onAnswer(2000, 3_607_050, 2100); // the robot's clock was set
  assert.equal(clock.estimate(2200)?.offset, 3_605_000);
});
