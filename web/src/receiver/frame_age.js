import { rtpBetween } from "./rtp_time.js";

/** A transit that differs by more, ms: the sender's time stamps began again. */
const RESTART = 60_000;

/** The quickest transit is looked for in this time, ms, twice: two clocks drift apart. */
const SPAN = 30_000;

/**
 * How old a frame is. With an anchor (an RTP time stamp and when it was captured, by this machine's clock) exactly; otherwise at least by
 * how much longer it was under way than the quickest frame of the last half minute. Pure: gets the time, ms.
 */
export class FrameAge {
  constructor() {
    /** @type {{rtp: number, capturedAt: number} | null} */
    this._anchor = null;
    /** Base of the time stamps. @type {number | null} */
    this._first = null;
    this._quickest = Infinity;
    this._before = Infinity;
    this._since = -Infinity;
  }

  /** @param {{rtp: number, capturedAt: number} | null} anchor */
  setAnchor(anchor) {
    this._anchor = anchor;
  }

  /** @param {number} rtp @param {number} arrivedAt */
  onArrival(rtp, arrivedAt) {
    this._first ??= rtp;
    const transit = arrivedAt - rtpBetween(this._first, rtp);
    if (Math.abs(transit - this._quickest) > RESTART) this._before = this._quickest = Infinity;
    if (arrivedAt - this._since > SPAN) {
      this._before = this._quickest;
      this._quickest = Infinity;
      this._since = arrivedAt;
    }
    this._quickest = Math.min(this._quickest, transit);
  }

  /** @param {number} rtp @param {number} now @returns {number} ms */
  at(rtp, now) {
    if (this._anchor) return now - this._anchor.capturedAt - rtpBetween(this._anchor.rtp, rtp);
    if (this._first === null) return 0;
    return now - rtpBetween(this._first, rtp) - Math.min(this._quickest, this._before);
  }
}
