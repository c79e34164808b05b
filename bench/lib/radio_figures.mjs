// Computes one line of the table from the data of one run. Pure.
import { capacityBits, floorOf, gapsOver } from "./radio_capacity.mjs";
import { quantile, round, spread, sum } from "./figures.mjs";

/** A picture shown for longer than this is a freeze, ms. */
export const FREEZE = 200;

/** How old a stamp (low 32 bits of ms) is at a time. */
export function ageOf(stamp, at) {
  const age = (at - stamp) % 2 ** 32;
  const wrapped = age < 0 ? age + 2 ** 32 : age;
  return wrapped >= 2 ** 31 ? wrapped - 2 ** 32 : wrapped;
}

/** Removes repeated pictures: an element that gets another stream calls back for its old picture too. */
export function newPictures(frames) {
  return frames.filter(({ stamp }, i) => stamp === null || i === 0 || stamp !== frames[i - 1].stamp);
}

/** The age of the picture on screen, sampled every 10 ms between two times. */
export function agesOnScreen(frames, from, to) {
  const ages = [];
  let next = 0;
  let shown = null;
  for (let at = from; at < to; at += 10) {
    while (next < frames.length && frames[next].at <= at) shown = frames[next++];
    if (shown) ages.push(ageOf(shown.stamp, at));
  }
  return ages;
}

/** The periods without a new picture above `FREEZE` ms, including the one at the end. */
export function freezesOf(frames, from, to) {
  const edges = [from, ...frames.map((frame) => frame.at).filter((at) => at > from && at < to), to];
  const gaps = edges.slice(1).map((at, i) => at - edges[i]).filter((gap) => gap > FREEZE);
  const longest = round(Math.max(0, ...gaps) / 1000);
  return { count: gaps.length, seconds: round(sum(gaps) / 1000), longest, share: round((100 * sum(gaps)) / (to - from)) };
}

/** The value of `pick` at a time, interpolated linearly between polls. */
export function valueAt(polls, at, pick) {
  const after = polls.findIndex((poll) => poll.at >= at);
  if (after === 0 || polls.length === 1) return pick(polls[0]);
  if (after < 0) return pick(polls.at(-1));
  const [a, b] = [polls[after - 1], polls[after]];
  return pick(a) + ((pick(b) - pick(a)) * (at - a.at)) / Math.max(1, b.at - a.at);
}

/** Payload of video without error correction, so far. */
const videoBytes = ({ video }) => (video.bytesReceived ?? 0) - (video.fecBytesReceived ?? 0);

/**
 * The statistics of one run.
 * @param {object} run from `measure` @param {number} cap maximum rate of a sender, bit/s
 */
export function figuresOf(run, cap) {
  const [from, to] = [run.from, run.from + run.seconds * 1000];
  const frames = newPictures(run.frames);
  const within = frames.filter(({ at }) => at >= from && at < to);
  const legible = within.filter(({ stamp }) => stamp !== null);
  const between = (polls, pick) => valueAt(polls, to, pick) - valueAt(polls, from, pick);
  const decoded = between(run.received, ({ video }) => video.framesDecoded ?? 0);
  const shown = Math.min(1, within.length / Math.max(1, decoded));
  const delivered = (between(run.received, videoBytes) * 8 * shown) / run.seconds;
  const carried = capacityBits(run.opportunities, 0, run.seconds * 1000, cap) / run.seconds;
  const packets = between(run.traffic, ({ sent }) => sent);
  return {
    frames: within.length, illegible: within.length - legible.length, perSecond: round(within.length / run.seconds),
    delay: legible.length > 0 ? spread(legible.map(({ at, stamp }) => ageOf(stamp, at))) : null,
    onScreen: onScreenOf(frames.filter(({ stamp }) => stamp !== null), from, to),
    freezes: freezesOf(frames, from, to),
    deliveredMbps: round(delivered / 1e6, 2), shareOfLink: round((100 * delivered) / carried), shownOfDecoded: round(100 * shown),
    capacityMbps: round(carried / 1e6, 2), packetsPerFrame: round(packets / Math.max(1, within.length)),
    sentMbps: round((between(run.traffic, ({ sentBytes }) => sentBytes) * 8) / run.seconds / 1e6, 2),
    cpu: round(run.cpu / run.seconds, 2), busy: round(run.busy, 2), memory: run.memory.map((kib) => kib && Math.round(kib / 1024)),
    jitterBuffer: jitterBufferOf(between, run.received), sizes: sizesOf(within), ssim: ssimOf(run.ssim, from, to),
    queue: { p50: round(run.link.queued_us.p50 / 1000), p95: round(run.link.queued_us.p95 / 1000), dropped: run.link.dropped.packets },
    codec: run.received.at(-1)?.codec ?? null,
  };
}

/** Mean ms that the viewer's browser delayed a picture. */
function jitterBufferOf(between, polls) {
  const [held, count] = ["jitterBufferDelay", "jitterBufferEmittedCount"].map((key) => between(polls, ({ video }) => video[key] ?? 0));
  return count > 0 ? round((1000 * held) / count) : null;
}

function onScreenOf(frames, from, to) {
  const ages = agesOnScreen(frames, from, to);
  return ages.length > 0 ? { p50: round(quantile(ages, 0.5)), p95: round(quantile(ages, 0.95)) } : null;
}

function ssimOf(samples, from, to) {
  const inside = samples.filter(({ at, ssim }) => at >= from && at < to && Number.isFinite(ssim)).map(({ ssim }) => ssim);
  return inside.length > 0 ? { mean: round(sum(inside) / inside.length, 3), p5: round(quantile(inside, 0.05), 3), n: inside.length } : null;
}

/** The share of frames of each height, in percent, largest first. */
function sizesOf(frames) {
  const counts = new Map();
  for (const { height } of frames) counts.set(height, (counts.get(height) ?? 0) + 1);
  const share = (count) => Math.round((100 * count) / frames.length);
  return Object.fromEntries([...counts].sort((a, b) => b[0] - a[0]).map(([height, count]) => [`${height}p`, share(count)]));
}

/** The link's own limits in the same time. */
export function limitsOf(link, seconds) {
  const end = seconds * 1000;
  return { floor: floorOf(link.opportunities, { delay: link.delay, end }), gaps200: gapsOver(link.opportunities, 200, end),
    gaps500: gapsOver(link.opportunities, 500, end) };
}
