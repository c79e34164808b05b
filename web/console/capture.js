/** A recording is saved in parts of at most this size, bytes, because it is held in memory until then. */
const PART = 150e6;

/** The first of these that the browser can write is used. */
const FORMATS = ["video/mp4;codecs=avc1", "video/webm;codecs=h264", "video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm"];

/** @param {Blob} blob @param {string} name */
function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** A file name of the robot's name and the time. @param {string} robot @param {Date} at @param {string} ending */
export function fileName(robot, at, ending) {
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(".");
  return `${robot.replace(/[^\p{L}\p{N}_.-]+/gu, "_") || "robot"} ${day} ${time}.${ending}`;
}

/**
 * Saves the picture on screen.
 * @param {{source: CanvasImageSource, width: number, height: number}} picture @param {HTMLCanvasElement} still covers it unless hidden
 * @param {string} robot @returns {boolean} true if there was a picture
 */
export function saveSnapshot(picture, still, robot) {
  const { source, width, height } = still.hidden ? picture : { source: still, width: still.width, height: still.height };
  if (width === 0) return false;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas.getContext("2d")?.drawImage(source, 0, 0);
  canvas.toBlob((blob) => blob && save(blob, fileName(robot, new Date(), "png")), "image/png");
  return true;
}

/** Records the video element's stream as received; each new connection begins a new file. */
export class Recorder {
  /**
   * @param {HTMLVideoElement} video @param {string} robot @param {() => void} onChange
   * @param {(text: string) => void} onTrouble
   */
  constructor(video, robot, onChange, onTrouble) {
    this._video = video;
    this._robot = robot;
    this._onChange = onChange;
    this._onTrouble = onTrouble;
    /** When the recording began, ms; null while nothing is recorded. @type {number | null} */
    this.since = null;
    /** @type {MediaRecorder | null} */
    this._recorder = null;
    /** @type {unknown} */
    this._stream = null;
  }

  static get isPossible() {
    return typeof MediaRecorder !== "undefined";
  }

  toggle() {
    if (this.since === null) this.since = performance.now();
    else this.since = null;
    this.follow();
    this._onChange();
  }

  /** Call it periodically: detects a new stream, and the end of one. */
  follow() {
    const stream = this.since === null ? null : /** @type {MediaStream | null} */ (this._video.srcObject);
    if (stream === this._stream && (this._recorder?.state === "recording" || !stream)) return;
    if (this._recorder && this._recorder.state !== "inactive") this._recorder.stop();
    this._recorder = null;
    this._stream = stream;
    if (stream?.getVideoTracks().some((track) => track.readyState === "live")) this._tryToBegin(stream);
  }

  /** A browser may support recording and still refuse it. Reports that once, and shows no recording. @param {MediaStream} stream */
  _tryToBegin(stream) {
    try {
      this._begin(stream);
    } catch (error) {
      this.since = this._stream = this._recorder = null;
      this._onTrouble(`The browser does not record: ${/** @type {Error} */ (error).message}`);
    }
  }

  /** @param {MediaStream} stream */
  _begin(stream) {
    const mimeType = FORMATS.find((format) => MediaRecorder.isTypeSupported(format));
    const recorder = new MediaRecorder(stream, { mimeType, videoBitsPerSecond: 6e6 });
    const begun = new Date();
    /** @type {Blob[]} */
    const parts = [];
    let size = 0;
    recorder.ondataavailable = ({ data }) => {
      parts.push(data);
      size += data.size;
      if (size > PART && recorder.state === "recording") recorder.stop();
    };
    recorder.onstop = () => {
      const ending = recorder.mimeType.includes("mp4") ? "mp4" : "webm";
      if (size > 0) save(new Blob(parts, { type: recorder.mimeType }), fileName(this._robot, begun, ending));
    };
    recorder.start(1000);
    this._recorder = recorder;
  }
}
