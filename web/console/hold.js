import { write } from "./dom.js";

/** How long a protected button must be held, ms. */
export const HOLD = 1000;
/** Window after a short press in which a second press confirms it, ms; a double click is too fast. */
const CONFIRM_FROM = 350;
const CONFIRM_UNTIL = 4000;
/** Maximum time that one frame adds, ms. While the page was blocked the button may have been released, and that event comes only afterwards. */
const MOST_PER_FRAME = 250;
/** Tolerance around the button for a finger that holds it, CSS pixels, because hands tremble. */
const SLIP = 12;
const HOLDING = "Keep holding";
const ASKING = "Press again";

/**
 * State of a button that must be held for a second, or pressed twice. Pure: gets the time, ms. Presses use the times of their
 * events, because a blocked page would take a tap for holding.
 */
export class HoldState {
  constructor() {
    /** @type {number | null} */
    this._downAt = null;
    this._heldFor = 0;
    /** Time of the last frame while it is held. @type {number | null} */
    this._frameAt = null;
    /** Time of the last short press. @type {number | null} */
    this._pressedAt = null;
  }

  /** @param {number} now */
  down(now) {
    if (this._downAt !== null) return;
    this._downAt = now;
    this._heldFor = 0;
    this._frameAt = null;
  }

  /** Call it for each frame while it is held. @param {number} now @returns {boolean} true if complete */
  frame(now) {
    if (this._downAt === null) return false;
    this._heldFor += Math.min(now - (this._frameAt ?? now), MOST_PER_FRAME);
    this._frameAt = now;
    return this._heldFor >= HOLD;
  }

  /** @param {number} now @returns {boolean} true if complete */
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

  /** The finger slid off, or the focus was lost. */
  cancel() {
    this._downAt = null;
    this._pressedAt = null;
  }

  get isHeld() {
    return this._downAt !== null;
  }

  /** Share of the time for which it has been held, 0 to 1. */
  get progress() {
    return this._downAt === null ? 0 : Math.min(1, this._heldFor / HOLD);
  }

  /** True if a second press would confirm. @param {number} now */
  isAsking(now) {
    return this._downAt === null && this._pressedAt !== null && now - this._pressedAt < CONFIRM_UNTIL;
  }
}

/**
 * A button for pointers, the Enter key and a screen reader's clicks. The element's `--held` is the progress, 0 to 1. Its
 * `data-words` are all possible texts, one on each line, so that the style can keep its width constant, and the second press hits
 * the same place.
 */
export class HoldButton {
  /**
   * @param {HTMLElement} button @param {HTMLElement} said where screen readers read the instruction @param {() => void} done
   * @param {import("./slip.js").SlipGuard} slips
   */
  constructor(button, said, done, slips) {
    this._button = button;
    this._said = said;
    this._done = done;
    this._slips = slips;
    this._state = new HoldState();
    this._label = "";
    button.addEventListener("blur", () => this._cancel());
    this._wirePointer();
    this._wireKey();
    // A screen reader's click has no press before it.
    button.addEventListener("click", (event) => {
      if (event.detail !== 0) return;
      this._state.down(event.timeStamp);
      this._up(event);
    });
  }

  _wirePointer() {
    const button = this._button;
    /** The pointer that holds the button, and the button's position at that time: a moving layout does not count as a moving finger. */
    let held = { pointer: -1, spot: new DOMRect() };
    const isOff = (/** @type {PointerEvent} */ { clientX: x, clientY: y }) => {
      const { left, top, right, bottom } = held.spot;
      return x < left - SLIP || x > right + SLIP || y < top - SLIP || y > bottom + SLIP;
    };
    button.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || this._state.isHeld || this._slips.isSlip("release", event.timeStamp)) return;
      held = { pointer: event.pointerId, spot: button.getBoundingClientRect() };
      button.setPointerCapture(event.pointerId);
      this._down(event);
    });
    const onHeld = (/** @type {"pointermove" | "pointerup" | "pointercancel" | "lostpointercapture"} */ name,
      /** @type {(event: PointerEvent) => void} */ then) => button.addEventListener(name, (event) => {
      if (this._state.isHeld && event.pointerId === held.pointer) then(event);
    });
    // Also after the release is complete: the browser's click after a touch then belongs to no other button.
    button.addEventListener("pointerup", (event) => this._slips.pressed("release", event.timeStamp));
    onHeld("pointermove", (event) => isOff(event) && this._cancel());
    onHeld("pointerup", (event) => (isOff(event) ? this._cancel() : this._up(event)));
    onHeld("pointercancel", () => this._cancel());
    onHeld("lostpointercapture", () => this._cancel());
  }

  _wireKey() {
    this._button.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      if (!event.repeat) this._down(event);
    });
    this._button.addEventListener("keyup", (event) => {
      if (event.key === "Enter") this._up(event);
    });
  }

  /** @param {string} label */
  setLabel(label) {
    this._label = label;
    this._button.dataset.words = [label, HOLDING, ASKING].join("\n");
    this.render();
  }

  /** @param {Event} event */
  _down(event) {
    event.preventDefault();
    this._button.focus();
    this._state.down(event.timeStamp);
    this._frame();
  }

  /** @param {Event} event */
  _up(event) {
    if (this._state.up(event.timeStamp)) this._finish();
    this.render();
  }

  _cancel() {
    this._state.cancel();
    this.render();
  }

  render() {
    const now = performance.now();
    this._button.style.setProperty("--held", this._state.progress.toFixed(3));
    const said = this._state.isHeld ? HOLDING : this._state.isAsking(now) ? ASKING : "";
    write(this._button, said || this._label);
    write(this._said, said);
  }

  _frame() {
    if (!this._state.isHeld) return;
    const isDone = this._state.frame(performance.now());
    this.render();
    if (isDone) this._finish();
    else requestAnimationFrame(() => this._frame());
  }

  _finish() {
    this._state.cancel();
    this._done();
    this.render();
  }
}
