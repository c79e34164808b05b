/** The picture is frozen after this time without a new frame, ms. */
export const FREEZE = 200;

/** Window of the statistics, ms. */
export const WINDOW = 5000;

/** More frames than any screen shows in a window. */
const MOST_FRAMES = 2000;

/**
 * @typedef {object} Frames
 * @property {number} frames shown so far
 * @property {number} framesPerSecond
 * @property {number} freezes so far, the present one among them
 * @property {number} frozen ms so far without a new frame, in freezes
 * @property {{p50: number, p95: number, max: number} | null} latency ms from the camera to the screen
 */

/** Computes frame rate, freezes and latency from the times of display and capture. Pure: gets the time. */
export class FrameFigures {
  constructor() {
    /** Frames of the last few seconds. `takenAt`: by the robot's clock. @type {{shownAt: number, takenAt: number | null}[]} */
    this._window = [];
    /** The picture on screen. @type {{shownAt: number, takenAt: number | null} | null} */
    this._last = null;
    /** Start of the present wait for a frame, while the page is visible. @type {number | null} */
    this._watchedSince = null;
    this._startedAt = 0;
    this._frames = 0;
    this._freezes = 0;
    this._frozen = 0;
  }

  /**
   * A new frame is on screen.
   * @param {number} shownAt ms
   * @param {number | null} takenAt ms of the robot's clock; null if the browser does not report it
   */
  onFrame(shownAt, takenAt) {
    const gap = this._gap(shownAt);
    if (gap > FREEZE) {
      this._freezes++;
      this._frozen += gap;
    }
    if (this._frames++ === 0) this._startedAt = shownAt;
    this._watchedSince = shownAt;
    this._last = { shownAt, takenAt };
    this._window.push(this._last);
    if (this._window.length > MOST_FRAMES) this._window.shift();
  }

  /** The page is hidden, and the browser shows no frames: counts no freeze until the next frame. */
  onHidden() {
    this._watchedSince = null;
  }

  /**
   * Age of the picture on screen, ms; null before the first frame.
   * @param {number} now @param {number | null} offset robot's clock minus this one
   * @param {number} [underWay] minimum ms from the camera to the screen, if the capture time is unknown
   */
  pictureAge(now, offset, underWay = 0) {
    if (!this._last) return null;
    // At least the time since it was shown, even if a clock is being set: a frozen picture must not look fresh.
    return Math.max(now - this._takenAt(this._last, offset, this._last.shownAt - underWay), now - this._last.shownAt);
  }

  /** @param {number} now @param {number | null} offset robot's clock minus this one, ms; null if unknown @returns {Frames} */
  figures(now, offset) {
    this._window = this._window.filter((frame) => frame.shownAt > now - WINDOW);
    const span = Math.min(WINDOW, now - this._startedAt);
    const gap = this._gap(now);
    const isFrozen = gap > FREEZE;
    return {
      frames: this._frames,
      framesPerSecond: this._frames && span > 0 ? (this._window.length * 1000) / span : 0,
      freezes: this._freezes + (isFrozen ? 1 : 0),
      frozen: this._frozen + (isFrozen ? gap : 0),
      latency: this._latency(offset),
    };
  }

  /** @param {number} now */
  _gap(now) {
    return this._watchedSince === null ? 0 : now - this._watchedSince;
  }

  /** @param {{takenAt: number | null}} frame @param {number | null} offset @param {number} unknown @returns {number} */
  _takenAt({ takenAt }, offset, unknown) {
    return takenAt === null || offset === null ? unknown : takenAt - offset;
  }

  /** @param {number | null} offset */
  _latency(offset) {
    if (offset === null) return null;
    const sorted = this._window.filter((frame) => frame.takenAt !== null)
      .map((frame) => frame.shownAt - this._takenAt(frame, offset, 0)).sort((a, b) => a - b);
    if (sorted.length === 0) return null;
    const at = (/** @type {number} */ share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    return { p50: at(0.5), p95: at(0.95), max: at(1) };
  }
}
