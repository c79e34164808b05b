import { counted } from "./counted.js";
import { signInOf } from "./sign_in.js";

/**
 * Computes the content of the list of robots from the server's messages. Pure.
 *
 * @typedef {import("../src/page_messages.js").RobotPresence} RobotPresence
 * @typedef {RobotPresence & {at: number}} Known with the time of the report, ms
 *
 * @typedef {object} Card
 * @property {string} name "" for the default robot
 * @property {string} title
 * @property {string} href
 * @property {boolean} online
 * @property {string} status a few words
 * @property {string} picture its address; "" for none
 */

/** Robots by name, as the server reports them. */
export class RobotList {
  constructor() {
    /** @type {Map<string, Known>} */
    this._robots = new Map();
  }

  /**
   * @param {number} now ms
   * @param {RobotPresence[]} robots
   * @param {boolean} first true for the first message of a new list
   */
  onPresence(now, robots, first) {
    if (first) this._robots.clear();
    for (const robot of robots) {
      if (robot.forgotten) this._robots.delete(robot.name);
      else this._robots.set(robot.name, { ...robot, at: now });
    }
  }

  /** Removes all robots: this page may no longer see them. */
  clear() {
    this._robots.clear();
  }

  /** @returns {{online: number, known: number}} */
  get counts() {
    const all = [...this._robots.values()];
    return { online: all.filter((robot) => robot.online).length, known: all.length };
  }

  /**
   * The robots whose name contains every word of `search`: online ones first, then by name.
   * @param {number} now ms
   * @param {string} search
   * @returns {Card[]}
   */
  cards(now, search) {
    const words = search.toLowerCase().split(/\s+/).filter((word) => word !== "");
    return [...this._robots.values()]
      .filter((robot) => words.every((word) => titleOf(robot).toLowerCase().includes(word)))
      .sort((a, b) => Number(b.online) - Number(a.online) || compare(titleOf(a), titleOf(b)))
      .map((robot) => cardOf(now, robot));
  }
}

const order = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
/** @param {string} a @param {string} b */
const compare = (a, b) => order.compare(a, b) || (a < b ? -1 : 1);
/** @param {RobotPresence} robot */
const titleOf = (robot) => robot.name || "Robot without a name";

/** @param {number} now @param {Known} robot @returns {Card} */
function cardOf(now, robot) {
  const path = encodeURIComponent(robot.name || "_");
  return {
    name: robot.name, title: titleOf(robot), online: robot.online,
    href: robot.name ? encodeURIComponent(robot.name) : "./?watch",
    status: statusOf(robot, duration(robot.for_ms + now - robot.at)),
    picture: robot.snapshot === undefined ? "" : `api/robots/${path}/snapshot.jpg?${robot.snapshot}`,
  };
}

/** @param {RobotPresence} robot @param {string} since @returns {string} */
function statusOf(robot, since) {
  if (!robot.online) return `Offline for ${since}`;
  const viewers = robot.viewers === undefined ? "" : ` · ${counted(robot.viewers, "viewer")}`;
  const camera = robot.camera && robot.camera !== "running" ? ` · camera ${robot.camera}` : "";
  return `Online for ${since}${viewers}${camera}`;
}

/**
 * The page's words about its connection to the server.
 * @typedef {{isOpen: boolean, error: {reason: string, message: string, code?: string} | null, retryIn: number | null}} Connection `error`: why it
 *   is not open; null before the first attempt has ended
 * @param {Connection} connection @param {{online: number, known: number}} counts
 * @returns {{link: "open" | "lost" | "connecting", status: string, detail: string, signIn: string}} `detail` changes each second; `signIn` is the
 *   label of a link, empty for none
 */
export function connectionView({ isOpen, error, retryIn }, { online, known }) {
  if (isOpen) return { link: "open", status: `${online} of ${known} online`, detail: "", signIn: "" };
  if (error === null) return { link: "connecting", status: "Connecting to the server", detail: "", signIn: "" };
  const outdated = known > 0 ? " This list may be out of date." : "";
  const signIn = signInOf(error);
  // Another try is of use only to somebody who signs in.
  const next = signIn !== "" ? "" : retryIn === null ? "Trying now." : `Next try in ${Math.max(1, Math.round(retryIn / 1000))} s.`;
  return { link: known > 0 ? "lost" : "connecting", status: error.message + outdated, detail: next, signIn };
}

/** @param {number} ms @returns {string} */
export function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} days`;
}
