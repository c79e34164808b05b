/** How many axes are sent, whatever input they come from. */
export const AXES = 4;

/** @typedef {import("./controls_keyboard.js").Reading} Reading */

/** @param {Reading} reading */
export function isNeutral({ axes, buttons }) {
  return buttons === 0 && axes.every((axis) => axis === 0);
}

/**
 * Makes one of several inputs: the one that is not at rest, and of those the one that left it last. After `letGo` all are neutral, and
 * stay so until every one of them has been at rest while somebody was there. Pure.
 */
export class ControlsMerge {
  constructor() {
    this.isLocked = false;
    /** The input that drives; empty for none. */
    this.source = "";
    /** Inputs that are not at rest, as of the last reading. @type {string[]} */
    this.held = [];
    /** Of those, the ones that may drive, the last to leave it last. @type {string[]} */
    this._active = [];
  }

  letGo() {
    this.isLocked = true;
    this.source = "";
    this._active = [];
  }

  /**
   * @param {Record<string, Reading>} inputs by name
   * @param {boolean} isAttended whether the page is looked at and has the focus
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
