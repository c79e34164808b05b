/** After a change of camera, pictures of the previous one may still arrive for this time, ms. */
const UNDER_WAY = 150;
/** A camera in one of these states gives no picture. */
const SILENT = new Set(["closed", "opening", "frozen", "failed"]);

/**
 * A missing camera has a reason, and gives no picture; without one the robot shows the test picture.
 * @param {import("../src/control_messages.js").CameraOf | undefined} camera
 */
const isSilent = (camera) => SILENT.has(camera?.state ?? "") || (camera?.state === "missing" && Boolean(camera.reason));

/**
 * Decides whether the picture is covered after a change of camera, until the selected camera's first picture arrives, because
 * until then the picture shows another camera. A camera that has failed delivers none, so the picture stays covered. Pure: gets
 * the time, ms.
 */
export class CameraCover {
  constructor() {
    this.isCovered = false;
    this._camera = "";
    this._isSilent = false;
    this._since = 0;
  }

  /** @param {number} now @param {Pick<import("../src/control_messages.js").State, "camera" | "cameras"> | null} state the robot's newest */
  follow(now, state) {
    // Without a state the last picture stays, and is still of the same camera.
    if (!state?.camera) return;
    this._isSilent = isSilent(state.cameras.find(({ name }) => name === state.camera));
    if (state.camera === this._camera) return;
    this.isCovered = this._camera !== "";
    this._camera = state.camera;
    this._since = now;
  }

  /** A picture was displayed. @param {number} now */
  onFrame(now) {
    if (!this._isSilent && now - this._since >= UNDER_WAY) this.isCovered = false;
  }
}
