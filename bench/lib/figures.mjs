// Numbers and their formatting.

/** The value that `share` of the values do not exceed. */
export function quantile(values, share) {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round(share * (sorted.length - 1))];
}

export const median = (values) => quantile(values, 0.5);

export const sum = (values) => values.reduce((total, value) => total + value, 0);

/** Count, p50, p95, p99 and max, to a tenth. */
export function spread(values) {
  const at = (share) => round(quantile(values, share));
  return { n: values.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

export function round(value, digits = 1) {
  return Number(value.toFixed(digits));
}

/**
 * One line of the table.
 * @param {string} what
 * @param {string} figure with its unit
 * @param {{target?: string, reached?: boolean, beside?: string}} [more] beside: what it is compared with
 */
export function row(what, figure, { target = "", reached, beside = "" } = {}) {
  return { what, figure, target, verdict: reached === undefined ? "" : reached ? "reached" : "MISSED", beside };
}
