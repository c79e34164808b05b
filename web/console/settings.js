import { element, fill, leaveAfterPointer, write } from "./dom.js";
import { cameraLabel } from "./drive_view.js";

/** Minimum interval for sending a slider's value while it moves, ms. */
const LIMIT_EVERY = 200;

/** The settings beside the picture: camera, mode, speed limit; also the stick, and the input in use. */
export class Settings {
  /**
   * @param {import("../src/driving.js").Driving} driving
   * @param {(request: Promise<unknown>) => void} ask shows the robot's refusal
   */
  constructor(driving, ask) {
    this._driving = driving;
    this._ask = ask;
    this._limitSentAt = 0;
    this._wire();
  }

  nextCamera() {
    const { state } = this._driving.facts;
    const names = state?.cameras.map((camera) => camera.name) ?? [];
    if (state && names.length > 1) this._ask(this._driving.showCamera(names[(names.indexOf(state.camera) + 1) % names.length]));
  }

  /** @param {import("../src/controls.js").Controls} controls */
  render(controls) {
    const { facts, isDriver } = this._driving;
    const { state, welcome } = facts;
    const cameras = state?.cameras ?? [];
    fill(element("camera"), cameras.map((camera) => [camera.name, cameraLabel(camera)]), state?.camera ?? "");
    element("camera-row").hidden = cameras.length < 2;
    // The style gives each setting that the robot has its place, also while it is hidden.
    element("settings").dataset.cameras = cameras.length < 2 ? "0" : `${cameras.length}`;
    const modes = welcome?.modes ?? [];
    if (!modes.includes(controls.mode)) controls.mode = modes[0] ?? "";
    fill(element("mode"), modes.map((mode) => [mode, mode]), controls.mode);
    element("settings").dataset.modes = `${modes.length}`;
    element("mode-row").hidden = modes.length === 0 || !isDriver;
    element("limit-row").hidden = !isDriver;
    if (state && document.activeElement !== element("limit")) element("limit").value = String(Math.round(state.limit * 100));
    this._writeLimit();
    element("stick").hidden = !isDriver || !matchMedia("(any-pointer: coarse)").matches;
    element("input").hidden = !isDriver;
    write(element("input"), inputHint(controls));
  }

  _writeLimit() {
    write(element("limit-now"), `${element("limit").value} %`);
    element("limit").style.setProperty("--share", element("limit").value);
    element("limit").setAttribute("aria-valuetext", `${element("limit").value} %`);
  }

  _wire() {
    element("camera").addEventListener("change", () => this._ask(this._driving.showCamera(element("camera").value)));
    element("mode").addEventListener("change", () => {
      const { controls } = this._driving;
      if (controls && "mode" in controls) controls.mode = element("mode").value;
    });
    element("limit").addEventListener("input", () => this._setLimit(LIMIT_EVERY));
    element("limit").addEventListener("change", () => this._setLimit(0));
    // A control used by a pointer returns the keys to driving.
    element("limit").addEventListener("pointerup", () => element("limit").blur());
    for (const id of ["camera", "mode"]) leaveAfterPointer(element(id));
  }

  /** @param {number} every ms */
  _setLimit(every) {
    this._writeLimit();
    if (performance.now() - this._limitSentAt < every) return;
    this._limitSentAt = performance.now();
    this._ask(this._driving.setLimit(Number(element("limit").value) / 100));
  }
}

/** @param {import("../src/controls.js").Controls} controls */
function inputHint({ gamepad, isGamepadIgnored }) {
  const keys = matchMedia("(pointer: coarse)").matches ? "" : "Drive with W A S D or the arrows";
  if (gamepad === null) return keys;
  const name = gamepad.replace(/\s*\(.*$/, "") || "connected";
  return isGamepadIgnored ? `Gamepad: ${name}, ignored until all its controls are released` : `Gamepad: ${name}`;
}
