import assert from "node:assert/strict";
import { test } from "node:test";
import { Pipeline } from "./pipeline.js";

const hex = (/** @type {string} */ text) => Uint8Array.from(text.split(" ").map((each) => parseInt(each, 16))).buffer;
const KEY = "0 0 0 1 67 42 c0 1e da 2 80 f6 c0 5a 83 3 3 52 80 0 0 3 0 80 0 0 1e 47 8b 17 50 0 0 0 1 68 ce 3c 80 0 0 0 1 65 88 84 a";
const DELTAS = ["41 9a 21 a8", "41 9a 41 ac", "41 9a 60 e9", "41 9a 80 4a"].map((each) => `0 0 0 1 ${each}`);

/** A pipeline with a made-up decoder, in virtual time. */
class Stage {
  constructor({ supported = true, breaks = (/** @type {number} */ _n) => false } = {}) {
    this.now = 0;
    this.decoders = 0;
    this.requests = 0;
    this.open = 0;
    this.configs = [];
    this.drawn = [];
    this.failures = [];
    this.chunks = [];
    this.wakeAt = Infinity;
    const stage = this;
    this.pipeline = new Pipeline({
      now: () => this.now,
      makeDecoder: (init) => {
        this.decoders++;
        return /** @type {any} */ ({
          state: "unconfigured",
          configure(config) {
            this.state = "configured";
            stage.configs.push(config.codec);
          },
          reset() {
            stage.waiting = [];
          },
          close() {
            this.state = "closed";
          },
          decode(chunk) {
            stage.chunks.push(chunk.type);
            if (breaks(stage.chunks.length)) {
              this.state = "closed";
              init.error(/** @type {any} */ (new Error("bad data")));
            } else {
              stage.waiting.push(() => init.output(stage.picture(chunk.timestamp)));
            }
          },
        });
      },
      makeChunk: (init) => /** @type {any} */ (init),
      isSupported: async () => ({ supported }),
      requestKeyFrame: () => this.requests++,
      wakeAt: (time) => (this.wakeAt = time),
      draw: (_picture, frame) => this.drawn.push(frame.rtp / 90),
      onFailed: (reason) => this.failures.push(reason),
    });
  }

  /** Pictures that the decoder has not given out. @type {(() => void)[]} */
  waiting = [];

  picture(timestamp) {
    this.open++;
    return /** @type {any} */ ({ timestamp, close: () => this.open-- });
  }

  /** A frame captured at `at` arrives at `now`, and is decoded unless the decoder is slow. */
  frame(text, at, now = at + 20, isSlow = false) {
    this.now = now;
    this.pipeline.onFrame(now, { rtp: at * 90, format: "video/H264", data: hex(text), arrivedAt: now });
    if (!isSlow) this.decode();
  }

  decode() {
    for (const give of this.waiting.splice(0)) give();
  }
}

test("each frame is drawn when it is decoded, and no picture stays open", () => {
  const stage = new Stage();
  stage.frame(KEY, 0);
  DELTAS.forEach((delta, i) => stage.frame(delta, 33 * (i + 1)));
  assert.deepEqual(stage.drawn, [0, 33, 66, 99, 132]);
  assert.deepEqual([stage.configs, stage.decoders, stage.open, stage.requests], [["avc1.42c01e"], 1, 0, 0]);
  assert.deepEqual(stage.pipeline.counters, { decoded: 5, drawn: 5, late: 0 });
});

test("after an outage the backlog is decoded without being drawn", () => {
  const stage = new Stage();
  stage.frame(KEY, 0);
  stage.frame(DELTAS[0], 33);
  stage.frame(DELTAS[1], 66, 3070, true);
  stage.frame(DELTAS[2], 99, 3071, true);
  stage.decode();
  assert.deepEqual(stage.drawn, [0, 33]);
  stage.frame(DELTAS[3], 3060, 3080);
  assert.deepEqual(stage.drawn, [0, 33, 3060]);
  assert.deepEqual([stage.pipeline.counters.late, stage.open], [2, 0]);
});

