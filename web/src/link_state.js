/**
 * - `connecting`: no picture yet, an attempt is in progress.
 * - `live`: connected.
 * - `interrupted`: connected until a moment ago; the old connection may recover, and a new one is tried beside it.
 * - `waiting`: the last attempt failed, `error` says why; the next one is at `retryAt`.
 * - `closed`: ended by the page, or by a policy that gave up.
 * @typedef {"connecting" | "live" | "interrupted" | "waiting" | "closed"} LinkStateName
 */

/**
 * The actions for the caller, in order. `id` names an attempt.
 * @typedef {{do: "dial", id: number} | {do: "drop", id: number} | {do: "show", id: number}} LinkAction
 */

/**
 * @typedef {object} LinkLimits
 * @property {number} freshAfter ms of interruption after which a new connection is tried beside the old one
 * @property {number} freshWhenAbsent the same, while the server reports that the robot is offline
 * @property {number} stableAfter ms of connection after which earlier failures are forgotten
 */

/** @type {LinkLimits} */
export const DEFAULT_LINK_LIMITS = { freshAfter: 1000, freshWhenAbsent: 15000, stableAfter: 5000 };

/** Failures that the robot's absence explains: another attempt is useless before the server reports that it is back. @type {ReadonlySet<string>} */
export const EXPLAINED_BY_ABSENCE = new Set([
  "no_robot", "robot_offline", "robot_left", "robot_timeout", "connect_failed", "peer_lost", "closed",
]);

/**
 * Decides when to dial, which connection to keep and when to try again, without limit. Pure: every input has the time, every
 * result is the actions for now; `wakeAt` says when to call `onTick`.
 *
 * At most two connections exist: the one that is shown, and a new one that may replace it.
 */
export class LinkState {
  /**
   * @param {import("./reconnect_policy.js").ReconnectPolicy} policy
   * @param {Partial<LinkLimits>} [limits]
   */
  constructor(policy, limits = {}) {
    this._policy = policy;
    this._limits = { ...DEFAULT_LINK_LIMITS, ...limits };
    /** The connection on screen. @type {{id: number, since: number, silentSince: number | null} | null} */
    this._shown = null;
    /** The attempt in progress. @type {number | null} */
    this._fresh = null;
    /** When the next attempt is due, ms; null when none is planned. @type {number | null} */
    this.retryAt = null;
    /** No attempt before this time, because the server asked to wait. */
    this._notBefore = 0;
    /** Why the last attempt or connection ended; null while there is a connection. @type {import("./errors.js").RTCBotError | null} */
    this.error = null;
    this._failures = 0;
    /** The server reports that the robot is offline. */
    this._isAbsent = false;
    this._absentTries = 0;
    this._nextId = 1;
    this._closed = false;
  }

  /** @returns {LinkStateName} */
  get name() {
    if (this._closed) return "closed";
    if (this._shown) return this._shown.silentSince === null ? "live" : "interrupted";
    if (this._fresh !== null && this.error === null) return "connecting";
    return this.retryAt !== null || this.error !== null ? "waiting" : "connecting";
  }

  /** True while an attempt is in progress. */
  get isDialling() {
    return this._fresh !== null;
  }

  /** When `onTick` is next due, ms; Infinity when nothing is planned. */
  get wakeAt() {
    const fresh = this._freshDueAt();
    return Math.min(this.retryAt ?? Infinity, fresh ?? Infinity);
  }

  /** @returns {LinkAction[]} */
  start() {
    return this._dial();
  }

  /** An attempt has become a connection. @param {number} now @param {number} id @returns {LinkAction[]} */
  onConnected(now, id) {
    if (this._closed) return [{ do: "drop", id }];
    if (this._shown?.id === id) return this._onRecovered();
    if (this._fresh !== id) return [];
    /** @type {LinkAction[]} */
    const actions = [{ do: "show", id }];
    if (this._shown) actions.push({ do: "drop", id: this._shown.id });
    this._shown = { id, since: now, silentSince: null };
    this._fresh = null;
    this.retryAt = null;
    this.error = null;
    return actions;
  }

  /** Nothing arrives on a connection. @param {number} now @param {number} id @returns {LinkAction[]} */
  onInterrupted(now, id) {
    if (this._shown?.id === id && this._shown.silentSince === null) this._shown.silentSince = now;
    return [];
  }

