import assert from "node:assert/strict";
import { test } from "node:test";
import { HoldState } from "./hold.js";

/** Presses from `from` to `to`. @param {HoldState} state @param {number} from @param {number} to */
function press(state, from, to) {
  state.down(from);
  return state.up(to);
}

test("held for a second it is done, and shortly it asks", () => {
  const state = new HoldState();
  assert.equal(press(state, 0, 999), false);
  assert.deepEqual([state.isAsking(1000), state.isAsking(5000)], [true, false]);
  state.cancel();
  assert.equal(press(state, 5000, 6000), true);
});

test("a second press confirms, a double click does not, and neither does one that comes late", () => {
  for (const [since, isDone] of /** @type {const} */ ([[349, false], [350, true], [4000, true], [4001, false]])) {
    const state = new HoldState();
    press(state, 0, 100);
    assert.equal(press(state, 100 + since, 150 + since), isDone, `${since} ms later`);
  }
});

test("frames tell that it is held for a second, and none of a page that stood still does", () => {
  const state = new HoldState();
  state.down(0);
  // The page got the press late, and then blocks again.
  for (const now of [1500, 1516, 4000]) assert.equal(state.frame(now), false);
  assert.equal(state.up(60), false);
  assert.equal(state.frame(9000), false, "it is not held");
  state.down(10000);
  const frames = Array.from({ length: 63 }, (_, i) => state.frame(10000 + i * 16));
  assert.deepEqual([frames.indexOf(true), state.progress > 0.99], [-1, true]);
  assert.equal(state.frame(11000), true);
});

test("a finger that slid off has neither held nor pressed", () => {
  const state = new HoldState();
  state.down(0);
  state.cancel();
  assert.equal(state.up(2000), false);
  assert.equal(press(state, 2100, 2200), false);
});
