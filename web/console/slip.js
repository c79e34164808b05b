/** A second press of the same place within this time, ms, was not meant for a button that has just appeared there. */
const SLIP = 400;

/**
 * Tells slips from presses at a place where one button replaces another, for example "Stop driving" after "Hold to release": the second
 * click of a double click, or a browser's click after a touch. Pure: gets the time, ms, of the events.
 */
export class SlipGuard {
  constructor() {
    this._last = { name: "", at: -Infinity };
  }

  /** @param {string} name of the button's action @param {number} at */
  pressed(name, at) {
    this._last = { name, at };
  }

  /** True if another button was pressed there just before. @param {string} name @param {number} at */
  isSlip(name, at) {
    return name !== this._last.name && at - this._last.at < SLIP;
  }
}
