// One plot for each link: the link's capacity and each sender's rate, and below it the age of the pictures.
import { ratePerInterval } from "./radio_capacity.mjs";
import { ageOf } from "./radio_figures.mjs";

const WIDTH = 900;
const LEFT = 60;
const RIGHT = 20;
const PANEL = 190;
const COLOURS = ["#d62728", "#1f77b4", "#2ca02c", "#9467bd", "#ff7f0e", "#8c564b", "#17becf"];

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

/** Places values in a panel: x in seconds, y between 0 and `most`, or from 10 ms on a logarithmic scale. */
function panelOf(top, seconds, most, logarithmic) {
  const x = (at) => LEFT + ((WIDTH - LEFT - RIGHT) * at) / seconds;
  const share = (value) => (logarithmic ? Math.log(Math.max(10, value) / 10) / Math.log(most / 10) : value / most);
  const y = (value) => top + PANEL * (1 - Math.min(1, Math.max(0, share(value))));
  return { top, x, y };
}

const points = (panel, series) => series.map(([at, value]) => `${panel.x(at).toFixed(1)},${panel.y(value).toFixed(1)}`).join(" ");

const text = (x, y, words, more = "") => `<text x="${x}" y="${y}" ${more}>${escaped(words)}</text>`;

function axes(panel, seconds, ticks, title) {
  const lines = ticks.map((tick) => `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${panel.y(tick)}" y2="${panel.y(tick)}" stroke="#ddd"/>` +
    text(LEFT - 6, panel.y(tick) + 4, String(tick), 'text-anchor="end"'));
  const step = seconds <= 30 ? 5 : seconds <= 80 ? 10 : 20;
  for (let at = 0; at <= seconds; at += step) lines.push(text(panel.x(at), panel.top + PANEL + 15, `${at} s`, 'text-anchor="middle"'));
  return [text(LEFT, panel.top - 6, title, 'font-weight="bold"'), ...lines].join("\n");
}

/** Mbit/s sent by the robot, from the counters of its cable. */
function sentSeries(run) {
  return run.traffic.slice(1).map((poll, i) => {
    const before = run.traffic[i];
    return [((poll.at + before.at) / 2 - run.from) / 1000, ((poll.sentBytes - before.sentBytes) * 8) / Math.max(1, poll.at - before.at) / 1000];
  });
}

/** The worst delay of the pictures shown in each fifth of a second. */
function delaySeries(run) {
  const worst = new Map();
  for (const { at, stamp } of run.frames) {
    if (stamp === null || at < run.from || at >= run.from + run.seconds * 1000) continue;
    const bin = Math.floor((at - run.from) / 200);
    worst.set(bin, Math.max(worst.get(bin) ?? 0, ageOf(stamp, at)));
  }
  return [...worst].sort((a, b) => a[0] - b[0]).map(([bin, age]) => [(bin + 0.5) / 5, age]);
}

/**
 * An SVG picture.
 * @param {{title: string, opportunities: number[]}} link @param {{title: string, run: object}[]} senders @param {number} cap Mbit/s
 */
export function plot(link, senders, seconds, cap) {
  const capacity = ratePerInterval(link.opportunities, 500, seconds * 1000);
  const most = Math.min(1.5 * cap, Math.max(1, ...capacity.map(([, rate]) => rate))) * 1.05;
  const rates = panelOf(34, seconds, most, false);
  const delays = panelOf(34 + PANEL + 50, seconds, 10_000, true);
  const bottom = delays.top + PANEL + 34;
  const ticks = Array.from({ length: 5 }, (_, i) => Number(((most * i) / 4).toFixed(1)));
  const area = [[0, 0], ...capacity, [seconds, 0]];
  const curves = senders.flatMap(({ run }, i) => {
    const style = `fill="none" stroke="${COLOURS[i % COLOURS.length]}" stroke-width="1.3"`;
    return [`<polyline ${style} points="${points(rates, sentSeries(run))}"/>`, `<polyline ${style} points="${points(delays, delaySeries(run))}"/>`];
  });
  const legend = senders.map(({ title }, i) => {
    const [x, y] = [LEFT + (i % 3) * 280, bottom + Math.floor(i / 3) * 18];
    return `<rect x="${x}" y="${y - 9}" width="12" height="10" fill="${COLOURS[i % COLOURS.length]}"/>${text(x + 18, y, title)}`;
  });
  const height = bottom + Math.ceil(senders.length / 3) * 18 + 4;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    axes(rates, seconds, ticks, `${link.title}: Mbit/s, grey is what the link could carry`),
    `<polygon fill="#000" fill-opacity="0.13" points="${points(rates, area)}"/>`,
    axes(delays, seconds, [10, 30, 100, 300, 1000, 3000, 10_000], "delay of the pictures shown, ms, worst of each 0.2 s"),
    ...curves, ...legend, "</svg>", "",
  ].join("\n");
}
