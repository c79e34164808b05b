/** Limit for making a certificate, ms; usually it takes some milliseconds. Without one, connections work as usual. */
export const CERTIFICATE_TIMEOUT = 1000;

/** Minimum remaining validity for a new connection, ms: the browser refuses an expired certificate. */
const LAST_HOURS = 24 * 3600 * 1000;

/**
 * The DTLS certificate of a page's connections. A browser makes a new one for each connection unless it is given one. With the
 * same certificate a robot recognises the page when it returns, and can tell it from malicious ones. Kept only in memory, so a
 * reloaded page is a new one.
 */
export class PageCertificate {
  /** @param {import("./environment.js").Environment} env */
  constructor(env) {
    this._env = env;
    /** @type {RTCCertificate | null} */
    this._certificate = null;
    this._isFutile = typeof this._maker.generateCertificate !== "function";
  }

  /** True if a connection need not wait for it. */
  get isSettled() {
    return this._isFutile || (this._certificate !== null && this._certificate.expires > Date.now() + LAST_HOURS);
  }

  /** Makes a certificate. Resolves when there is one, or when there will be none. @returns {Promise<void>} */
  async settle() {
    const made = Promise.resolve(this._maker.generateCertificate({ name: "ECDSA", namedCurve: "P-256" })).catch(() => null);
    /** @type {any} */
    let timer;
    const late = new Promise((resolve) => {
      timer = this._env.setTimeout(() => resolve(null), CERTIFICATE_TIMEOUT);
    });
    this._certificate = await Promise.race([made, late]);
    this._isFutile = this._certificate === null;
    this._env.clearTimeout(timer);
  }

  /** Adds the certificate, unless the configuration has its own. @param {RTCConfiguration} configuration @returns {RTCConfiguration} */
  within(configuration) {
    return this._certificate === null ? configuration : { certificates: [this._certificate], ...configuration };
  }

  /** @returns {any} */
  get _maker() {
    return this._env.RTCPeerConnection;
  }
}
