import assert from "node:assert/strict";
import { test } from "node:test";
import { PushToTalk } from "./push_to_talk.js";

test("who holds it talks as long as it is held", () => {
  const button = new PushToTalk();
  button.down(0);
  assert.equal(button.talks, true);
  button.up(2000);
  assert.equal(button.talks, false);
});

test("a short press begins, and the next one ends", () => {
  const button = new PushToTalk();
  button.down(0);
  button.up(100);
  assert.equal(button.talks, true);
  button.down(5000);
  assert.equal(button.talks, true);
  button.up(5100);
  assert.equal(button.talks, false);
});

test("a key that repeats, and one let go of that was not held, change nothing", () => {
  const button = new PushToTalk();
  button.up(0);
  assert.equal(button.talks, false);
  button.down(10);
  button.down(400);
  button.up(500);
  assert.equal(button.talks, false, "held since 10");
});

test("who looks elsewhere talks no more, and a finger lifted later does not begin it again", () => {
  const button = new PushToTalk();
  button.down(0);
  button.cancel();
  assert.equal(button.talks, false);
  button.up(100);
  assert.equal(button.talks, false);
});
