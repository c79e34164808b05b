// What happens to a link while somebody drives over it. Bounds are several times what is to be reached, for a
// machine that does other work beside; `script/bench radio --dynamics` prints the figures themselves.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EVENTS, openSession } from "../../bench/radio_dynamics.mjs";
import { withAll } from "../lib/programs.mjs";

const S = 1000;
/** Most ms to a live picture, after its cause is over. */
const BACK = {
  "outage of 0.5 s": 3 * S,
  "outage of 2 s": 3 * S,
  "outage of 10 s": 5 * S,
  "outage of 60 s": 8 * S,
  "NAT rebinding": 3 * S,
  "address change": 6 * S,
};

async function measured(t, name, link) {
  const event = EVENTS.find((one) => one.name === name);
  return withAll(async (add) => {
    const session = await openSession(add, "ours", [], link);
    session.add = add;
    const result = await event.run(session);
    t.diagnostic(`${event.text(result)}; to reach: ${event.goal}`);
    return result;
  });
}

for (const [name, most] of Object.entries(BACK)) {
  test(`after ${name} the picture is live again`, async (t) => {
    const { live, came } = await measured(t, name);
    assert.ok(came, "live pictures flow again");
    assert.ok(live !== null && live <= most, `${live} ms`);
  });
}

test("a restarted server does not touch the picture", async (t) => {
  const standstills = [];
  // The machine may pause in one; a gap that is ours comes each time.
  for (let tries = 0; tries < 3 && !(Math.min(...standstills) <= 0.8 * S); tries++) {
    const { standstill, came } = await measured(t, "signalling server restarted");
    assert.ok(came, "live pictures flow on");
    standstills.push(standstill);
  }
  assert.ok(Math.min(...standstills) <= 0.8 * S, `${standstills} ms without a new picture`);
});

test("when the rate falls to a fifth, the picture is late for a moment only", async (t) => {
  const { peak, settled } = await measured(t, "5 to 1 Mbit/s");
  assert.ok(peak <= 3 * S, `${peak} ms late`);
  assert.ok(settled <= 5 * S, `settled after ${settled} ms`);
});
