import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { cancelMessage, candidatesMessage, offerMessage, readServerMessage } from "./page_messages.js";

/** The examples that the C++ tests use too. @type {{name: string, direction: string, text: string, expected: any}[]} */
const vectors = JSON.parse(readFileSync(new URL("../../src/signal/test/vectors/messages.json", import.meta.url), "utf8"));
const going = (/** @type {string} */ direction) => vectors.filter((each) => each.direction === direction && !("refused" in each.expected));

test("what a server says to a page is read as the golden vectors say", () => {
  const seen = new Set();
  for (const { name, text, expected } of going("server to page")) {
    const message = readServerMessage(text);
    assert.ok(message, name);
    seen.add(message.type);
    // Adds the defaults of fields that the vectors omit, and removes fields that pages do not use.
    const { version, server, features, ...rest } = expected;
    const defaults = { welcome: { ice_servers: [] }, candidates: { end: false }, presence: { more: false }, refusal: {} };
    assert.deepEqual(message, { ...(/** @type {any} */ (defaults)[message.type] ?? {}), ...rest }, name);
  }
  assert.deepEqual([...seen].sort(), ["accepted", "answer", "candidates", "error", "presence", "refusal", "stopping", "welcome"]);
});

test("what a page says is written as the golden vectors say", () => {
  /** @type {Record<string, (message: any) => string>} */
  const writers = {
    offer: ({ id, sdp, trickle }) => offerMessage(id, sdp, trickle === true),
    candidates: ({ id, candidates, end }) => candidatesMessage(id, candidates, end === true),
    cancel: ({ id }) => cancelMessage(id),
  };
  const said = going("page to server");
  for (const { name, expected } of said) assert.deepEqual(JSON.parse(writers[expected.type](expected)), expected, name);
  assert.ok(said.length >= 5);
});

test("what is no message is no message, and never throws", () => {
  for (const { name, text, expected } of vectors.filter((each) => each.direction === "either" && "refused" in each.expected)) {
    const message = readServerMessage(text);
    // Robots' messages, and rules that only the server checks, do not concern pages.
    if (message !== null) assert.equal(message.type, JSON.parse(text).type, `${name} ${expected.says}`);
  }
  for (const text of [null, undefined, 7, "", "null", "[]", '{"type":"telepathy"}', '{"type":"answer","id":-1,"sdp":""}', new Uint8Array(3)]) {
    assert.equal(readServerMessage(text), null, String(text));
  }
});

test("a candidate of the browser's loses what the server does not take", () => {
  const candidate = { candidate: "candidate:1 1 udp 1 192.0.2.1 9 typ host", sdpMid: "0", sdpMLineIndex: 0, usernameFragment: "x" };
  assert.deepEqual(JSON.parse(candidatesMessage(1, [candidate], false)).candidates,
    [{ candidate: candidate.candidate, sdpMid: "0", sdpMLineIndex: 0 }]);
});
