// The arithmetic of `script/bench radio`: a comparison is worth what its figures are.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { capacityBits, floorOf, gapsOver, opportunitiesOfSteps, opportunitiesOfTrace } from "../../bench/lib/radio_capacity.mjs";
import { commandsOf, startOf } from "../../bench/lib/radio_driver_figures.mjs";
import { climbOf, comebackOf, settlingOf } from "../../bench/lib/radio_events.mjs";
import { ageOf, agesOnScreen, figuresOf, freezesOf } from "../../bench/lib/radio_figures.mjs";
import { BusyPicture } from "../../bench/lib/radio_picture.js";
import { comparer, ssim } from "../../bench/lib/radio_quality.mjs";
import { root } from "../lib/programs.mjs";

/** A picture each `every` ms from `from` to `to`, each `age` ms old when it is shown. */
function shown(from, to, { every = 33, age = 100 } = {}) {
  const frames = [];
  for (let at = from; at < to; at += every) frames.push({ at, stamp: at - age, height: 720 });
  return frames;
}

test("a trace repeats at its end", () => {
  assert.deepEqual(opportunitiesOfTrace("300\n300\n800\n", 1.7), [300, 300, 800, 1100, 1100, 1600]);
});

test("a constant rate carries what it says, and no second more than the cap", () => {
  const opportunities = opportunitiesOfSteps([[0, 5e6], [10, 1e6]], 20);
  assert.ok(Math.abs(capacityBits(opportunities, 0, 20_000) / 60e6 - 1) < 0.01);
  assert.ok(Math.abs(capacityBits(opportunities, 0, 20_000, 2e6) / 30e6 - 1) < 0.01);
});

test("a gap counts from one opportunity to the next, and to the end", () => {
  const { count, seconds, longest } = gapsOver([100, 200, 900, 1000], 200, 1500);
  assert.deepEqual([count, seconds, longest], [2, 1.2, 0.7]);
});

test("the floor of a fast link is its delay and a frame's transmission", () => {
  const { p50, p99 } = floorOf(opportunitiesOfSteps([[0, 12e6]], 10), { delay: 20, end: 10_000 });
  assert.ok(p50 > 22 && p99 < 25, `${p50} ${p99}`);
});

test("an age is right across the end of the stamp's 32 bits", () => {
  assert.equal(ageOf(2 ** 32 - 10, 5 * 2 ** 32 + 30), 40);
  assert.equal(ageOf(20, 5), -15);
});

test("what is on the screen grows old while nothing new is shown", () => {
  const ages = agesOnScreen([{ at: 1000, stamp: 900 }], 1000, 2000);
  assert.deepEqual([ages[0], ages.at(-1)], [100, 1090]);
});

test("a freeze at the end counts, and short pauses do not", () => {
  const { count, seconds } = freezesOf([...shown(0, 5000), ...shown(5150, 6000)], 0, 6500);
  assert.deepEqual([count, seconds], [1, 0.5]);
});

test("the figures of a steady run are those of the run", () => {
  const video = (at) => ({ bytesReceived: at * 125, fecBytesReceived: at * 25, framesDecoded: Math.floor(at / 33) });
  const poll = (at) => ({ at, codec: "video/VP8", video: video(at) });
  const run = {
    from: 0, seconds: 10, frames: shown(0, 10_000), received: [poll(0), poll(10_000)], cpu: 5, busy: 1, memory: [null, null], ssim: [],
    traffic: [{ at: 0, sent: 0, sentBytes: 0 }, { at: 10_000, sent: 3030, sentBytes: 1_300_000 }],
    opportunities: opportunitiesOfSteps([[0, 4e6]], 10), link: { queued_us: { p50: 1000, p95: 2000 }, dropped: { packets: 0 } },
  };
  const figures = figuresOf(run, 8e6);
  assert.equal(figures.delay.p95, 100);
  assert.equal(figures.deliveredMbps, 0.8, "error correction is not video");
  assert.equal(Math.round(figures.shareOfLink), 20);
  assert.equal(Math.round(figures.packetsPerFrame), 10);
  assert.deepEqual([figures.freezes.count, figures.cpu], [0, 0.5]);
});

test("after an outage, a stale picture is not live", () => {
  const stale = shown(7000, 7300, { age: 1500 });
  const frames = [...shown(0, 5000), ...stale, ...shown(7300, 9000)];
  const { live, standstill, oldest } = comebackOf(frames, { from: 5000, back: 7000, to: 9000 });
  assert.equal(live, 300);
  assert.equal(oldest, 1500);
  assert.ok(standstill > 2000 && standstill < 2050, `${standstill}`);
});

test("after a rebinding, what was on its way does not count as come back", () => {
  const frames = [...shown(0, 5090), ...shown(8000, 9000)];
  assert.equal(comebackOf(frames, { from: 5000, back: 5000, to: 9000 }).live, 3000);
  assert.equal(comebackOf(frames.filter(({ at }) => at < 6000), { from: 5000, back: 5000, to: 9000 }).live, null);
});

