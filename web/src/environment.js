/**
 * The library's interface to the browser, which tests can replace.
 *
 * @typedef {object} Environment
 * @property {new (configuration?: RTCConfiguration) => RTCPeerConnection} RTCPeerConnection
 * @property {new (url: string | URL, protocols?: string | string[]) => WebSocket} WebSocket
 * @property {(input: string, init?: RequestInit) => Promise<Response>} fetch
 * @property {(task: () => void, ms: number) => any} setTimeout
 * @property {(handle: any) => void} clearTimeout
 * @property {() => number} now milliseconds of a monotonic clock
 * @property {() => number} random from 0 up to, not including, 1
 * @property {Pick<EventTarget, "addEventListener" | "removeEventListener"> | null} window source of "pagehide", "pageshow", "online" and
 *   "visibilitychange"; null without a window
 * @property {string} [location] the page's own address, the base of relative ones; absent without a page
 * @property {Pick<Document, "querySelectorAll"> | null} document contains the elements that show video; null without a document
 */

/** @type {any} */
const browser = globalThis;

/**
 * The browser's functions, overridden by those that are given. Looked up at each call, not at load, so that a page may patch
 * them.
 * @param {Partial<Environment>} [given]
 * @returns {Environment}
 */
export function environment(given = {}) {
  return {
    RTCPeerConnection: browser.RTCPeerConnection,
    WebSocket: browser.WebSocket,
    fetch: (input, init) => browser.fetch(input, init),
    setTimeout: (task, ms) => browser.setTimeout(task, ms),
    clearTimeout: (handle) => browser.clearTimeout(handle),
    now: () => browser.performance.now(),
    random: Math.random,
    window: typeof browser.window === "undefined" ? null : browser.window,
    document: browser.document ?? null,
    location: browser.location?.href,
    ...given,
  };
}
