import assert from "node:assert/strict";
import { test } from "node:test";
import { backoffPolicy } from "./reconnect_policy.js";

const longest = backoffPolicy({ random: () => 0.999999 });
const ms = (failure) => Math.round(longest.nextDelay({ reason: "network", ...failure }) ?? -1);

test("the first retry is quick, the next ones double up to a bound, for ever", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 7, 1e6].map((attempt) => ms({ attempt })), [200, 500, 1000, 2000, 3000, 3000, 3000, 3000]);
});

test("jitter shortens a wait by up to half", () => {
  assert.equal(backoffPolicy({ random: () => 0 }).nextDelay({ attempt: 3, reason: "network" }), 500);
});

test("never comes back before the server's Retry-After, and not all in one instant", () => {
  const early = backoffPolicy({ random: () => 0 }).nextDelay({ attempt: 1, reason: "busy", retryAfter: 5000 }) ?? 0;
  const late = ms({ attempt: 4, reason: "busy", retryAfter: 5000 });
  assert.ok(early >= 5000 && late > early, `${early}, ${late}`);
});

test("what time does not cure is tried seldom", () => {
  assert.equal(ms({ attempt: 1, reason: "unauthorized" }), 30000);
});

test("a robot that the server says is not there is tried seldom, and not by all pages in one moment", () => {
  assert.deepEqual([1, 2, 3, 9].map((absent) => ms({ attempt: absent, reason: "robot_offline", absent })), [20000, 40000, 60000, 60000]);
  const soonest = backoffPolicy({ random: () => 0 }).nextDelay({ attempt: 1, reason: "robot_offline", absent: 1 });
  assert.equal(soonest, 10000);
});