  /**
   * An attempt or a connection has ended.
   * @param {number} now @param {number} id @param {import("./errors.js").RTCBotError} error
   * @returns {LinkAction[]}
   */
  onEnded(now, id, error) {
    if (this._closed) return [];
    if (this._shown?.id === id) {
      if (now - this._shown.since >= this._limits.stableAfter) this._failures = 0;
      this._shown = null;
    } else if (this._fresh === id) {
      this._fresh = null;
    } else {
      return [];
    }
    // After a sign-out all attempts are refused; the first refusal says more.
    const isSignedOut = this.error?.code === "signed_out" && error.reason === "unauthorized";
    if (!isSignedOut) this.error = error;
    return this._fresh === null ? this._planRetry(now, error) : [];
  }

  /** @param {number} now @returns {LinkAction[]} */
  onTick(now) {
    if (this._closed || now < this.wakeAt) return [];
    return this._dial();
  }

  /**
   * A change that justifies an attempt now: the page became visible, or a person asked for it.
   * @param {number} now
   * @returns {LinkAction[]}
   */
  onEncouraged(now) {
    if (this._closed || this._fresh !== null) return [];
    if (this._shown && this._shown.silentSince === null) return [];
    if (now < this._notBefore) return [];
    return this._dial();
  }

  /**
   * The server's report about the robot on its websocket: online, offline, or none.
   * @param {number} now
   * @param {boolean | null} online
   * @returns {LinkAction[]}
   */
  onPresence(now, online) {
    const wasAbsent = this._isAbsent;
    this._isAbsent = online === false;
    // The robot, or another socket of it, is back: tries immediately, whatever was planned.
    if (online) return this.onEncouraged(now);
    if (wasAbsent === this._isAbsent) return [];
    this._absentTries = 0;
    return this.retryAt !== null && this.error ? this._planRetry(now, this.error) : [];
  }

  /**
   * The server no longer accepts this page's credential: ends the connections made with it.
   * @param {number} now @param {import("./errors.js").RTCBotError} error
   * @returns {LinkAction[]}
   */
  onCredentialEnded(now, error) {
    if (this._closed) return [];
    const actions = this._dropAll();
    this.error = error;
    return [...actions, ...this._planRetry(now, error)];
  }

  /**
   * The browser's network is back. An attempt in progress was started without it, and would wait for its own timers.
   * @param {number} now
   * @returns {LinkAction[]}
   */
  onOnline(now) {
    if (this._closed || this._fresh === null || now < this._notBefore) return this.onEncouraged(now);
    const stuck = this._fresh;
    return [{ do: "drop", id: stuck }, ...this._dial()];
  }

  /** @returns {LinkAction[]} */
  close() {
    if (this._closed) return [];
    this._closed = true;
    this.retryAt = null;
    return this._dropAll();
  }

  /** @returns {LinkAction[]} */
  _onRecovered() {
    if (!this._shown || this._shown.silentSince === null) return [];
    this._shown.silentSince = null;
    this.error = null;
    this.retryAt = null;
    const fresh = this._fresh;
    this._fresh = null;
    return fresh === null ? [] : [{ do: "drop", id: fresh }];
  }

  /** @returns {LinkAction[]} */
  _dial() {
    this.retryAt = null;
    this._fresh = this._nextId++;
    return [{ do: "dial", id: this._fresh }];
  }

  /** @param {number} now @param {import("./errors.js").RTCBotError} error @returns {LinkAction[]} */
  _planRetry(now, error) {
    this._failures++;
    const isExplained = this._isAbsent && EXPLAINED_BY_ABSENCE.has(error.reason);
    const absent = isExplained ? { absent: ++this._absentTries } : {};
    const delay = this._policy.nextDelay({ attempt: this._failures, reason: error.reason, retryAfter: error.retryAfter, ...absent });
    if (delay === null) {
      this._closed = true;
      return this._dropAll();
    }
    this.retryAt = now + delay;
    this._notBefore = error.retryAfter ? now + error.retryAfter : 0;
    return [];
  }

  /** When a new connection beside a silent one is due. @returns {number | null} */
  _freshDueAt() {
    if (!this._shown || this._shown.silentSince === null || this._fresh !== null || this.retryAt !== null) return null;
    return this._shown.silentSince + (this._isAbsent ? this._limits.freshWhenAbsent : this._limits.freshAfter);
  }

  /** @returns {LinkAction[]} */
  _dropAll() {
    const ids = [this._shown?.id ?? null, this._fresh];
    this._shown = null;
    this._fresh = null;
    return ids.flatMap((id) => (id === null ? [] : [{ do: /** @type {const} */ ("drop"), id }]));
  }
}
