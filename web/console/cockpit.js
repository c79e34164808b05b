import { Controls } from "../src/controls.js";
import { element, fill, part, write } from "./dom.js";
import { SILENT_AFTER, cameraLabel, cameraTrouble, driveViewOf } from "./drive_view.js";
import { HoldButton } from "./hold.js";
import { tilesOf } from "./hud.js";
import { Panel } from "./panel.js";

/** How long a robot may be without its welcome before it is taken for one that cannot be driven, ms. */
const WELCOME_WITHIN = 3000;
/** How long a refusal is shown, ms. */
const TROUBLE_FOR = 6000;
/** While a slider is moved, at most so often its value is sent, ms. */
const LIMIT_EVERY = 200;
/** How often the gamepad is looked at while this viewer does not drive, ms: its stop button stops all the same. */
const GLANCE = 50;

/** @type {Record<import("./drive_view.js").DriveLook, string>} */
const SIGNS = { drive: "▶", hold: "❚❚", watch: "◉", free: "○", stop: "■", away: "⌁" };

/** The driving parts of the page: there once a robot has said that it can be driven. */
export class Cockpit {
  /** @param {import("../src/link.js").Link} link made with `driving` */
  constructor(link) {
    this._link = link;
    this._driving = /** @type {import("../src/driving.js").Driving} */ (link.driving);
    /** @type {Controls | null} */
    this._controls = null;
    this._trouble = { text: "", until: 0 };
    /** Since when the robot is connected and has not said that it can be driven. @type {number | null} */
    this._mutedSince = null;
    this.panel = new Panel(this._driving);
    this._limitSentAt = 0;
    /** @type {any} */
    this._wakeLock = null;
    this._driving.onChange(() => this.render());
    this._driving.onStatus(() => this.render());
    this._hold = new HoldButton(element("release"), () => this._ask(this._driving.release()));
    this._wire();
  }

  /** Whether the driving parts are shown. */
  get isShown() {
    return this._controls !== null;
  }

  /** What changes by the second, too: to be called some times a second. @param {number | null} pictureAge of the one on screen, ms */
  refresh(pictureAge) {
    this._comeAndGo();
    if (!this._controls) return;
    this.render();
    const { facts, isDriver, telemetry, statusAge } = this._driving;
    const silence = this._link.state === "live" ? statusAge ?? Infinity : Infinity;
    const tiles = tilesOf({
      stats: this._link.stats, pictureAge, status: silence < SILENT_AFTER ? facts.status : null, isDriver, limits: facts.welcome?.limits ?? null,
      // Who only watches hears of it once a second.
      telemetry: silence < 3 * SILENT_AFTER ? telemetry : null,
    });
    element("tiles").replaceChildren(...tiles.map(tileNode));
    this.panel.render();
  }

  /** What changes with the robot's word. */
  render() {
    if (this._driving.isAvailable) this._appear();
    if (!this._controls) return;
    const { facts, isStopping, isDriver, statusAge } = this._driving;
    const view = driveViewOf({
      link: this._link.state, robot: facts, isStopping, isLocked: this._controls.isLocked, statusAge,
      isAttended: document.visibilityState === "visible" && document.hasFocus(),
    });
    document.body.dataset.drive = view.look;
    document.body.dataset.driver = String(isDriver);
    write(element("sign"), SIGNS[view.look]);
    write(element("title"), view.title);
    write(element("more"), view.detail);
    this._renderActions(view);
    this._renderTrouble();
    this._renderStop(isStopping, facts.stop !== null);
    this._renderSettings();
    this._stayAwake(isDriver);
  }

  _appear() {
    this._mutedSince = null;
    if (this._controls) return;
    this._controls = new Controls({
      touch: element("stick"), onStop: () => this._stop(), onNeutral: () => this._driving.flush(),
    });
    this._driving.controls = this._controls;
    for (const id of ["banner", "tiles", "stop", "settings", "plots", "own"]) element(id).hidden = false;
  }

  /** A robot that came back without its control protocol is shown as any other. */
  _comeAndGo() {
    const isMute = this._link.state === "live" && !this._driving.isAvailable;
    if (!isMute) this._mutedSince = null;
    else this._mutedSince ??= performance.now();
    if (!this._controls || this._driving.isStopping || this._mutedSince === null || performance.now() - this._mutedSince < WELCOME_WITHIN) return;
    this._controls.close();
    this._controls = this._driving.controls = null;
    for (const id of ["banner", "tiles", "stop", "settings", "plots", "own", "stick"]) element(id).hidden = true;
    delete document.body.dataset.drive;
  }

  /** @param {import("./drive_view.js").DriveView} view */
  _renderActions({ action, asker }) {
    const isRelease = action?.name === "release";
    element("act").hidden = !action || isRelease;
    element("release").hidden = !isRelease;
    if (action && isRelease) this._hold.setLabel(action.label);
    else if (action) write(element("act"), action.label);
    element("act").dataset.name = action?.name ?? "";
    element("ask").hidden = asker === "";
    write(element("asker"), asker);
  }

