// One run: one sender, one link, one viewer, from the first video on.
import { eventually } from "../../tests/lib/programs.mjs";
import { busyMeter, pause } from "./machine.mjs";
import { browserAt, viewerPageAt } from "./radio_place.mjs";
import { comparer } from "./radio_quality.mjs";

/** The compared part of the picture: without stamp and clock. */
export const CROP = { x: 384, y: 424, width: 512, height: 288 };
const POLL = 0.5; // s
const SAMPLE = 500; // ms
const MOST_SAMPLES = 240; // they stay in the page until the end

/** Connects a viewer's page to a sender and waits for its pictures. */
export async function connectViewer(add, place, sender, codec) {
  const browser = await browserAt(add, place.b);
  const page = await viewerPageAt(browser, sender.url);
  const offer = await page.evaluate((only) => window.radio.offer(only), codec);
  await page.evaluate((answer) => window.radio.accept(answer), await sender.answer(offer, page));
  await eventually("ten pictures", () => page.evaluate(() => window.radio.seen().length >= 10));
  return page;
}

/** A page that can watch our robot with rtcbot.js, but is not connected. */
export async function openLinkPage(browser, sender) {
  const page = await viewerPageAt(browser, sender.url);
  await page.addScriptTag({ url: `${sender.url}/rtcbot.js` });
  await page.evaluate(() => (window.dial = () => new window.rtcbot.Link({ url: "/connect", video: document.querySelector("video") })));
  return page;
}

/** Watches our robot like a page: with rtcbot.js, which reconnects automatically. */
export async function connectLink(add, place, sender) {
  const page = await openLinkPage(await browserAt(add, place.b), sender);
  await page.evaluate(() => (window.link = window.dial()));
  await eventually("ten pictures", () => page.evaluate(() => window.radio.seen().length >= 10));
  return page;
}

/** Makes the viewer restart ICE whenever its connection is lost, as applications do; the descriptions go through a pipe, immediately. */
export async function keepConnected(page, sender) {
  await page.exposeFunction("answerOf", (offer) => sender.answer(offer, page));
  await page.evaluate(() => window.radio.keepConnected(window.answerOf));
}

/** Throws unless the link carries the video. */
function requireThePath({ local, remote }, place) {
  if (local !== place.b.address || (remote !== place.a.address && remote !== null)) {
    throw new Error(`the video goes from ${remote} to ${local}, not over the link (${place.a.address} to ${place.b.address})`);
  }
}

/** Polls until `until` (ms of the epoch). */
async function poll(until, page, place, sender) {
  const polls = { received: [], traffic: [], reports: [] };
  for (;;) {
    polls.received.push(await page.evaluate(() => window.radio.received()));
    polls.traffic.push(place.traffic());
    polls.reports.push({ at: Date.now(), report: await sender.report() });
    if (Date.now() > until) return polls;
    await pause(Math.min(POLL, Math.max(0.02, (until + 50 - Date.now()) / 1000)));
  }
}

/** Selects the needed values of the browser's inbound video. */
function slim({ at, video, codec }) {
  const keys = ["bytesReceived", "fecBytesReceived", "retransmittedBytesReceived", "packetsReceived", "packetsLost", "framesReceived",
    "framesDecoded", "framesDropped", "keyFramesDecoded", "nackCount", "pliCount", "freezeCount", "qpSum",
      "jitterBufferDelay", "jitterBufferEmittedCount",
    "totalDecodeTime", "frameHeight"];
  return { at, codec, video: Object.fromEntries(keys.filter((key) => key in video).map((key) => [key, video[key]])) };
}

/**
 * Measures a sender on a link for `seconds`.
 * @param {{start: Function, codec?: string}} kind of SENDERS
 * @param {object} place machines `a` (robot) and `b`, `begin()` that starts the link's time, `traffic()` and `stats()` of the link
 * @param {{flags?: string[]}} [options] flags: more of them for our robot
 */
export async function measure(add, place, kind, seconds, options = {}) {
  const sender = await kind.start(add, place, options);
  try {
    return await measureSender(add, place, sender, kind, seconds);
  } catch (error) {
    throw new Error(`${error.message}\n${sender.program?.log() ?? ""}`);
  }
}

async function measureSender(add, place, sender, kind, seconds) {
  const page = await connectViewer(add, place, sender, kind.codec);
  requireThePath(await page.evaluate(() => window.radio.received()), place);
  await page.evaluate((ms) => window.radio.sampleEach(ms), Math.max(SAMPLE, (seconds * 1000) / MOST_SAMPLES));
  const [cpu, memory] = [sender.cpuSeconds(), sender.memory()];
  const meter = busyMeter();
  const before = { received: slim(await page.evaluate(() => window.radio.received())), traffic: place.traffic() };
  const from = await place.begin();
  const polls = await poll(from + seconds * 1000, page, place, sender);
  const [spent, busy] = [sender.cpuSeconds() - cpu, meter()];
  const { up } = await place.stats();
  const frames = await page.evaluate(() => window.radio.seen());
  const samples = await page.evaluate(() => window.radio.takeSamples());
  return {
    from, seconds, cpu: spent, busy, memory: [memory, sender.memory()], link: up, samples,
    frames: frames.map(({ at, stamp, height }) => ({ at, stamp, height })),
    received: [before.received, ...polls.received.map(slim)], traffic: [before.traffic, ...polls.traffic], reports: polls.reports,
  };
}

/** Replaces the stored pictures by their similarity to their sources. */
export function judge({ samples, ...run }) {
  const pictures = samples.map((sample) => ({ ...sample, bytes: Buffer.from(sample.bytes, "base64") }));
  const ssim = comparer(CROP).compare(pictures).map(({ stamp, ssim: likeness }, i) => ({ at: samples[i].at, stamp, ssim: likeness }));
  return { ...run, ssim };
}
