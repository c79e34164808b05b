import { connect } from "../src/link.js";
import { showDoors } from "../pages/doors.js";
import { figuresOf } from "./figures.js";
import { addressOf, coverOf, viewOf } from "./view.js";

/** How often what changes by the second is written anew, ms. */
const REFRESH = 250;

/** @param {string} id @returns {any} */
const element = (id) => document.getElementById(id);
const video = /** @type {HTMLVideoElement} */ (element("video"));
const { robot, url } = addressOf(location.pathname);
/** @type {number | null} */
let frameAt = null;
/** Since when only late pictures come. @type {number | null} */
let lateSince = null;

document.title = robot || "Robot";
element("name").textContent = robot || "Robot";

const link = connect({ url, video, onState: () => render(), onStats: () => renderFigures() });
watchFrames();
setInterval(render, REFRESH);
wireControls();

function watchFrames() {
  const onFrame = () => {
    video.requestVideoFrameCallback(onFrame);
    // A connection that ends gives the element one more frame, a black one, which is no picture of the robot.
    if (!link.connection || link.connection.closed) return;
    const first = frameAt === null;
    frameAt = performance.now();
    setTimeout(uncover); // The link looks at the same frame after this call.
    if (first || document.body.dataset.state !== "live") render();
  };
  if ("requestVideoFrameCallback" in video) video.requestVideoFrameCallback(onFrame);
  else /** @type {any} */ (video).addEventListener("timeupdate", () => (frameAt = performance.now()));
}

/** Takes the still away for a picture that comes; one that is late and may soon be followed by a fresh one stays covered. */
function uncover() {
  const cover = coverOf(performance.now(), link.pictureAge, lateSince);
  lateSince = cover.lateSince;
  if (!cover.stays) element("still").hidden = true;
}

/**
 * Keeps the last picture on screen as a still: when its connection is closed, the browser would show black. Hidden again by the
 * next frame that comes and is not late.
 */
function keepPicture() {
  const still = /** @type {HTMLCanvasElement} */ (element("still"));
  if (!still.hidden || frameAt === null || video.videoWidth === 0) return;
  still.width = video.videoWidth;
  still.height = video.videoHeight;
  still.getContext("2d")?.drawImage(video, 0, 0);
  still.hidden = false;
}

/** Writes only what differs: what is read aloud must not be repeated. @param {HTMLElement} node @param {string} text */
function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function render() {
  const shownFor = frameAt === null ? null : performance.now() - frameAt;
  const view = viewOf({
    state: link.state, error: link.error, retryIn: link.retryIn, dialling: link.isDialling,
    shownFor, pictureAge: shownFor === null ? null : Math.max(shownFor, link.pictureAge ?? 0), robot,
    presence: link.presence,
  });
  if (view.look !== "live") keepPicture();
  document.body.dataset.state = view.look;
  document.body.dataset.picture = frameAt === null ? "none" : "some";
  write(element("status"), view.status);
  write(element("note"), view.note);
  write(element("headline"), view.headline);
  write(element("detail"), view.detail);
  write(element("soon"), view.headline ? view.note : "");
  element("curtain").hidden = view.headline === "";
  element("retry").hidden = !view.mayRetry;
}

function renderFigures() {
  const overlay = element("overlay");
  if (overlay.hidden || !link.stats) return;
  overlay.replaceChildren(...figuresOf(link.stats).flatMap(([label, figure]) => [part("dt", label), part("dd", figure)]));
}

/** @param {string} tag @param {string} text */
function part(tag, text) {
  const node = document.createElement(tag);
  node.textContent = text;
  return node;
}

function toggleFigures() {
  const overlay = element("overlay");
  overlay.hidden = !overlay.hidden;
  element("info").setAttribute("aria-pressed", String(!overlay.hidden));
  renderFigures();
}

function toggleFullScreen() {
  const changed = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen?.();
  // A browser may refuse, as in a frame; the page is as usable without.
  changed?.catch(() => {});
}

function wireControls() {
  showDoors();
  element("info").addEventListener("click", toggleFigures);
  element("full").addEventListener("click", toggleFullScreen);
  element("full").hidden = !document.documentElement.requestFullscreen;
  element("retry").addEventListener("click", () => link.retry());
  addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "i" || event.key === "I") toggleFigures();
    if (event.key === "f" || event.key === "F") toggleFullScreen();
  });
}
