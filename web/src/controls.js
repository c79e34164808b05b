import { STOP_BUTTON, padOf, readPad } from "./controls_gamepad.js";
import { KeyboardControls, isDrivingKey } from "./controls_keyboard.js";
import { ControlsMerge } from "./controls_merge.js";
import { TouchStick } from "./controls_touch.js";

/**
 * @typedef {object} ControlsOptions
 * @property {HTMLElement | null} [touch] becomes a stick
 * @property {() => void} [onStop] the space bar, or the gamepad's "back" button
 * @property {() => void} [onNeutral] the controls were let go of, or taken away: time to tell the robot at once
 * @property {ControlsHost} [host]
 *
 * What it takes from the browser.
 * @typedef {object} ControlsHost
 * @property {EventTarget} window
 * @property {EventTarget & {readonly visibilityState?: string, readonly fullscreenElement?: unknown, hasFocus?(): boolean}} document
 * @property {() => readonly (import("./controls_gamepad.js").PadState | null)[]} getGamepads
 * @property {() => number} now ms
 */

/** @returns {ControlsHost} */
function browserHost() {
  return {
    window: globalThis.window, document: globalThis.document, now: () => performance.now(),
    getGamepads: () => globalThis.navigator.getGamepads?.() ?? [],
  };
}

/**
 * Keyboard, gamepad and touch as one. Whatever takes the page or the input away from its driver (another window or tab, a closed lid, a lost
 * gamepad) makes it neutral at once, until all inputs have been at rest.
 */
export class Controls {
  /** @param {ControlsOptions} [options] */
  constructor(options = {}) {
    this._host = options.host ?? browserHost();
    this._onStop = options.onStop ?? (() => {});
    this._onNeutral = options.onNeutral ?? (() => {});
    /** What is sent as the mode. */
    this.mode = "";
    this._merge = new ControlsMerge();
    this._keyboard = new KeyboardControls();
    this._touch = options.touch ? new TouchStick(options.touch, () => this._onNeutral()) : null;
    this._hadPad = false;
    this._wasStopPressed = false;
    /** @type {[EventTarget, string, (event: any) => void][]} */
    this._listeners = [];
    this._listen();
  }

  /** Which input drives: "keyboard", "gamepad" or "touch"; empty while all are at rest. */
  get source() {
    return this._merge.source;
  }

  /** Whether the inputs have to be let go of first. */
  get isLocked() {
    return this._merge.isLocked;
  }

  /** The gamepad's name; null without one. @returns {string | null} */
  get gamepad() {
    const pad = padOf(this._host.getGamepads());
    return pad && (pad.id ?? "");
  }

  /** The controls at this moment. */
  read() {
    const pad = padOf(this._host.getGamepads());
    // One that comes may have been held while nobody saw it.
    if (this._hadPad !== (pad !== null)) this._merge.letGo();
    this._hadPad = pad !== null;
    /** @type {Record<string, import("./controls_keyboard.js").Reading>} */
    const inputs = { keyboard: this._keyboard.read(this._host.now()), gamepad: readPad(pad) };
    if (this._touch) inputs.touch = this._touch.read();
    this._watchStopButton(pad);
    return { ...this._merge.merge(inputs, this._isAttended()), mode: this.mode };
  }

  /** Neutral at once, until all inputs have been at rest. */
  letGo() {
    this._keyboard.clear(this._host.now());
    this._merge.letGo();
    this._touch?.clear();
    this._onNeutral();
  }

  close() {
    for (const [target, name, listener] of this._listeners.splice(0)) target.removeEventListener(name, listener, { capture: true });
    this.letGo();
    this._touch?.close();
  }

  _listen() {
    const { window, document } = this._host;
    const on = (/** @type {EventTarget} */ target, /** @type {string} */ name, /** @type {(event: any) => void} */ listener) => {
      // Before the page's own: the space bar must stop the robot and not press the button that has the focus.
      target.addEventListener(name, listener, { capture: true });
      this._listeners.push([target, name, listener]);
    };
    on(window, "keydown", (event) => this._onKey(event, true));
    on(window, "keyup", (event) => this._onKey(event, false));
    on(window, "blur", (event) => {
      // Captured here, it is also that of each element; the window's own counts.
      if (event.target === window) this.letGo();
    });
    for (const name of ["pagehide", "gamepaddisconnected"]) on(window, name, () => this.letGo());
    on(document, "freeze", () => this.letGo());
    on(document, "visibilitychange", () => {
      if (document.visibilityState !== "visible") this.letGo();
    });
    on(document, "fullscreenchange", () => {
      if (!document.fullscreenElement) this.letGo();
    });
  }

  _isAttended() {
    const { document } = this._host;
    return document.visibilityState !== "hidden" && (document.hasFocus?.() ?? true);
  }

  /** @param {KeyboardEvent} event @param {boolean} isDown */
  _onKey(event, isDown) {
    // While it is down some systems tell of no other key that comes up.
    if (event.key === "Meta") this.letGo();
    if (isTyping(event.target)) return;
    if (event.code === "Space") {
      event.preventDefault();
      event.stopPropagation();
      if (isDown && !event.repeat) this._onStop();
      return;
    }
    if (!isDrivingKey(event.code)) return;
    if (!isDown) {
      this._keyboard.release(this._host.now(), event.code);
      this._onNeutral();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isOwnKey(event)) return;
    event.preventDefault();
    // One that repeats was pressed elsewhere, or before it was taken away.
    if (!event.repeat) this._keyboard.press(this._host.now(), event.code);
  }

  /** @param {import("./controls_gamepad.js").PadState | null} pad */
  _watchStopButton(pad) {
    const isPressed = pad?.mapping === "standard" && (pad.buttons[STOP_BUTTON]?.pressed ?? false);
    const wasPressed = this._wasStopPressed;
    // Before it is told: who is told lets go, which reads the controls again.
    this._wasStopPressed = isPressed;
    if (isPressed && !wasPressed) this._onStop();
  }
}

/** @param {any} target */
function isTyping(target) {
  if (target?.isContentEditable || target?.tagName === "TEXTAREA") return true;
  return target?.tagName === "INPUT" && !/^(range|checkbox|radio|button|submit)$/.test(target.type);
}

/** Arrows belong to a slider or a list that has the focus. @param {any} event */
function isOwnKey({ target, code }) {
  return /^(INPUT|SELECT)$/.test(target?.tagName ?? "") && code.startsWith("Arrow");
}
