import { RTCBotError, refusalIn } from "./errors.js";
import { PAGE_SUBPROTOCOL, TOKEN_SUBPROTOCOL, cancelMessage, candidatesMessage, offerMessage, readServerMessage } from "./page_messages.js";

/**
 * @typedef {object} PageSocketLimits
 * @property {number} openWithin ms limit for the upgrade
 * @property {number} acceptWithin ms until the server confirms an offer; after that the socket counts as broken
 * @property {number} answerWithin ms until the robot's answer; longer than the 10 s that the server gives the robot
 * @property {number} first ms: the longest first wait before it dials again; doubled each time, and jittered
 * @property {number} longest ms
 * @property {number} stableAfter ms open after which the waits are reset
 */

/** @type {PageSocketLimits} */
export const DEFAULT_SOCKET_LIMITS = { openWithin: 8000, acceptWithin: 2000, answerWithin: 12000, first: 1000, longest: 30000, stableAfter: 10000 };

/**
 * Callbacks of a socket. `onPresence` gets the reported robots; `first` is true for the first message of a list.
 * @typedef {object} PageSocketListeners
 * @property {(robots: import("./page_messages.js").RobotPresence[], first: boolean) => void} [onPresence]
 * @property {() => void} [onChange] it opened or closed
 * @property {(refusal: RTCBotError | null, wait: number) => void} [onEnded] it closed, or could not be opened; with the server's reason if it gave
 *   one, and the ms until the next attempt
 */

/**
 * An offer in progress. `answer` rejects with an RTCBotError; its reason is "network" if the offer should be posted instead.
 * @typedef {object} Exchange
 * @property {Promise<RTCSessionDescriptionInit>} answer
 * @property {(candidate: RTCIceCandidateInit | null) => void} addCandidate of this side; null: no further candidates
 * @property {() => void} cancel ends the offer and its candidates
 */

/** @typedef {{id: number, accepted: boolean, timer: any, settled: boolean, onCandidate: (candidate: RTCIceCandidateInit) => void,
 *   resolve: (answer: RTCSessionDescriptionInit) => void, reject: (error: RTCBotError) => void}} Pending */

/**
 * The page's websocket, for presence and quick offers. It reconnects automatically without limit, with jittered waits. Without it
 * a POST does the same.
 */
export class PageSocket {
  /**
   * @param {string} url where offers are posted, or "/api/robots"
   * @param {import("./environment.js").Environment} env
   * @param {PageSocketListeners} listeners
   * @param {Partial<PageSocketLimits>} [limits]
   * @param {string} [token] the server's credential; a browser's websocket can send it only as a subprotocol
   */
  constructor(url, env, listeners, limits = {}, token = undefined) {
    this._protocols = token ? [PAGE_SUBPROTOCOL, TOKEN_SUBPROTOCOL + token] : PAGE_SUBPROTOCOL;
    this._url = url;
    this._env = env;
    this._listeners = listeners;
    this._limits = { ...DEFAULT_SOCKET_LIMITS, ...limits };
    /** ICE servers for this page's next connection, if the server names some. @type {RTCIceServer[]} */
    this.iceServers = [];
    /** The last report about this page's robot; null before the first. @type {import("./page_messages.js").RobotPresence | null} */
    this.presence = null;
    /** When that report came, ms. */
    this.presenceAt = 0;
    /** Why the server closes the last socket; null without a reason. @type {RTCBotError | null} */
    this._refusal = null;
    this._welcomed = false;
    this._listBegins = true;
    this._closed = false;
    this._openedAt = 0;
    this._failures = 0;
    this._notBefore = 0;
    this._lastId = 0;
    /** @type {Map<number, Pending>} */
    this._pending = new Map();
    /** @type {(() => void)[]} */
    this._waiting = [];
    /** @type {any} */
    this._timer = null;
    /** @type {WebSocket | null} */
    this._ws = null;
    this._dial();
  }

