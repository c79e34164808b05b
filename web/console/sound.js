import { element, isShortcut, write } from "./dom.js";
import { PushToTalk } from "./push_to_talk.js";

/** How long an error is shown, ms. */
const NOTE_FOR = 8000;
/** Volume of the robot's sound while talking, because the robot's microphone picks up its speaker. */
const HUSHED = 0.15;

/** Constraints for the microphone. The browser's echo canceller knows the sound that it plays. */
const MICROPHONE = { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } };

/**
 * Sound in both directions, off until wanted. The robot sends only while this viewer listens. The browser's microphone is open
 * only while the user talks, and the page shows that. There are buttons only for the directions that the robot supports.
 */
export class Sound {
  /** @param {import("../src/link.js").Link} link made with `driving` and `sound` */
  constructor(link) {
    this._link = link;
    this._driving = /** @type {import("../src/driving.js").Driving} */ (link.driving);
    this._listens = false;
    this._button = new PushToTalk();
    /**
     * The last request, and the welcome of the robot that got it: another robot starts with sound off.
     * @type {{welcome: object | null, on: boolean}}
     */
    this._asked = { welcome: null, on: false };
    /** The browser's microphone, while it is open. @type {MediaStream | null} */
    this._microphone = null;
    /** Counts starts and ends of talking, to detect results that arrive too late. */
    this._turn = 0;
    this._player = new Audio();
    this._player.id = "sound";
    document.body.append(this._player);
    /** @type {any} */
    this._noteTimer = null;
    this._driving.onChange(() => this._follow());
    this._wire();
  }

  toggleListening() {
    this._listens = !this._listens;
    this._follow();
  }

  _wire() {
    element("listen").addEventListener("click", () => this.toggleListening());
    const talk = element("talk");
    talk.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
      if (event.button === 0) this._press(() => this._button.down(performance.now()));
    });
    for (const name of ["pointerup", "pointerleave", "pointercancel"]) {
      talk.addEventListener(name, () => this._press(() => this._button.up(performance.now())));
    }
    // From the keyboard or a screen reader: a click without a press before it.
    talk.addEventListener("click", (/** @type {MouseEvent} */ event) => {
      if (event.detail !== 0) return;
      this._press(() => (this._button.talks ? this._button.cancel() : this._button.down(performance.now())));
      this._press(() => this._button.up(performance.now()));
    });
    addEventListener("keydown", (event) => {
      if (isTalkKey(event) && isShortcut(event)) this._press(() => this._button.down(performance.now()));
    });
    addEventListener("keyup", (event) => {
      // Also in a text field that was focused meanwhile, because the microphone must not stay open.
      if (isTalkKey(event)) this._press(() => this._button.up(performance.now()));
    });
    const end = () => this._press(() => this._button.cancel());
    addEventListener("blur", end);
    addEventListener("pagehide", end);
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && end());
  }

  /** @param {() => void} act */
  _press(act) {
    if (!this._driving.audioWays.talk && !this._button.talks) return;
    const before = this._button.talks;
    act();
    if (this._button.talks && !before) this._beginTalking();
    else if (!this._button.talks && before) this._endTalking();
  }

  /** The robot has announced what it supports, or is gone. */
  _follow() {
    const { listen, talk } = this._driving.audioWays;
    const { welcome } = this._driving.facts;
    element("listen").hidden = !listen;
    element("talk").hidden = !talk;
    if (!talk && this._button.talks) {
      this._button.cancel();
      this._endTalking();
    }
    if (this._asked.welcome !== welcome) this._asked = { welcome, on: false };
    if (listen && this._asked.on !== this._listens) {
      this._asked.on = this._listens;
      this._ask();
    }
    this._render();
  }

  _ask() {
    const connection = this._link.connection;
    const track = connection?.audio.incomingStream?.getAudioTracks()[0];
    if (this._listens && track) {
      this._player.srcObject = new MediaStream([track]);
      this._player.play().catch(() => this._say("The browser does not play sound yet; press Listen again."));
    } else {
      this._player.srcObject = null;
    }
    this._driving.listen(this._listens).catch((error) => this._say(error.message));
  }

  async _beginTalking() {
    const turn = ++this._turn;
    const connection = this._link.connection;
    try {
      if (!navigator.mediaDevices) throw new Error("The browser permits the microphone only on HTTPS pages.");
      const microphone = await navigator.mediaDevices.getUserMedia(MICROPHONE);
      if (turn !== this._turn) return close(microphone);
      this._microphone = microphone;
      this._player.volume = HUSHED;
      this._render();
      await this._driving.talk(true);
      if (turn === this._turn) await connection?.audio.send(microphone.getAudioTracks()[0]);
    } catch (error) {
      if (turn !== this._turn) return;
      this._say(troubleOf(error));
      this._button.cancel();
      this._endTalking();
    }
  }

  _endTalking() {
    this._turn++;
    const wasOpen = this._microphone !== null;
    close(this._microphone);
    this._microphone = null;
    this._player.volume = 1;
    this._render();
    this._link.connection?.audio.send(null).catch(() => {});
    // Without a connection there is nobody to notify.
    if (wasOpen) this._driving.talk(false).catch(() => {});
  }

  _render() {
    element("listen").setAttribute("aria-pressed", String(this._listens));
    element("talk").setAttribute("aria-pressed", String(this._microphone !== null));
    element("mic").hidden = this._microphone === null;
    document.body.dataset.microphone = this._microphone ? "on" : "off";
  }

  /** @param {string} text */
  _say(text) {
    write(element("sound-note"), text);
    element("sound-note").hidden = false;
    clearTimeout(this._noteTimer);
    this._noteTimer = setTimeout(() => (element("sound-note").hidden = true), NOTE_FOR);
  }
}

/** @param {MediaStream | null} microphone */
function close(microphone) {
  microphone?.getTracks().forEach((track) => track.stop());
}

/** @param {KeyboardEvent} event */
function isTalkKey(event) {
  return event.key.toLowerCase() === "m";
}

/** @param {any} error @returns {string} */
function troubleOf(error) {
  if (error?.name === "NotAllowedError") return "The browser does not permit this page to use the microphone. Allow it next to the address bar.";
  if (error?.name === "NotFoundError") return "The browser finds no microphone.";
  return error?.message ?? String(error);
}
