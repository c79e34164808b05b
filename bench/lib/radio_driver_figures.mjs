// A link's effect on a driver, from the sent, received and shown data. Pure. Times in ms of the epoch.
import { quantile, spread } from "./figures.mjs";

/** Full picture: this many lines, pictures in a second, and bit/s. */
export const FULL = { lines: 720, pictures: 28, rate: 2.5e6 };

/** ms from the click to the first picture and to the end of the first second of full picture; null: never. */
export function startOf(frames, traffic, click) {
  const shown = frames.filter(({ at, stamp }) => at >= click && stamp !== null);
  const isFull = (poll) => {
    const before = [...traffic].reverse().find(({ at }) => at <= poll.at - 1000 && at >= click);
    if (!before) return false;
    const seconds = (poll.at - before.at) / 1000;
    const within = shown.filter(({ at }) => at > before.at && at <= poll.at);
    return within.every(({ height }) => height >= FULL.lines) && within.length >= FULL.pictures * seconds &&
      ((poll.sentBytes - before.sentBytes) * 8) / seconds >= FULL.rate;
  };
  const full = traffic.find(isFull);
  return { first: shown.length > 0 ? shown[0].at - click : null, full: full ? full.at - click : null };
}

/**
 * Compares commands with datagrams on the same path at the same time.
 * @param {{sent: number, at: number}[]} commands received @param {{sent: number, at: number}[]} datagrams received
 * @param {{from: number, to: number}} span of the send times that count
 */
export function commandsOf(commands, datagrams, { from, to }, sent) {
  const delays = (all) => all.filter((one) => one.sent >= from && one.sent < to).map((one) => one.at - one.sent);
  const [ours, floor] = [delays(commands), delays(datagrams)];
  const beyond = (share) => quantile(ours, share) - quantile(floor, share);
  return { sent, ours: spread(ours), floor: spread(floor), extra: beyond(0.95), ratio: quantile(ours, 0.95) / quantile(floor, 0.95) };
}