  /** True if it is open and the server has sent its welcome. */
  get isOpen() {
    return this._welcomed;
  }

  /** True if an offer can be sent here now. A server that does not know the robot may still reach it after a POST. */
  get canOffer() {
    return this._welcomed && this.presence?.online === true;
  }

  /** True if an offer and then its candidates can be sent here now. */
  get canTrickle() {
    return this.canOffer && this.presence?.trickle === true;
  }

  /** Resolves when `canTrickle` is next true. @returns {Promise<void>} */
  whenTrickling() {
    return this.canTrickle ? Promise.resolve() : new Promise((resolve) => this._waiting.push(resolve));
  }

  /**
   * @param {string} sdp
   * @param {boolean} trickle true if candidates follow
   * @param {(candidate: RTCIceCandidateInit) => void} onCandidate the robot's, after its answer
   * @returns {Exchange}
   */
  offer(sdp, trickle, onCandidate) {
    const id = ++this._lastId;
    /** @type {Promise<RTCSessionDescriptionInit>} */
    const answer = new Promise((resolve, reject) => {
      const timer = this._env.setTimeout(() => this._giveUpOn(id), this._limits.acceptWithin);
      this._pending.set(id, { id, accepted: false, timer, settled: false, onCandidate, resolve, reject });
    });
    this._send(offerMessage(id, sdp, trickle));
    return {
      answer,
      addCandidate: (candidate) => {
        if (this._pending.has(id)) this._send(candidatesMessage(id, candidate ? [candidate] : [], candidate === null));
      },
      cancel: () => {
        if (!this._pending.has(id)) return;
        this._fail(id, new RTCBotError("closed", "The offer was cancelled."));
        this._send(cancelMessage(id));
      },
    };
  }

  /** The network has changed: replaces the old socket, which may be dead. */
  restart() {
    if (this._closed) return;
    this._failures = 0;
    this._drop();
    this._dial();
  }

  /** Ends it for good. */
  close() {
    this._closed = true;
    this._drop();
  }

  _dial() {
    this._env.clearTimeout(this._timer);
    this._refusal = null;
    try {
      this._ws = new this._env.WebSocket(socketUrl(this._url, this._env.location), this._protocols);
    } catch {
      // This page's security policy forbids it, and will not change: offers are posted.
      this._closed = true;
      return;
    }
    const ws = this._ws;
    ws.onmessage = (event) => this._ws === ws && this._onMessage(event.data);
    ws.onclose = () => this._ws === ws && this._onClose();
    this._timer = this._env.setTimeout(() => {
      if (this._ws === ws && !this._welcomed) this._onClose();
    }, this._limits.openWithin);
  }

  /** @param {unknown} text */
  _onMessage(text) {
    const message = readServerMessage(text);
    if (message === null) return;
    switch (message.type) {
      case "welcome": return this._onWelcome(message.ice_servers);
      case "presence": return this._onPresence(message);
      case "accepted": return this._onAccepted(message.id);
      case "answer": return this._onAnswer(message.id, message.sdp);
      case "refusal": return this._onRefusal(message);
      case "candidates": {
        const pending = this._pending.get(message.id);
        if (pending) message.candidates.forEach(pending.onCandidate);
        return;
      }
      case "stopping": this._notBefore = this._env.now() + message.retry_after_ms; return;
      case "error": return this._onError(message);
    }
  }

  /** The server closes the socket next. @param {{error: string, message: string, retry_after?: number}} message */
  _onError({ error, message, retry_after = 0 }) {
    this._refusal = refusalIn({ error, message }, { retryAfter: retry_after * 1000 });
    this._notBefore = this._env.now() + retry_after * 1000;
  }

  /** @param {RTCIceServer[]} iceServers */
  _onWelcome(iceServers) {
    this._env.clearTimeout(this._timer);
    this._welcomed = true;
    this._openedAt = this._env.now();
    this._listBegins = true;
    this.iceServers = iceServers;
    this._tell();
  }

