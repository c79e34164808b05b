/**
 * A number with its noun: "1 viewer", "2 viewers".
 * @param {number} count @param {string} noun whose plural ends in "s"
 */
export const counted = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
