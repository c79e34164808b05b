/**
 * @typedef {object} ClockLimits
 * @property {number} burst questions at the start
 * @property {number} burstGap ms between them
 * @property {number} gap ms between questions after that
 * @property {number} patience questions without any answer after which the robot is taken for one that has no clock to tell
 * @property {number} drift how much two clocks run apart, as a share of the time that passes
 * @property {number} samples how many answers are remembered
 */

/** @type {ClockLimits} */
export const DEFAULT_CLOCK_LIMITS = { burst: 6, burstGap: 80, gap: 2000, patience: 12, drift: 50e-6, samples: 32 };

/** Clocks of pages tick in steps, and a robot's may be slewed; a clock that is set moves by more, ms. */
const STEP = 20;

/**
 * How far the robot's clock is ahead of the page's, as NTP finds it out: an answer was made at some moment between question and
 * hearing, so half the round trip bounds the error, and the quickest answer is the best. An old one gets worse with time, as clocks
 * drift. Pure: it is told the time.
 */
export class ClockOffset {
  /** @param {Partial<ClockLimits>} [limits] */
  constructor(limits = {}) {
    this._limits = { ...DEFAULT_CLOCK_LIMITS, ...limits };
    /** @type {{offset: number, error: number, at: number}[]} */
    this._samples = [];
    this._asked = 0;
  }

  /** A question is being sent. @returns {number | null} ms until the next one; null for never again */
  onQuestion() {
    const { burst, burstGap, gap, patience } = this._limits;
    this._asked++;
    if (this._samples.length === 0 && this._asked >= patience) return null;
    return this._asked < burst ? burstGap : gap;
  }

  /**
   * An answer was heard.
   * @param {number} asked ms of the page's clock, when the question was sent
   * @param {number} robot ms of the robot's clock
   * @param {number} heard ms of the page's clock
   */
  onAnswer(asked, robot, heard) {
    if (!(heard >= asked) || !Number.isFinite(robot)) return;
    const sample = { offset: robot - (asked + heard) / 2, error: (heard - asked) / 2, at: heard };
    const known = this.estimate(heard);
    // Further apart than both may be wrong: one of the clocks was set, or stood still with a machine that slept. What was known is void.
    if (known && Math.abs(sample.offset - known.offset) > sample.error + known.error + STEP) this._samples = [];
    this._samples.push(sample);
    if (this._samples.length > this._limits.samples) this._samples.shift();
  }

  /** The best estimate: robot's time less page's time, and how wrong it may be, ms.
   * @param {number} now @returns {{offset: number, error: number} | null} */
  estimate(now) {
    let best = null;
    for (const { offset, error, at } of this._samples) {
      const aged = error + (now - at) * this._limits.drift;
      if (best === null || aged <= best.error) best = { offset, error: aged };
    }
    return best;
  }
}
