/**
 * How long to wait for ICE candidates. The robot learns the browser's address from its checks anyway (as peer-reflexive),
 * so an offer with few candidates, or none, is better than a late one.
 *
 * @typedef {object} GatheringLimits
 * @property {number} withServers ms: the longest wait with STUN or TURN servers, which may not answer
 * @property {number} withoutServers ms: the longest wait without them
 * @property {number} grace ms: how long to wait for further candidates after the last missing kind has come
 */

/** @type {GatheringLimits} */
export const DEFAULT_GATHERING_LIMITS = { withServers: 2000, withoutServers: 200, grace: 10 };

/**
 * The kinds of candidate to wait for: own addresses, and one for each configured kind of server.
 * @param {RTCConfiguration} configuration
 * @returns {string[]} of "host", "srflx", "relay"
 */
export function wantedKinds(configuration) {
  const servers = configuration.iceServers ?? [];
  const urls = servers.flatMap((server) => server.urls ?? []);
  const relay = urls.some((url) => /^turns?:/i.test(url));
  if (configuration.iceTransportPolicy === "relay") return ["relay"];
  const stun = urls.some((url) => /^stuns?:/i.test(url));
  return ["host", ...(stun ? ["srflx"] : []), ...(relay ? ["relay"] : [])];
}

/** Decides when an offer has enough candidates. Pure: gets the time. */
export class Gathering {
  /**
   * @param {number} now ms
   * @param {RTCConfiguration} configuration
   * @param {Partial<GatheringLimits>} [limits]
   */
  constructor(now, configuration, limits = {}) {
    const bounds = { ...DEFAULT_GATHERING_LIMITS, ...limits };
    /** @type {Set<string>} */
    this._missing = new Set(wantedKinds(configuration));
    this._relayOnly = configuration.iceTransportPolicy === "relay";
    this._grace = bounds.grace;
    const servers = this._missing.size > 1 || this._relayOnly;
    this._doneAt = now + (servers ? bounds.withServers : bounds.withoutServers);
    this._usable = 0;
    this._enough = false;
  }

  /** When the offer can be sent, ms, as far as is known now. */
  get doneAt() {
    return this._doneAt;
  }

  /** True if no permitted candidate came: with "relay" only, an offer without relays is useless. */
  get failed() {
    return this._relayOnly && this._usable === 0 && !this._enough;
  }

  /**
   * @param {number} now
   * @param {string | null | undefined} kind "host", "srflx", "relay", …
   */
  onCandidate(now, kind) {
    if (!kind) return;
    if (!this._relayOnly || kind === "relay") this._usable++;
    if (!this._missing.delete(kind)) return;
    if (this._missing.size === 0) this._doneAt = Math.min(this._doneAt, now + this._grace);
  }

  /** The browser reports that gathering is complete. @param {number} now */
  onComplete(now) {
    this._doneAt = Math.min(this._doneAt, now);
  }

  /** The present candidates are enough, because the others will follow. @param {number} now */
  onEnough(now) {
    this._enough = true;
    this._doneAt = Math.min(this._doneAt, now);
  }

  /** @param {number} now @returns {boolean} */
  isDone(now) {
    return now >= this._doneAt;
  }
}
