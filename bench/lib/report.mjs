// Prints the results as a table for the terminal, and as the section of docs/measurements.md.
import { readFileSync, writeFileSync } from "node:fs";
import { root } from "../../tests/lib/programs.mjs";

const PAGE = `${root}docs/measurements.md`;
const BEGIN = "<!-- figures: written by script/bench --write-docs -->";
const END = "<!-- end of figures -->";
const COLUMNS = ["what", "figure", "target", "verdict", "beside"];

/** Lines of a table whose cells are texts or numbers, padded. */
function padded(lines) {
  const widths = lines[0].map((_, i) => Math.max(...lines.map((cells) => String(cells[i]).length)));
  return lines.map((cells) => cells.map((cell, i) => String(cell).padEnd(widths[i])).join("  ").trimEnd());
}

/** One question's tables, padded: its rows, then `tables` with columns of their own ({title, columns, rows}). */
export function printed({ title, rows, tables = [], notes, at, seconds, quick }) {
  const lines = rows.length === 0 ? [] : padded(rows.map((row) => COLUMNS.map((column) => row[column])));
  const further = tables.flatMap((table) => ["", `  ${table.title}`, ...padded([table.columns, ...table.rows]).map((line) => `  ${line}`)]);
  const when = `${at.slice(0, 16).replace("T", " ")} UTC, ${seconds} s${quick ? ", QUICK: few repetitions" : ""}`;
  return [``, `== ${title}  (${when})`, ...lines.map((line) => `  ${line}`), ...further, ...notes.map((note) => `  ${note}`)].join("\n");
}

/** Lines of a table in Markdown. */
function markdownTable(columns, rows) {
  return [`| ${columns.join(" | ")} |`, `|${"---|".repeat(columns.length)}`, ...rows.map((cells) => `| ${cells.join(" | ")} |`), ``];
}

/** One question's section of the page. */
export function asMarkdown({ title, rows, tables = [], notes, at, quick }) {
  const cells = (row) => [row.what, row.figure, row.target, row.verdict === "MISSED" ? "**missed**" : row.verdict, row.beside];
  return [
    `### ${title}`, ``, `Measured ${at.slice(0, 10)}${quick ? " with few repetitions (`--quick`)" : ""}. ${notes.join(" ")}`, ``,
    ...(rows.length === 0 ? [] : markdownTable(["", "figure", "target", "", "beside"], rows.map(cells))),
    ...tables.flatMap((table) => [`${table.title}:`, ``, ...markdownTable(table.columns, table.rows)]),
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
