/** A stick at rest is seldom at 0: less than this is nothing. */
const DEAD_ZONE = 0.12;
/** How much of a stick's way is for fine steering: 0 none, 1 all. */
const EXPO = 0.4;

/** @typedef {{readonly id?: string, readonly connected?: boolean, readonly mapping?: string, readonly axes: readonly number[],
 *   readonly buttons: readonly {pressed: boolean, value: number}[]}} PadState */

/** Of the standard mapping. Its "back", "view" or "share" button stops. */
const LEFT_TRIGGER = 6;
const RIGHT_TRIGGER = 7;
export const STOP_BUTTON = 8;

/**
 * A stick's value with its rest cut out, gentle around the middle and whole at its end.
 * @param {number} value -1 to 1
 */
export function curve(value) {
  const beyond = Math.abs(value) - DEAD_ZONE;
  if (!(beyond > 0)) return 0;
  const way = Math.min(1, beyond / (1 - DEAD_ZONE));
  return Math.sign(value) * ((1 - EXPO) * way + EXPO * way ** 3);
}

/**
 * The pad that drives: the first with the standard mapping, else the first.
 * @param {readonly (PadState | null)[]} pads
 * @returns {PadState | null}
 */
export function padOf(pads) {
  const present = pads.filter((pad) => pad !== null && pad.connected !== false);
  return present.find((pad) => pad?.mapping === "standard") ?? present[0] ?? null;
}

/**
 * The left stick steers and drives, or the triggers drive: right forward, left back. The right stick is the third and the fourth axis. Of a
 * pad without the standard mapping only its first stick is known: further axes may be triggers, which rest at -1. Pure.
 * @param {PadState | null} pad a lost one is neutral
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
