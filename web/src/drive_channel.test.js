import assert from "node:assert/strict";
import { test } from "node:test";
import { DriveChannels } from "./drive_channel.js";

/** The channels of an absent peer, by name, and their owner. */
function channels() {
  /** @type {Record<string, any>} */
  const wires = {};
  const peer = { createDataChannel: (name) => (wires[name] = { close: () => {} }) };
  const both = new DriveChannels(/** @type {any} */ (peer));
  const [drive, control] = Object.values(wires);
  return { both, drive: (data) => drive.onmessage({ data }), control: (data) => control.onmessage({ data }) };
}

/** The texts that a new listener gets. @param {DriveChannels} both */
function heardBy(both) {
  const heard = [];
  both.listen((channel, text) => heard.push([channel, text]));
  return heard;
}

test("a welcome is kept for a listener that comes late, however much status was there before it", () => {
  const { both, drive, control } = channels();
  for (let i = 0; i < 1000; i++) drive(`status ${i}`);
  control("welcome");
  const heard = heardBy(both);
  assert.deepEqual(heard.filter(([channel]) => channel === "control"), [["control", "welcome"]]);
});

test("what is kept is bounded, the first of each channel, in the order in which it came", () => {
  const { both, drive, control } = channels();
  for (let i = 0; i < 1000; i++) {
    drive(i);
    control(i);
  }
  const heard = heardBy(both);
  assert.equal(heard.length, 128);
  assert.deepEqual(heard.slice(0, 4), [["drive", 0], ["control", 0], ["drive", 1], ["control", 1]]);
  assert.deepEqual(heard.at(-1), ["control", 63]);
});

test("the robot's last message ends the connection with its reason, and is not for the driver", () => {
  const { both, control } = channels();
  const heard = heardBy(both);
  const ends = [];
  both.onEnd = (error) => ends.push([error.reason, error.message, error.retryAfter]);
  control('{"v":1,"type":"end","error":"busy","message":"A driver\'s connection took your place.","retry_after":5}');
  control('{"v":1,"type":"end","error":"robot_left","message":"The robot\'s program has ended."}');
  control('{"v":1,"type":"end","error":"of_a_later_robot","message":"Who knows."}');
  assert.deepEqual(ends, [
    ["busy", "A driver's connection took your place.", 5000],
    ["robot_left", "The robot's program has ended.", undefined],
    ["refused", "Who knows.", undefined],
  ]);
  assert.deepEqual(heard, []);
});
