// Prints the results as a table for the terminal, and as the section of docs/measurements.md.
import { readFileSync, writeFileSync } from "node:fs";
import { root } from "../../tests/lib/programs.mjs";

const PAGE = `${root}docs/measurements.md`;
const BEGIN = "<!-- figures: written by script/bench --write-docs -->";
const END = "<!-- end of figures -->";
const COLUMNS = ["what", "figure", "target", "verdict", "beside"];

/** One question's table, padded. */
export function printed({ title, rows, notes, at, seconds, quick }) {
  const widths = COLUMNS.map((column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) => COLUMNS.map((column, i) => row[column].padEnd(widths[i])).join("  ").trimEnd();
  const when = `${at.slice(0, 16).replace("T", " ")} UTC, ${seconds} s${quick ? ", QUICK: few repetitions" : ""}`;
  return [``, `== ${title}  (${when})`, ...rows.map((row) => `  ${line(row)}`), ...notes.map((note) => `  ${note}`)].join("\n");
}

function asMarkdown({ title, rows, notes, at, quick }) {
  const cells = (row) => [row.what, row.figure, row.target, row.verdict === "MISSED" ? "**missed**" : row.verdict, row.beside];
  return [
    `### ${title}`, ``, `Measured ${at.slice(0, 10)}${quick ? " with few repetitions (`--quick`)" : ""}. ${notes.join(" ")}`, ``,
    `| | figure | target | | beside |`, `|---|---|---|---|---|`, ...rows.map((row) => `| ${cells(row).join(" | ")} |`), ``,
  ].join("\n");
}

/** Replaces the section of results; the text around it stays. */
export function writeDocs({ machine, questions }, order) {
  const page = readFileSync(PAGE, "utf8");
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${PAGE} has lost the marks between which the figures belong`);
  const where = `On ${machine.cores} cores (${machine.cpu}), Linux ${machine.kernel}, ${machine.browser}.`;
  const measured = order.filter((name) => questions[name]).map((name) => questions[name]);
  // Results from another checkout stay, with their own date.
  const kept = page.slice(begin, end).split(/^(?=### )/m).slice(1)
    .filter((table) => !measured.some(({ title }) => table.startsWith(`### ${title}\n`)));
  const tables = [...kept.map((table) => `${table.trimEnd()}\n`), ...measured.map(asMarkdown)];
  writeFileSync(PAGE, `${page.slice(0, begin)}${BEGIN}\n\n${where}\n\n${tables.join("\n")}\n${page.slice(end)}`);
}
