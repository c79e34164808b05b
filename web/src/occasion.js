import { asFunction } from "./consumer.js";

/**
 * An event that happens once in an object's life ("ready", "closed"). Supports RTCBot's three forms: a callback, an object with
 * `put_nowait`, or nothing, which returns a promise. A callback that is added after the event is called immediately, unlike in
 * RTCBot.
 * @template T
 */
export class Occasion {
  constructor() {
    /** @type {((value: T) => void)[]} */
    this._waiting = [];
    /** @type {((reason: unknown) => void)[]} */
    this._rejecting = [];
    /** @type {{value: T} | null} */
    this._happened = null;
    /** @type {unknown} */
    this._missed = undefined;
  }

  /**
   * @param {import("./consumer.js").Consumer<T> | null} [consumer]
   * @returns {any} the given consumer, or a promise of the value
   */
  subscribe(consumer = null) {
    if (consumer === null) return this._promise();
    const tell = asFunction(consumer);
    if (this._happened) tell(this._happened.value);
    else this._waiting.push(tell);
    return consumer;
  }

  /** @param {T} value */
  happen(value) {
    if (this._happened) return;
    this._happened = { value };
    const waiting = this._waiting;
    this._waiting = [];
    for (const tell of waiting) tell(value);
  }

  /**
   * The event will never happen, for this reason: its promises reject, now and later.
   * @param {unknown} reason
   */
  miss(reason) {
    if (this._happened || this._missed !== undefined) return;
    this._missed = reason;
    for (const reject of this._rejecting) reject(reason);
    this._rejecting = [];
    this._waiting = [];
  }

  /** @returns {Promise<T>} */
  _promise() {
    return new Promise((resolve, reject) => {
      if (this._missed !== undefined) return reject(this._missed);
      this._rejecting.push(reject);
      this.subscribe(resolve);
    });
  }
}
