/**
 * What a policy is told before a new try.
 *
 * @typedef {object} Failure
 * @property {number} attempt how many tries failed in a row, from 1
 * @property {import("./errors.js").Reason} reason of the last one
 * @property {number} [retryAfter] ms that the server asked to wait
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
 * @param {{first?: number, base?: number, longest?: number, stubborn?: number, random?: () => number}} [options] all times in ms
 * @returns {ReconnectPolicy}
 */
export function backoffPolicy(options = {}) {
  const { first = 200, base = 500, longest = 3000, stubborn = 30000, random = Math.random } = options;
  return {
    nextDelay({ attempt, reason, retryAfter = 0 }) {
      const grown = attempt <= 1 ? first : Math.min(longest, base * 2 ** Math.min(attempt - 2, 20));
      const full = STUBBORN.has(reason) ? stubborn : grown;
      const jittered = full * (0.5 + 0.5 * random());
      // Jitter comes on top of what the server asked for: all who were told "5 s" must not return in the same instant.
      return Math.max(jittered, retryAfter > 0 ? retryAfter + jittered * 0.2 : 0);
    },
  };
}
