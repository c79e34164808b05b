/** @typedef {{axes: number[], buttons: number}} Reading one input's state: right and forward are positive */

/** An axis starts at GENTLE and reaches its end after RAMP ms: a tap is a small step, a held key gives full speed. */
const GENTLE = 0.25;
const RAMP = 400;

/** Axis and direction of each key, by its position on the keyboard, not its label. @type {Record<string, [number, number]>} */
const KEYS = {
  KeyW: [1, 1], KeyS: [1, -1], KeyA: [0, -1], KeyD: [0, 1], ArrowUp: [1, 1], ArrowDown: [1, -1], ArrowLeft: [0, -1], ArrowRight: [0, 1],
};

/** @param {string} code of a KeyboardEvent @returns {boolean} */
export function isDrivingKey(code) {
  return code in KEYS || /^Digit[1-8]$/.test(code);
}

/** WASD, arrows, and the digits 1 to 8 as buttons. Pure: gets the time, ms. */
export class KeyboardControls {
  constructor() {
    /** @type {Set<string>} */
    this._down = new Set();
    /** Each axis's direction, and since when. */
    this._axes = [{ direction: 0, since: 0 }, { direction: 0, since: 0 }];
  }

  /** @param {number} now @param {string} code */
  press(now, code) {
    if (isDrivingKey(code)) this._down.add(code);
    this._turn(now);
  }

  /** @param {number} now @param {string} code @returns {boolean} true if it was down */
  release(now, code) {
    const wasDown = this._down.delete(code);
    this._turn(now);
    return wasDown;
  }

  /** Releases all keys. @param {number} now */
  clear(now) {
    this._down.clear();
    this._turn(now);
  }

  /** @param {number} now @returns {Reading} */
  read(now) {
    const axes = this._axes.map(({ direction, since }) => direction * Math.min(1, GENTLE + (1 - GENTLE) * ((now - since) / RAMP)));
    let buttons = 0;
    for (const code of this._down) if (code.startsWith("Digit")) buttons |= 1 << (Number(code[5]) - 1);
    return { axes, buttons };
  }

  /** @param {number} now */
  _turn(now) {
    this._axes.forEach((axis, index) => {
      const towards = (/** @type {number} */ sign) => [...this._down].some((code) => KEYS[code]?.[0] === index && KEYS[code][1] === sign);
      const direction = Number(towards(1)) - Number(towards(-1));
      if (direction !== axis.direction) this._axes[index] = { direction, since: now };
    });
  }
}
