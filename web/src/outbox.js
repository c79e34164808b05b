import { RTCBotError } from "./errors.js";

/**
 * @typedef {object} OutboxLimits
 * @property {number} messages how many wait for the channel to open
 * @property {number} bytes how much the open channel may hold that the other side has not taken
 */

/** @type {OutboxLimits} */
export const DEFAULT_OUTBOX_LIMITS = { messages: 1024, bytes: 1024 * 1024 };

/**
 * What a channel or a socket offers.
 * @typedef {{send(text: string): void, readonly bufferedAmount: number}} Wire
 */

/** Text on its way out: waits until there is a wire, then goes straight on. Bounded in both. */
export class Outbox {
  /** @param {Partial<OutboxLimits>} [limits] */
  constructor(limits = {}) {
    this._limits = { ...DEFAULT_OUTBOX_LIMITS, ...limits };
    /** @type {string[]} */
    this._waiting = [];
    /** @type {Wire | null} */
    this._wire = null;
  }

  /** How many messages wait for the wire. */
  get size() {
    return this._waiting.length;
  }

  /**
   * Sends a string as it is and anything else as JSON, in the order of the calls.
   * @param {unknown} message
   * @throws {RTCBotError} "queue_full" when the bound is reached; the message is not sent
   */
  put(message) {
    const text = typeof message === "string" ? message : JSON.stringify(message);
    if (this._wire) this._send(this._wire, text);
    else if (this._waiting.length < this._limits.messages) this._waiting.push(text);
    else throw full(`${this._limits.messages} messages wait for the connection to open`);
  }

  /** The wire is open: what waits goes first. @param {Wire} wire */
  open(wire) {
    this._wire = wire;
    for (const text of this._waiting.splice(0)) wire.send(text);
  }

  /** Forgets what waits. */
  clear() {
    this._waiting = [];
    this._wire = null;
  }

  /**
   * @param {Wire} wire
   * @param {string} text
   */
  _send(wire, text) {
    if (wire.bufferedAmount + text.length > this._limits.bytes) {
      throw full("the other side does not take messages as fast as they are put");
    }
    wire.send(text);
  }
}

/** @param {string} why @returns {RTCBotError} */
function full(why) {
  return new RTCBotError("queue_full", `The message was not sent: ${why}. Put less, or wait for the connection.`);
}
