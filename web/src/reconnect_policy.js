/**
 * What a policy is told before a new try.
 *
 * @typedef {object} Failure
 * @property {number} attempt how many tries failed in a row, from 1
 * @property {import("./errors.js").Reason} reason of the last one
 * @property {number} [retryAfter] ms that the server asked to wait
 * @property {number} [absent] how many tries failed, this one included, while the server said on its websocket that the robot is not
 *   there; it will say when the robot is, so trying is for the case that it does not
 */

/**
 * How long to wait before the next try.
 * @typedef {object} ReconnectPolicy
 * @property {(failure: Failure) => number | null} nextDelay ms; null to give up
 */

/** Reasons that time alone does not cure, so trying often only costs. @type {ReadonlySet<string>} */
const STUBBORN = new Set(["unauthorized", "forbidden", "bad_offer", "too_large", "refused", "name_taken"]);

/**
 * Tries for ever: at once after the first failure, then twice as long each time up to a bound, each wait shortened at random by
 * up to half, so that a thousand pages do not come back to a restarted server in one moment. Never sooner than the server asked.
 * Seldom where the server has said that the robot is not there.
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
      // Jitter comes on top of what the server asked for: all who were told "5 s" must not return in the same instant.
      return Math.max(jittered, retryAfter > 0 ? retryAfter + jittered * 0.2 : 0);
    },
  };
}
