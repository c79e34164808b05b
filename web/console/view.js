import { EXPLAINED_BY_ABSENCE } from "../src/link_state.js";
import { signInOf } from "../pages/sign_in.js";

/**
 * Computes the page's text from the link's state. Pure.
 *
 * @typedef {object} Facts
 * @property {import("../src/link_state.js").LinkStateName} state
 * @property {{reason: string, message: string, code?: string, status?: number} | null} error
 * @property {number | null} retryIn ms
 * @property {boolean} dialling
 * @property {number | null} shownFor ms since the last frame was displayed; null before the first
 * @property {number | null} pictureAge ms since its capture, as far as known; not less than `shownFor`, null with it
 * @property {number} staleAfter ms: an older picture is not called live; the limit at which the robot stops
 * @property {boolean} [isUndriven] the robot takes no commands, although this viewer may drive
 * @property {readonly string[] | null} [unplayable] the formats of the robot's video, if this browser plays none of them
 * @property {string} robot its name; empty for the default robot
 * @property {{online: boolean, for_ms: number, age: number, forgotten?: boolean, protocol?: string} | null} [presence] the server's last report about
 *   it
 *
 * @typedef {object} View
 * @property {"connecting" | "live" | "stale" | "interrupted" | "offline" | "closed"} look
 * @property {string} status short, for the bar; changes only with the state, because screen readers read it
 * @property {string} note text that changes each second; empty for none
 * @property {string} headline for the curtain; empty while the picture is visible
 * @property {string} detail
 * @property {boolean} mayRetry true if "try now" is useful
 * @property {string} signIn label of the link that signs in; empty if that is not the remedy
 */

/** The limit for a robot that does not report one, ms. */
const STALE_AFTER = 1500;
/** An older picture is late, ms: it stays covered while a fresh one may follow. */
const LATE = 300;
/** How long late pictures stay covered, ms: by then pictures that waited in a modem have passed. */
const LATE_COVERED = 300;

/** @type {Record<string, string>} */
const HEADLINES = {
  no_robot: "No robot online", robot_offline: "Robot offline", robot_left: "Robot disconnected", robot_timeout: "Robot does not answer",
  busy: "Robot is busy", rate_limited: "Too many requests", unauthorized: "Not signed in", signed_out: "You signed out",
  forbidden: "Not allowed", stopping: "Server restarting",
  network: "Server cannot be reached", timeout: "Server does not answer", http: "Server error",
  connect_failed: "No path to the robot", gathering_failed: "Connection setup failed", peer_lost: "Connection lost",
};

/**
 * The age of the picture at which the robot stops, the statistics call it old, and the page no longer calls it live, ms.
 * @param {import("../src/control_messages.js").Limits | null | undefined} limits the robot's; 0 there means no limit
 */
export function staleAfter(limits) {
  return limits?.stale_picture_ms || STALE_AFTER;
}

/** @param {Facts} facts @returns {View} */
export function viewOf(facts) {
  switch (facts.state) {
    case "connecting": return curtain("connecting", "Connecting", `Connecting${to(facts.robot)}`, "", false);
    case "live": return live(facts);
    case "interrupted": return open("interrupted", hasLeft(facts) ? "Robot offline" : "Interrupted", age(facts) + because(facts));
    case "waiting": return offline(facts);
    case "closed": return curtain("closed", "Ended", "Connection ended", facts.error?.message ?? "", false);
  }
}

/**
 * Decides whether the still stays over a new picture. When an outage ends, the first pictures waited in the modem and are seconds
 * old: they would move for a tenth of a second and jump. But if all pictures are late, late ones are shown.
 * @param {number} now ms
 * @param {number | null} pictureAge ms since the picture was captured; null if unknown
 * @param {number | null} lateSince when the first of the late pictures arrived; null if the last was not late
 * @returns {{stays: boolean, lateSince: number | null}}
 */
export function coverOf(now, pictureAge, lateSince) {
  if (pictureAge === null || pictureAge < LATE) return { stays: false, lateSince: null };
  const since = lateSince ?? now;
  return { stays: now - since < LATE_COVERED, lateSince: since };
}

/** @param {Facts} facts @returns {View} */
function live(facts) {
  if (facts.unplayable) return curtain("offline", "No video", "No video that this browser can play", unplayable(facts.unplayable), false);
  if (facts.pictureAge === null) return curtain("connecting", "Connected", "Connected", "Waiting for the first picture.", false);
  if (facts.pictureAge < facts.staleAfter) return open("live", "Live", hasLeft(facts) ? "robot lost its server" : undriven(facts));
  const isMoving = facts.shownFor !== null && facts.shownFor < facts.staleAfter;
  return open("stale", isMoving ? "Video is delayed" : "Video frozen", age(facts));
}

