/** An older frame is late, ms. */
export const LATE = 300;
/** Frames that come after a pause of this length, ms, may have waited somewhere, with more of them behind. */
const PAUSE = 150;
/** The same while all frames are late anyway. */
const LONG_PAUSE = 1000;
/** How long such late frames are held back for fresher ones, ms, and how long at most while they get fresher. */
const HOLD = 300;
const LONGEST_HOLD = 1000;
/** So much younger than the youngest before, ms, a held frame counts as fresher. */
const FRESHER = 50;

/**
 * Decides what happens to a decoded frame: a late one is not drawn while a newer one can be had. Newer ones can be had if they are in the
 * decoder already, and for a while after a pause, when what waited in a modem comes first. If all frames are late, late ones are drawn.
 * Pure: gets the time, ms.
 */
export class DrawPolicy {
  constructor() {
    /** @type {number | null} */
    this._arrivedAt = null;
    /** @type {number | null} */
    this._drawnAt = null;
    this._isBacklog = false;
    /** True while late frames are drawn, as there are no others. */
    this._acceptsLate = false;
    /** Start of the present hold. @type {number | null} */
    this._heldSince = null;
    this._youngest = Infinity;
    /** When a held frame is drawn if no fresher one came; Infinity while none is held. */
    this.holdsUntil = Infinity;
  }

  /** An encoded frame arrived. @param {number} now */
  onArrival(now) {
    if (this._arrivedAt !== null && now - this._arrivedAt > (this._acceptsLate ? LONG_PAUSE : PAUSE)) this._isBacklog = true;
    this._arrivedAt = now;
  }

  /**
   * A frame was decoded.
   * @param {number} now @param {number} age ms @param {number} newer number of newer frames in the decoder
   * @returns {"draw" | "hold" | "drop"} hold: drawn at `holdsUntil`, unless another frame takes its place before
   */
  onDecoded(now, age, newer) {
    if (age <= LATE) {
      this._isBacklog = this._acceptsLate = false;
      return this._draw(now);
    }
    // A slow decoder always has a newer one: it must not leave the picture as it is.
    const isStarved = this._drawnAt !== null && now - this._drawnAt > LONGEST_HOLD;
    if (newer > 0 && !isStarved && this._drawnAt !== null) return "drop";
    if (!this._isBacklog || this._drawnAt === null) return this._draw(now);
    return this._hold(now, age);
  }

  /** Time `holdsUntil` has come: the held frame is drawn, and so are the late ones after it. @param {number} now */
  onHoldOver(now) {
    this._isBacklog = false;
    this._acceptsLate = true;
    this._draw(now);
  }

  /** @param {number} now @param {number} age @returns {"draw" | "hold"} */
  _hold(now, age) {
    if (this._heldSince === null) {
      this._heldSince = now;
      this._youngest = Infinity;
    }
    if (age < this._youngest - FRESHER) {
      this._youngest = age;
      this.holdsUntil = Math.min(now + HOLD, this._heldSince + LONGEST_HOLD);
    }
    if (now < this.holdsUntil) return "hold";
    this.onHoldOver(now);
    return "draw";
  }

  /** @param {number} now @returns {"draw"} */
  _draw(now) {
    this._heldSince = null;
    this.holdsUntil = Infinity;
    this._drawnAt = now;
    return "draw";
  }
}
