import { element, fill, part, write } from "./dom.js";
import { peopleOf } from "./drive_view.js";
import { draw } from "./plots.js";
import { Series } from "./series.js";
import { importantOf, valueText, valuesOf } from "./telemetry.js";

/** How many values are remembered for plots: a robot that names its own ever differently must not fill the memory. */
const MOST = 80;
const DELAY = "Picture delay";
const RATE = "Rate";

/** The details beside the picture: plots of the last minute, who is there, what the robot tells of itself. */
export class Panel {
  /** @param {import("../src/driving.js").Driving} driving */
  constructor(driving) {
    this._driving = driving;
    /** @type {Map<string, Series>} */
    this._series = new Map();
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
    const own = importantOf(this._driving.telemetry);
    element("own").replaceChildren(...own.flatMap(([name, value]) => [part("dt", name), part("dd", valueText(value))]));
    this._renderPeople();
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
    draw(element(id), series, { now: performance.now(), title: name || "Nothing", text, fromZero });
    const summary = series.summary();
    write(element(`${id}-now`), summary ? text(summary.last) : "–");
  }

  /** @param {import("../src/control_messages.js").Status} status */
  _onStatus(status) {
    if (!this._driving.isDriver) return;
    this._add("Stick to wheel (ms)", status.age);
    this._add("Commands there and back (ms)", this._driving.facts.roundTrip);
  }

  /** @param {any} data */
  _onTelemetry(data) {
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
