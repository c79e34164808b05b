/**
 * What the library takes from the browser, so that tests can give something else.
 *
 * @typedef {object} Environment
 * @property {new (configuration?: RTCConfiguration) => RTCPeerConnection} RTCPeerConnection
 * @property {new (url: string | URL, protocols?: string | string[]) => WebSocket} WebSocket
 * @property {(input: string, init?: RequestInit) => Promise<Response>} fetch
 * @property {(task: () => void, ms: number) => any} setTimeout
 * @property {(handle: any) => void} clearTimeout
 * @property {() => number} now milliseconds of a clock that never goes back
 * @property {() => number} random from 0 up to, not including, 1
 * @property {Pick<EventTarget, "addEventListener" | "removeEventListener"> | null} window
 *   where "pagehide", "pageshow", "online" and "visibilitychange" are heard; null where there is none
 * @property {string} [location] the page's own address, to which others are relative; absent where there is none
 * @property {Pick<Document, "querySelectorAll"> | null} document where the elements are that show video; null where there is none
 */

/** @type {any} */
const browser = globalThis;

/**
 * The browser's own things, under those that are given. Looked up at each call, not at load, so that a page may patch them.
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
