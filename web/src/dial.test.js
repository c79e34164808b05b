import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../test-support/fake_clock.js";
import { exchange, reasonAt, retryAfterIn } from "./dial.js";

const offer = { type: /** @type {const} */ ("offer"), sdp: "v=0" };

function env(answer) {
  const clock = new FakeClock();
  return { clock, ...clock, fetch: /** @type {any} */ (answer) };
}
const respond = (status, body, headers = {}) => async () => new Response(body, { status, headers });

test("posts the offer as JSON and gives the answer", async () => {
  let posted;
  const given = env(async (url, init) => {
    posted = [url, init.method, init.body];
    return new Response('{"type":"answer","sdp":"x"}');
  });
  assert.deepEqual(await exchange("/connect", offer, given), { type: "answer", sdp: "x" });
  assert.deepEqual(posted, ["/connect", "POST", '{"type":"offer","sdp":"v=0"}']);
});

test("a refusal keeps its reason, sentence, status and Retry-After", async () => {
  const busy = env(respond(429, '{"error":"busy","message":"Four viewers are the limit."}', { "Retry-After": "7" }));
  await assert.rejects(exchange("/", offer, busy),
    { reason: "busy", message: "Four viewers are the limit.", status: 429, retryAfter: 7000 });
});

test("an error page without a reason is http", async () => {
  await assert.rejects(exchange("/", offer, env(respond(500, "<h1>Oops</h1>"))), { reason: "http", status: 500 });
});

test("a server that cannot be reached is network", async () => {
  const failing = env(async () => { throw new TypeError("Failed to fetch"); });
  await assert.rejects(exchange("/", offer, failing), { reason: "network" });
});

test("a server that never answers is timeout, after 12 s", async () => {
  const given = env((url, init) => new Promise((_, reject) => init.signal.addEventListener("abort", () => reject(init.signal.reason))));
  const failed = assert.rejects(exchange("/", offer, given), { reason: "timeout" });
  await given.clock.advance(12000);
  await failed;
  assert.equal(given.clock.timers.length, 0);
});

test("reads Retry-After in seconds only", () => {
  assert.deepEqual(["3", " 10 ", "Wed, 21 Oct 2026 07:28:00 GMT", "-1", null].map(retryAfterIn), [3000, 10000, undefined, undefined, undefined]);
});

test("a web page or a redirect in place of an answer is called that", async () => {
  const page = respond(200, "<!doctype html><title>Log in</title>", { "Content-Type": "text/html" });
  await assert.rejects(exchange("/", offer, env(page)), { reason: "http", message: /web page.*instead of the robot's answer.*proxy/, status: 200 });
  const bare = respond(404, "<html><body>nothing here</body></html>");
  await assert.rejects(exchange("/", offer, env(bare)), { reason: "http", message: /web page \(HTML, status 404\)/ });
  const redirect = async () => /** @type {any} */ ({ type: "opaqueredirect", status: 0, ok: false, headers: new Headers(), text: async () => "" });
  await assert.rejects(exchange("/", offer, env(redirect)), { reason: "http", message: /redirect to another address came instead/ });
  await assert.rejects(exchange("/", offer, env(respond(200, "hello"))), { reason: "http", message: /not JSON/ });
});

test("a credential goes with the offer", async () => {
  let headers;
  const given = env(async (url, init) => {
    headers = init.headers;
    return new Response('{"type":"answer","sdp":"x"}');
  });
  await exchange("/connect", offer, given, 1000, "a.b.c");
  assert.deepEqual(headers, { Authorization: "Bearer a.b.c" });
});

test("a page learns by a GET why its websocket is refused", async () => {
  const answered = (/** @type {Response} */ response) => reasonAt("/api/robots", env(async () => response), 1000);
  assert.equal(await answered(new Response('{"robots":[]}')), null, "it is not");
  const refused = await answered(new Response('{"error":"unauthorized","message":"It has expired."}', { status: 401 }));
  assert.deepEqual([refused?.reason, refused?.message], ["unauthorized", "It has expired."]);
  const page = await answered(new Response("<!doctype html>", { headers: { "Content-Type": "text/html" } }));
  assert.equal(page?.reason, "http");
  const away = await reasonAt("/api/robots", env(async () => { throw new TypeError("Failed to fetch"); }), 1000);
  assert.equal(away?.reason, "network");
});
