/**
 * @typedef {object} ClockLimits
 * @property {number} burst questions at the start
 * @property {number} burstGap ms between them
 * @property {number} gap ms between later questions
 * @property {number} patience unanswered questions after which the robot counts as one that does not send its time
 * @property {number} drift of two clocks, as a share of the passed time
 * @property {number} samples how many answers are stored
 */

/** @type {ClockLimits} */
export const DEFAULT_CLOCK_LIMITS = { burst: 6, burstGap: 80, gap: 2000, patience: 12, drift: 50e-6, samples: 32 };

/** Difference of offsets, ms, that clock resolution and slewing may cause; a larger one means that a clock was set. */
const STEP = 20;

/**
 * Computes the offset of the robot's clock from the page's, as NTP does: the robot answers between question and receipt, so half
 * the round trip bounds the error, and the quickest answer is the best. The error of an old answer grows with clock drift. Pure:
 * gets the time.
 */
export class ClockOffset {
  /** @param {Partial<ClockLimits>} [limits] */
  constructor(limits = {}) {
    this._limits = { ...DEFAULT_CLOCK_LIMITS, ...limits };
    /** @type {{offset: number, error: number, at: number}[]} */
    this._samples = [];
    this._asked = 0;
  }

  /** Call it for each question. @returns {number | null} ms until the next question; null: no further questions */
  onQuestion() {
    const { burst, burstGap, gap, patience } = this._limits;
    this._asked++;
    if (this._samples.length === 0 && this._asked >= patience) return null;
    return this._asked < burst ? burstGap : gap;
  }

  /**
   * Call it for each answer.
   * @param {number} asked ms of the page's clock, when the question was sent
   * @param {number} robot ms of the robot's clock
   * @param {number} heard ms of the page's clock, when the answer arrived
   */
  onAnswer(asked, robot, heard) {
    if (!(heard >= asked) || !Number.isFinite(robot)) return;
    const sample = { offset: robot - (asked + heard) / 2, error: (heard - asked) / 2, at: heard };
    const known = this.estimate(heard);
    // A difference beyond both errors: a clock was set, or stopped while a machine slept. Earlier answers are invalid.
    if (known && Math.abs(sample.offset - known.offset) > sample.error + known.error + STEP) this._samples = [];
    this._samples.push(sample);
    if (this._samples.length > this._limits.samples) this._samples.shift();
  }

  /** The best estimate: robot's time minus page's time, and the possible error, ms.
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
