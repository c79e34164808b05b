import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { FakeClock, settle } from "../test-support/fake_clock.js";
import { FakePeer } from "../test-support/fake_peer.js";
import { RTCConnection } from "./connection.js";

/** @type {FakeClock} */
let clock;
/** @type {EventTarget} */
let page;

beforeEach(() => {
  clock = new FakeClock();
  page = new EventTarget();
  FakePeer.made = [];
});

function make(options = {}, ordered = true, configuration = {}) {
  const connection = new RTCConnection(ordered, configuration, {
    ...options, environment: /** @type {any} */ ({ ...clock, RTCPeerConnection: FakePeer, window: page }),
  });
  return { connection, peer: /** @type {FakePeer} */ (FakePeer.made.at(-1)) };
}

async function offerOf({ connection, peer }) {
  const offer = connection.getLocalDescription();
  await settle();
  peer.candidate("host");
  await clock.advance(20);
  return offer;
}

async function connected(options) {
  const made = make(options);
  await offerOf(made);
  await made.connection.setRemoteDescription({ type: "answer", sdp: "v=0" });
  made.peer.become("connected");
  await settle();
  return made;
}

test("the offer names only the kinds that are wanted or sent, and the default channel", async () => {
  const made = make({}, false);
  made.connection.video.subscribe(() => {});
  assert.deepEqual(await offerOf(made), { type: "offer", sdp: "m=video a=recvonly" });
  assert.deepEqual([made.peer.channels[0].label, made.peer.channels[0].options], ["default", { ordered: false }]);
});

test("the channels to drive are in the offer only where that is asked for, and end with the connection", async () => {
  const plain = await connected();
  assert.deepEqual([plain.connection.driving, plain.peer.channels.map((each) => each.label)], [null, ["default"]]);
  const { connection, peer } = await connected({ driving: { name: "Ann" } });
  assert.deepEqual(peer.channels.map(({ label, options }) => [label, options]).slice(1),
    [["rtcbot.drive", { ordered: false, maxRetransmits: 0 }], ["rtcbot.control", { ordered: true }]]);
  const limits = { dead_man_ms: 250, stale_command_ms: 300, stale_picture_ms: 700 };
  peer.channels[2].onmessage?.({ data: JSON.stringify({ v: 1, type: "welcome", viewer: 1, may_drive: true, limits, modes: [] }) });
  assert.equal(connection.driving?.isAvailable, true);
  assert.deepEqual(peer.channels[2].sent, ['{"v":1,"type":"hello","name":"Ann"}']);
  const cut = assert.rejects(/** @type {any} */ (connection.driving).take(), { reason: "closed" });
  connection.close();
  await cut;
  assert.deepEqual([connection.driving?.isAvailable, peer.channels[1].readyState], [false, "closed"]);
});

test("a robot that says why it ends the connection ends it with that reason", async () => {
  const { connection, peer } = await connected({ driving: true });
  const end = { v: 1, type: "end", error: "busy", message: "A driver's connection took your place.", retry_after: 5 };
  peer.channels[2].onmessage?.({ data: JSON.stringify(end) });
  assert.deepEqual([connection.state, connection.error?.reason, connection.error?.retryAfter], ["failed", "busy", 5000]);
  assert.equal(connection.error?.message, "A driver's connection took your place.");
});

test("a track that is put is sent only, unless the kind is subscribed to as well", async () => {
  const sending = make();
  sending.connection.audio.putSubscription(/** @type {any} */ ({ kind: "audio" }));
  assert.equal((await offerOf(sending)).sdp, "m=audio a=sendonly");
  const both = make();
  both.connection.audio.putSubscription(/** @type {any} */ ({ kind: "audio" }));
  both.connection.audio.subscribe(() => {});
  assert.equal((await offerOf(both)).sdp, "m=audio a=sendrecv");
});

test("a kind that may go both ways later comes after the picture, and is sent and stopped without another offer", async () => {
  const made = make();
  made.connection.audio.offerBothWays();
  made.connection.video.offerToReceive();
  assert.equal((await offerOf(made)).sdp, "m=video a=recvonly;m=audio a=sendrecv");
  const [, { sender }] = made.peer.transceivers;
  assert.equal(sender.track, null);
  const track = /** @type {any} */ ({ kind: "audio" });
  await made.connection.audio.send(track);
  assert.equal(sender.track, track);
  await made.connection.audio.send(null);
  assert.equal(sender.track, null);
});

test("a silent STUN server holds the offer up for two seconds, not for forty", async () => {
  const { connection, peer } = make({}, true, { iceServers: [{ urls: "stun:192.0.2.1" }] });
  let done = false;
  connection.getLocalDescription().then(() => (done = true));
  await settle();
  peer.candidate("host");
  await clock.advance(1990);
  assert.equal(done, false);
  await clock.advance(20);
  assert.equal(done, true);
});

