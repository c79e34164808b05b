import { Controls } from "../src/controls.js";
import { element, keep, part, write } from "./dom.js";
import { ACTIONS, cameraTrouble, driveViewOf, silentAfter, spokenOf } from "./drive_view.js";
import { HoldButton } from "./hold.js";
import { tilesOf } from "./hud.js";
import { LeaseMemory } from "./lease_memory.js";
import { Panel } from "./panel.js";
import { Settings } from "./settings.js";
import { SlipGuard } from "./slip.js";
import { WakeLock } from "./wake_lock.js";

/** A robot without a welcome for this time counts as one that cannot be driven, ms. */
const WELCOME_WITHIN = 3000;
/** How long a refusal is shown, ms. */
const TROUBLE_FOR = 6000;
/** Interval for reading the gamepad while this viewer does not drive, ms, because its stop button works then too. */
const GLANCE = 50;
/** Elements that are shown only while the robot can be driven; the stop button stays. */
const PARTS = ["banner", "tiles", "settings", "plots", "own"];

/** @type {Record<import("./drive_view.js").DriveLook, string>} */
const SIGNS = { drive: "▶", hold: "❚❚", watch: "◉", free: "○", stop: "■", away: "⌁" };

/** The driving parts of the page, shown when a robot has announced that it can be driven. */
export class Cockpit {
  /**
   * @param {import("../src/link.js").Link} link made with `driving`
   * @param {() => boolean} isTooSmall true if the picture is too small to drive by
   */
  constructor(link, isTooSmall) {
    this._link = link;
    this._isTooSmall = isTooSmall;
    this._driving = /** @type {import("../src/driving.js").Driving} */ (link.driving);
    /** @type {Controls | null} */
    this._controls = null;
    /** True while the driving parts are shown. */
    this.isShown = false;
    this._trouble = { text: "", until: 0 };
    /** Since when the robot is connected without having announced that it can be driven. @type {number | null} */
    this._mutedSince = null;
    this._lease = new LeaseMemory();
    this._wakeLock = new WakeLock();
    this._canTellAge = "requestVideoFrameCallback" in HTMLVideoElement.prototype;
    /** Renders when the next status is overdue. @type {any} */
    this._overdue = null;
    this.panel = new Panel(this._driving);
    this.settings = new Settings(this._driving, (request) => this._ask(request));
    this._driving.onChange(() => this.render());
    this._driving.onStatus(() => this._onStatus());
    /** The buttons for driving and for the release of a stop are at the same place. */
    this._slips = new SlipGuard();
    this._hold = new HoldButton(element("release"), element("hold-said"), () => this._ask(this._driving.release()), this._slips);
    this._wire();
  }

  /** True if the robot is connected and has not announced for a while that it can be driven. */
  get isUndriven() {
    return this._mutedSince !== null && performance.now() - this._mutedSince >= WELCOME_WITHIN && !this._driving.isStopping;
  }

  /**
   * Updates everything, including values that change each second. Call it several times a second.
   * @param {number | null} pictureAge of the picture on screen, ms
   */
  refresh(pictureAge) {
    this._comeAndGo();
    if (!this.isShown) return;
    this.render();
    const { facts, isDriver, statusAge } = this._driving;
    const limits = facts.welcome?.limits ?? null;
    const isLive = this._link.state === "live";
    const isHeard = isLive && (statusAge ?? Infinity) < silentAfter(limits);
    const tiles = tilesOf({
      stats: isLive ? this._link.stats : null, pictureAge, status: isHeard ? facts.status : null, isDriver, limits,
      own: this.panel.told.values(performance.now()),
      traffic: this._link.traffic,
    });
    keep(element("tiles"), tiles, newTile, writeTile);
    this.panel.render();
  }

  /** Updates the parts that change with the robot's messages. */
  render() {
    const { facts, isStopping, isDriver, isAvailable, statusAge } = this._driving;
    if (isAvailable || (isStopping && this._controls)) this._appear();
    if (this._controls) this._renderStop(isStopping, facts.stop !== null);
    this._lease.follow({ isDriver, isConnected: isAvailable, driver: facts.driver });
    this._wakeLock.want(isDriver);
    document.body.dataset.driver = String(isDriver);
    if (!this._controls || !this.isShown) return;
    const view = driveViewOf({
      link: this._link.state, robot: facts, isStopping, isLocked: this._controls.isLocked, statusAge, held: this._controls.held,
      isTooSmall: this._isTooSmall(), hasNoVideo: Boolean(this._link.connection?.video.unplayable),
      isAttended: document.visibilityState === "visible" && document.hasFocus(), canTellAge: this._canTellAge, wasDriver: this._lease.isLost,
    });
    document.body.dataset.drive = view.look;
    this._renderWords(view);
    this._renderActions(view);
    this._renderTrouble();
    this.settings.render(this._controls);
  }

