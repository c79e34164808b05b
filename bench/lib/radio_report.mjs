// One table of all links and senders, for the terminal and for docs/radio.md.
import { readFileSync, writeFileSync } from "node:fs";
import { root } from "../../tests/lib/programs.mjs";

const PAGE = `${root}docs/radio.md`;

/** Rows of cells, the first one is the head, for the terminal. */
export function columns(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i])).join("  ").trimEnd()}`).join("\n");
}

/** The same for a page. */
export function markdownTable([head, ...rows]) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}

/** Puts text between two marks of docs/radio.md; the text around them stays. */
export function writeBetween([first, last], text) {
  const page = readFileSync(PAGE, "utf8");
  const [begin, end] = [page.indexOf(first), page.indexOf(last)];
  if (begin < 0 || end < begin) throw new Error(`${PAGE} has lost the marks between which the figures belong`);
  writeFileSync(PAGE, `${page.slice(0, begin)}${first}\n\n${text}\n${page.slice(end)}`);
}

const delayText = ({ p50, p95, p99, max }) => [p50, p95, p99, max].map(Math.round).join(" / ");
const sizesText = (sizes) => Object.entries(sizes).map(([height, share]) => (share === 100 ? height : `${height} ${share} %`)).join(" ");

const COLUMNS = [
  ["sender", ({ title }) => title],
  ["delay p50/p95/p99/max", ({ figures: f }) => (f.delay ? delayText(f.delay) : "no picture")],
  ["on screen p95", ({ figures: f }) => (f.onScreen ? `${Math.round(f.onScreen.p95)}` : "-")],
  ["held back", ({ figures: f }) => (Number.isFinite(f.jitterBuffer) ? `${Math.round(f.jitterBuffer)} ms` : "-")],
  ["video Mbit/s", ({ figures: f }) => f.deliveredMbps.toFixed(2)],
  ["of link", ({ figures: f }) => `${Math.round(f.shareOfLink)} %`],
  ["queue p95", ({ figures: f }) => `${Math.round(f.queue.p95)} ms${f.queue.dropped > 0 ? `, ${f.queue.dropped} lost` : ""}`],
  ["freezes", ({ figures: f }) => `${f.freezes.count} (${f.freezes.seconds} s, ${f.freezes.share} %)`],
  ["SSIM mean/p5", ({ figures: f }) => (f.ssim ? `${f.ssim.mean.toFixed(3)} / ${f.ssim.p5.toFixed(3)}` : "-")],
  ["frames/s", ({ figures: f }) => `${f.perSecond}`],
  ["packets/frame", ({ figures: f }) => `${f.packetsPerFrame}`],
  ["heights", ({ figures: f }) => sizesText(f.sizes)],
  ["robot CPU", ({ figures: f }) => `${f.cpu.toFixed(2)} core`],
  ["its MB", ({ figures: { memory: [first, last] } }) => (first ? `${first}, at the end ${last}` : "-")],
  ["all busy", ({ figures: f }) => `${f.busy.toFixed(1)} cores`],
];

/** The link's own limits as a sentence. */
function limitsLine({ floor, gaps200, gaps500 }, capacity) {
  return `Link: ${capacity.toFixed(2)} Mbit/s up to the cap; ${gaps200.count} gaps above 200 ms (${gaps200.seconds} s), ${gaps500.count} above ` +
    `500 ms (${gaps500.seconds} s); floor of the network part, frames of 4.2 kB: p50/p95/p99 ${floor.p50} / ${floor.p95} / ${floor.p99} ms.`;
}

function table(results) {
  const rows = results.map((result) => COLUMNS.map(([, cell]) => (result.figures ? cell(result) : "")));
  results.forEach((result, i) => {
    if (!result.figures) rows[i] = [result.title, `FAILED: ${result.error.split("\n")[0].slice(0, 90)}`, ...COLUMNS.slice(2).map(() => "")];
  });
  return [COLUMNS.map(([name]) => name), ...rows];
}

function byLink(run) {
  const all = run.links.map((link) => ({ link, results: run.results.filter((result) => result.link === link.name) }));
  return all.filter(({ results }) => results.length > 0);
}

const capacityOf = (results) => results.find(({ figures }) => figures)?.figures.capacityMbps ?? 0;

/** For the terminal. */
export function printed(run) {
  const parts = byLink(run).map(({ link, results }) => {
    return [``, `== ${link.title}, ${run.seconds} s`, `  ${limitsLine(link.limits, capacityOf(results))}`, columns(table(results))].join("\n");
  });
  return [...parts, "", ...run.notes.map((note) => `  ${note}`)].join("\n");
}

/** For docs/radio.md; `plots`: the file of each link's picture. */
export function asMarkdown(run, plots) {
  const parts = byLink(run).map(({ link, results }) => {
    const picture = `![${link.title}: rates and delays over time](${plots[link.name]})`;
    return [`### ${link.title}`, ``, limitsLine(link.limits, capacityOf(results)), ``, markdownTable(table(results)), ``, picture, ``].join("\n");
  });
  return [...parts, ...run.notes.map((note) => `* ${note}`), ""].join("\n");
}

/** Geometric means over all links on which both were measured: delivered bits and p95 of the delay, relative to a rival. */
export function against(run, name, rival) {
  const figuresOn = (link, sender) => run.results.find((result) => result.link === link.name && result.sender === sender)?.figures;
  const pairs = run.links.map((link) => [figuresOn(link, name), figuresOn(link, rival)])
    .filter(([a, b]) => a?.delay && b?.delay);
  if (pairs.length === 0) return null;
  const mean = (ratio) => Math.exp(pairs.reduce((total, pair) => total + Math.log(ratio(...pair)), 0) / pairs.length);
  return { links: pairs.length, bits: mean((a, b) => a.deliveredMbps / b.deliveredMbps), delay: mean((a, b) => a.delay.p95 / b.delay.p95) };
}
