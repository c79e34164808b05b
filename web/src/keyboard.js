import { asFunction } from "./consumer.js";

/** @typedef {{type: string, altKey: boolean, shiftKey: boolean, keyCode: number, key: string, timestamp: number}} KeyEvent */

/**
 * Key presses and releases, without auto-repeat. Leaves keys in the page's text fields, and shortcuts with Ctrl or Meta, to the
 * page and the browser. When the window loses the focus, all keys are released, so that a robot does not keep driving after its
 * driver changed to another window with W held.
 */
export class Keyboard {
  /** @param {Pick<EventTarget, "addEventListener" | "removeEventListener">} [target] source of key events; the window */
  constructor(target = globalThis.window) {
    this._target = target;
    /** @type {(event: KeyEvent) => void} */
    this._deliver = (event) => console.log(event);
    /** @type {Map<string, KeyEvent>} pressed keys, by physical key */
    this._down = new Map();
    this._onKey = (/** @type {any} */ event) => this._handle(event);
    this._onBlur = (/** @type {any} */ event) => this._releaseAll(event.timeStamp);
    target.addEventListener("keydown", this._onKey);
    target.addEventListener("keyup", this._onKey);
    target.addEventListener("blur", this._onBlur);
  }

  /** @param {import("./consumer.js").Consumer<KeyEvent>} consumer */
  subscribe(consumer) {
    this._deliver = asFunction(consumer);
  }

  /** Releases all keys and stops. */
  close() {
    this._releaseAll(0);
    this._target.removeEventListener("keydown", this._onKey);
    this._target.removeEventListener("keyup", this._onKey);
    this._target.removeEventListener("blur", this._onBlur);
  }

  /** @param {KeyboardEvent} event */
  _handle(event) {
    const physical = event.code || event.key;
    const press = event.type === "keydown";
    if (press && (event.ctrlKey || event.metaKey || isTyping(event.target))) return;
    if (!press && !this._down.has(physical)) return;
    event.preventDefault();
    if (event.repeat) return;
    const told = {
      type: event.type, altKey: event.altKey, shiftKey: event.shiftKey, keyCode: event.keyCode, key: event.key,
      timestamp: event.timeStamp,
    };
    if (press) this._down.set(physical, told);
    else this._down.delete(physical);
    this._deliver(told);
  }

  /** @param {number} timestamp */
  _releaseAll(timestamp) {
    const held = [...this._down.values()];
    this._down.clear();
    for (const event of held) this._deliver({ ...event, type: "keyup", timestamp });
  }
}

/** @param {any} target @returns {boolean} */
function isTyping(target) {
  return Boolean(target?.isContentEditable) || /^(INPUT|TEXTAREA|SELECT)$/.test(target?.tagName ?? "");
}
