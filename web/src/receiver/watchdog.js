/** Interval for asking a worker, ms. */
export const WATCH_INTERVAL = 250;
/** Questions without an answer after which a worker hangs: a second. */
const MOST_UNANSWERED = 4;
/** After a longer interval, ms, this page itself was paused, and the answers may not have been read yet. */
const PAUSED = 2 * WATCH_INTERVAL;

/** Detects a worker that hangs. Pure: gets the time, ms. */
export class Watchdog {
  constructor() {
    this._unanswered = 0;
    /** @type {number | null} */
    this._askedAt = null;
  }

  /** Call it every `WATCH_INTERVAL`, and ask the worker. @param {number} now @returns {boolean} true if it hangs */
  onTick(now) {
    const isPaused = this._askedAt !== null && now - this._askedAt > PAUSED;
    this._askedAt = now;
    if (isPaused) this._unanswered = 0;
    return this._unanswered++ >= MOST_UNANSWERED;
  }

  onAnswer() {
    this._unanswered = 0;
  }
}
