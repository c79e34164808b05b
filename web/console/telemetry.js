/** How many values of a robot's telemetry are looked at, and how deep. */
const MOST = 64;
const DEEPEST = 5;

/** A value that was not told for so long is not of now, ms, unless it always comes more seldom; never one of over a minute. */
const OLD = 5000;
const SLOWEST = 60_000;

/** What people look for first. */
const BATTERY = /batter|volt|charge/i;
const SPEED = /speed/i;
const RADIO = /signal|rssi|rsrp|sinr|radio/i;
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

/** @typedef {{name: string, value: number | string, isOld: boolean}} Value */

/**
 * What matters most first: the battery, the radio, the speed, then more that people look for; the rest in the robot's own order.
 * @template {{name: string}} Named
 * @param {readonly Named[]} values @returns {Named[]}
 */
export function importantOf(values) {
  const leading = [BATTERY, RADIO, SPEED].map((kind) => values.find(({ name }) => kind.test(name)));
  const rank = (/** @type {Named} */ value) => (leading.includes(value) ? leading.indexOf(value) : FIRST.test(value.name) ? 3 : 4);
  return [...values].sort((a, b) => rank(a) - rank(b));
}

/** What a robot last told of each of its values, and when. Pure: told the time, ms; bounded. */
export class Told {
  constructor() {
    /** `pace`: how long it usually is from one to the next. @type {Map<string, {value: number | string, at: number, pace: number}>} */
    this._values = new Map();
  }

  /** Of another robot, perhaps. */
  clear() {
    this._values.clear();
  }

  /** @param {number} now @param {any} data */
  add(now, data) {
    for (const [name, value] of valuesOf(data)) {
      const before = this._values.get(name);
      const gap = before ? now - before.at : 0;
      if (!before && this._values.size >= MOST) this._forgetOldest();
      // A gap is no pace; several are.
      this._values.set(name, { value, at: now, pace: before?.pace ? Math.min(gap, 2 * before.pace) : gap });
    }
  }

  /** @param {string} name */
  has(name) {
    return this._values.has(name);
  }

  /** Whether it was not told again when it should have been. @param {number} now @param {string} name */
  isOld(now, name) {
    const told = this._values.get(name);
    return told !== undefined && now - told.at > Math.min(SLOWEST, Math.max(OLD, 2 * told.pace));
  }

  /** In the order in which people want to see them. @param {number} now @returns {Value[]} */
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