test("an offer waits for the relay of its first section, which is the one that is used", async () => {
  const { connection, peer } = make({}, true, { iceServers: [{ urls: "turn:192.0.2.1" }] });
  let done = false;
  connection.getLocalDescription().then(() => (done = true));
  await settle();
  for (const kind of ["host", "relay"]) peer.candidate(kind, 1);
  peer.candidate("host");
  await clock.advance(500);
  assert.equal(done, false);
  peer.candidate("relay");
  await clock.advance(20);
  assert.equal(done, true);
});

test("strings go raw and anything else as JSON, in order, once the channel opens", async () => {
  const { connection, peer } = make();
  const put = connection.put_nowait;
  put("raw");
  put({ x: 1 });
  await offerOf({ connection, peer });
  peer.channels[0].open();
  put([2]);
  assert.deepEqual(peer.channels[0].sent, ["raw", '{"x":1}', "[2]"]);
});

test("subscribe gives the raw string", async () => {
  const { connection, peer } = await connected();
  const got = [];
  connection.subscribe((text) => got.push(text));
  peer.channels[0].onmessage?.({ data: '{"a":1}' });
  assert.deepEqual(got, ['{"a":1}']);
});

test("what is put without end before the connection is refused with queue_full", () => {
  const { connection } = make({ outbox: { messages: 2 } });
  connection.put_nowait("1");
  connection.put_nowait("2");
  assert.throws(() => connection.put_nowait("3"), { name: "RTCBotError", reason: "queue_full" });
});

test("what the other side does not take is refused with queue_full", async () => {
  const { connection, peer } = await connected({ outbox: { bytes: 100 } });
  peer.channels[0].bufferedAmount = 99;
  assert.throws(() => connection.put_nowait("xx"), { reason: "queue_full" });
});

test("a refusal in place of the answer rejects with its reason and sentence, and ends the connection", async () => {
  const made = make();
  await offerOf(made);
  const ready = made.connection.onReady();
  await assert.rejects(made.connection.setRemoteDescription({ error: "robot_timeout", message: "Try again." }),
    { reason: "robot_timeout", message: "Try again." });
  await assert.rejects(ready, { reason: "robot_timeout" });
  assert.equal(made.connection.state, "failed");
  assert.equal(made.peer.closed, true);
});

test("a code that is not known keeps the server's sentence", async () => {
  const made = make();
  await offerOf(made);
  await assert.rejects(made.connection.setRemoteDescription({ error: "tuesday", message: "Not on Tuesdays." }),
    { reason: "refused", code: "tuesday", message: "Not on Tuesdays." });
});

test("what is no description is a bad answer", async () => {
  for (const nonsense of [null, "text", {}]) {
    const made = make();
    await offerOf(made);
    await assert.rejects(made.connection.setRemoteDescription(nonsense), { reason: "bad_answer" });
  }
});

test("fails with connect_failed when 15 s bring no connection", async () => {
  const made = make();
  await offerOf(made);
  await made.connection.setRemoteDescription({ type: "answer", sdp: "v=0" });
  await clock.advance(14900);
  assert.equal(made.connection.state, "connecting");
  await clock.advance(200);
  assert.equal(made.connection.error?.reason, "connect_failed");
});

test("a robot that goes silent is an interruption within two seconds, and its return is a connection again", async () => {
  const { connection, peer } = await connected();
  const states = [];
  connection.onStateChange((state) => states.push([clock.time, state]));
  for (let i = 0; i < 12; i++) {
    peer.arrived.bytes += 1000;
    await clock.advance(250);
  }
  const silentFrom = clock.time;
  await clock.advance(3000);
  assert.equal(states[0][1], "interrupted");
  assert.ok(states[0][0] - silentFrom <= 2000, `${states[0][0] - silentFrom} ms`);
  peer.arrived.bytes += 1000;
  await clock.advance(300);
  assert.equal(connection.state, "connected");
});

test("silence without end is peer_lost", async () => {
  const { connection, peer } = await connected();
  await clock.advance(20500);
  assert.equal(connection.error?.reason, "peer_lost");
  assert.equal(peer.closed, true);
  assert.equal(clock.timers.length, 0);
});

test("the robot's own close is robot_left, at once", async () => {
  const { connection, peer } = await connected();
  peer.channels[0].onclose?.();
  assert.equal(connection.error?.reason, "robot_left");
});

test("onReady tells also those who ask late", async () => {
  const { connection } = await connected();
  assert.equal(await connection.onReady(), connection);
  assert.equal(connection.ready, true);
});

test("leaving the page closes the connection, so that the robot knows at once", async () => {
  const { connection, peer } = await connected();
  page.dispatchEvent(new Event("pagehide"));
  assert.equal(peer.closed, true);
  assert.equal(await connection.onClose(), connection);
  assert.throws(() => connection.put_nowait("x"), { reason: "closed" });
});

test("answers an offer", async () => {
  const made = make();
  const answer = made.connection.getLocalDescription({ type: "offer", sdp: "v=0" });
  await settle();
  made.peer.complete();
  assert.deepEqual(await answer, { type: "answer", sdp: "v=0" });
  assert.equal(made.peer.channels.length, 0);
});

test("a second offer is refused with a sentence instead of failing later", async () => {
  const made = make();
  await offerOf(made);
  await assert.rejects(made.connection.getLocalDescription(), { reason: "bad_use" });
});
