import { curve } from "./controls_gamepad.js";

/**
 * A finger's position on the stick, as axes: 0 in the centre, 1 at the rim. Pure.
 * @param {number} dx px to the right of the centre @param {number} dy px below it @param {number} radius px
 * @returns {{axes: [number, number], knob: [number, number]}} knob: where to draw it, -1 to 1, downwards positive
 */
export function stickAt(dx, dy, radius) {
  const away = Math.max(1, Math.hypot(dx, dy) / radius);
  const x = dx / radius / away;
  const y = dy / radius / away;
  return { axes: [curve(x), -curve(y)], knob: [x, y] };
}

/**
 * A stick on the screen. It becomes neutral immediately when the touch ends in any way. The element's `--x` and `--y`, -1 to 1,
 * set the knob's position.
 */
export class TouchStick {
  /** @param {HTMLElement} element @param {() => void} [onNeutral] */
  constructor(element, onNeutral = () => {}) {
    this._element = element;
    this._onNeutral = onNeutral;
    /** @type {number | null} */
    this._pointer = null;
    this._axes = [0, 0];
    this._onEvent = (/** @type {any} */ event) => this._handle(event);
    this._events = ["pointerdown", "pointermove", "pointerup", "pointercancel", "lostpointercapture", "contextmenu"];
    for (const name of this._events) element.addEventListener(name, this._onEvent);
  }

  /** @returns {import("./controls_keyboard.js").Reading} */
  read() {
    return { axes: this._axes, buttons: 0 };
  }

  /** @param {any} target @returns {boolean} true if it is the stick, or a part of it */
  contains(target) {
    return this._element.contains(target);
  }

  /** Releases it. */
  clear() {
    const was = this._pointer;
    this._pointer = null;
    this._axes = [0, 0];
    this._draw(0, 0);
    if (was === null) return;
    if (this._element.hasPointerCapture(was)) this._element.releasePointerCapture(was);
    this._onNeutral();
  }

  close() {
    this.clear();
    for (const name of this._events) this._element.removeEventListener(name, this._onEvent);
  }

  /** @param {PointerEvent} event */
  _handle(event) {
    // A long touch must not open a menu.
    if (event.type === "contextmenu") return event.preventDefault();
    if (event.type === "pointerdown") {
      if (this._pointer !== null) return;
      event.preventDefault();
      this._pointer = event.pointerId;
      this._element.setPointerCapture(event.pointerId);
    }
    if (event.pointerId !== this._pointer) return;
    if (event.type === "pointerdown" || event.type === "pointermove") this._move(event);
    else this.clear();
  }

  /** @param {PointerEvent} event */
  _move(event) {
    const box = this._element.getBoundingClientRect();
    // The knob has half the stick's width, and stays inside.
    const { axes, knob } = stickAt(event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2, box.width * 0.36);
    this._axes = axes;
    this._draw(...knob);
  }

  /** @param {number} x @param {number} y */
  _draw(x, y) {
    this._element.style.setProperty("--x", x.toFixed(3));
    this._element.style.setProperty("--y", y.toFixed(3));
  }
}
