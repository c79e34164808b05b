/**
 * The messages of `rtcbot.page.v1`, as in docs/protocol. Pure.
 *
 * @typedef {object} RobotPresence
 * @property {string} name empty for the default robot
 * @property {boolean} online
 * @property {number} for_ms how long it has been online, or offline
 * @property {number} [viewers] as the robot reports
 * @property {string} [camera] as the robot reports
 * @property {"rtcbot.v1" | "bare"} protocol
 * @property {boolean} [trickle] whether it accepts separate candidates
 * @property {number} [snapshot] number of its newest picture
 * @property {boolean} [forgotten]
 *
 * @typedef {{type: "welcome", ice_servers: RTCIceServer[]}
 *   | {type: "accepted", id: number}
 *   | {type: "answer", id: number, sdp: string}
 *   | {type: "refusal", id: number, error: string, message: string, retry_after?: number}
 *   | {type: "candidates", id: number, candidates: RTCIceCandidateInit[], end: boolean}
 *   | {type: "presence", robots: RobotPresence[], more: boolean}
 *   | {type: "stopping", retry_after_ms: number}
 *   | {type: "error", error: string, message: string, retry_after?: number}} ServerMessage
 */

export const PAGE_SUBPROTOCOL = "rtcbot.page.v1";
/** Prefix of the subprotocol with a credential: browsers do not let a page send an Authorization field. */
export const TOKEN_SUBPROTOCOL = "rtcbot.token.";

/** @param {unknown} value @returns {value is number} */
const isId = (value) => Number.isSafeInteger(value) && /** @type {number} */ (value) >= 0;
/** @param {unknown} value @returns {any[]} */
const listOf = (value) => (Array.isArray(value) ? value : []);
/** @param {unknown} value @returns {string} */
const textOf = (value) => (typeof value === "string" ? value : "");
/** @param {unknown} value @returns {number} */
const numberOf = (value) => (typeof value === "number" && value >= 0 ? value : 0);

/**
 * Reads a message of the server; null for invalid text, or a message of a later version.
 * @param {unknown} text @returns {ServerMessage | null}
 */
export function readServerMessage(text) {
  const message = parsed(text);
  if (message === null) return null;
  const { type, id } = message;
  switch (type) {
    case "welcome": return { type, ice_servers: listOf(message.ice_servers) };
    case "accepted": return isId(id) ? { type, id } : null;
    case "answer": return isId(id) && typeof message.sdp === "string" ? { type, id, sdp: message.sdp } : null;
    case "refusal": return isId(id) ? refusalOf(message) : null;
    case "candidates": return isId(id) ? { type, id, candidates: listOf(message.candidates).filter(isCandidate), end: message.end === true } : null;
    case "presence": return { type, robots: listOf(message.robots).filter(isRobot), more: message.more === true };
    case "stopping": return { type, retry_after_ms: numberOf(message.retry_after_ms) };
    case "error": return { type, error: textOf(message.error), message: textOf(message.message), ...retryAfterOf(message) };
    default: return null;
  }
}

/** @param {any} message @returns {ServerMessage} */
function refusalOf(message) {
  return { type: "refusal", id: message.id, error: textOf(message.error), message: textOf(message.message), ...retryAfterOf(message) };
}

/** @param {any} message @returns {{retry_after?: number}} */
function retryAfterOf({ retry_after: after }) {
  return typeof after === "number" && after >= 0 ? { retry_after: after } : {};
}

/** @param {any} entry @returns {boolean} */
function isCandidate(entry) {
  return typeof entry?.candidate === "string" && (typeof entry.sdpMid === "string" || isId(entry.sdpMLineIndex));
}

/** @param {any} entry @returns {boolean} */
function isRobot(entry) {
  return typeof entry?.name === "string" && typeof entry.online === "boolean";
}

/** @param {unknown} text @returns {any} */
function parsed(text) {
  if (typeof text !== "string") return null;
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null && typeof value.type === "string" ? value : null;
  } catch {
    return null;
  }
}

/** @param {number} id @param {string} sdp @param {boolean} trickle true if candidates follow */
export const offerMessage = (id, sdp, trickle) => JSON.stringify({ type: "offer", id, sdp, ...(trickle ? { trickle } : {}) });

/** @param {number} id @param {RTCIceCandidateInit[]} candidates @param {boolean} end true: no further candidates */
export const candidatesMessage = (id, candidates, end) =>
  JSON.stringify({ type: "candidates", id, candidates: candidates.map(bare), ...(end ? { end } : {}) });

/** @param {number} id */
export const cancelMessage = (id) => JSON.stringify({ type: "cancel", id });

/** The fields of a candidate that the server accepts. @param {RTCIceCandidateInit} candidate */
function bare({ candidate, sdpMid, sdpMLineIndex }) {
  return {
    candidate,
    ...(typeof sdpMid === "string" && sdpMid !== "" ? { sdpMid } : {}),
    ...(typeof sdpMLineIndex === "number" ? { sdpMLineIndex } : {}),
  };
}
