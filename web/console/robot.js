import { connect } from "../src/link.js";
import { mayDrive, showDoors } from "../pages/doors.js";
import { CameraCover } from "./camera_cover.js";
import { Recorder, saveSnapshot } from "./capture.js";
import { Cockpit } from "./cockpit.js";
import { element, isShortcut, keepPairs, write } from "./dom.js";
import { figuresOf } from "./figures.js";
import { PictureSize } from "./picture_size.js";
import { Sound } from "./sound.js";
import { addressOf, coverOf, manifestOf, staleAfter, viewOf } from "./view.js";

/** How often what changes by the second is written anew, ms. */
const REFRESH = 250;

const video = /** @type {HTMLVideoElement} */ (element("video"));
const { robot, url } = addressOf(location.pathname);
/** @type {number | null} */
let frameAt = null;
/** Since when only late pictures come. @type {number | null} */
let lateSince = null;

/** What the others see of this viewer. */
let named = ownName();

document.title = robot || "Robot";
element("name").textContent = robot || "Robot";
/** @type {HTMLLinkElement} */ (document.querySelector('link[rel="manifest"]')).href = manifestOf(robot, location.search);

const link = connect({
  url, video, driving: { name: named }, sound: true, onState: () => render(), onEnding: () => keepPicture(),
  onStats: (stats) => {
    cockpit.panel.onStats(stats);
    renderFigures();
  },
});
/** @type {PictureSize} */
const size = new PictureSize(video, () => cockpit.render());
/** @type {Cockpit} */
const cockpit = new Cockpit(link, () => size.isTooSmall);
const cameraCover = new CameraCover();
link.driving?.onChange(followCamera);
new Sound(link);
const recorder = new Recorder(video, robot, () => render(), (text) => cockpit.say(text));
watchFrames();
setInterval(render, REFRESH);
wireControls();

/** What the others see of this viewer, as it was said here before. */
function ownName() {
  try {
    return localStorage.getItem("rtcbot.name") ?? "";
  } catch {
    return "";
  }
}

/** A connection that ends gives the element one more frame, a black one, which is no picture of the robot. */
function isOver() {
  return !link.connection || link.connection.closed;
}

function watchFrames() {
  const onFrame = () => {
    video.requestVideoFrameCallback(onFrame);
    if (isOver()) return;
    const first = frameAt === null;
    frameAt = performance.now();
    cameraCover.onFrame(frameAt);
    showCover();
    setTimeout(uncover); // The link looks at the same frame after this call.
    if (first || document.body.dataset.state !== "live") render();
  };
  if ("requestVideoFrameCallback" in video) video.requestVideoFrameCallback(onFrame);
  else /** @type {any} */ (video).addEventListener("timeupdate", () => (frameAt = performance.now()));
}

/** Whose picture it is may have changed. */
function followCamera() {
  cameraCover.follow(performance.now(), link.driving?.facts.state ?? null);
  showCover();
}

function showCover() {
  document.body.dataset.camera = cameraCover.isCovered ? "covered" : "shown";
}

/** Takes the still away for a picture that comes; one that is late and may soon be followed by a fresh one stays covered. */
function uncover() {
  // It ended since the frame came: what is below the still is black, or soon will be.
  if (isOver()) return;
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

function render() {
  const shownFor = frameAt === null ? null : performance.now() - frameAt;
  const pictureAge = shownFor === null ? null : Math.max(shownFor, link.pictureAge ?? 0);
  const view = viewOf({
    state: link.state, error: link.error, retryIn: link.retryIn, dialling: link.isDialling, shownFor, pictureAge, robot, presence: link.presence,
    staleAfter: staleAfter(link.driving?.facts.welcome?.limits), unplayable: link.connection?.video.unplayable,
    isUndriven: cockpit.isUndriven && mayDrive(),
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
  cockpit.refresh(pictureAge);
  renderCapture();
}

function renderCapture() {
  recorder.follow();
  element("snap").hidden = !cockpit.isShown;
  element("record").hidden = !cockpit.isShown || !Recorder.isPossible;
  const { since } = recorder;
  element("record").setAttribute("aria-pressed", String(since !== null));
  element("rec").hidden = since === null;
  const seconds = since === null ? 0 : Math.floor((performance.now() - since) / 1000);
  write(element("rec-time"), `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
}

function renderFigures() {
  if (element("panel").hidden || !link.stats) return;
  keepPairs(element("overlay"), figuresOf(link.stats, link.traffic));
}

function toggleFigures() {
  const panel = element("panel");
  panel.hidden = !panel.hidden;
  element("info").setAttribute("aria-pressed", String(!panel.hidden));
  renderFigures();
  render();
}

function snapshot() {
  if (!cameraCover.isCovered) saveSnapshot(video, element("still"), robot);
}

/** The buttons for which a small screen has no room, until they are asked for. */
function wireMenu() {
  const bar = element("menu").closest(".bar");
  const open = (/** @type {boolean} */ isOpen) => {
    bar.toggleAttribute("data-open", isOpen);
    element("menu").setAttribute("aria-expanded", String(isOpen));
  };
  element("menu").addEventListener("click", () => open(!bar.hasAttribute("data-open")));
  for (const button of bar.querySelectorAll(".rare")) button.addEventListener("click", () => open(false));
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
  element("snap").addEventListener("click", snapshot);
  element("record").addEventListener("click", () => recorder.toggle());
  wireMenu();
  wireName();
  addEventListener("keydown", onKey);
}

function wireName() {
  const field = element("self");
  field.value = named;
  field.addEventListener("change", () => rename(field.value.trim()));
  field.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    // Neither is the end of a word that is still being composed.
    if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
    if (event.key === "Escape") field.value = named;
    event.preventDefault();
    // The keys are for driving again.
    field.blur();
  });
}

/** @param {string} name */
function rename(name) {
  named = name;
  link.driving?.rename(name);
  try {
    localStorage.setItem("rtcbot.name", name);
  } catch {
    // A browser that keeps nothing; it is asked again next time.
  }
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (!isShortcut(event)) return;
  const key = event.key.toLowerCase();
  if (key === "i") toggleFigures();
  if (key === "f") toggleFullScreen();
  if (!cockpit.isShown) return;
  if (key === "e") cockpit.askToDrive();
  if (key === "c") cockpit.settings.nextCamera();
  if (key === "p") snapshot();
  if (key === "r" && Recorder.isPossible) recorder.toggle();
}
