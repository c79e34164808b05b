import { connect } from "../src/link.js";
import { VideoReceiver } from "../src/receiver/receiver.js";
import { mayDrive, showDoors } from "../pages/doors.js";
import { signInAddressOf } from "../pages/sign_in.js";
import { CameraCover } from "./camera_cover.js";
import { Recorder, saveSnapshot } from "./capture.js";
import { Cockpit } from "./cockpit.js";
import { element, isShortcut, keepPairs, write } from "./dom.js";
import { figuresOf } from "./figures.js";
import { PictureSize } from "./picture_size.js";
import { Sound } from "./sound.js";
import { addressOf, coverOf, manifestOf, staleAfter, viewOf, wantsReceiver } from "./view.js";

/** Interval for updating values that change each second, ms. */
const REFRESH = 250;

const video = /** @type {HTMLVideoElement} */ (element("video"));
/** Shows the frames of the page's own receiver, over the video. */
const live = /** @type {HTMLCanvasElement} */ (element("live"));
const { robot, url } = addressOf(location.pathname);
/** @type {number | null} */
let frameAt = null;
/** Since when only late pictures arrive. @type {number | null} */
let lateSince = null;

/** This viewer's name for others. */
let named = ownName();

document.title = robot || "Robot";
element("name").textContent = robot || "Robot";
/** @type {HTMLLinkElement} */ (document.querySelector('link[rel="manifest"]')).href = manifestOf(robot, location.search);
element("sign-in").href = signInAddressOf(robot, location.search);

const link = connect({
  url, video, driving: { name: named }, sound: true, onState: () => render(), onEnding: () => keepPicture(),
  receiver: wantsReceiver(location.search) ? new VideoReceiver(live, { onFrame: () => onFrame(), onChange: () => render() }) : undefined,
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

/** This viewer's name, as stored in this browser. */
function ownName() {
  try {
    return localStorage.getItem("rtcbot.name") ?? "";
  } catch {
    return "";
  }
}

/** True if the connection has ended. Then the element gets one more frame, which is black and not the robot's. */
function isOver() {
  return !link.connection || link.connection.closed;
}

/** A new picture is on screen. */
function onFrame() {
  if (isOver()) return;
  const first = frameAt === null;
  frameAt = performance.now();
  cameraCover.onFrame(frameAt);
  showCover();
  setTimeout(uncover); // The link processes the same frame after this call.
  if (first || document.body.dataset.state !== "live") render();
}

function watchFrames() {
  const onVideoFrame = () => {
    video.requestVideoFrameCallback(onVideoFrame);
    if (!link.receiver?.isVisible) onFrame();
  };
  if ("requestVideoFrameCallback" in video) video.requestVideoFrameCallback(onVideoFrame);
  else /** @type {any} */ (video).addEventListener("timeupdate", () => (frameAt = performance.now()));
}

/** Call it when the selected camera may have changed. */
function followCamera() {
  cameraCover.follow(performance.now(), link.driving?.facts.state ?? null);
  showCover();
}

function showCover() {
  document.body.dataset.camera = cameraCover.isCovered ? "covered" : "shown";
}

/** Hides the still for a new picture. A late picture stays covered while a fresh one may follow soon. */
function uncover() {
  // The connection ended after the frame arrived: the video below the still is black, or soon will be.
  if (isOver()) return;
  const cover = coverOf(performance.now(), link.pictureAge, lateSince);
  lateSince = cover.lateSince;
  if (!cover.stays) element("still").hidden = true;
}

/** The picture on screen: the receiver's, or the video's. */
function picture() {
  const { videoWidth: width, videoHeight: height } = video;
  return link.receiver?.isVisible ? { source: live, width: live.width, height: live.height } : { source: video, width, height };
}

/**
 * Keeps the last picture on screen as a still, because the browser shows black when its connection is closed. The next frame that
 * is not late hides it again.
 */
function keepPicture() {
  const still = /** @type {HTMLCanvasElement} */ (element("still"));
  const { source, width, height } = picture();
  if (!still.hidden || frameAt === null || width === 0) return;
  Object.assign(still, { width, height });
  still.getContext("2d")?.drawImage(source, 0, 0);
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
  write(element("sign-in"), view.signIn);
  element("sign-in").hidden = view.signIn === "";
  showDoors(link.error?.reason !== "unauthorized");
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
  if (!cameraCover.isCovered) saveSnapshot(picture(), element("still"), robot);
}

/** The menu for buttons that do not fit on a small screen. */
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
  // A browser may refuse, for example in a frame; the page works without.
  changed?.catch(() => {});
}

function wireControls() {
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
    // During an input method's composition Enter and Escape do not end the input.
    if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
    if (event.key === "Escape") field.value = named;
    event.preventDefault();
    // Returns the keys to driving.
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
    // The browser stores nothing; the user is asked again next time.
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
