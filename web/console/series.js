/** The time span of plots, ms. */
export const MINUTE = 60_000;
/** Minimum interval between stored values, ms. */
const STEP = 200;

/** The values of the last minute, with gaps where they were unknown. Pure; bounded by its step. */
export class Series {
  constructor() {
    /** @type {{at: number, value: number | null}[]} */
    this.points = [];
  }

  /** @param {number} now ms @param {number | null} value */
  add(now, value) {
    const last = this.points.at(-1);
    if (last && now - last.at < STEP) return;
    this.points.push({ at: now, value });
    while (this.points.length > 0 && now - this.points[0].at > MINUTE) this.points.shift();
  }

  /** `lastAt`: when the last value arrived, ms. @returns {{last: number, lastAt: number, least: number, most: number} | null} */
  summary() {
    const known = this.points.filter(({ value }) => value !== null);
    if (known.length === 0) return null;
    const values = known.map(({ value }) => /** @type {number} */ (value));
    return { last: values[values.length - 1], lastAt: known[known.length - 1].at, least: Math.min(...values), most: Math.max(...values) };
  }

  /**
   * Lines to draw, in the unit square: time to the right, larger values up. A line ends where the value was unknown.
   * @param {number} now ms @param {boolean} fromZero true if the bottom is 0
   * @returns {[number, number][][]}
   */
  lines(now, fromZero) {
    const bounds = this.summary();
    if (!bounds) return [];
    const bottom = fromZero ? Math.min(0, bounds.least) : bounds.least;
    const height = bounds.most - bottom || 1;
    /** @type {[number, number][][]} */
    const lines = [[]];
    for (const { at, value } of this.points) {
      if (value === null) lines.push([]);
      else lines[lines.length - 1].push([1 - (now - at) / MINUTE, (value - bottom) / height]);
    }
    return lines.filter((line) => line.length > 0);
  }
}
