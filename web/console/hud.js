import { valueText } from "./telemetry.js";
import { staleAfter } from "./view.js";

/**
 * The values shown over the picture. Pure.
 * @typedef {object} Tile
 * @property {string} label
 * @property {string} value
 * @property {string} unit
 * @property {string} word the problem in one word; empty for none
 * @property {"big" | "" | "own"} kind own: the robot's
 */

/** Maximum number of the robot's own values; the panel shows all. */
const OWN = 4;

/** Prefix of the values with the data that the robot's machine has used. */
const USED = "data used ";

/**
 * @typedef {object} Told
 * @property {Readonly<import("../src/connection_stats.js").ConnectionStats> | null} stats
 * @property {number | null} pictureAge of the picture on screen, ms
 * @property {import("../src/control_messages.js").Status | null} status null if it is not recent
 * @property {boolean} isDriver
 * @property {import("../src/control_messages.js").Limits | null} limits
 * @property {readonly import("./telemetry.js").Value[]} own the robot's telemetry, the most important first
 * @property {{received: number, sent: number} | null} traffic bytes of this page so far
 */

/**
 * The tiles in order of importance for a driver, because the last may not fit: delays and speed, problems, battery and radio.
 * @param {Told} told @returns {Tile[]}
 */
export function tilesOf({ stats, pictureAge, status, isDriver, limits, own, traffic }) {
  const links = link(stats);
  /** @type {(Tile | null)[]} */
  const tiles = [
    glass(stats, pictureAge, limits),
    isDriver ? wheel(status, limits) : null,
    isDriver ? speed(status) : null,
    ...links.filter((each) => each?.word),
    // Data use has its own tile.
    ...own.filter(({ name }) => !name.startsWith(USED)).slice(0, OWN).map(({ name, value, isOld }) => {
      return tile(name, valueText(value), "", isOld ? "old" : "", "own");
    }),
    ...links.filter((each) => !each?.word),
    data(own, traffic),
  ];
  return /** @type {Tile[]} */ (tiles.filter((each) => each !== null));
}

/** @param {Told["stats"]} stats @param {number | null} pictureAge @param {Told["limits"]} limits */
function glass(stats, pictureAge, limits) {
  if (pictureAge !== null && pictureAge > staleAfter(limits)) {
    const isLong = pictureAge >= 99_500;
    const value = isLong ? (pictureAge / 60_000).toFixed(0) : (pictureAge / 1000).toFixed(pictureAge < 9950 ? 1 : 0);
    const unit = isLong ? "min" : "s";
    return tile("Video", value, unit, "old", "big");
  }
  const latency = stats?.latency?.p50 ?? null;
  const late = latency !== null && limits !== null && latency > limits.stale_picture_ms / 2;
  return tile("Video delay", latency === null ? "–" : latency.toFixed(0), "ms", late ? "late" : "", "big");
}

/** @param {Told["status"]} status */
function speed(status) {
  if (!status) return tile("Max speed", "–", "%", "", "big");
  return tile("Max speed", `${Math.round(status.speed * 100)}`, "%", status.speed === 0 ? "none" : status.speed < 0.995 ? "slowed" : "", "big");
}

/** @param {Told["status"]} status @param {Told["limits"]} limits */
function wheel(status, limits) {
  const age = status?.age ?? null;
  const late = age !== null && limits !== null && age > limits.stale_command_ms / 2;
  return tile("Control delay", age === null ? "–" : Math.max(0, age).toFixed(0), "ms", late ? "late" : "", "big");
}

/** @param {Told["stats"]} stats @returns {(Tile | null)[]} */
function link(stats) {
  if (!stats) return [];
  const { bitrate, loss, frames, framesPerSecond } = stats;
  return [
    tile("Frames", framesPerSecond.toFixed(0), "/s", frames > 60 && framesPerSecond < 10 ? "few" : ""),
    bitrate === null ? null : rate(bitrate),
    loss === null ? null : tile("Packet loss", (loss * 100).toFixed(loss < 0.0995 ? 1 : 0), "%", loss > 0.05 ? "high" : ""),
  ];
}

/**
 * The data that the robot's machine has used on its egress interface; if it does not report that, the data of this page.
 * @param {Told["own"]} own @param {Told["traffic"]} traffic
 */
function data(own, traffic) {
  const find = (/** @type {string} */ name) => own.find((each) => each.name === `${USED}${name}`);
  const name = find("interface")?.value;
  const used = find(`MB ${String(name).replaceAll("_", " ")}`);
  if (typeof name === "string" && typeof used?.value === "number") return amount("Data used", used.value, ` ${name}`, used.isOld ? "old" : "");
  return traffic && amount("This tab", (traffic.received + traffic.sent) / 1e6, "", "");
}

/** @param {string} label @param {number} megabytes @param {string} of @param {string} word */
function amount(label, megabytes, of, word) {
  if (megabytes >= 1000) return tile(label, (megabytes / 1000).toFixed(2), `GB${of}`, word);
  return tile(label, megabytes.toFixed(megabytes >= 100 ? 0 : 1), `MB${of}`, word);
}

/** @param {number} bitrate */
function rate(bitrate) {
  return bitrate >= 1e6 ? tile("Rate", (bitrate / 1e6).toFixed(1), "Mbit/s") : tile("Rate", (bitrate / 1e3).toFixed(0), "kbit/s");
}

/** @param {string} label @param {string} value @param {string} unit @param {string} [word] @param {Tile["kind"]} [kind] @returns {Tile} */
function tile(label, value, unit, word = "", kind = "") {
  return { label, value, unit, word, kind };
}
