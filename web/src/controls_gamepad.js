/** A released stick is seldom at 0: smaller values count as 0. */
const DEAD_ZONE = 0.12;
/** Strength of the curve for fine steering: 0 none, 1 full. */
const EXPO = 0.4;

/** @typedef {{readonly id?: string, readonly connected?: boolean, readonly mapping?: string, readonly axes: readonly number[],
 *   readonly buttons: readonly {pressed: boolean, value: number}[]}} PadState */

/** Indexes of the standard mapping. The button "back", "view" or "share" stops. */
const LEFT_TRIGGER = 6;
const RIGHT_TRIGGER = 7;
export const STOP_BUTTON = 8;

/**
 * A stick's value without the dead zone, gentle around the centre and full at the end.
 * @param {number} value -1 to 1
 */
export function curve(value) {
  const beyond = Math.abs(value) - DEAD_ZONE;
  if (!(beyond > 0)) return 0;
  const way = Math.min(1, beyond / (1 - DEAD_ZONE));
  return Math.sign(value) * ((1 - EXPO) * way + EXPO * way ** 3);
}

/**
 * The pad in use: the first with the standard mapping, otherwise the first.
 * @param {readonly (PadState | null)[]} pads
 * @returns {PadState | null}
 */
export function padOf(pads) {
  const present = pads.filter((pad) => pad !== null && pad.connected !== false);
  return present.find((pad) => pad?.mapping === "standard") ?? present[0] ?? null;
}

/**
 * The left stick steers and drives, or the triggers drive: right forward, left back. The right stick is the third and the fourth
 * axis. Of a pad without the standard mapping only the first stick is used, because further axes may be triggers, which rest at
 * -1. Pure.
 * @param {PadState | null} pad null is neutral
 * @returns {import("./controls_keyboard.js").Reading}
 */
export function readPad(pad) {
  if (!pad) return { axes: [0, 0, 0, 0], buttons: 0 };
  const isStandard = pad.mapping === "standard";
  const axis = (/** @type {number} */ index) => (isStandard || index < 2 ? curve(pad.axes[index] ?? 0) : 0);
  const trigger = (/** @type {number} */ index) => (isStandard ? curve(pad.buttons[index]?.value ?? 0) : 0);
  const triggers = trigger(RIGHT_TRIGGER) - trigger(LEFT_TRIGGER);
  let buttons = 0;
  pad.buttons.slice(0, 32).forEach((button, index) => {
    if (button.pressed) buttons |= 1 << index;
  });
  return { axes: [axis(0), -axis(1) || triggers, axis(2), -axis(3)], buttons: buttons >>> 0 };
}
