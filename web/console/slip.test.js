import assert from "node:assert/strict";
import { test } from "node:test";
import { SlipGuard } from "./slip.js";

test("a press just after that of the button that was there before is a slip; one of the same button, or a later one, is not", () => {
  const slips = new SlipGuard();
  assert.equal(slips.isSlip("take", 0), false, "the first");
  slips.pressed("take", 100);
  assert.deepEqual([slips.isSlip("give", 350), slips.isSlip("take", 350), slips.isSlip("give", 600)], [true, false, false]);
  slips.pressed("release", 1000);
  assert.equal(slips.isSlip("give", 1000), true, "a browser's click has the time of the touch");
});
