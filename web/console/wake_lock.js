/**
 * Keeps the screen awake, because a sleeping phone loses the robot. The browser removes the lock whenever the page is hidden, so
 * this requests it again when the page is visible.
 */
export class WakeLock {
  /**
   * @param {any} [navigator] of the browser
   * @param {any} [document]
   */
  constructor(navigator = globalThis.navigator, document = globalThis.document) {
    this._navigator = navigator;
    this._document = document;
    this._isWanted = false;
    this._isAsking = false;
    /** @type {any} */
    this._lock = null;
    document.addEventListener("visibilitychange", () => this._follow());
  }

  /** @param {boolean} isWanted */
  want(isWanted) {
    if (isWanted === this._isWanted) return;
    this._isWanted = isWanted;
    this._follow();
  }

  _follow() {
    if (!this._isWanted) {
      this._lock?.release().catch(() => {});
      this._lock = null;
    } else if (!this._lock && !this._isAsking && this._document.visibilityState === "visible") {
      this._ask();
    }
  }

  async _ask() {
    this._isAsking = true;
    // A browser may refuse, for example with a low battery; requested again when the page returns.
    const lock = await this._navigator.wakeLock?.request("screen").catch(() => null);
    this._isAsking = false;
    if (!lock) return;
    this._lock = lock;
    lock.addEventListener("release", () => {
      if (this._lock === lock) this._lock = null;
    });
    this._follow();
  }
}
