import assert from "node:assert/strict";
import { test } from "node:test";
import { Traffic } from "./traffic.js";

/** @param {string} id @param {number} bytesReceived @param {number} bytesSent */
const pair = (id, bytesReceived, bytesSent) => ({ pair: { id, bytesReceived, bytesSent } });

test("what went is added up over connections, and over the paths within one", () => {
  const traffic = new Traffic();
  const first = traffic.meter();
  first({ pair: undefined });
  first(pair("a", 1000, 10));
  first(pair("a", 3000, 30));
  const second = traffic.meter();
  second(pair("a", 500, 5));
  assert.deepEqual(traffic.total, { received: 3500, sent: 35 });
  first(pair("b", 100, 1));
  first(pair("a", 3200, 32));
  first(pair("b", 200, 2));
  assert.deepEqual(traffic.total, { received: 3900, sent: 39 });
  second({ pair: { id: "a" } });
  assert.deepEqual(traffic.total, { received: 3900, sent: 39 }, "a browser that does not tell");
});