  /** @param {{robots: import("./page_messages.js").RobotPresence[]}} message */
  _onPresence({ robots }) {
    this.presence = robots[0] ?? this.presence;
    this.presenceAt = this._env.now();
    this._listeners.onPresence?.(robots, this._listBegins);
    this._listBegins = false;
    if (this.canTrickle) this._waiting.splice(0).forEach((resolve) => resolve());
  }

  /** @param {number} id */
  _onAccepted(id) {
    const pending = this._pending.get(id);
    if (!pending || pending.settled) return;
    pending.accepted = true;
    this._env.clearTimeout(pending.timer);
    pending.timer = this._env.setTimeout(() => this._giveUpOn(id), this._limits.answerWithin);
  }

  /** @param {number} id @param {string} sdp */
  _onAnswer(id, sdp) {
    const pending = this._pending.get(id);
    if (!pending || pending.settled) return;
    this._env.clearTimeout(pending.timer);
    pending.settled = true;
    pending.resolve({ type: "answer", sdp });
  }

  /** @param {{id: number, error: string, message: string, retry_after?: number}} refusal */
  _onRefusal({ id, error, message, retry_after }) {
    const details = retry_after === undefined ? {} : { retryAfter: retry_after * 1000 };
    const refusal = refusalIn({ error, message }, details);
    this._fail(id, refusal ?? new RTCBotError("refused", message, { ...details, code: error }));
  }

  /** The limit has passed: the socket is broken, or the robot does not answer. @param {number} id */
  _giveUpOn(id) {
    const pending = this._pending.get(id);
    if (!pending) return;
    if (pending.accepted) {
      this._fail(id, new RTCBotError("timeout", `The server did not answer within ${Math.round(this._limits.answerWithin / 1000)} s.`));
      return;
    }
    this._drop();
    this._plan();
  }

  /** @param {number} id @param {RTCBotError} error */
  _fail(id, error) {
    const pending = this._pending.get(id);
    if (!pending) return;
    this._pending.delete(id);
    this._env.clearTimeout(pending.timer);
    if (!pending.settled) pending.reject(error);
  }

  _onClose() {
    this._drop();
    const wait = this._plan();
    this._listeners.onEnded?.(this._refusal, wait);
  }

  /** @returns {number} ms until the next attempt */
  _plan() {
    if (this._closed) return Infinity;
    if (this._openedAt && this._env.now() - this._openedAt >= this._limits.stableAfter) this._failures = 0;
    this._openedAt = 0;
    const full = Math.min(this._limits.longest, this._limits.first * 2 ** Math.min(this._failures++, 20));
    // Full jitter, so that the pages of a restarted server do not all return at the same moment.
    const asked = Math.max(0, this._notBefore - this._env.now());
    const wait = asked + full * (0.1 + 0.9 * this._env.random());
    this._timer = this._env.setTimeout(() => this._dial(), wait);
    return wait;
  }

  /** Closes the socket; pending offers fail with reason "network". */
  _drop() {
    this._env.clearTimeout(this._timer);
    const ws = this._ws;
    this._ws = null;
    const was = this._welcomed;
    this._welcomed = false;
    this.presence = null;
    ws?.close();
    for (const id of [...this._pending.keys()]) {
      this._fail(id, new RTCBotError("network", "The websocket to the server ended before the answer came."));
    }
    if (was && !this._closed) this._tell();
  }

  /** @param {string} text */
  _send(text) {
    if (this._ws?.readyState === 1) this._ws.send(text);
  }

  _tell() {
    this._listeners.onChange?.();
  }
}

/**
 * The websocket's address for the address where offers are posted.
 * @param {string} url as in `fetch`
 * @param {string} [base] of the page
 * @returns {string}
 */
export function socketUrl(url, base) {
  const absolute = base === undefined ? new URL(url) : new URL(url, base);
  absolute.protocol = absolute.protocol.replace("http", "ws");
  absolute.hash = "";
  return absolute.href;
}
