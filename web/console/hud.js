import { importantOf, valueText } from "./telemetry.js";

/**
 * The figures in front of the picture. Pure.
 * @typedef {object} Tile
 * @property {string} label
 * @property {string} value
 * @property {string} unit
 * @property {string} word what is wrong with it, in a word; empty for nothing
 * @property {"big" | "" | "own"} kind
 */

/** How many values of the robot's own are in front; all of them are in the panel. */
const OWN = 4;

/** A picture older than this is not spoken of by its usual delay, ms. */
const OLD = 600;

/**
 * @typedef {object} Told
 * @property {Readonly<import("../src/connection_stats.js").ConnectionStats> | null} stats
 * @property {number | null} pictureAge of the one on screen, ms
 * @property {import("../src/control_messages.js").Status | null} status null where it is not of now
 * @property {boolean} isDriver
 * @property {import("../src/control_messages.js").Limits | null} limits
 * @property {any} telemetry
 */

/** @param {Told} told @returns {Tile[]} */
export function tilesOf({ stats, pictureAge, status, isDriver, limits, telemetry }) {
  // Its use of data has a tile of its own.
  const own = telemetry?.data_used ? { ...telemetry, data_used: undefined } : telemetry;
  /** @type {(Tile | null)[]} */
  const tiles = [
    glass(stats, pictureAge, limits),
    isDriver ? wheel(status, limits) : null,
    isDriver ? speed(status) : null,
    ...link(stats),
    data(stats, telemetry?.data_used),
    ...importantOf(own).slice(0, OWN).map(([label, value]) => tile(label, valueText(value), "", "", "own")),
  ];
  return /** @type {Tile[]} */ (tiles.filter((each) => each !== null));
}

/** @param {Told["stats"]} stats @param {number | null} pictureAge @param {Told["limits"]} limits */
function glass(stats, pictureAge, limits) {
  if (pictureAge !== null && pictureAge > OLD) {
    const isLong = pictureAge >= 99_500;
    const value = isLong ? (pictureAge / 60_000).toFixed(0) : (pictureAge / 1000).toFixed(pictureAge < 9950 ? 1 : 0);
    const unit = isLong ? "min" : "s";
    return tile("Picture", value, unit, "old", "big");
  }
  const latency = stats?.latency?.p50 ?? null;
  const late = latency !== null && limits !== null && latency > limits.stale_picture_ms / 2;
  return tile("Picture delay", latency === null ? "–" : latency.toFixed(0), "ms", late ? "late" : "", "big");
}

/** @param {Told["status"]} status */
function speed(status) {
  if (!status) return tile("Speed", "–", "%", "", "big");
  return tile("Speed", `${Math.round(status.speed * 100)}`, "%", status.speed === 0 ? "none" : status.speed < 0.995 ? "slowed" : "", "big");
}

/** @param {Told["status"]} status @param {Told["limits"]} limits */
function wheel(status, limits) {
  const age = status?.age ?? null;
  const late = age !== null && limits !== null && age > limits.stale_command_ms / 2;
  return tile("Stick to wheel", age === null ? "–" : Math.max(0, age).toFixed(0), "ms", late ? "late" : "", "big");
}

/** @param {Told["stats"]} stats @returns {(Tile | null)[]} */
function link(stats) {
  if (!stats) return [];
  const { bitrate, loss, frames, framesPerSecond } = stats;
  return [
    tile("Frames", framesPerSecond.toFixed(0), "/s", frames > 60 && framesPerSecond < 10 ? "few" : ""),
    bitrate === null ? null : rate(bitrate),
    loss === null ? null : tile("Lost", (loss * 100).toFixed(loss < 0.0995 ? 1 : 0), "%", loss > 0.05 ? "high" : ""),
  ];
}

/**
 * What the robot's machine has used of the interface that it goes by, or where it does not tell, what has come here.
 * @param {Told["stats"]} stats @param {any} used of the robot's telemetry
 */
function data(stats, used) {
  const name = used?.interface;
  const megabytes = used?.MB?.[name];
  if (typeof name === "string" && Number.isFinite(megabytes)) return amount("Data used", megabytes, ` ${name}`);
  return stats ? amount("Data", stats.bytes / 1e6, "") : null;
}

/** @param {string} label @param {number} megabytes @param {string} of */
function amount(label, megabytes, of) {
  if (megabytes >= 1000) return tile(label, (megabytes / 1000).toFixed(2), `GB${of}`);
  return tile(label, megabytes.toFixed(megabytes >= 100 ? 0 : 1), `MB${of}`);
}

/** @param {number} bitrate */
function rate(bitrate) {
  return bitrate >= 1e6 ? tile("Rate", (bitrate / 1e6).toFixed(1), "Mbit/s") : tile("Rate", (bitrate / 1e3).toFixed(0), "kbit/s");
}

/** @param {string} label @param {string} value @param {string} unit @param {string} [word] @param {Tile["kind"]} [kind] @returns {Tile} */
function tile(label, value, unit, word = "", kind = "") {
  return { label, value, unit, word, kind };
}