test("a key frame behind a backlog is decoded instead of it", () => {
  const stage = new Stage();
  stage.frame(KEY, 0);
  DELTAS.forEach((delta, i) => stage.frame(delta, 33 * (i + 1), 3000, true));
  stage.frame(KEY, 2990, 3001);
  assert.deepEqual(stage.drawn, [0, 2990]);
  assert.deepEqual([stage.pipeline.counters.decoded, stage.pipeline.counters.late], [2, 4]);
});

test("a late frame is drawn when the time for fresher ones is over", () => {
  const stage = new Stage();
  stage.frame(KEY, 0);
  stage.frame(DELTAS[0], 33, 3000);
  assert.deepEqual([stage.drawn, stage.open, stage.wakeAt], [[0], 1, 3300]);
  stage.now = 3301;
  stage.pipeline.onTick(3301);
  assert.deepEqual([stage.drawn, stage.open], [[0, 33], 0]);
});

test("a decoder that fails is replaced at the next key frame, which is requested", () => {
  const stage = new Stage({ breaks: (n) => n === 2 });
  stage.frame(KEY, 0);
  stage.frame(DELTAS[0], 33);
  stage.frame(DELTAS[1], 66, 86);
  stage.frame(DELTAS[2], 99, 190);
  assert.equal(stage.requests, 1);
  stage.frame(KEY, 200);
  stage.frame(DELTAS[0], 233);
  assert.deepEqual([stage.drawn, stage.decoders, stage.failures], [[0, 200, 233], 2, []]);
});

test("a decoder that fails three times is given up, and so are later frames", () => {
  const stage = new Stage({ breaks: () => true });
  for (let i = 0; i < 6; i++) stage.frame(KEY, 33 * i);
  assert.deepEqual([stage.failures, stage.decoders, stage.chunks.length], [["Error: bad data"], 3, 3]);
});

test("a codec that the browser does not decode is given up immediately", async () => {
  const stage = new Stage({ supported: false });
  stage.frame(KEY, 0);
  await Promise.resolve();
  assert.deepEqual(stage.failures, ["this browser does not decode avc1.42c01e"]);
  stage.frame(DELTAS[0], 33);
  assert.equal(stage.chunks.length, 1);
});

test("a format that is not known, and a decoder that never ends, are given up", () => {
  const stage = new Stage();
  for (let i = 0; i < 3; i++) stage.pipeline.onFrame(0, { rtp: i, format: "video/AV1", data: hex("1 2 3"), arrivedAt: 0 });
  assert.match(stage.failures[0], /video\/AV1/);
  const slow = new Stage();
  slow.frame(KEY, 0, 20, true);
  for (let i = 0; i < 200; i++) slow.frame(i % 40 === 0 ? KEY : DELTAS[0], 33 * i + 33, 33 * i + 53, true);
  assert.equal(slow.open, 0);
});

test("a hidden page draws nothing and requests nothing, and the next frame is drawn when it is visible", () => {
  const stage = new Stage();
  stage.pipeline.isHidden = true;
  for (let i = 0; i < 10; i++) stage.frame(DELTAS[0], 33 * i);
  stage.frame(KEY, 400);
  assert.deepEqual([stage.drawn, stage.requests, stage.open], [[], 0, 0]);
  stage.pipeline.isHidden = false;
  stage.frame(DELTAS[0], 433);
  assert.deepEqual(stage.drawn, [433]);
});

test("closing closes a held picture and the decoder, and what still comes", () => {
  const stage = new Stage();
  stage.frame(KEY, 0);
  stage.frame(DELTAS[0], 33, 3000);
  stage.frame(DELTAS[1], 66, 3001, true);
  stage.pipeline.close();
  stage.decode();
  assert.equal(stage.open, 0);
  stage.frame(KEY, 4000);
  assert.deepEqual(stage.drawn, [0]);
});
