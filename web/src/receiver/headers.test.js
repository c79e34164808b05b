import assert from "node:assert/strict";
import { test } from "node:test";
import { BitReader } from "./bits.js";
import { HeaderReader } from "./frame_header.js";
import { H264Reader, readSps, unitsOf } from "./h264.js";
import { readVp8 } from "./vp8.js";

const bytes = (/** @type {string} */ hex) => Uint8Array.from(hex.split(" ").map((each) => parseInt(each, 16)));
const START = "0 0 0 1 ";
// Of frames that a robot sent: 640x480, constrained baseline, level 3.
const SPS = "67 42 c0 1e da 2 80 f6 c0 5a 83 3 3 52 80 0 0 3 0 80 0 0 1e 47 8b 17 50";
const KEY = bytes(`${START}${SPS} ${START}68 ce 3c 80 ${START}6 5 ff ff ac ${START}65 88 84 a`);
const DELTAS = ["41 9a 21 a8 9c 50 0 11 25 e0", "41 9a 41 ac 4 7 ff c4 f4 27", "41 9a 60 e9 c0 40 80 90 19 14"].map((each) => bytes(START + each));

/** Writes bits for made-up parameter sets. */
class BitWriter {
  bits = "";

  u(value, count) {
    this.bits += value.toString(2).padStart(count, "0");
    return this;
  }

  ue(value) {
    const code = (value + 1).toString(2);
    this.bits += "0".repeat(code.length - 1) + code;
    return this;
  }

  /** With a stop bit, as NAL units end. */
  bytes() {
    const padded = `${this.bits}1`.padEnd(8 * Math.ceil((this.bits.length + 1) / 8), "0");
    return (padded.match(/.{8}/g) ?? []).map((each) => parseInt(each, 2));
  }
}

test("exponential Golomb codes are read, and the end of the bytes is noticed", () => {
  const bits = new BitReader(Uint8Array.from([0b10100110, 0b01000010, 0b10000000]));
  assert.deepEqual([bits.unsigned(), bits.unsigned(), bits.unsigned(), bits.unsigned(), bits.unsigned()], [0, 1, 2, 3, 4]);
  assert.equal(bits.isOver, false);
  assert.equal(new BitReader(new Uint8Array(0)).unsigned(), 0);
  const zeros = new BitReader(new Uint8Array(1000));
  zeros.unsigned();
  assert.equal(zeros.isOver, true);
});

test("a robot's H.264 key frame names its codec, and its frames are numbered", () => {
  const reader = new H264Reader();
  const key = reader.read(KEY);
  assert.deepEqual([key.isKey, key.codec], [true, "avc1.42c01e"]);
  assert.equal(key.number?.value, 0);
  assert.deepEqual(DELTAS.map((delta) => reader.read(delta).number?.value), [1, 2, 3]);
  assert.deepEqual(DELTAS.map((delta) => reader.read(delta).isKey), [false, false, false]);
  assert.equal(reader.read(DELTAS[0]).number?.isReference, true);
});

test("a high profile's scaling lists are skipped", () => {
  const sps = new BitWriter().u(100, 8).u(0, 8).u(31, 8).ue(0) // profile, constraints, level, id
    .ue(1).ue(0).ue(0).u(0, 1).u(1, 1).u(1, 1); // 4:2:0, 8 bits, 8 bits, no bypass, lists, the first of them:
  for (let i = 0; i < 16; i++) sps.ue(1); // each delta +1
  sps.u(0, 7).ue(4).ue(2).ue(1).u(1, 1); // no further lists, log2_max_frame_num 8, order type 2, references, gaps
  assert.deepEqual(readSps(Uint8Array.from([0x67, ...sps.bytes()])),
    { codec: "avc1.64001f", frameNumBits: 8, hasColourPlanes: false, allowsGaps: true });
});

test("numbers with permitted gaps, and frames before any parameter set, prove nothing", () => {
  assert.deepEqual(new H264Reader().read(DELTAS[0]), { isKey: false, codec: null, number: null });
  const sps = new BitWriter().u(66, 8).u(0xc0, 8).u(30, 8).ue(0).ue(0).ue(2).ue(1).u(1, 1).bytes();
  const reader = new H264Reader();
  const read = reader.read(Uint8Array.from([0, 0, 1, 0x67, ...sps, 0, 0, 1, 0x65, 0x88, 0x84, 0]));
  assert.deepEqual([read.isKey, read.number], [true, null]);
});

test("an IDR slice without a parameter set is no frame to begin with", () => {
  assert.equal(new H264Reader().read(bytes(`${START}65 88 84 a`)).isKey, false);
});

test("the search ends with the first slice, however long the frame", () => {
  const huge = new Uint8Array(4_000_000);
  huge.set(KEY);
  const begun = performance.now();
  assert.equal(new H264Reader().read(huge).isKey, true);
  assert.ok(performance.now() - begun < 100);
  assert.deepEqual(unitsOf(KEY).map((unit) => unit[0] & 31), [7, 8, 6, 5]);
});

test("VP8 frames: key, delta, damaged", () => {
  assert.deepEqual(readVp8(bytes("50 83 0 9d 1 2a 80 2 e0 1 39")), { isKey: true, width: 640, height: 480 });
  assert.deepEqual(readVp8(bytes("b1 34 0 e4")), { isKey: false, width: 0, height: 0 });
  for (const damaged of ["50", "50 83 0", "50 83 0 9d 1 2b 80 2 e0 1", "50 83 0 9d 1 2a 80 2 e0", "50 83 0 9d 1 2a 0 0 0 0"]) {
    assert.equal(readVp8(bytes(damaged)), null, damaged);
  }
  assert.equal(readVp8(new Uint8Array(0)), null);
});

test("each format has its decoder's configuration, and an unknown one none", () => {
  const reader = new HeaderReader();
  assert.deepEqual(reader.read("video/H264", KEY)?.config, { codec: "avc1.42c01e", optimizeForLatency: true, avc: { format: "annexb" } });
  assert.deepEqual(reader.read("", KEY)?.config?.codec, "avc1.42c01e");
  assert.deepEqual(reader.read("", bytes("50 83 0 9d 1 2a 80 2 e0 1"))?.config, { codec: "vp8", optimizeForLatency: true });
  assert.equal(reader.read("video/AV1", KEY), null);
});

test("hostile bytes: every truncation and many changes of a frame are read without an exception, in little time", () => {
  let seed = 1;
  const random = (/** @type {number} */ below) => (seed = (seed * 48271) % 2147483647) % below;
  for (let length = 0; length <= KEY.length; length++) new HeaderReader().read("video/H264", KEY.subarray(0, length));
  const reader = new HeaderReader();
  for (let i = 0; i < 20_000; i++) {
    const changed = Uint8Array.from(KEY);
    for (let n = random(6); n >= 0; n--) changed[random(changed.length)] = random(256);
    const read = reader.read("video/H264", changed);
    if (read?.number) assert.ok(read.number.value < read.number.modulus && read.number.modulus <= 65536);
    reader.read("video/VP8", changed.subarray(random(changed.length)));
  }
  for (const fill of [0, 1, 0xff, 0x67]) reader.read("video/H264", new Uint8Array(100_000).fill(fill));
  const units = new Uint8Array(400_000);
  for (let i = 0; i + 4 < units.length; i += 4) units.set([0, 0, 1, 0x67], i);
  assert.equal(reader.read("video/H264", units)?.isKey, false);
});
