/** A shorter press toggles; a longer one lasts while it is held, ms. */
const SHORT = 350;

/** A button that is held while talking, or pressed briefly to begin and again to end. Pure: gets the time, ms. */
export class PushToTalk {
  constructor() {
    this.talks = false;
    /** @type {number | null} */
    this._downAt = null;
    /** True if the present press began the talking. */
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

  /** Ends talking when the page loses the focus. */
  cancel() {
    this._downAt = null;
    this.talks = false;
  }
}