test("a picture that is shown once more is no new one", () => {
  const frames = [...shown(0, 5000), { at: 6000, stamp: shown(0, 5000).at(-1).stamp }, ...shown(7000, 9000)];
  assert.ok(comebackOf(frames, { from: 5000, back: 7000, to: 9000 }).standstill > 2000);
});

test("a fall has settled at the last late picture before a good second", () => {
  const frames = [...shown(0, 10_000, { age: 80 }), ...shown(10_000, 12_000, { age: 800 }), ...shown(12_000, 20_000, { age: 90 })];
  const { before, peak, settled } = settlingOf(frames, { from: 10_000, to: 20_000 });
  assert.deepEqual([before, peak], [80, 800]);
  assert.ok(settled > 1900 && settled <= 2000, `${settled}`);
});

test("a climb is over when a whole second was at four fifths", () => {
  const traffic = Array.from({ length: 100 }, (_, i) => ({ at: i * 200, sentBytes: 0 }));
  traffic.forEach((poll, i) => (poll.sentBytes = i === 0 ? 0 : traffic[i - 1].sentBytes + (poll.at > 8000 ? 4.5e6 : 1e6) / 8 / 5));
  const { reached, extra } = climbOf(shown(0, 20_000), traffic, { from: 5000, to: 20_000, rate: 5e6 });
  assert.ok(reached >= 3800 && reached <= 4200, `${reached}`);
  assert.equal(extra, 0);
});

const crop = { x: 384, y: 424, width: 512, height: 288 };

test("a picture is found by what it shows, and a blurred one is less like it", () => {
  const picture = new BusyPicture(1280, 720);
  const number = 1234;
  const bytes = picture.lumaOf(number, crop);
  const blurred = bytes.map((value, i) => (value + (bytes[i + 1] ?? value) + (bytes[i + 512] ?? value) + (bytes[i + 513] ?? value)) / 4);
  const sample = (pixels) => ({ stamp: 0, width: 512, height: 288, stride: 512, bytes: pixels });
  const [same] = comparer(crop).compare([sample(bytes)]);
  const [worse] = comparer(crop).compare([sample(blurred)]);
  const [other] = comparer(crop).compare([sample(new Uint8Array(512 * 288).fill(235))]);
  assert.deepEqual([same.number, Math.round(same.ssim * 1000)], [number, 1000]);
  assert.ok(worse.ssim > 0.5 && worse.ssim < 0.995, `${worse.ssim}`);
  assert.ok(Number.isNaN(other.ssim), "a picture of something else has no likeness");
  assert.ok(ssim(bytes, bytes.map((value) => 255 - value), crop) < 0.2);
});

test("the robots in Python show the same picture as those in a page", () => {
  const script = "import sys; sys.path.insert(0, 'bench/lib'); from radio_picture import BusyPicture; " +
    "sys.stdout.buffer.write(BusyPicture().draw(777).tobytes())";
  const { stdout, stderr } = spawnSync("/usr/bin/python3", ["-B", "-c", script], { cwd: root, maxBuffer: 2 ** 24 });
  const bytes = new Uint8Array((1280 * 720 * 3) / 2);
  new BusyPicture(1280, 720).draw(bytes, 777, Date.now());
  assert.equal(stdout.length, bytes.length, String(stderr));
  const isClock = (at) => at < 1280 * 720 && at % 1280 >= 106 && at % 1280 < 1180 && Math.floor(at / 1280) >= 310 && Math.floor(at / 1280) < 410;
  const isStamp = (at) => at < 1280 * 16 && at % 1280 < 512;
  assert.equal(bytes.findIndex((value, at) => value !== stdout[at] && !isClock(at) && !isStamp(at)), -1);
});

test("a full picture is a whole second of lines, pictures and bits, not the first of each", () => {
  const small = shown(1300, 3000).map((frame) => ({ ...frame, height: 360 }));
  const traffic = Array.from({ length: 80 }, (_, i) => ({ at: 1000 + i * 100, sentBytes: i * 40_000 })); // 3.2 Mbit/s
  const { first, full } = startOf([...shown(0, 900), ...small, ...shown(3000, 9000)], traffic, 1000);
  assert.deepEqual([first, full], [300, 3000]);
  const slow = traffic.map(({ at, sentBytes }) => ({ at, sentBytes: sentBytes / 2 }));
  assert.deepEqual(startOf(shown(1200, 9000), slow, 1000), { first: 200, full: null });
  assert.deepEqual(startOf(shown(1200, 9000, { every: 50 }), traffic, 1000).full, null);
});

test("commands are judged by the datagrams of their own time", () => {
  const each = (delay) => Array.from({ length: 100 }, (_, i) => ({ sent: i * 20, at: i * 20 + delay }));
  const late = { sent: 5000, at: 9000 };
  const { ours, extra, ratio } = commandsOf([...each(30), late], [...each(20), late], { from: 0, to: 2000 }, 100);
  assert.deepEqual([ours.n, ours.p95, extra, ratio], [100, 30, 10, 1.5]);
});
