import { asFunction } from "./consumer.js";
import { environment } from "./environment.js";
import { RTCBotError } from "./errors.js";
import { Occasion } from "./occasion.js";
import { Outbox } from "./outbox.js";

/** A websocket with RTCBot's names: sends values as JSON and parses received ones. */
export class Websocket {
  /**
   * @param {string} url ws:, wss:, http: or https:
   * @param {{json?: boolean, outbox?: Partial<import("./outbox.js").OutboxLimits>, environment?: Partial<import("./environment.js").Environment>}}
   *   [options] with `json: false` text is delivered unparsed
   */
  constructor(url, options = {}) {
    const env = environment(options.environment);
    /** Why it ended, if not by `close`. @type {RTCBotError | null} */
    this.error = null;
    this._json = options.json ?? true;
    /** @type {(value: any) => void} */
    this._deliver = (value) => console.log(value);
    this._outbox = new Outbox(options.outbox);
    /** @type {Occasion<Websocket>} */
    this._ready = new Occasion();
    /** @type {Occasion<RTCBotError>} */
    this._failure = new Occasion();
    /** @type {Occasion<Websocket>} */
    this._end = new Occasion();
    this._closing = false;
    this.closed = false;
    this.put_nowait = this.put_nowait.bind(this);
    this._ws = new env.WebSocket(url.replace(/^http/i, "ws"));
    this._ws.onopen = () => this._onOpen();
    this._ws.onmessage = (event) => this._deliver(this._parsed(event.data));
    this._ws.onclose = (event) => this._onEnd(event);
  }

  get ready() {
    return this._ready._happened !== null;
  }

  /** @param {import("./consumer.js").Consumer<any>} consumer */
  subscribe(consumer) {
    this._deliver = asFunction(consumer);
  }

  /**
   * Sends a string unchanged, anything else as JSON; waits until the socket is open. Bound.
   * @param {unknown} message
   * @throws {RTCBotError} "queue_full", "closed"
   */
  put_nowait(message) {
    if (this._closing || this.closed) throw this.error ?? new RTCBotError("closed", "This websocket has been closed.");
    this._outbox.put(message);
  }

  /** @param {import("./consumer.js").Consumer<Websocket> | null} [consumer] @returns {any} */
  onReady(consumer = null) {
    return this._ready.subscribe(consumer);
  }

  /** @param {import("./consumer.js").Consumer<RTCBotError> | null} [consumer] @returns {any} */
  onError(consumer = null) {
    return this._failure.subscribe(consumer);
  }

  /** @param {import("./consumer.js").Consumer<Websocket> | null} [consumer] @returns {any} */
  onClose(consumer = null) {
    return this._end.subscribe(consumer);
  }

  /** Sends the messages put before, even if the socket is not open yet, and then closes. */
  close() {
    if (this._closing) return;
    this._closing = true;
    if (this.ready || this._outbox.size === 0) this._ws.close();
  }

  _onOpen() {
    this._outbox.open(this._ws);
    this._ready.happen(this);
    if (this._closing) this._ws.close();
  }

  /** @param {CloseEvent} event */
  _onEnd(event) {
    this.closed = true;
    this._outbox.clear();
    if (!this._closing) {
      this.error = new RTCBotError("network", this.ready
        ? `The server ended the websocket (code ${event.code}).` : "The server cannot be reached by websocket.");
      this._failure.happen(this.error);
    }
    this._ready.miss(this.error ?? new RTCBotError("closed", "The websocket was closed before it was open."));
    this._end.happen(this);
  }

  /** @param {any} data @returns {any} text that is not JSON stays text, as in RTCBot */
  _parsed(data) {
    if (!this._json || typeof data !== "string") return data;
    try {
      return JSON.parse(data);
    } catch {
      return data;
    }
  }
}
