import { RTCBotError } from "./errors.js";
import { LivenessWatch, arrivalsIn } from "./liveness.js";
import { readingOf } from "./reading.js";

/** Interval of the readings, ms. */
export const READING_INTERVAL = 250;

/** Default limit for connecting, ms. */
export const DEFAULT_CONNECT_TIMEOUT = 15000;

/**
 * @typedef {object} MonitorEvents
 * @property {() => void} onConnected also after an interruption
 * @property {() => void} onInterrupted
 * @property {(error: RTCBotError) => void} onFailed
 * @property {(reading: import("./reading.js").Reading) => void} onReading every `READING_INTERVAL` while it is connected
 */

/** Watches one RTCPeerConnection: the deadline for connecting, the browser's own states, and the actual arrivals. */
export class PeerMonitor {
  /**
   * @param {RTCPeerConnection} peer
   * @param {import("./environment.js").Environment} env
   * @param {import("./connection.js").ConnectionOptions} options
   * @param {MonitorEvents} events
   */
  constructor(peer, env, options, events) {
    this._peer = peer;
    this._env = env;
    this._limits = options.liveness;
    this._connectTimeout = options.connectTimeout ?? DEFAULT_CONNECT_TIMEOUT;
    this._events = events;
    /** @type {LivenessWatch | null} */
    this._watch = null;
    /** @type {any} */
    this._deadline = null;
    /** @type {any} */
    this._timer = null;
    this._stopped = false;
    this._onState = () => this._judge();
    peer.addEventListener("connectionstatechange", this._onState);
  }

  /** Offer and answer are exchanged: starts the deadline. */
  expectConnection() {
    if (this._stopped || this._watch || this._deadline !== null) return;
    this._deadline = this._env.setTimeout(() => this._events.onFailed(this._neverConnected()), this._connectTimeout);
  }

  stop() {
    this._stopped = true;
    this._peer.removeEventListener("connectionstatechange", this._onState);
    this._env.clearTimeout(this._deadline);
    this._env.clearTimeout(this._timer);
  }

  _judge() {
    if (this._stopped) return;
    const state = this._peer.connectionState;
    if (state === "failed") {
      this._events.onFailed(this._watch ? lost() : this._neverConnected());
    } else if (state === "connected") {
      if (!this._watch) this._begin();
      this._report();
    } else if (state === "disconnected" && this._watch) {
      this._events.onInterrupted();
    }
  }

  _begin() {
    this._env.clearTimeout(this._deadline);
    this._watch = new LivenessWatch(this._env.now(), this._limits);
    this._plan();
  }

  _plan() {
    this._timer = this._env.setTimeout(() => this._read(), READING_INTERVAL);
  }

  async _read() {
    try {
      const reading = readingOf(/** @type {any} */ (await this._peer.getStats()));
      if (this._stopped) return;
      this._watch?.onReading(this._env.now(), arrivalsIn(reading));
      this._events.onReading(reading);
    } catch {
      // A closing peer refuses; its end is reported elsewhere.
    }
    if (this._stopped) return;
    this._plan();
    this._report();
  }

  _report() {
    const verdict = this._watch?.verdict;
    if (verdict === "lost") this._events.onFailed(lost());
    else if (verdict === "silent" || this._peer.connectionState === "disconnected") this._events.onInterrupted();
    else this._events.onConnected();
  }

  /** @returns {RTCBotError} */
  _neverConnected() {
    return new RTCBotError("connect_failed",
      `The robot answered, but no connection to it was established within ${Math.round(this._connectTimeout / 1000)} s. ` +
      "If both ends are behind the NAT of a carrier or a company, a TURN server is needed.");
  }
}

/** @returns {RTCBotError} */
function lost() {
  return new RTCBotError("peer_lost", "The robot no longer sends anything: it was switched off, or its network was lost.");
}
