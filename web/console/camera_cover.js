/** For how long after another camera was chosen pictures of the one before may come, ms: they were under way. */
const UNDER_WAY = 150;
/** A camera in one of these states gives no picture. */
const SILENT = new Set(["closed", "opening", "frozen", "failed"]);

/**
 * Whether the picture is covered, as what is there is of another camera than the one that is chosen: until that one's first picture comes. One
 * that is missing has none. Pure: told the time, ms.
 */
export class CameraCover {
  constructor() {
    this.isCovered = false;
    this._camera = "";
    this._state = "";
    this._since = 0;
  }

  /** @param {number} now @param {Pick<import("../src/control_messages.js").State, "camera" | "cameras"> | null} state the robot's newest */
  follow(now, state) {
    // While nothing is known the last picture stays, and is still of the same camera.
    if (!state?.camera) return;
    this._state = state.cameras.find(({ name }) => name === state.camera)?.state ?? "";
    if (state.camera === this._camera) return;
    this.isCovered = this._camera !== "";
    this._camera = state.camera;
    this._since = now;
  }

  /** A picture came on screen. @param {number} now */
  onFrame(now) {
    if (!SILENT.has(this._state) && now - this._since >= UNDER_WAY) this.isCovered = false;
  }
}
