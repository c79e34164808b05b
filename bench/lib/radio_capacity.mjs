// The capacity of a link, as a list of opportunities of 1504 bytes in ms since its start, and values derived from it.
import { quantile, round, sum } from "./figures.mjs";

export const OPPORTUNITY = 1504; // bytes

/** Reads mahimahi's format and repeats the trace until `seconds`. */
export function opportunitiesOfTrace(text, seconds) {
  const lap = text.trim().split(/\s+/).map(Number);
  const length = lap.at(-1);
  const all = [];
  for (let from = 0; from < seconds * 1000; from += length) {
    for (const at of lap) all.push(from + at);
  }
  return all.filter((at) => at < seconds * 1000);
}

/** @param {[number, number][]} steps start (s) and rate (bit/s), ascending from 0 */
export function opportunitiesOfSteps(steps, seconds) {
  const all = [];
  steps.forEach(([from, rate], i) => {
    const end = 1000 * Math.min(seconds, steps[i + 1]?.[0] ?? seconds);
    const each = (OPPORTUNITY * 8 * 1000) / rate;
    for (let at = from * 1000 + each; at <= end; at += each) all.push(at);
  });
  return all;
}

/** Bits that could pass between two times, counted in each second up to `cap` bit/s. */
export function capacityBits(opportunities, from, to, cap = Infinity) {
  const seconds = new Map();
  for (const at of opportunities) {
    if (at <= from || at > to) continue;
    const second = Math.floor((at - from) / 1000);
    seconds.set(second, (seconds.get(second) ?? 0) + OPPORTUNITY * 8);
  }
  const lengthOf = (second) => Math.min(1, (to - from) / 1000 - second);
  return sum([...seconds].map(([second, bits]) => Math.min(bits, cap * lengthOf(second))));
}

/** The periods longer than `over` ms in which nothing could pass: their number, and their total in seconds. */
export function gapsOver(opportunities, over, end) {
  const edges = [0, ...opportunities.filter((at) => at <= end), end];
  const gaps = edges.slice(1).map((at, i) => at - edges[i]).filter((gap) => gap > over);
  return { count: gaps.length, seconds: round(sum(gaps) / 1000), longest: round(Math.max(0, ...gaps) / 1000) };
}

/**
 * The minimum possible delays in ms: frames of one size, 30 a second. The newest frame is sent whenever the link has carried the
 * previous one; nothing is queued, encoded or decoded.
 */
export function floorOf(opportunities, { delay, end, frameBytes = 4200 }) {
  const delays = [];
  let free = 0; // when the link has carried the previous frame
  let index = 0;
  for (let number = 0; ; number++) {
    const drawn = Math.max((number * 1000) / 30);
    if (drawn > end) break;
    if (drawn < free) continue;
    // A waiting frame is replaced by the newest one at the time when something can pass.
    while (index < opportunities.length && opportunities[index] <= drawn) index++;
    if (index + 3 > opportunities.length) break;
    const newest = Math.max(drawn, Math.floor((opportunities[index] * 30) / 1000) * (1000 / 30));
    const needed = Math.ceil(frameBytes / OPPORTUNITY);
    free = opportunities[Math.min(index + needed - 1, opportunities.length - 1)];
    delays.push(free - newest + delay);
    number = Math.max(number, Math.round((newest * 30) / 1000));
  }
  return { p50: round(quantile(delays, 0.5)), p95: round(quantile(delays, 0.95)), p99: round(quantile(delays, 0.99)) };
}

/** Mbit/s in each interval, for plots. */
export function ratePerInterval(opportunities, interval, end) {
  const bins = new Array(Math.ceil(end / interval)).fill(0);
  for (const at of opportunities) if (at < end) bins[Math.floor(at / interval)] += OPPORTUNITY * 8;
  return bins.map((bits, i) => [((i + 0.5) * interval) / 1000, bits / interval / 1000]);
}
