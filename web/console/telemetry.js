/** Maximum number of telemetry values, and maximum nesting. */
const MOST = 64;
const DEEPEST = 5;

/** A value without an update for this time is old, ms, unless its interval is longer; never more than a minute. */
const OLD = 5000;
const SLOWEST = 60_000;

/** Names of the values that people look for first. */
const BATTERY = /batter|volt|charge/i;
const SPEED = /speed/i;
const RADIO = /signal|rssi|rsrp|sinr|radio/i;
const FIRST = /batter|volt|charge|signal|rssi|rsrp|sinr|radio|temp|speed/i;

/**
 * The values in a robot's telemetry, flat: {battery: {volt: 12.5}} becomes ["battery volt", 12.5]. Pure.
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

/** @typedef {{name: string, value: number | string, isOld: boolean}} Value */

/**
 * Sorts by importance: the battery, the radio, the speed, then other values that people look for; the rest in the robot's order.
 * @template {{name: string}} Named
 * @param {readonly Named[]} values @returns {Named[]}
 */
export function importantOf(values) {
  const leading = [BATTERY, RADIO, SPEED].map((kind) => values.find(({ name }) => kind.test(name)));
  const rank = (/** @type {Named} */ value) => (leading.includes(value) ? leading.indexOf(value) : FIRST.test(value.name) ? 3 : 4);
  return [...values].sort((a, b) => rank(a) - rank(b));
}

/** The last value of each name in a robot's telemetry, and when it came. Pure: gets the time, ms; bounded. */
export class Told {
  constructor() {
    /** `pace`: the usual interval. @type {Map<string, {value: number | string, at: number, pace: number}>} */
    this._values = new Map();
  }

  /** Forgets all values, because the robot may be another one. */
  clear() {
    this._values.clear();
  }

  /** @param {number} now @param {any} data */
  add(now, data) {
    for (const [name, value] of valuesOf(data)) {
      const before = this._values.get(name);
      const gap = before ? now - before.at : 0;
      if (!before && this._values.size >= MOST) this._forgetOldest();
      // One long gap must not set the interval; several do.
      this._values.set(name, { value, at: now, pace: before?.pace ? Math.min(gap, 2 * before.pace) : gap });
    }
  }

  /** @param {string} name */
  has(name) {
    return this._values.has(name);
  }

  /** True if the value was not updated when it should have been. @param {number} now @param {string} name */
  isOld(now, name) {
    const told = this._values.get(name);
    return told !== undefined && now - told.at > Math.min(SLOWEST, Math.max(OLD, 2 * told.pace));
  }

  /** All values, the most important first. @param {number} now @returns {Value[]} */
  values(now) {
    return importantOf([...this._values].map(([name, { value }]) => ({ name, value, isOld: this.isOld(now, name) })));
  }

  _forgetOldest() {
    const [oldest] = [...this._values].reduce((least, each) => (each[1].at < least[1].at ? each : least));
    this._values.delete(oldest);
  }
}

/** @param {number | string} value */
export function valueText(value) {
  if (typeof value === "string") return value.length > 40 ? `${value.slice(0, 39)}…` : value;
  if (Number.isInteger(value)) return String(value);
  return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
}
