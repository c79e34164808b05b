/**
 * The total of all arrivals, from one reading of `getStats`.
 *
 * @typedef {object} Arrivals
 * @property {number} bytes on the path in use: media, its reports, data
 * @property {number} checks ICE requests and responses on that path
 */

/**
 * @typedef {object} LivenessLimits
 * @property {number} steadySilence ms without a byte, after steady traffic, that mean an interruption
 * @property {number} idleSilence ms without a byte or an ICE check, on an idle connection, that mean one
 * @property {number} lost ms of silence after which the connection is lost
 * @property {number} steadyFor ms of traffic in every reading that count as steady
 */

/** @type {LivenessLimits} */
export const DEFAULT_LIVENESS_LIMITS = { steadySilence: 1000, idleSilence: 6000, lost: 20000, steadyFor: 500 };

/**
 * Detects that the other side is silent, long before the browser reports it (7.5 s in Chromium).
 *
 * While video flows, bytes arrive in every reading, and a second without any is an interruption. A connection with only
 * occasional messages, or whose camera has stopped, is often silent for seconds; there only missing ICE checks show an
 * interruption.
 * Pure: gets the time and the arrivals.
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
    /** Since when every reading had new bytes; null if the latest traffic was not steady. @type {number | null} */
    this._steadySince = null;
    this._wasSteady = false;
    this._now = now;
  }

  /**
   * Takes one reading.
   * @param {number} now
   * @param {Arrivals} arrivals
   */
  onReading(now, arrivals) {
    const last = this._last ?? { bytes: 0, checks: 0 };
    this._last = arrivals;
    this._now = now;
    // Another path has other counters: a smaller value is an arrival too.
    const bytes = arrivals.bytes !== last.bytes;
    if (bytes || arrivals.checks !== last.checks) this._heardAt = now;
    if (bytes) this._onBytes(now);
    else this._steadySince = null;
  }

  /** ms since the last arrival, at the latest reading. */
  get silence() {
    return this._now - (this._wasSteady ? this._bytesAt : this._heardAt);
  }

  /** @returns {"alive" | "silent" | "lost"} at the latest reading */
  get verdict() {
    const limit = this._wasSteady ? this._limits.steadySilence : this._limits.idleSilence;
    if (this.silence >= this._limits.lost) return "lost";
    return this.silence >= limit ? "silent" : "alive";
  }

  /** @param {number} now */
  _onBytes(now) {
    if (this._steadySince === null) {
      // Traffic after a silence must be steady again for a while before it counts as steady.
      this._steadySince = now;
      this._wasSteady = false;
    } else if (now - this._steadySince >= this._limits.steadyFor) {
      this._wasSteady = true;
    }
    this._bytesAt = now;
  }
}

/**
 * The arrivals in one reading.
 * @param {Pick<import("./reading.js").Reading, "pair">} reading
 * @returns {Arrivals}
 */
export function arrivalsIn({ pair }) {
  if (!pair) return { bytes: 0, checks: 0 };
  return { bytes: pair.bytesReceived ?? 0, checks: (pair.requestsReceived ?? 0) + (pair.responsesReceived ?? 0) };
}
