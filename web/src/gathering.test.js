import assert from "node:assert/strict";
import { test } from "node:test";
import { Gathering, wantedKinds } from "./gathering.js";

const STUN = { iceServers: [{ urls: ["stun:192.0.2.1"] }] };
const BOTH = { iceServers: [{ urls: "stun:192.0.2.1" }, { urls: ["turn:192.0.2.2?transport=udp", "turns:192.0.2.2"] }] };

test("knows which kinds of candidate the servers can give", () => {
  assert.deepEqual(wantedKinds({}), ["host"]);
  assert.deepEqual(wantedKinds(STUN), ["host", "srflx"]);
  assert.deepEqual(wantedKinds(BOTH), ["host", "srflx", "relay"]);
  assert.deepEqual(wantedKinds({ ...BOTH, iceTransportPolicy: "relay" }), ["relay"]);
});

test("without servers, ends one grace after the first own address", () => {
  const gathering = new Gathering(0, {}, { grace: 10 });
  gathering.onCandidate(5, "host");
  gathering.onCandidate(12, "host");
  assert.equal(gathering.isDone(14), false);
  assert.equal(gathering.isDone(15), true);
});

test("without servers and without any address, ends after 200 ms all the same, and is no failure", () => {
  const gathering = new Gathering(0, {});
  assert.equal(gathering.isDone(199), false);
  assert.equal(gathering.isDone(200), true);
  assert.equal(gathering.failed, false);
});

test("a silent STUN server costs two seconds and no more", () => {
  const gathering = new Gathering(0, STUN);
  gathering.onCandidate(5, "host");
  assert.equal(gathering.isDone(1999), false);
  assert.equal(gathering.isDone(2000), true);
});

test("waits for one candidate of each kind that is configured", () => {
  const gathering = new Gathering(0, BOTH, { grace: 10 });
  gathering.onCandidate(5, "host");
  gathering.onCandidate(40, "srflx");
  assert.equal(gathering.isDone(1000), false);
  gathering.onCandidate(1000, "relay");
  assert.equal(gathering.doneAt, 1010);
});

test("ends at once when the browser says that nothing more comes", () => {
  const gathering = new Gathering(0, BOTH);
  gathering.onComplete(30);
  assert.equal(gathering.isDone(30), true);
});

test("fails only where relays alone are allowed and none came", () => {
  const configuration = { ...BOTH, iceTransportPolicy: /** @type {const} */ ("relay") };
  const without = new Gathering(0, configuration);
  without.onCandidate(1, "host");
  assert.equal(without.failed, true);
  const withOne = new Gathering(0, configuration);
  withOne.onCandidate(1, "relay");
  assert.equal(withOne.failed, false);
});
