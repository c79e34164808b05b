import { RTCBotError } from "./errors.js";

/**
 * An asynchronous queue, as in RTCBot: `put_nowait` on one side, `await get()` on the other. Bounded: a full queue drops the
 * oldest value and counts it in `dropped`.
 * @template T
 */
export class Queue {
  /** @param {number} [limit] maximum number of values, at least 1 */
  constructor(limit = 1024) {
    this.limit = limit;
    /** Number of values dropped because nobody took them. */
    this.dropped = 0;
    /** @type {T[]} */
    this._values = [];
    /** @type {{resolve: (value: T) => void, reject: (reason: unknown) => void}[]} */
    this._getters = [];
    this._closed = false;
    this.put_nowait = this.put_nowait.bind(this);
  }

  /** The number of waiting values. */
  get size() {
    return this._values.length;
  }

  /** @param {T} value */
  put_nowait(value) {
    if (this._closed) throw new RTCBotError("closed", "This queue has been closed; nothing can be put into it.");
    const getter = this._getters.shift();
    if (getter) {
      getter.resolve(value);
      return;
    }
    if (this._values.length >= this.limit) {
      this._values.shift();
      this.dropped++;
    }
    this._values.push(value);
  }

  /**
   * The oldest value, when there is one. Rejects with reason "closed" if the queue is closed and empty.
   * @returns {Promise<T>}
   */
  get() {
    if (this._values.length > 0) return Promise.resolve(/** @type {T} */ (this._values.shift()));
    if (this._closed) return Promise.reject(closedWhileWaiting());
    return new Promise((resolve, reject) => this._getters.push({ resolve, reject }));
  }

  /** Ends it: waiting calls of `get` reject; values inside can still be taken. */
  close() {
    this._closed = true;
    for (const getter of this._getters.splice(0)) getter.reject(closedWhileWaiting());
  }
}

/** @returns {RTCBotError} */
function closedWhileWaiting() {
  return new RTCBotError("closed", "The queue was closed while a value was awaited.");
}
