// Offers and answers that pass every check but have no effect. Marks identify them on their way through a server.
import assert from "node:assert/strict";
import { PATIENCE } from "./programs.mjs";

/** The smallest session description that is well formed; `mark` is its session name. */
function sdp(mark, setup) {
  return ["v=0", "o=- 1 1 IN IP4 0.0.0.0", `s=${mark}`, "t=0 0", "a=group:BUNDLE 0",
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0", "a=mid:0", "a=sctp-port:5000", "a=ice-ufrag:abcd",
    "a=ice-pwd:abcdefghijklmnopqrstuvwx", `a=fingerprint:sha-256 ${"00:".repeat(31)}00`, `a=setup:${setup}`, ""].join("\r\n");
}

export const offer = (mark) => ({ type: "offer", sdp: sdp(mark, "actpass") });
export const answer = (mark) => ({ sdp: sdp(mark, "active"), type: "answer" });

/** The mark of an offer or an answer. */
export const markOf = (description) => /^s=(.*)\r?$/m.exec(description.sdp ?? "")?.[1];

/** Posts, and returns status, headers, the body as JSON, and the duration, ms. `body`: an object, or text sent unchanged. */
export async function post(url, body, { headers = {}, signal, limit = PATIENCE } = {}) {
  const from = performance.now();
  const response = await fetch(url, { method: "POST", headers, body: typeof body === "string" ? body : JSON.stringify(body),
    signal: signal ?? AbortSignal.timeout(limit) });
  const text = await response.text();
  const ms = performance.now() - from;
  assert.match(response.headers.get("content-type") ?? "", /^application\/json/, `JSON, not ${text.slice(0, 100)}`);
  return { status: response.status, headers: response.headers, json: JSON.parse(text), ms };
}

/** Asserts that it is a refusal with a sentence for people. */
export function assertRefused(response, status, error) {
  assert.deepEqual([response.status, response.json.error], [status, error], JSON.stringify(response.json));
  assert.match(response.json.message, /\w+ \w+/, "the sentence");
}
