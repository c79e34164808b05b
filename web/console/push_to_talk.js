/** A press shorter than this switches, a longer one lasts as long as it is held, ms. */
const SHORT = 350;

/** A button that is held while one talks, or pressed shortly to begin and once more to end. Pure: told the time, ms. */
export class PushToTalk {
  constructor() {
    this.talks = false;
    /** @type {number | null} */
    this._downAt = null;
    /** Whether the press that lasts has begun it. */
    this._began = false;
  }

  /** @param {number} now */
  down(now) {
    if (this._downAt !== null) return;
    this._downAt = now;
    this._began = !this.talks;
    this.talks = true;
  }

  /** @param {number} now */
  up(now) {
    if (this._downAt === null) return;
    const isShort = now - this._downAt < SHORT;
    this._downAt = null;
    if (!this._began || !isShort) this.talks = false;
  }

  /** Whoever looks elsewhere talks no more. */
  cancel() {
    this._downAt = null;
    this.talks = false;
  }
}