  _renderTrouble() {
    const said = performance.now() < this._trouble.until ? this._trouble.text : cameraTrouble(this._driving.facts);
    element("trouble").hidden = said === "";
    write(element("trouble"), said);
  }

  /** @param {boolean} isStopping @param {boolean} isStopped */
  _renderStop(isStopping, isStopped) {
    element("stop").dataset.is = isStopping ? "stopping" : isStopped ? "stopped" : "ready";
    write(element("stop-word"), isStopping ? "STOPPING" : isStopped ? "STOPPED" : "STOP");
    element("stop").setAttribute("aria-label", isStopping ? "Stopping" : isStopped ? "Stopped. Press to stop again" : "Emergency stop");
  }

  _renderSettings() {
    const { facts, isDriver } = this._driving;
    const { state, welcome } = facts;
    const cameras = state?.cameras ?? [];
    fill(element("camera"), cameras.map((camera) => [camera.name, cameraLabel(camera)]), state?.camera ?? "");
    element("camera-row").hidden = cameras.length < 2;
    const modes = welcome?.modes ?? [];
    const controls = /** @type {Controls} */ (this._controls);
    if (!modes.includes(controls.mode)) controls.mode = modes[0] ?? "";
    fill(element("mode"), modes.map((mode) => [mode, mode]), controls.mode);
    element("mode-row").hidden = modes.length === 0 || !isDriver;
    element("limit-row").hidden = !isDriver;
    if (state && document.activeElement !== element("limit")) element("limit").value = String(Math.round(state.limit * 100));
    write(element("limit-now"), `${element("limit").value} %`);
    element("stick").hidden = !isDriver || !matchMedia("(pointer: coarse)").matches;
    element("input").hidden = !isDriver;
    const pad = controls.gamepad;
    const hint = matchMedia("(pointer: coarse)").matches ? "" : "Drive with W A S D or the arrows";
    write(element("input"), pad === null ? hint : `Gamepad: ${pad.replace(/\s*\(.*$/, "") || "connected"}`);
  }

  _stop() {
    this._driving.stop();
    this._controls?.letGo();
  }

  /** @param {Promise<unknown>} request */
  _ask(request) {
    this._trouble.until = 0;
    request.catch((/** @type {Error} */ error) => {
      this._trouble = { text: error.message, until: performance.now() + TROUBLE_FOR };
    }).then(() => this.render());
  }

  act() {
    const { name } = element("act").dataset;
    if (!element("act").hidden && name === "take") this._ask(this._driving.take());
    if (!element("act").hidden && name === "give") this._ask(this._driving.give());
  }

  nextCamera() {
    const { state } = this._driving.facts;
    const names = state?.cameras.map((camera) => camera.name) ?? [];
    if (state && names.length > 1) this._ask(this._driving.showCamera(names[(names.indexOf(state.camera) + 1) % names.length]));
  }

  _wire() {
    // At once, and not when the finger is lifted; the click is that of a keyboard or a screen reader.
    element("stop").addEventListener("pointerdown", () => this._stop());
    element("stop").addEventListener("click", () => this._stop());
    element("act").addEventListener("click", () => this.act());
    element("grant").addEventListener("click", () => this._ask(this._driving.grant()));
    element("refuse").addEventListener("click", () => this._ask(this._driving.refuse()));
    element("camera").addEventListener("change", () => this._ask(this._driving.showCamera(element("camera").value)));
    element("mode").addEventListener("change", () => {
      if (this._controls) this._controls.mode = element("mode").value;
    });
    element("limit").addEventListener("input", () => this._setLimit(LIMIT_EVERY));
    element("limit").addEventListener("change", () => this._setLimit(0));
    // A slider or a list that was used leaves the keys to driving.
    element("limit").addEventListener("pointerup", () => element("limit").blur());
    for (const id of ["camera", "mode"]) element(id).addEventListener("change", () => element(id).blur());
    for (const name of ["focus", "blur"]) addEventListener(name, () => this.render());
    setInterval(() => {
      if (!this._driving.isDriver) this._controls?.read();
    }, GLANCE);
  }

  /** @param {number} every ms */
  _setLimit(every) {
    write(element("limit-now"), `${element("limit").value} %`);
    if (performance.now() - this._limitSentAt < every) return;
    this._limitSentAt = performance.now();
    this._ask(this._driving.setLimit(Number(element("limit").value) / 100));
  }

  /** A phone that falls asleep lets go of the robot. @param {boolean} isWanted */
  _stayAwake(isWanted) {
    if (isWanted === (this._wakeLock !== null)) return;
    const lock = this._wakeLock;
    this._wakeLock = isWanted ? /** @type {any} */ (navigator).wakeLock?.request("screen").catch(() => null) ?? Promise.resolve(null) : null;
    lock?.then((/** @type {any} */ held) => held?.release());
  }
}

/** @param {import("./hud.js").Tile} tile */
function tileNode({ label, value, unit, word, kind }) {
  const node = part("div", "", kind);
  const figure = part("dd", value);
  figure.append(part("small", unit));
  node.append(part("dt", word ? `${label} · ${word}` : label), figure);
  if (word) node.dataset.word = word;
  return node;
}
