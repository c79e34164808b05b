import { rtpBetween } from "./rtp_time.js";

/** A frame follows directly if the time since the one before is at most this multiple of the usual interval. */
const USUAL = 1.5;
/** Number of intervals whose shortest is the usual one. */
const INTERVALS = 8;
/** Held frames in number and bytes; more are given up. */
const MOST_HELD = 90;
const MOST_HELD_BYTES = 8_000_000;

/** A key frame that is older than the last frame by this, ms, begins a new stream. */
const RESTART = 3000;

/**
 * @typedef {object} ArrivedFrame
 * @property {number} rtp
 * @property {boolean} isKey
 * @property {import("./h264.js").FrameNumber | null} number
 * @property {Uint8Array} bytes
 */

/**
 * Puts frames into the order in which they can be decoded. They come as they are assembled: one that waits for a retransmitted packet
 * comes after its successors, or never. H.264 numbers its frames, so a missing one is known. VP8 does not: there a longer interval than
 * usual may be a lost frame, and the frames after it wait until the missing one comes, or until the browser's own receiver, which
 * knows the packets, has shown one of them. Pure.
 * @template {ArrivedFrame} F
 */
export class FrameOrder {
  constructor() {
    /** The last frame that was passed on; null while a key frame is needed. @type {F | null} */
    this._last = null;
    /** Frames after a gap, by time stamp. @type {F[]} */
    this._held = [];
    this._heldBytes = 0;
    /** @type {number[]} */
    this._intervals = [];
    /** Frames that came and could not be used. */
    this.dropped = 0;
  }

  /** True while no frame can be decoded before the next key frame. */
  get needsKey() {
    return this._last === null;
  }

  /** Number of frames that wait for a missing one. */
  get held() {
    return this._held.length;
  }

  /** @param {F} frame @returns {F[]} the frames that can be decoded now, in order */
  onFrame(frame) {
    if (this._last === null && !frame.isKey) return this._drop([frame]);
    const since = this._last ? rtpBetween(this._last.rtp, frame.rtp) : 1;
    if (frame.isKey && since < -RESTART) this.reset();
    else if (since <= 0) return this._drop([frame]);
    const at = this._held.findIndex(({ rtp }) => rtpBetween(rtp, frame.rtp) < 0);
    this._held.splice(at < 0 ? this._held.length : at, 0, frame);
    this._heldBytes += frame.bytes.length;
    const ready = this._take(null);
    if (this._held.length > MOST_HELD || this._heldBytes > MOST_HELD_BYTES) this.reset();
    return ready;
  }

  /** The browser has shown this frame, so all up to it arrived and were in order. @param {number} rtp @returns {F[]} */
  onProven(rtp) {
    return this._take(rtp);
  }

  /** Drops everything: the next frame is a key frame. */
  reset() {
    this._drop(this._held);
    this._held = [];
    this._heldBytes = 0;
    this._last = null;
  }

  /** @param {number | null} proven @returns {F[]} */
  _take(proven) {
    const newestKey = this._held.reduce((found, { isKey }, at) => (isKey ? at : found), -1);
    // Frames before a key frame do not matter: they are older, and nothing refers to them.
    if (newestKey > 0) this._drop(this._held.splice(0, newestKey));
    const ready = [];
    while (this._held.length > 0 && this._follows(this._held[0], proven)) {
      const frame = /** @type {F} */ (this._held.shift());
      if (this._last) this._note(rtpBetween(this._last.rtp, frame.rtp));
      this._last = frame;
      ready.push(frame);
    }
    this._heldBytes = this._held.reduce((sum, { bytes }) => sum + bytes.length, 0);
    return ready;
  }

  /** @param {F} frame @param {number | null} proven */
  _follows(frame, proven) {
    if (frame.isKey) return true;
    if (this._last === null) return false;
    if (frame.number && this._last.number) return isNext(this._last.number, frame.number);
    if (proven !== null && rtpBetween(proven, frame.rtp) <= 0) return true;
    const interval = rtpBetween(this._last.rtp, frame.rtp);
    return this._intervals.length > 0 && interval <= USUAL * Math.min(...this._intervals);
  }

  /** @param {number} interval ms */
  _note(interval) {
    this._intervals.push(interval);
    if (this._intervals.length > INTERVALS) this._intervals.shift();
  }

  /** @param {F[]} frames @returns {F[]} none */
  _drop(frames) {
    this.dropped += frames.length;
    return [];
  }
}

/**
 * @param {import("./h264.js").FrameNumber} before @param {import("./h264.js").FrameNumber} after
 * @returns {boolean} true if no reference frame is missing between the two (H.264 7.4.3)
 */
function isNext(before, after) {
  return after.value === (before.value + (before.isReference ? 1 : 0)) % after.modulus;
}
