/**
 * Everything that arrived so far, from one reading of `getStats`.
 *
 * @typedef {object} Arrivals
 * @property {number} bytes on the path in use: media, its reports, data
 * @property {number} checks ICE requests and responses on that path
 */

/**
 * @typedef {object} LivenessLimits
 * @property {number} steadySilence ms without a byte, after steady traffic, that mean an interruption
 * @property {number} idleSilence ms without a byte or an ICE check, on an idle connection, that mean one
 * @property {number} lost ms of silence after which there is no hope left
 * @property {number} steadyFor ms of traffic in every reading that count as steady
 */

/** @type {LivenessLimits} */
export const DEFAULT_LIVENESS_LIMITS = { steadySilence: 1000, idleSilence: 6000, lost: 20000, steadyFor: 500 };

/**
 * Notices that the other side went silent, long before the browser says so (7.5 s in Chromium).
 *
 * While video comes, bytes arrive in every reading, and a second without any is an interruption. A connection that only
 * carries a message now and then, or whose camera stopped, is silent for seconds by nature; there only the missing of ICE's own checks tells.
 * Pure: it is told the time and what has arrived.
 */
export class LivenessWatch {
  /**
   * @param {number} now ms
   * @param {Partial<LivenessLimits>} [limits]
   */
  constructor(now, limits = {}) {
    this._limits = { ...DEFAULT_LIVENESS_LIMITS, ...limits };
    /** @type {Arrivals | null} */
    this._last = null;
    this._heardAt = now;
    this._bytesAt = now;
    /** Since when every reading had new bytes; null when the latest traffic was not steady. @type {number | null} */
    this._steadySince = null;
    this._wasSteady = false;
    this._now = now;
  }

  /**
   * One reading.
   * @param {number} now
   * @param {Arrivals} arrivals
   */
  onReading(now, arrivals) {
    const last = this._last ?? { bytes: 0, checks: 0 };
    this._last = arrivals;
    this._now = now;
    // Another path has other counters: a smaller figure is news as well as a larger one.
    const bytes = arrivals.bytes !== last.bytes;
    if (bytes || arrivals.checks !== last.checks) this._heardAt = now;
    if (bytes) this._onBytes(now);
    else this._steadySince = null;
  }

  /** ms since anything was heard, as of the latest reading. */
  get silence() {
    return this._now - (this._wasSteady ? this._bytesAt : this._heardAt);
  }

  /** @returns {"alive" | "silent" | "lost"} as of the latest reading */
  get verdict() {
    const limit = this._wasSteady ? this._limits.steadySilence : this._limits.idleSilence;
    if (this.silence >= this._limits.lost) return "lost";
    return this.silence >= limit ? "silent" : "alive";
  }

  /** @param {number} now */
  _onBytes(now) {
    if (this._steadySince === null) {
      // Bytes that end a silence begin anew: what stutters is not called steady again until it has been for a while.
      this._steadySince = now;
      this._wasSteady = false;
    } else if (now - this._steadySince >= this._limits.steadyFor) {
      this._wasSteady = true;
    }
    this._bytesAt = now;
  }
}

/**
 * What arrived, out of one reading.
 * @param {Pick<import("./reading.js").Reading, "pair">} reading
 * @returns {Arrivals}
 */
export function arrivalsIn({ pair }) {
  if (!pair) return { bytes: 0, checks: 0 };
  return { bytes: pair.bytesReceived ?? 0, checks: (pair.requestsReceived ?? 0) + (pair.responsesReceived ?? 0) };
}
