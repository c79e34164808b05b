/**
 * The input of a policy before a new attempt.
 *
 * @typedef {object} Failure
 * @property {number} attempt how many attempts failed in a row, from 1
 * @property {import("./errors.js").Reason} reason of the last one
 * @property {number} [retryAfter] ms that the server asked to wait
 * @property {number} [absent] how many attempts failed, including this one, while the server reported on its websocket that the robot is offline; it
 *   will report when the robot is back, so further attempts only cover a missing report
 */

/**
 * How long to wait before the next attempt.
 * @typedef {object} ReconnectPolicy
 * @property {(failure: Failure) => number | null} nextDelay ms; null to give up
 */

/** Reasons that time alone does not remove, so frequent attempts are useless. @type {ReadonlySet<string>} */
const STUBBORN = new Set(["unauthorized", "forbidden", "bad_offer", "too_large", "refused", "name_taken"]);

/**
 * Tries without limit: soon after the first failure, then twice as long each time up to a limit. Each wait is shortened at random
 * by up to half, so that a thousand pages do not return to a restarted server at the same moment. Never sooner than the server
 * asked. Rarely while the server reports that the robot is offline.
 * @param {{first?: number, base?: number, longest?: number, stubborn?: number, absentBase?: number, absentLongest?: number,
 *   random?: () => number}} [options] all times in ms
 * @returns {ReconnectPolicy}
 */
export function backoffPolicy(options = {}) {
  const { first = 200, base = 500, longest = 3000, stubborn = 30000, random = Math.random } = options;
  const { absentBase = 20000, absentLongest = 60000 } = options;
  return {
    nextDelay({ attempt, reason, retryAfter = 0, absent = 0 }) {
      const grown = attempt <= 1 ? first : Math.min(longest, base * 2 ** Math.min(attempt - 2, 20));
      const seldom = Math.min(absentLongest, absentBase * 2 ** Math.min(absent - 1, 20));
      const full = STUBBORN.has(reason) ? stubborn : absent > 0 ? seldom : grown;
      const jittered = full * (0.5 + 0.5 * random());
      // Adds jitter to the server's wait too, so that pages that got the same "5 s" do not return at the same moment.
      return Math.max(jittered, retryAfter > 0 ? retryAfter + jittered * 0.2 : 0);
    },
  };
}
