import { RTCBotError } from "./errors.js";

/**
 * @typedef {object} OutboxLimits
 * @property {number} messages maximum that wait for the channel to open
 * @property {number} bytes maximum that an open channel may hold unsent
 */

/** @type {OutboxLimits} */
export const DEFAULT_OUTBOX_LIMITS = { messages: 1024, bytes: 1024 * 1024 };

/**
 * The common interface of a channel and a socket.
 * @typedef {{send(text: string): void, readonly bufferedAmount: number}} Wire
 */

/** Outgoing text: waits until there is a wire, then sends directly. Bounded in both cases. */
export class Outbox {
  /** @param {Partial<OutboxLimits>} [limits] */
  constructor(limits = {}) {
    this._limits = { ...DEFAULT_OUTBOX_LIMITS, ...limits };
    /** @type {string[]} */
    this._waiting = [];
    /** @type {Wire | null} */
    this._wire = null;
  }

  /** The number of messages that wait for the wire. */
  get size() {
    return this._waiting.length;
  }

  /**
   * Sends a string unchanged and anything else as JSON, in the order of the calls.
   * @param {unknown} message
   * @throws {RTCBotError} "queue_full" if the limit is reached; the message is not sent
   */
  put(message) {
    const text = typeof message === "string" ? message : JSON.stringify(message);
    if (this._wire) this._send(this._wire, text);
    else if (this._waiting.length < this._limits.messages) this._waiting.push(text);
    else throw full(`the connection is not open yet, and its queue of ${this._limits.messages} is full`);
  }

  /** Sends the waiting messages, and later ones directly. @param {Wire} wire */
  open(wire) {
    this._wire = wire;
    for (const text of this._waiting.splice(0)) wire.send(text);
  }

  /** Drops the waiting messages. */
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
      throw full("the other side does not read messages as fast as they are sent");
    }
    wire.send(text);
  }
}

/** @param {string} why @returns {RTCBotError} */
function full(why) {
  return new RTCBotError("queue_full", `The message was not sent: ${why}. Send less, or wait for the connection.`);
}
