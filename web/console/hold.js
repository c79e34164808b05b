import { write } from "./dom.js";

/** How long a button that is not for accidents is held, ms. */
export const HOLD = 1000;
/** How soon after a short press the second, confirming one may come, and how late, ms: a double click is none. */
const CONFIRM_FROM = 350;
const CONFIRM_UNTIL = 4000;

/** A button that is held for a second, or pressed twice on purpose. Pure: told the time, ms. */
export class HoldState {
  constructor() {
    /** @type {number | null} */
    this._downAt = null;
    /** When it was pressed shortly. @type {number | null} */
    this._pressedAt = null;
  }

  /** @param {number} now */
  down(now) {
    this._downAt ??= now;
  }

  /** @param {number} now @returns {boolean} whether it is done */
  up(now) {
    const downAt = this._downAt;
    this._downAt = null;
    if (downAt === null) return false;
    if (now - downAt >= HOLD) return true;
    const since = this._pressedAt === null ? Infinity : downAt - this._pressedAt;
    this._pressedAt = now;
    if (since < CONFIRM_FROM || since > CONFIRM_UNTIL) return false;
    this._pressedAt = null;
    return true;
  }

  /** The finger slid off, or the focus went. */
  cancel() {
    this._downAt = null;
    this._pressedAt = null;
  }

  get isHeld() {
    return this._downAt !== null;
  }

  /** Share of the time that it has been held, 0 to 1. @param {number} now */
  progress(now) {
    return this._downAt === null ? 0 : Math.min(1, (now - this._downAt) / HOLD);
  }

  /** Whether a second press would do it. @param {number} now */
  isAsking(now) {
    return this._downAt === null && this._pressedAt !== null && now - this._pressedAt < CONFIRM_UNTIL;
  }
}

/** By pointer, by the Enter key, or by a screen reader's clicks. The element's `--held` is how far it is, 0 to 1. */
export class HoldButton {
  /** @param {HTMLElement} button @param {HTMLElement} said where it is read aloud what is to be done @param {() => void} done */
  constructor(button, said, done) {
    this._button = button;
    this._said = said;
    this._done = done;
    this._state = new HoldState();
    this._label = "";
    const now = () => performance.now();
    const down = (/** @type {Event} */ event) => {
      event.preventDefault();
      button.focus();
      this._state.down(now());
      this._frame();
    };
    const up = () => {
      if (this._state.up(now())) this._finish();
      this.render();
    };
    const cancel = () => {
      this._state.cancel();
      this.render();
    };
    button.addEventListener("pointerdown", (event) => {
      if (event.button === 0) down(event);
    });
    button.addEventListener("pointerup", up);
    // A finger that is lifted leaves as well; that is no change of mind.
    button.addEventListener("pointerleave", () => {
      if (this._state.isHeld) cancel();
    });
    for (const name of ["pointercancel", "blur"]) button.addEventListener(name, cancel);
    button.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      if (!event.repeat) down(event);
    });
    button.addEventListener("keyup", (event) => {
      if (event.key === "Enter") up();
    });
    // A screen reader's click comes without a press before it.
    button.addEventListener("click", (event) => {
      if (event.detail !== 0) return;
      this._state.down(now());
      up();
    });
  }

  /** @param {string} label */
  setLabel(label) {
    this._label = label;
    this.render();
  }

  render() {
    const now = performance.now();
    this._button.style.setProperty("--held", this._state.progress(now).toFixed(3));
    const said = this._state.isHeld ? "Keep holding" : this._state.isAsking(now) ? "Press again to confirm" : "";
    write(this._button, said || this._label);
    write(this._said, said);
  }

  _frame() {
    if (!this._state.isHeld) return;
    this.render();
    if (this._state.progress(performance.now()) >= 1) this._finish();
    else requestAnimationFrame(() => this._frame());
  }

  _finish() {
    this._state.cancel();
    this._done();
    this.render();
  }
}
