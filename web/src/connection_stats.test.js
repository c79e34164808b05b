import assert from "node:assert/strict";
import { test } from "node:test";
import { connectionStats } from "./connection_stats.js";
import { readingOf } from "./reading.js";

/** The path between two candidates of these types, as in a browser's report; null: not in the report. */
function pathBetween(/** @type {string | null} */ local, /** @type {string | null} */ remote) {
  const report = new Map(Object.entries({
    t: { type: "transport", selectedCandidatePairId: "p" },
    p: { type: "candidate-pair", localCandidateId: "l", remoteCandidateId: "r" },
    other: { type: "local-candidate", candidateType: "relay" },
    ...(local && { l: { type: "local-candidate", candidateType: local } }),
    ...(remote && { r: { type: "remote-candidate", candidateType: remote } }),
  }));
  /** @type {any} */
  const shown = {};
  return connectionStats(null, { ...readingOf(report), time: 0 }, shown).path;
}

test("a path is relayed where either of its ends, or both, are at a relay", () => {
  for (const [local, remote] of [["relay", "srflx"], ["prflx", "relay"], ["relay", "relay"], ["relay", null], [null, "relay"]]) {
    assert.equal(pathBetween(local, remote), "relayed", `${local} to ${remote}`);
  }
});

test("a path is direct where neither is, and unknown where that is not known", () => {
  for (const [local, remote] of [["host", "host"], ["srflx", "prflx"]]) assert.equal(pathBetween(local, remote), "direct");
  for (const [local, remote] of [["host", null], [null, "host"], [null, null]]) assert.equal(pathBetween(local, remote), "");
});
