import { STOP_BUTTON, padOf, readPad } from "./controls_gamepad.js";
import { KeyboardControls, isDrivingKey } from "./controls_keyboard.js";
import { ControlsMerge, isNeutral } from "./controls_merge.js";
import { TouchStick } from "./controls_touch.js";
import { padsOf } from "./pads.js";

/**
 * @typedef {object} ControlsOptions
 * @property {HTMLElement | null} [touch] becomes a stick
 * @property {() => void} [onStop] the space bar, or the gamepad's "back" button
 * @property {() => void} [onNeutral] the controls were released, or taken away: notify the robot immediately
 * @property {() => boolean} [isBlocked] while true the controls are neutral; afterwards they must have been released first
 * @property {ControlsHost} [host]
 *
 * Its interface to the browser.
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
 * Combines keyboard, gamepad and touch. When the driver loses the page or the input (another window or tab, a closed lid, a lost
 * gamepad), the controls become neutral immediately, until all inputs have been released.
 */
export class Controls {
  /** @param {ControlsOptions} [options] */
  constructor(options = {}) {
    this._host = options.host ?? browserHost();
    this._onStop = options.onStop ?? (() => {});
    this._onNeutral = options.onNeutral ?? (() => {});
    this._isBlocked = options.isBlocked ?? (() => false);
    /** The mode to send. */
    this.mode = "";
    this._merge = new ControlsMerge();
    this._keyboard = new KeyboardControls();
    this._touch = options.touch ? new TouchStick(options.touch, () => this._onNeutral()) : null;
    this._hadPad = false;
    /** The name of the pad that has been neutral here. @type {string | null} */
    this._restedPad = null;
    /** True if the pad is ignored, because it has never been neutral. */
    this._isPadIgnored = false;
    this._wasStopPressed = false;
    /** @type {[EventTarget, string, (event: any) => void][]} */
    this._listeners = [];
    this._listen();
  }

  /** The input in use: "keyboard", "gamepad" or "touch"; empty while all are neutral. */
  get source() {
    return this._merge.source;
  }

  /** True if all inputs must be released first. */
  get isLocked() {
    return this._merge.isLocked;
  }

  /** The inputs that were not neutral at the last reading; if `isLocked`, these must be released. @returns {string[]} */
  get held() {
    return this._isPadIgnored ? [...this._merge.held, "gamepad"] : this._merge.held;
  }

  /** True if the gamepad is ignored, because it has never been neutral: a lever without a centre, or an axis of another kind. */
  get isGamepadIgnored() {
    return this._isPadIgnored;
  }

  /** The gamepad's name; null without one. @returns {string | null} */
  get gamepad() {
    const pad = padOf(padsOf(this._host));
    return pad && (pad.id ?? "");
  }

  /** The present controls. */
  read() {
    const pad = padOf(padsOf(this._host));
    // A pad that appears may have been held before.
    if (this._hadPad !== (pad !== null)) this._merge.letGo();
    this._hadPad = pad !== null;
    /** @type {Record<string, import("./controls_keyboard.js").Reading>} */
    const inputs = { keyboard: this._keyboard.read(this._host.now()), gamepad: this._readPad(pad) };
    if (this._touch) inputs.touch = this._touch.read();
    this._watchStopButton(pad);
    return { ...this._merge.merge(inputs, this._isAttended() && !this._isBlocked()), mode: this.mode };
  }

  /**
   * A pad counts after it has been neutral once, also after it was away. A pad that never was would block all other inputs.
   * @param {import("./controls_gamepad.js").PadState | null} pad
   */
  _readPad(pad) {
    const reading = readPad(pad);
    const name = pad && (pad.id ?? "");
    if (name !== null && isNeutral(reading)) this._restedPad = name;
    this._isPadIgnored = name !== this._restedPad && name !== null;
    return this._isPadIgnored ? readPad(null) : reading;
  }

  /** Makes the controls neutral immediately, until all inputs have been released. */
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
      // Before the page's own listeners: the space bar must stop the robot and not press the focused button.
      target.addEventListener(name, listener, { capture: true });
      this._listeners.push([target, name, listener]);
    };
    on(window, "keydown", (event) => this._onKey(event, true));
    on(window, "keyup", (event) => this._onKey(event, false));
    on(window, "blur", (event) => {
      // With capture this gets each element's event too; only the window's counts.
      if (event.target === window) this.letGo();
    });
    // From here on another element gets the keys and their release.
    on(window, "focusin", ({ target }) => (isTyping(target) || isList(target)) && this.letGo());
    on(window, "pointerdown", ({ target }) => isList(target) && this.letGo());
    on(window, "contextmenu", ({ target, pointerType }) => {
      // A second resting finger must not end the stick's touch: its context menu would end both.
      if (!this._touch?.contains(target) && !(pointerType === "touch" && this.source === "touch")) this.letGo();
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
    // While it is down, some systems do not report the release of other keys.
    if (event.key === "Meta") this.letGo();
    // A release counts, whatever element has the focus now.
    if (!isDown && isDrivingKey(event.code)) this._onRelease(event.code);
    if (isTyping(event.target)) return;
    if (event.code === "Space") {
      event.preventDefault();
      event.stopPropagation();
      if (isDown && !event.repeat) this._onStop();
      return;
    }
    const isOwn = isOwnKey(event);
    // It may open the list, which then gets the keys.
    if (isDown && isList(event.target) && (isOwn || !isDrivingKey(event.code))) this.letGo();
    if (!isDown || isOwn || !isDrivingKey(event.code) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    // A repeated key was pressed elsewhere, or before it was taken away.
    if (!event.repeat) this._keyboard.press(this._host.now(), event.code);
  }

  /** @param {string} code */
  _onRelease(code) {
    if (this._keyboard.release(this._host.now(), code)) this._onNeutral();
  }

  /** @param {import("./controls_gamepad.js").PadState | null} pad */
  _watchStopButton(pad) {
    const isPressed = pad?.mapping === "standard" && (pad.buttons[STOP_BUTTON]?.pressed ?? false);
    const wasPressed = this._wasStopPressed;
    // Set before the call, because `onStop` releases the controls, which reads them again.
    this._wasStopPressed = isPressed;
    if (isPressed && !wasPressed) this._onStop();
  }
}

/** @param {any} target */
function isTyping(target) {
  if (target?.isContentEditable || target?.tagName === "TEXTAREA") return true;
  return target?.tagName === "INPUT" && !/^(range|checkbox|radio|button|submit)$/.test(target.type);
}

/** @param {any} target */
function isList(target) {
  return target?.tagName === "SELECT";
}

/**
 * True if the element uses the key itself: arrows in a focused slider or list, letters in a list that was focused by the
 * keyboard.
 * @param {any} event
 */
function isOwnKey({ target, code }) {
  if (code.startsWith("Arrow")) return isList(target) || target?.tagName === "INPUT";
  return isList(target) && (target.matches?.(":focus-visible") ?? false);
}