/**
 * True if the server has lost a robot that normally stays connected. A robot of the tutorial disconnects after its answer.
 * @param {Facts} facts
 */
function hasLeft({ presence }) {
  return presence?.online === false && !presence.forgotten && presence.protocol === "rtcbot.v1";
}

/** Only for robots of ours, because others do not know that flag. @param {Facts} facts */
function undriven({ isUndriven, presence }) {
  return isUndriven && presence?.protocol === "rtcbot.v1" ? "this robot accepts no commands: start it with --drive" : "";
}

/** @param {Facts} facts @returns {View} */
function offline(facts) {
  const { presence, error } = facts;
  if (presence && !presence.online && !presence.forgotten && EXPLAINED_BY_ABSENCE.has(error?.reason ?? "closed")) {
    const since = seconds(presence.for_ms + presence.age);
    const view = curtain("offline", "Robot offline", "Robot offline", "This page connects automatically when the robot is back.", !facts.dialling);
    return { ...view, note: `offline for ${since}` };
  }
  const headline = headlineOf(error) || "Cannot connect";
  const signIn = signInOf(error);
  const view = curtain("offline", headline, headline, error?.message ?? "", !facts.dialling && signIn === "");
  return { ...view, signIn, note: facts.dialling || facts.retryIn === null ? "trying now" : `next try in ${seconds(facts.retryIn)}` };
}

/** @param {Facts["error"]} error @returns {string} empty if there is none */
function headlineOf(error) {
  // The server refuses before it knows which robot is wanted.
  if (error?.reason === "busy" && error.status === 503) return "Server is busy";
  return HEADLINES[error?.code ?? ""] ?? HEADLINES[error?.reason ?? ""] ?? "";
}

/** @param {readonly string[]} formats */
function unplayable(formats) {
  const names = formats.map((name) => (name === "H264" ? "H.264" : name)).join(" or ");
  return `This robot sends ${names}. Open the page in a browser that plays it.`;
}

/** @param {View["look"]} look @param {string} status @param {string} note @returns {View} */
function open(look, status, note) {
  return { look, status, note, headline: "", detail: "", mayRetry: false, signIn: "" };
}

/**
 * @param {View["look"]} look @param {string} status @param {string} headline @param {string} detail @param {boolean} mayRetry
 * @returns {View}
 */
function curtain(look, status, headline, detail, mayRetry) {
  return { look, status, note: "", headline, detail, mayRetry, signIn: "" };
}

/** @param {Facts} facts @returns {string} */
function age(facts) {
  return facts.pictureAge === null ? "no picture yet" : `picture ${seconds(facts.pictureAge)} old`;
}

/** The server's last report, in short. @param {Facts} facts @returns {string} */
function because(facts) {
  if (hasLeft(facts)) return "";
  const { error, presence } = facts;
  if (presence && !presence.online && !presence.forgotten) return " · robot offline";
  const headline = headlineOf(error);
  return headline ? ` · ${headline.toLowerCase()}` : "";
}

/** @param {number} ms @returns {string} */
function seconds(ms) {
  const whole = Math.max(1, Math.round(ms / 1000));
  if (whole < 90) return `${whole} s`;
  return whole < 5400 ? `${Math.round(whole / 60)} min` : `${Math.round(whole / 3600)} h`;
}

/** @param {string} robot @returns {string} */
function to(robot) {
  return robot ? ` to ${robot}` : "";
}

/**
 * The manifest, beside the page, that opens this page from a home screen.
 * @param {string} robot its name; empty for the default robot @param {string} search of the page
 * @returns {string}
 */
export function manifestOf(robot, search) {
  if (robot) return `manifest.webmanifest?robot=${encodeURIComponent(robot)}`;
  return search === "?watch" ? "manifest.webmanifest?watch" : "manifest.webmanifest";
}

/**
 * Whether the page uses its own video receiver: if it was opened with `?receiver=page`. In Chromium, with our robot, the <video> is faster
 * (docs/measurements.md).
 * @param {string} search of the page
 */
export function wantsReceiver(search) {
  return new URLSearchParams(search).get("receiver") === "page";
}

/**
 * The robot's name and where to post offers, from the page's own path: "/NAME" is a named robot, and a path with a final slash is
 * the default robot. The part before it is the server's path behind a proxy.
 * @param {string} path
 * @returns {{robot: string, url: string}}
 */
export function addressOf(path) {
  const last = path.slice(path.lastIndexOf("/") + 1);
  if (last === "") return { robot: "", url: `${path}connect` };
  try {
    return { robot: decodeURIComponent(last), url: path };
  } catch {
    return { robot: last, url: path };
  }
}
