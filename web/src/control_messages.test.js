import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readPage } from "../test-support/page_control.js";
import { commandOf, readRobot, writeCommand, writeHello, writeRequest, writeStop } from "./control_messages.js";

/** @type {{name: string, channel: "drive" | "control", from: string, text: string, refused?: boolean, read_only?: boolean}[]} */
const vectors = JSON.parse(readFileSync(new URL("../../src/control/test/vectors/messages.json", import.meta.url), "utf8"));

const write = {
  command: (/** @type {any} */ m) => writeCommand(m, commandOf(m)),
  stop: (/** @type {any} */ m) => writeStop(m.n),
  hello: (/** @type {any} */ m) => writeHello(m.name),
  request: (/** @type {any} */ m) => writeRequest(m.id, m.what, m.value),
};

for (const { name, channel, from, text, refused = false, read_only = false } of vectors) {
  if (from === "robot") {
    test(`of the robot, ${refused ? "refused" : "read"}: ${name}`, () => {
      const message = readRobot(channel, text);
      if (refused) return assert.equal(message, null);
      const { v, ...whole } = JSON.parse(text);
      assert.equal(v, 1);
      for (const [key, value] of Object.entries(whole)) assert.deepEqual(/** @type {any} */ (message)[key], value, key);
    });
  } else if (refused) {
    test(`of a page, refused by a robot: ${name}`, () => assert.equal(readPage(channel, text), null));
  } else {
    test(`of a page, read by a robot: ${name}`, () => assert.equal(readPage(channel, text)?.type, JSON.parse(text).type));
    if (!read_only) {
      test(`of a page, written to the letter: ${name}`, () => {
        const message = JSON.parse(text);
        assert.equal(/** @type {any} */ (write)[message.type](message), text);
      });
    }
  }
}

test("there are vectors of both ends", () => {
  assert.ok(vectors.filter((each) => each.from === "robot").length >= 10 && vectors.filter((each) => each.from === "page").length >= 20);
});

test("a type of a later time is ignored, not called unreadable", () => {
  assert.equal(readRobot("control", '{"v":1,"type":"weather"}'), undefined);
  assert.equal(readRobot("control", '{"v":1,"type":"toString"}'), undefined);
});

test("a message on the wrong channel, and one that is too long, are unreadable", () => {
  const ack = '{"v":1,"type":"ack","id":7,"ok":true}';
  assert.equal(readRobot("control", ack)?.type, "ack");
  assert.equal(readRobot("drive", ack), null);
  assert.equal(readRobot("drive", JSON.stringify({ v: 1, type: "telemetry", r: 1, data: "x".repeat(1200) })), null);
});

test("what a page gives for controls is made fit to be sent", () => {
  assert.deepEqual(commandOf({}), { axes: [0, 0], buttons: 0, mode: "" });
  assert.deepEqual(commandOf({ axes: [NaN, -7, 0.33333333], buttons: -1, mode: "fäst" }), { axes: [0, -1, 0.3333], buttons: 4294967295, mode: "" });
  assert.equal(commandOf({ axes: Array(20).fill(1) }).axes.length, 8);
});

test("a name that is too long is cut between characters", () => {
  assert.equal(readPage("control", writeHello("🤖".repeat(50)))?.name, "🤖".repeat(40));
});
