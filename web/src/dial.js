import { RTCBotError, asRTCBotError, refusalIn } from "./errors.js";

/** Limit for the server's answer to an offer, ms: longer than the 10 s that it gives the robot. */
export const DEFAULT_ANSWER_TIMEOUT = 12000;

/**
 * Posts an offer to the server and returns the robot's answer.
 * @param {string} url
 * @param {RTCSessionDescriptionInit} offer
 * @param {Pick<import("./environment.js").Environment, "fetch" | "setTimeout" | "clearTimeout">} env
 * @param {number} [limit] ms
 * @param {string} [token] the server's credential
 * @returns {Promise<any>} rejects with an RTCBotError in every other case
 */
export async function exchange(url, offer, env, limit = DEFAULT_ANSWER_TIMEOUT, token = undefined) {
  const init = /** @type {const} */ ({ method: "POST", cache: "no-store", body: JSON.stringify(offer), redirect: "manual", ...authorization(token) });
  return request(url, init, env, { limit, what: "the robot's answer" });
}

/**
 * @param {string} url @param {RequestInit} init
 * @param {Pick<import("./environment.js").Environment, "fetch" | "setTimeout" | "clearTimeout">} env
 * @param {{limit: number, what: string}} expected ms, and what the answer is
 * @returns {Promise<any>} the JSON of the answer; rejects with an RTCBotError in every other case
 */
async function request(url, init, env, { limit, what }) {
  const aborter = new AbortController();
  const timer = env.setTimeout(() => aborter.abort(), limit);
  try {
    const response = await env.fetch(url, { ...init, signal: aborter.signal });
    return answerIn(response, await response.text(), what);
  } catch (thrown) {
    if (aborter.signal.aborted) {
      throw new RTCBotError("timeout", `The server did not answer within ${Math.round(limit / 1000)} s.`, { cause: thrown });
    }
    throw asRTCBotError(thrown, "network", "The server cannot be reached. Is it running, and is this device online?");
  } finally {
    env.clearTimeout(timer);
  }
}

/**
 * Asks why the server does not open a websocket at this address: a browser does not tell a page.
 * @param {string} url which the server answers with JSON by GET
 * @param {Pick<import("./environment.js").Environment, "fetch" | "setTimeout" | "clearTimeout">} env
 * @param {number} [limit] ms
 * @returns {Promise<RTCBotError | null>} null if it answers with JSON as usual
 */
export async function reasonAt(url, env, limit = DEFAULT_ANSWER_TIMEOUT) {
  try {
    await request(url, { cache: "no-store", redirect: "manual" }, env, { limit, what: "the server's answer" });
    return null;
  } catch (thrown) {
    return asRTCBotError(thrown, "network", `${thrown}`);
  }
}

/**
 * @param {{ok: boolean, status: number, type?: string, headers: {get(name: string): string | null}}} response
 * @param {string} text its body
 * @param {string} what was expected
 * @returns {any}
 */
function answerIn(response, text, what) {
  if (response.type === "opaqueredirect") throw redirectInPlaceOf(what);
  const details = { status: response.status, retryAfter: retryAfterIn(response.headers.get("Retry-After")) };
  const body = parsed(text);
  const refusal = refusalIn(body, details);
  if (refusal) throw refusal;
  if (isPage(response, text)) throw pageInPlaceOf(what, response);
  if (!response.ok) {
    throw new RTCBotError("http", `The server answered with status ${response.status} and without a reason.`, details);
  }
  if (typeof body !== "object" || body === null) {
    throw new RTCBotError("http", "The server's answer is not JSON. Is the address the RTCBot server's?", details);
  }
  return body;
}

/**
 * True if a web page came in place of an answer: a login page or an error of a proxy, or of another server.
 * @param {{headers: {get(name: string): string | null}}} response
 * @param {string} text its body
 */
export function isPage(response, text) {
  return /\bhtml\b/i.test(response.headers.get("Content-Type") ?? "") || /^\s*<(!doctype|html)/i.test(text);
}

const WHO = "Is the address the RTCBot server's, or does a login page or a proxy answer instead of it?";

/** @param {string} what was expected @param {{status: number}} response */
export function pageInPlaceOf(what, { status }) {
  return new RTCBotError("http", `A web page (HTML, status ${status}) came instead of ${what}. ${WHO}`, { status });
}

/** Redirects are not followed, because that would turn the offer into a GET. @param {string} what was expected */
export function redirectInPlaceOf(what) {
  return new RTCBotError("http", `A redirect to another address came instead of ${what}. ${WHO}`);
}

/**
 * The part of a request with the credential.
 * @param {string | undefined} token
 * @returns {RequestInit}
 */
export function authorization(token) {
  return token ? { headers: { Authorization: `Bearer ${token}` } } : {};
}

/**
 * A Retry-After field in milliseconds. Only its form in seconds, because the other form needs both clocks to be right.
 * @param {string | null} field
 * @returns {number | undefined}
 */
export function retryAfterIn(field) {
  return field !== null && /^\s*\d{1,6}\s*$/.test(field) ? Number(field) * 1000 : undefined;
}

/** @param {string} text @returns {unknown} */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
