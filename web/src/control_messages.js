/**
 * The control protocol, version 1 (docs/control.md): reads the robot's messages and writes the page's. Pure.
 *
 * @typedef {"drive" | "control"} ChannelName
 *
 * @typedef {{dead_man_ms: number, stale_command_ms: number, stale_picture_ms: number}} Limits
 * @typedef {{viewer: number, name: string, may_drive: boolean}} Person
 * @typedef {{name: string, state: string, reason?: string}} CameraOf
 *
 * @typedef {{type: "welcome", viewer: number, may_drive: boolean, limits: Limits, modes: string[],
 *   audio?: {listen: boolean, talk: boolean}}} Welcome
 * @typedef {{type: "state", driver: number | null, asking: number | null, people: Person[], stop: {by: number | null} | null, limit: number,
 *   cameras: CameraOf[], camera: string}} State
 * @typedef {{type: "ack", id: number, ok: boolean, asked: boolean, error: string, message: string}} Ack
 * @typedef {{type: "status", r: number, n: number, age: number | null, moving: boolean, why: string, speed: number, axes: number[],
 *   buttons: number, mode: string, stop: boolean, driver: number | null, late: number, stale: number}} Status
 * @typedef {{type: "telemetry", r: number, data: any}} Telemetry
 * @typedef {{type: "end", error: string, message: string, retry_after?: number}} End
 * @typedef {Welcome | State | Ack | Status | Telemetry | End} RobotMessage
 *
 * The whole state of the controls.
 * @typedef {{axes: readonly number[], buttons: number, mode: string}} Command
 * @typedef {"take" | "give" | "grant" | "refuse" | "stop" | "release" | "limit" | "camera" | "listen" | "talk"} What
 */

export const DRIVE_CHANNEL = "rtcbot.drive";
export const CONTROL_CHANNEL = "rtcbot.control";

/** Maximum characters of a text frame, by channel; longer ones are not parsed. */
const LONGEST = { drive: 1200, control: 16384 };

const isNumber = Number.isFinite;
const isText = (/** @type {any} */ value) => typeof value === "string";
const isFlag = (/** @type {any} */ value) => typeof value === "boolean";
const isCount = (/** @type {any} */ value) => Number.isInteger(value) && value >= 0;
const isShare = (/** @type {any} */ value) => isNumber(value) && value >= 0 && value <= 1;
const isListOf = (/** @type {any} */ value, /** @type {(each: any) => boolean} */ test) => Array.isArray(value) && value.every(test);
const isCamera = (/** @type {any} */ value) => isText(value?.name) && isText(value.state) && (value.reason === undefined || isText(value.reason));
const isViewer = (/** @type {any} */ value) => value === null || isCount(value);

/**
 * The required fields of each message. A missing field, or one of another type, makes the message unreadable; additional fields
 * do not.
 * @type {any}
 */
const SHAPES = {
  __proto__: null,
  welcome: {
    on: ["control"], viewer: isCount, may_drive: isFlag, modes: (/** @type {any} */ v) => isListOf(v, isText),
    audio: (/** @type {any} */ v) => v === undefined || (isFlag(v?.listen) && isFlag(v.talk)),
    limits: (/** @type {any} */ v) => isNumber(v?.dead_man_ms) && isNumber(v.stale_command_ms) && isNumber(v.stale_picture_ms),
  },
  state: {
    on: ["control"], driver: isViewer, asking: isViewer, limit: isShare, camera: isText,
    people: (/** @type {any} */ v) => isListOf(v, (each) => isCount(each?.viewer) && isText(each.name) && isFlag(each.may_drive)),
    stop: (/** @type {any} */ v) => v === null || isViewer(v?.by),
    cameras: (/** @type {any} */ v) => isListOf(v, isCamera),
  },
  ack: { on: ["control"], id: isCount, ok: isFlag },
  end: { on: ["control"], error: isText, message: isText, retry_after: (/** @type {any} */ v) => v === undefined || isCount(v) },
  status: {
    on: ["drive"], r: isNumber, n: isCount, age: (/** @type {any} */ v) => v === null || isNumber(v), moving: isFlag, why: isText, speed: isShare,
    axes: (/** @type {any} */ v) => isListOf(v, isNumber), buttons: isCount, mode: isText, stop: isFlag, driver: isViewer, late: isCount,
    stale: isCount,
  },
  telemetry: { on: ["drive", "control"], r: isNumber, data: (/** @type {any} */ v) => v !== undefined },
};

/**
 * A message of the robot; null if it is unreadable, undefined if its type belongs to a later version and must be ignored.
 * @param {ChannelName} channel its channel
 * @param {unknown} text
 * @returns {RobotMessage | null | undefined}
 */
export function readRobot(channel, text) {
  if (typeof text !== "string" || text.length > LONGEST[channel]) return null;
  /** @type {any} */
  let message;
  try {
    message = JSON.parse(text);
  } catch {
    return null;
  }
  if (message?.v !== 1 || typeof message.type !== "string") return null;
  const shape = SHAPES[message.type];
  if (!shape) return undefined;
  const { on, ...fields } = shape;
  if (!on.includes(channel)) return null;
  for (const [name, test] of Object.entries(fields)) if (!test(message[name])) return null;
  if (message.type !== "ack") return message;
  return { ...message, asked: message.asked === true, error: String(message.error ?? ""), message: String(message.message ?? "") };
}

/**
 * @param {{n: number, t: number, r: number, h: number, p: number | null}} times as in the protocol
 * @param {Command} controls
 */
export function writeCommand({ n, t, r, h, p }, { axes, buttons, mode }) {
  return JSON.stringify({ v: 1, type: "command", n, t, r, h, p, axes, buttons, mode });
}

/** @param {number} n */
export function writeStop(n) {
  return JSON.stringify({ v: 1, type: "stop", n });
}

/** @param {string} name of which the first 40 characters are used */
export function writeHello(name) {
  return JSON.stringify({ v: 1, type: "hello", name: [...name].slice(0, 40).join("") });
}

/** @param {number} id @param {What} what @param {number | string | boolean} [value] */
export function writeRequest(id, what, value) {
  return JSON.stringify({ v: 1, type: "request", id, what, value });
}

/**
 * Valid controls from any input of a page: replaces a value that is not a number by 0, and limits others to their range.
 * @param {{axes?: readonly number[], buttons?: number, mode?: string}} given
 * @returns {Command}
 */
export function commandOf({ axes = [], buttons = 0, mode = "" }) {
  const whole = axes.slice(0, 8).map((axis) => (isNumber(axis) ? Math.round(Math.max(-1, Math.min(1, axis)) * 1e4) / 1e4 : 0));
  return { axes: whole.length > 0 ? whole : [0, 0], buttons: buttons >>> 0, mode: /^[ -~]{0,16}$/.test(mode) ? mode : "" };
}
