// Glass to glass without glass: the age of each picture when the page shows it, read from the time stamp coded into it,
// beside the same picture through the same encoder and Chromium's decoder with nothing between them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { frames, freshFrames, watchFrames } from "../tests/lib/browser.mjs";
import { encodeAndDecode } from "./lib/decode.mjs";
import { median, round, row, spread } from "./lib/figures.mjs";
import { busyMeter, pause } from "./lib/machine.mjs";
import { bareEncoder, connect, disconnect, startRobot, startViewer, PICTURES } from "./lib/rig.mjs";

export const title = "Frame delay, glass to glass";

/** 1.5 frame intervals at 30 a second, ms. */
const ABOVE_THE_FLOOR = 50;
/** A picture that stands for longer than this is a freeze, ms. */
const FREEZE = 200;

async function watch(add, page, robot, seconds) {
  await connect(page);
  await watchFrames(page);
  await freshFrames(page, 60);
  const from = (await frames(page)).length;
  const before = await page.evaluate(() => window.viewers.received());
  const meter = busyMeter();
  await pause(seconds);
  const busy = meter();
  const seen = (await frames(page)).slice(from);
  const granted = robot.stats().viewers[0].target_bitrate;
  const after = await page.evaluate(() => window.viewers.received());
  await disconnect(page, robot);
  const gaps = seen.slice(1).map((frame, i) => frame.at - seen[i].at);
  return {
    ...spread(seen.filter((frame) => frame.age !== null).map((frame) => frame.age)), illegible: seen.filter((f) => f.age === null).length,
    perSecond: round(seen.length / seconds), freezes: gaps.filter((gap) => gap > FREEZE).length, busy: round(busy, 2),
    kbps: Math.round(granted / 1000), browser: stepsOfBrowser(before, after),
  };
}

/** Mean ms a frame, as the browser itself says, of what lies behind the network. */
function stepsOfBrowser(before, after) {
  const per = (total, count) => round((1000 * (after[total] - before[total])) / (after[count] - before[count]));
  return {
    assembly: per("totalAssemblyTime", "framesDecoded"), jitterBuffer: per("jitterBufferDelay", "jitterBufferEmittedCount"),
    decode: per("totalDecodeTime", "framesDecoded"), processing: per("totalProcessingDelay", "framesDecoded"),
  };
}

/** Encoder and decoder alone; the first two seconds, where both warm up, do not count. */
async function floor(add, page, picture, seconds) {
  const folder = mkdtempSync(`${tmpdir()}/rtcbot-bench-`);
  try {
    const file = `${folder}/stream`;
    await bareEncoder(add, picture, seconds + 2, ["--write", file]);
    const both = (await encodeAndDecode(page, file)).slice(60);
    return { ...spread(both.map((f) => f.encode + f.decode)), encode: round(median(both.map((f) => f.encode))),
      decode: round(median(both.map((f) => f.decode))) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function run({ add, quick }) {
  const seconds = quick ? 6 : 30;
  const figures = {};
  for (const picture of PICTURES) {
    const { server, robot } = await startRobot(add, picture, { statsEvery: 1 });
    const page = await startViewer(add, server);
    const shown = await watch(add, page, robot, seconds);
    const bare = await floor(add, page, { ...picture, kbps: shown.kbps }, quick ? 4 : 20);
    figures[picture.name] = { bare, shown };
    await page.context().browser().close();
    await robot.stop();
  }
  return { figures, rows: Object.entries(figures).flatMap(([name, of]) => rowsOf(name, of)), notes: [NOTE] };
}

const NOTE = "Headless Chromium with its usual 60 Hz of display and no GPU. The age is taken when requestVideoFrameCallback is called, which is " +
  "when the picture goes to the compositor; a screen would add its own time. The clock is read before the pixels. The floor is, frame by frame, " +
  "from the capture of the picture to its encoded form in encode_bare (drawing included, as in the robot), plus from " +
  "VideoDecoder.decode to its output in Chromium on that stream at 30 frames a second, low latency: no network, no jitter buffer, no display. " +
  "The rate is what the congestion controller grants; encode_bare gets the same.";

function rowsOf(name, { shown, bare }) {
  const above = shown.p50 - bare.p50;
  const { browser } = shown;
  return [
    row(`${name}: p50 / p95 / max`, `${shown.p50} / ${shown.p95} / ${shown.max} ms`,
      { beside: name === "1280x720" ? "Chromium 47/68/71, webrtcbin 45/60/61; RTCBot 66/106 (earlier)" : "RTCBot 45/68 (earlier)" }),
    row(`${name}: bare encode and decode, p50 / p95 / max`, `${bare.p50} / ${bare.p95} / ${bare.max} ms`,
      { beside: `medians: encode ${bare.encode}, decode ${bare.decode}` }),
    row(`${name}: p50 above the bare`, `${round(above)} ms`, { target: `${ABOVE_THE_FLOOR} ms`, reached: above <= ABOVE_THE_FLOOR }),
    row(`${name}: frames a second, freezes over ${FREEZE} ms`, `${shown.perSecond}, ${shown.freezes}`,
      { beside: `granted ${shown.kbps} kbit/s; ${shown.busy} cores busy in all` }),
    row(`${name}: the browser's own account, mean ms`,
      `assembly ${browser.assembly}, jitter buffer ${browser.jitterBuffer}, decode ${browser.decode}, all ${browser.processing}`),
  ];
}
