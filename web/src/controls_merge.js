/** The number of axes sent, for every input. */
export const AXES = 4;

/** @typedef {import("./controls_keyboard.js").Reading} Reading */

/** @param {Reading} reading */
export function isNeutral({ axes, buttons }) {
  return buttons === 0 && axes.every((axis) => axis === 0);
}

/**
 * Combines several inputs into one: the input that is not neutral, and of several the one that left neutral last. After `letGo`
 * all count as neutral, until every input has been released while the page was attended. Pure.
 */
export class ControlsMerge {
  constructor() {
    this.isLocked = false;
    /** The input in use; empty for none. */
    this.source = "";
    /** Inputs that were not neutral at the last reading. @type {string[]} */
    this.held = [];
    /** Of these, the inputs that may drive, in the order in which they left neutral. @type {string[]} */
    this._active = [];
  }

  letGo() {
    this.isLocked = true;
    this.source = "";
    this._active = [];
  }

  /**
   * @param {Record<string, Reading>} inputs by name
   * @param {boolean} isAttended true if the page is visible and has the focus
   * @returns {Reading}
   */
  merge(inputs, isAttended) {
    const moved = Object.keys(inputs).filter((name) => !isNeutral(inputs[name]));
    this.held = moved;
    if (!isAttended) this.letGo();
    else if (moved.length === 0) this.isLocked = false;
    if (this.isLocked) return { axes: Array(AXES).fill(0), buttons: 0 };
    this._active = [...this._active.filter((name) => moved.includes(name)), ...moved.filter((name) => !this._active.includes(name))];
    this.source = this._active.at(-1) ?? "";
    const { axes, buttons } = inputs[this.source] ?? { axes: [], buttons: 0 };
    return { axes: Array.from({ length: AXES }, (_, index) => axes[index] ?? 0), buttons };
  }
}
