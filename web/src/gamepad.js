import { asFunction } from "./consumer.js";
import { padsOf } from "./pads.js";

/** @typedef {{type: string, value: boolean | number}} GamepadEvent "btnN" with true or false, "axisN" with -1 to 1 */

/**
 * The changes from one poll to the next. Pure.
 * @param {{buttons: readonly {pressed: boolean}[], axes: readonly number[]}} before
 * @param {{buttons: readonly {pressed: boolean}[], axes: readonly number[]}} after
 * @returns {GamepadEvent[]}
 */
export function gamepadChanges(before, after) {
  /** @type {GamepadEvent[]} */
  const changes = [];
  after.buttons.forEach((button, index) => {
    if (button.pressed !== (before.buttons[index]?.pressed ?? false)) changes.push({ value: button.pressed, type: `btn${index}` });
  });
  after.axes.forEach((value, index) => {
    if (value !== (before.axes[index] ?? 0)) changes.push({ value, type: `axis${index}` });
  });
  return changes;
}

/** @typedef {{readonly buttons: readonly {pressed: boolean}[], readonly axes: readonly number[]}} Pad */

/** Polls all pads at one rate and gives the i-th to the i-th open `Gamepad`, as RTCBot does. */
export class GamepadPoller {
  /** @param {{getGamepads: () => (Pad | null)[], setInterval: (task: () => void, ms: number) => any, clearInterval: (handle: any) => void}} host */
  constructor(host) {
    this._host = host;
    /** @type {(Gamepad | null)[]} */
    this._gamepads = [];
    this._interval = 100;
    /** @type {any} */
    this._timer = null;
  }

  /** @param {number} hertz more than 0, at most 1000 */
  setRate(hertz) {
    if (!(hertz > 0 && hertz <= 1000)) throw new RangeError("The gamepad rate must be above 0 and at most 1000 Hz.");
    this._interval = Math.round(1000 / hertz);
    this._restart();
  }

  /** @param {Gamepad} gamepad */
  add(gamepad) {
    const free = this._gamepads.indexOf(null);
    if (free >= 0) this._gamepads[free] = gamepad;
    else this._gamepads.push(gamepad);
    this._restart();
  }

  /** @param {Gamepad} gamepad */
  remove(gamepad) {
    this._gamepads = this._gamepads.map((each) => (each === gamepad ? null : each));
    this._restart();
  }

  _restart() {
    if (this._timer !== null) this._host.clearInterval(this._timer);
    const wanted = this._gamepads.some((gamepad) => gamepad !== null);
    this._timer = wanted ? this._host.setInterval(() => this._poll(), this._interval) : null;
  }

  _poll() {
    const pads = padsOf(this._host);
    this._gamepads.forEach((gamepad, index) => gamepad?._onPoll(pads[index] ?? null));
  }
}

/** @type {any} */
const page = globalThis;
const poller = new GamepadPoller({
  getGamepads: () => page.navigator.getGamepads(),
  setInterval: (task, ms) => page.setInterval(task, ms),
  clearInterval: (handle) => page.clearInterval(handle),
});

/**
 * Sets the polling rate of gamepads: 10 Hz by default. A higher rate means less delay and more messages.
 * @param {number} rate Hz
 */
export function setGamepadRate(rate) {
  poller.setRate(rate);
}

/** One gamepad: its changes as events, its state as `state`. Unplugging a pad releases all its buttons and axes. */
export class Gamepad {
  /** @param {GamepadPoller} [from] */
  constructor(from = poller) {
    /** The pad at the last poll, null without one. @type {Pad | null} */
    this.state = null;
    /** @type {(event: GamepadEvent) => void} */
    this._deliver = (event) => console.log(event);
    /** @type {Pad | null} */
    this._previous = null;
    this._poller = from;
    from.add(this);
  }

  /** @param {import("./consumer.js").Consumer<GamepadEvent>} consumer */
  subscribe(consumer) {
    this._deliver = asFunction(consumer);
  }

  close() {
    this._poller.remove(this);
  }

  /** @param {Pad | null} pad */
  _onPoll(pad) {
    this.state = pad;
    const now = snapshot(pad) ?? released(this._previous);
    const changes = this._previous && now ? gamepadChanges(this._previous, now) : [];
    this._previous = pad ? now : null;
    for (const change of changes) this._deliver(change);
  }
}

/** A copy for comparison, because some browsers change the pad in place. @param {Pad | null} pad @returns {Pad | null} */
function snapshot(pad) {
  return pad && { buttons: pad.buttons.map((button) => ({ pressed: button.pressed })), axes: [...pad.axes] };
}

/** @param {Pad | null} pad @returns {Pad | null} */
function released(pad) {
  return pad && { buttons: pad.buttons.map(() => ({ pressed: false })), axes: pad.axes.map(() => 0) };
}
