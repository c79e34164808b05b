/** How many values of a robot's telemetry are looked at, and how deep. */
const MOST = 64;
const DEEPEST = 5;

/** What people look for first. */
const FIRST = /batter|volt|charge|signal|rssi|rsrp|sinr|radio|temp|speed/i;

/**
 * The values in what a robot tells of itself, flat: {battery: {volt: 12.5}} is ["battery volt", 12.5]. Pure.
 * @param {any} data @returns {[string, number | string][]}
 */
export function valuesOf(data) {
  /** @type {[string, number | string][]} */
  const values = [];
  const walk = (/** @type {any} */ value, /** @type {string[]} */ path) => {
    if (values.length >= MOST || path.length > DEEPEST) return;
    if (typeof value === "boolean") values.push([path.join(" "), value ? "yes" : "no"]);
    else if (typeof value === "string" || Number.isFinite(value)) values.push([path.join(" ") || "value", value]);
    else if (value && typeof value === "object") for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key.replaceAll("_", " ")]);
  };
  walk(data, []);
  return values;
}

/** The same, what matters most first, the rest in the robot's own order. @param {any} data */
export function importantOf(data) {
  const values = valuesOf(data);
  return [...values.filter(([name]) => FIRST.test(name)), ...values.filter(([name]) => !FIRST.test(name))];
}

/** @param {number | string} value */
export function valueText(value) {
  if (typeof value === "string") return value.length > 40 ? `${value.slice(0, 39)}…` : value;
  if (Number.isInteger(value)) return String(value);
  return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
}