  _onStatus() {
    clearTimeout(this._overdue);
    const { facts } = this._driving;
    if (this._driving.isDriver) this._overdue = setTimeout(() => this.render(), silentAfter(facts.welcome?.limits) + 10);
    this.render();
  }

  _appear() {
    this._mutedSince = null;
    if (this.isShown) return;
    this._controls ??= new Controls({
      touch: element("stick"), onStop: () => this._stop(), onNeutral: () => this._driving.flush(), isBlocked: this._isTooSmall,
    });
    this._driving.controls = this._controls;
    this._show(true);
    element("stop").hidden = false;
  }

  /**
   * Hides the driving parts for a robot that came back without its control protocol. It may only be late with its welcome on a
   * bad link, so the stop button and the space bar stay, and a stop is sent when the robot can receive it.
   */
  _comeAndGo() {
    const isMute = this._link.state === "live" && !this._driving.isAvailable;
    if (!isMute) this._mutedSince = null;
    else this._mutedSince ??= performance.now();
    if (!this.isShown || !this.isUndriven) return;
    this._show(false);
    element("stick").hidden = true;
    delete document.body.dataset.drive;
    for (const id of ["said", "alarm"]) write(element(id), "");
  }

  /** @param {boolean} isShown */
  _show(isShown) {
    this.isShown = isShown;
    for (const id of PARTS) element(id).hidden = !isShown;
  }

  /** @param {import("./drive_view.js").DriveView} view */
  _renderWords(view) {
    write(element("sign"), SIGNS[view.look]);
    write(element("title"), view.title);
    write(element("more"), view.detail);
    const { alert, status } = spokenOf(view);
    write(element("alarm"), alert);
    write(element("said"), status);
  }

  /** @param {import("./drive_view.js").DriveView} view */
  _renderActions({ action, asker }) {
    const isRelease = action?.name === "release";
    element("act").hidden = !action || isRelease;
    element("release").hidden = !isRelease;
    if (action && isRelease) this._hold.setLabel(action.label);
    else if (action) write(element("act"), action.label);
    if (action) element("act").title = action.name === "give" && this._driving.isDriver ? "" : `${action.label} (E)`;
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

  _stop() {
    this._driving.stop();
    this._controls?.letGo();
  }

  /** @param {Promise<unknown>} request */
  _ask(request) {
    this._trouble.until = 0;
    request.catch((/** @type {Error} */ error) => this.say(error.message)).then(() => this.render());
  }

  /** Shows an error for a while. @param {string} text */
  say(text) {
    this._trouble = { text, until: performance.now() + TROUBLE_FOR };
  }

  act() {
    const { name } = element("act").dataset;
    if (!element("act").hidden && name === "take") this._ask(this._driving.take());
    if (!element("act").hidden && name === "give") this._ask(this._driving.give());
  }

  /** For a shortcut key: requests the lease, or cancels the request, but never releases the lease. */
  askToDrive() {
    if (!this._driving.isDriver) this.act();
  }

  _wire() {
    element("act").dataset.words = ACTIONS.join("\n");
    // On pointerdown, not on release, so that it acts immediately. The click comes from a keyboard or a screen reader.
    element("stop").addEventListener("pointerdown", () => this._stop());
    element("stop").addEventListener("click", () => this._stop());
    element("act").addEventListener("click", (/** @type {MouseEvent} */ event) => {
      const name = element("act").dataset.name ?? "";
      // A double click on Drive must not start and end driving.
      if (this._slips.isSlip(name, event.timeStamp) || (this._driving.isDriver && event.detail >= 2)) return;
      this._slips.pressed(name, event.timeStamp);
      this.act();
    });
    element("grant").addEventListener("click", () => this._ask(this._driving.grant()));
    element("refuse").addEventListener("click", () => this._ask(this._driving.refuse()));
    for (const name of ["focus", "blur"]) addEventListener(name, () => this.render());
    setInterval(() => {
      if (!this._driving.isDriver) this._controls?.read();
    }, GLANCE);
  }
}

function newTile() {
  const node = part("div", "");
  const figure = part("dd", "");
  figure.append(part("span", ""), part("small", ""));
  node.append(part("dt", ""), figure);
  return node;
}

/** @param {HTMLElement} node of newTile @param {import("./hud.js").Tile} tile */
function writeTile(node, { label, value, unit, word, kind }) {
  const [name, figure] = /** @type {any} */ (node.children);
  write(name, word ? `${label} · ${word}` : label);
  write(figure.children[0], value);
  write(figure.children[1], unit);
  if (node.className !== kind) node.className = kind;
  if (node.dataset.word !== word) node.dataset.word = word;
}
