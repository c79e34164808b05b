/** Time between two requests, ms: a key frame is large, and a request may be lost. */
const INTERVAL = 1000;
/** Time for which a key frame may come without a request, ms. */
const FIRST = 100;

/** Decides when a key frame is requested because nothing can be decoded without one. Pure: gets the time, ms. */
export class KeyFrameRequests {
  constructor() {
    /** @type {number | null} */
    this._askAt = null;
  }

  /** Call it for each frame that arrives. @param {number} now @param {boolean} isNeeded @returns {boolean} true to request one now */
  isDue(now, isNeeded) {
    if (!isNeeded) {
      this._askAt = null;
      return false;
    }
    this._askAt ??= now + FIRST;
    if (now < this._askAt) return false;
    this._askAt = now + INTERVAL;
    return true;
  }
}
