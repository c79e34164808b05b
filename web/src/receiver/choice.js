import { rtpBetween } from "./rtp_time.js";

/** The browser's own receiver is ahead if its frame is newer by more than this, ms. */
const AHEAD = 100;
/** A frame of the browser's own receiver that is older than this, ms, is not a reason to show it soon. */
const LATE = 300;
/** After this time of being ahead it is shown in any case, ms. */
const LONG = 1500;
/** A canvas whose frame is older by at most this, ms, is level with the <video>. */
const LEVEL = 50;
/** Frames in a row with which the canvas has to be level before it is shown again. */
const PROVEN = 10;

/**
 * Decides which of two pictures is visible: the canvas of the page's own receiver, or the browser's <video>, which receives the same
 * frames. The canvas is, unless the <video> is ahead of it: then something is wrong with the receiver, whatever it is. Pure: gets the
 * time, ms.
 */
export class PictureChoice {
  constructor() {
    /** True while the canvas is visible. */
    this.isCanvas = false;
    /** @type {number | null} */
    this._drawn = null;
    /** @type {number | null} */
    this._presented = null;
    /** Since when the <video> is ahead. @type {number | null} */
    this._behindSince = null;
    this._needed = 1;
    this._hasFailed = false;
  }

  /** A new connection: nothing of it is drawn yet. What is visible stays so. */
  reset() {
    this._drawn = this._presented = this._behindSince = null;
    this._needed = 1;
    this._hasFailed = false;
  }

  /** The canvas shows this frame. @param {number} rtp */
  onDrawn(rtp) {
    if (this._hasFailed) return;
    this._drawn = rtp;
    if (this.isCanvas) return;
    this._needed = this._presented === null || rtpBetween(this._presented, rtp) >= -LEVEL ? this._needed - 1 : PROVEN;
    if (this._needed <= 0) this._show(true);
  }

  /** The <video> shows this frame. @param {number} now @param {number} rtp @param {number | null} age ms; null if unknown */
  onPresented(now, rtp, age) {
    this._presented = rtp;
    if (this._drawn !== null && rtpBetween(this._drawn, rtp) <= AHEAD) {
      this._behindSince = null;
      return;
    }
    this._behindSince ??= now;
    const isFresh = (age ?? Infinity) <= LATE && (this._drawn !== null || now - this._behindSince > AHEAD);
    if (this.isCanvas && (isFresh || now - this._behindSince > LONG)) this._show(false);
  }

  /** The receiver cannot continue on this connection. */
  onFailed() {
    this._hasFailed = true;
    this._show(false);
  }

  /** @param {boolean} isCanvas */
  _show(isCanvas) {
    this.isCanvas = isCanvas;
    this._behindSince = null;
    this._needed = PROVEN;
  }
}
