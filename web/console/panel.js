import { element, fill, keepPairs, part, write } from "./dom.js";
import { peopleOf } from "./drive_view.js";
import { draw } from "./plots.js";
import { Series } from "./series.js";
import { Told, valueText, valuesOf } from "./telemetry.js";

/** Maximum number of values stored for plots, so that a robot with ever new names does not fill the memory. */
const MOST = 80;
/** A plot without a value for this time is shown as old, ms. */
const OLD = 5000;
const DELAY = "Video delay";
const RATE = "Rate";

/** The details beside the picture: plots of the last minute, the viewers, the robot's telemetry. */
export class Panel {
  /** @param {import("../src/driving.js").Driving} driving */
  constructor(driving) {
    this._driving = driving;
    /** @type {Map<string, Series>} */
    this._series = new Map();
    /** The robot's telemetry. */
    this.told = new Told();
    /** The robot that it belongs to. @type {object | null} */
    this._welcome = null;
    driving.onChange(() => this._follow());
    driving.onStatus((status) => this._onStatus(status));
    driving.onTelemetry((data) => this._onTelemetry(data));
  }

  /** @param {Readonly<import("../src/connection_stats.js").ConnectionStats>} stats */
  onStats(stats) {
    this._add(DELAY, stats.latency?.p50 ?? null);
    this._add(RATE, stats.bitrate);
  }

  render() {
    if (element("panel").hidden) return;
    this._plot("plot-latency", DELAY, (ms) => `${ms.toFixed(0)} ms`, true);
    this._plot("plot-rate", RATE, (rate) => `${(rate / 1e6).toFixed(2)} Mbit/s`, true);
    const fields = [...this._series.keys()].filter((name) => name !== DELAY && name !== RATE);
    fill(element("pick"), fields.map((name) => [name, name]), element("pick").value || fields[0] || "");
    this._plot("plot-own", element("pick").value, valueText, false);
    const own = this.told.values(performance.now());
    keepPairs(element("own"), own.map(({ name, value, isOld }) => [isOld ? `${name} · old` : name, valueText(value)]));
    own.forEach(({ isOld }, index) => {
      for (const at of [0, 1]) element("own").children[2 * index + at].classList.toggle("old", isOld);
    });
    this._renderPeople();
  }

  /** Each welcome may come from another robot. */
  _follow() {
    const { welcome } = this._driving.facts;
    if (welcome && welcome !== this._welcome) this.told.clear();
    this._welcome = welcome ?? this._welcome;
  }

  _renderPeople() {
    const people = peopleOf(this._driving.facts);
    const key = JSON.stringify(people);
    if (element("people").dataset.key === key) return;
    element("people").dataset.key = key;
    element("people").replaceChildren(...people.map(({ name, role }) => {
      const item = part("li", name);
      item.append(part("span", role));
      return item;
    }));
  }

  /** @param {string} id @param {string} name @param {(value: number) => string} text @param {boolean} fromZero */
  _plot(id, name, text, fromZero) {
    const series = this._series.get(name) ?? new Series();
    const now = performance.now();
    const summary = series.summary();
    const isOld = summary !== null && (this.told.has(name) ? this.told.isOld(now, name) : now - summary.lastAt > OLD);
    draw(element(id), series, { now, title: name || "Nothing", text, fromZero, isOld });
    write(element(`${id}-now`), summary ? `${text(summary.last)}${isOld ? " · old" : ""}` : "–");
    element(`${id}-now`).classList.toggle("old", isOld);
  }

  /** @param {import("../src/control_messages.js").Status} status */
  _onStatus(status) {
    if (!this._driving.isDriver) return;
    this._add("Control delay (ms)", status.age);
    this._add("Command round trip (ms)", this._driving.facts.roundTrip);
  }

  /** @param {any} data */
  _onTelemetry(data) {
    this.told.add(performance.now(), data);
    for (const [name, value] of valuesOf(data)) if (typeof value === "number") this._add(name, value);
  }

  /** @param {string} name @param {number | null} value */
  _add(name, value) {
    let series = this._series.get(name);
    if (!series) {
      if (this._series.size >= MOST) return;
      series = new Series();
      this._series.set(name, series);
    }
    series.add(performance.now(), value);
  }
}
