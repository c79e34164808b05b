/** How long the browser may take to make one, ms; some milliseconds are usual. Without it a connection goes on as any other. */
export const CERTIFICATE_TIMEOUT = 1000;

/** No connection is made with one that ends so soon, ms: the browser refuses one that has ended. */
const LAST_HOURS = 24 * 3600 * 1000;

/**
 * The DTLS certificate of a page's connections. A browser makes a new one for each connection unless it is given one; with the same one a robot
 * knows the page again when it comes back, and can tell it from others who are up to no good. It is kept in memory alone, so a page that is loaded
 * again is somebody new.
 */
export class PageCertificate {
  /** @param {import("./environment.js").Environment} env */
  constructor(env) {
    this._env = env;
    /** @type {RTCCertificate | null} */
    this._certificate = null;
    this._isFutile = typeof this._maker.generateCertificate !== "function";
  }

  /** Whether a connection need not wait for it. */
  get isSettled() {
    return this._isFutile || (this._certificate !== null && this._certificate.expires > Date.now() + LAST_HOURS);
  }

  /** Makes one. Resolves when there is one, or there will be none. @returns {Promise<void>} */
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

  /** With the certificate, unless it names its own. @param {RTCConfiguration} configuration @returns {RTCConfiguration} */
  within(configuration) {
    return this._certificate === null ? configuration : { certificates: [this._certificate], ...configuration };
  }

  /** @returns {any} */
  get _maker() {
    return this._env.RTCPeerConnection;
  }
}
