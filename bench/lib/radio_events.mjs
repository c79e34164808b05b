// An event's effect on the user, from the shown pictures. Pure. Times in ms of the epoch.
import { ageOf, newPictures } from "./radio_figures.mjs";
import { quantile } from "./figures.mjs";

/** A picture younger than this is live, ms. */
export const LIVE = 300;

const aged = (frames) => newPictures(frames.filter(({ stamp }) => stamp !== null)).map((frame) => ({ ...frame, age: ageOf(frame.stamp, frame.at) }));

/**
 * After an event at `from` whose cause ends at `back`: ms from then to the first live picture captured after the event (null:
 * none), the longest time without a new picture, and the age of the oldest picture shown since `back`.
 */
export function comebackOf(frames, { from, back, to }) {
  const shown = aged(frames).filter(({ at }) => at <= to);
  const since = shown.filter(({ at }) => at >= back);
  const first = since.find(({ at, age }) => age < LIVE && at - age >= from);
  const edges = [...shown.filter(({ at }) => at <= from).slice(-1), ...shown.filter(({ at }) => at > from)].map(({ at }) => at);
  const gaps = [...edges.slice(1), to].map((at, i) => at - edges[i]);
  const oldest = since.length > 0 ? Math.max(...since.map(({ age }) => age)) : null;
  return { live: first ? first.at - back : null, standstill: Math.max(0, ...gaps), oldest };
}

/** After a fall of capacity at `from`: the worst delay, and ms until it stays for a second below 1.5 times the delay before (or 150 ms). */
export function settlingOf(frames, { from, to }) {
  const shown = aged(frames);
  const before = quantile(shown.filter(({ at }) => at < from && at > from - 5000).map(({ age }) => age), 0.5);
  const after = shown.filter(({ at }) => at >= from && at < to);
  const bound = Math.max(150, 1.5 * before);
  // A missing picture counts like a late one.
  const bad = after.flatMap(({ at, age }, i) => (age > bound ? [at] : i > 0 && at - after[i - 1].at > bound ? [at] : []));
  const last = bad.find((at, i) => i === bad.length - 1 || bad[i + 1] - at > 1000);
  return { before: Math.round(before), peak: Math.max(0, ...after.map(({ age }) => age)), settled: last === undefined ? 0 : last - from };
}

/** After a rise to `rate` bit/s at `from`: ms until a second's mean is 80 % of it (null: never), and how far the delay's p95 until then exceeds the
 * p50 before. */
export function climbOf(frames, traffic, { from, to, rate }) {
  const reached = traffic.find((poll) => {
    const before = [...traffic].reverse().find((earlier) => earlier.at <= poll.at - 1000 && earlier.at >= from);
    return before && ((poll.sentBytes - before.sentBytes) * 8000) / (poll.at - before.at) >= 0.8 * rate;
  });
  const end = reached?.at ?? to;
  const p = (share, a, b) => quantile(aged(frames).filter(({ at }) => at >= a && at < b).map(({ age }) => age), share);
  return { reached: reached ? reached.at - from : null, extra: Math.round(p(0.95, from, end) - p(0.5, from - 5000, from)) };
}
