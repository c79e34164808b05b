/**
 * Reason of a failure, for programs. The error's message is the sentence for people.
 *
 * - `no_robot`: the server has no robot at all.
 * - `robot_offline`: the named robot is not online.
 * - `robot_left`: the robot left before it answered, or closed the connection.
 * - `robot_timeout`: the robot gave no answer in time.
 * - `bad_offer`: the server or the robot could not read the offer.
 * - `too_large`: the offer is larger than the server accepts.
 * - `unauthorized`, `forbidden`: no or an invalid credential, or (`code` "signed_out") the user signed out; a credential that does not permit this.
 * - `name_taken`: the robot's name is in use.
 * - `busy`: the robot has too many viewers or unanswered requests; `retryAfter` says when to try again.
 * - `rate_limited`: too many requests from this address, or for this robot; `retryAfter` says when to try again.
 * - `stopping`: the server is shutting down or restarting.
 * - `unavailable`: the robot may be at another server, which cannot be reached now.
 * - `refused`: the server refused with a code that this library does not know (see `code`).
 * - `bad_answer`: the response is not an answer that the browser can use.
 * - `gathering_failed`: the browser found no candidate that the configuration permits.
 * - `connect_failed`: offer and answer were exchanged, but no path was found in time.
 * - `peer_lost`: the connection was open, and then nothing was received from the robot.
 * - `closed`: this end closed it, or it is used after its end.
 * - `timeout`: the server did not answer in time.
 * - `http`: the server answered with an error status, but not with a refusal of this protocol.
 * - `network`: the server cannot be reached.
 * - `queue_full`: the other side does not take messages as fast as they are put.
 * - `bad_use`: the page called functions in an impossible order.
 *
 * @typedef {"no_robot" | "robot_offline" | "robot_left" | "robot_timeout" | "bad_offer" | "too_large" | "unauthorized"
 *   | "forbidden" | "name_taken" | "busy" | "rate_limited" | "stopping" | "unavailable" | "refused" | "bad_answer" | "gathering_failed"
 *   | "connect_failed" | "peer_lost" | "closed" | "timeout" | "http" | "network" | "queue_full" | "bad_use"} Reason
 */

/** @type {ReadonlySet<string>} */
const SERVER_REASONS = new Set([
  "no_robot", "robot_offline", "robot_left", "robot_timeout", "bad_offer", "too_large", "unauthorized", "forbidden",
  "name_taken", "busy", "rate_limited", "stopping", "unavailable",
]);

/** An error with a reason for programs (`reason`) and a sentence for people (`message`). */
export class RTCBotError extends Error {
  /**
   * @param {Reason} reason
   * @param {string} message a sentence that says what to do
   * @param {{cause?: unknown, retryAfter?: number, status?: number, code?: string}} [details] `retryAfter` in milliseconds; `status` of HTTP; `code`
   *   from the server
   */
  constructor(reason, message, details = {}) {
    super(message);
    this.name = "RTCBotError";
    this.reason = reason;
    this.cause = details.cause;
    this.retryAfter = details.retryAfter;
    this.status = details.status;
    this.code = details.code ?? reason;
  }
}

/**
 * The error in a server's JSON refusal, or null if `body` is not a refusal.
 * @param {unknown} body
 * @param {{retryAfter?: number, status?: number}} [details]
 * @returns {RTCBotError | null}
 */
export function refusalIn(body, details = {}) {
  if (typeof body !== "object" || body === null || !("error" in body)) return null;
  const code = String(body.error);
  const sentence = "message" in body && typeof body.message === "string" ? body.message : `The server refused: ${code}.`;
  const known = SERVER_REASONS.has(code) ? /** @type {Reason} */ (code) : "refused";
  const reason = code === "signed_out" ? "unauthorized" : known;
  return new RTCBotError(reason, sentence, { ...details, code });
}

/**
 * Converts any thrown value to an RTCBotError.
 * @param {unknown} thrown
 * @param {Reason} reason used unless it is one already
 * @param {string} message
 * @returns {RTCBotError}
 */
export function asRTCBotError(thrown, reason, message) {
  return thrown instanceof RTCBotError ? thrown : new RTCBotError(reason, message, { cause: thrown });
}
