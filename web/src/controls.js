import { STOP_BUTTON, padOf, readPad } from "./controls_gamepad.js";
import { KeyboardControls, isDrivingKey } from "./controls_keyboard.js";
import { ControlsMerge, isNeutral } from "./controls_merge.js";
import { TouchStick } from "./controls_touch.js";
import { padsOf } from "./pads.js";

/**
 * @typedef {object} ControlsOptions
 * @property {HTMLElement | null} [touch] becomes a stick
 * @property {() => void} [onStop] the space bar, or the gamepad's "back" button
 * @property {() => void} [onNeutral] the controls were let go of, or taken away: time to tell the robot at once
 * @property {() => boolean} [isBlocked] while true the controls are neutral, and must have been at rest afterwards
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
    this._isBlocked = options.isBlocked ?? (() => false);
    /** What is sent as the mode. */
    this.mode = "";
    this._merge = new ControlsMerge();
    this._keyboard = new KeyboardControls();
    this._touch = options.touch ? new TouchStick(options.touch, () => this._onNeutral()) : null;
    this._hadPad = false;
    /** The pad that has been at rest here, by its name. @type {string | null} */
    this._restedPad = null;
    /** Whether the pad is not listened to, as nobody has seen it at rest. */
    this._isPadIgnored = false;
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

  /** The inputs that are not at rest, as of the last reading: what has to be let go of where `isLocked`. @returns {string[]} */
  get held() {
    return this._isPadIgnored ? [...this._merge.held, "gamepad"] : this._merge.held;
  }

  /** Whether the gamepad is not listened to, as it has never been at rest: a lever that has no middle, an axis that is not what it seems. */
  get isGamepadIgnored() {
    return this._isPadIgnored;
  }

  /** The gamepad's name; null without one. @returns {string | null} */
  get gamepad() {
    const pad = padOf(padsOf(this._host));
    return pad && (pad.id ?? "");
  }

  /** The controls at this moment. */
  read() {
    const pad = padOf(padsOf(this._host));
    // One that comes may have been held while nobody saw it.
    if (this._hadPad !== (pad !== null)) this._merge.letGo();
    this._hadPad = pad !== null;
    /** @type {Record<string, import("./controls_keyboard.js").Reading>} */
    const inputs = { keyboard: this._keyboard.read(this._host.now()), gamepad: this._readPad(pad) };
    if (this._touch) inputs.touch = this._touch.read();
    this._watchStopButton(pad);
    return { ...this._merge.merge(inputs, this._isAttended() && !this._isBlocked()), mode: this.mode };
  }

  /**
   * A pad counts once it has been at rest, and from then on also when it was away: one that never was would hold up all other inputs.
   * @param {import("./controls_gamepad.js").PadState | null} pad
   */
  _readPad(pad) {
    const reading = readPad(pad);
    const name = pad && (pad.id ?? "");
    if (name !== null && isNeutral(reading)) this._restedPad = name;
    this._isPadIgnored = name !== this._restedPad && name !== null;
    return this._isPadIgnored ? readPad(null) : reading;
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
    // From here on the keys, and that they come up, are told to something else.
    on(window, "focusin", ({ target }) => (isTyping(target) || isList(target)) && this.letGo());
    on(window, "pointerdown", ({ target }) => isList(target) && this.letGo());
    on(window, "contextmenu", ({ target, pointerType }) => {
      // A second finger that rests somewhere takes nothing from the one on the stick: a menu that comes up would end both.
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
    // While it is down some systems tell of no other key that comes up.
    if (event.key === "Meta") this.letGo();
    // What comes up is up, whatever has the focus by now.
    if (!isDown && isDrivingKey(event.code)) this._onRelease(event.code);
    if (isTyping(event.target)) return;
    if (event.code === "Space") {
      event.preventDefault();
      event.stopPropagation();
      if (isDown && !event.repeat) this._onStop();
      return;
    }
    const isOwn = isOwnKey(event);
    // It may open the list, which then has the keys.
    if (isDown && isList(event.target) && (isOwn || !isDrivingKey(event.code))) this.letGo();
    if (!isDown || isOwn || !isDrivingKey(event.code) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    // One that repeats was pressed elsewhere, or before it was taken away.
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

/** @param {any} target */
function isList(target) {
  return target?.tagName === "SELECT";
}

/**
 * Arrows belong to a slider or a list that has the focus; letters to a list that was reached by the keyboard, where they choose.
 * @param {any} event
 */
function isOwnKey({ target, code }) {
  if (code.startsWith("Arrow")) return isList(target) || target?.tagName === "INPUT";
  return isList(target) && (target.matches?.(":focus-visible") ?? false);
}
