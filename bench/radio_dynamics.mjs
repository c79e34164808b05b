// script/bench radio --dynamics: what a person sees when the link changes under a running picture; ours and Chromium as the robot.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { eventually, startServer, withAll } from "../tests/lib/programs.mjs";
import { describeMachine, pause, quiet, quietness } from "./lib/machine.mjs";
import { climbOf, comebackOf, settlingOf, LIVE } from "./lib/radio_events.mjs";
import { openPlace } from "./lib/radio_link.mjs";
import { connectLink, connectViewer, keepConnected } from "./lib/radio_measure.mjs";
import { columns, markdownTable, writeBetween } from "./lib/radio_report.mjs";
import { SENDERS } from "./lib/radio_senders.mjs";

const MARKS = ["<!-- dynamics: written by script/bench radio --dynamics --write-docs -->", "<!-- end of dynamics -->"];
const LINK = { up: "5M", delay: 25 };
const PATIENCE = 60_000; // for a live picture after an event
const WATCHED = ["ours", "chromium-best"];

/** One sender, watched as in the field, and what has been seen. */
export async function openSession(add, name, robotFlags, link = LINK) {
  const place = await openPlace(add, link);
  const kind = SENDERS[name];
  const sender = await kind.start(add, place, { flags: robotFlags });
  const page = name === "ours" ? await connectLink(add, place, sender) : await connectViewer(add, place, sender, kind.codec);
  if (name !== "ours") await keepConnected(page, sender);
  await place.begin();
  return { place, sender, page, traffic: [] };
}

const framesOf = ({ page }) => page.evaluate(() => window.radio.seen());

/** Lets `seconds` pass and notes what leaves the robot. */
async function pass(session, seconds) {
  const until = Date.now() + seconds * 1000;
  while (Date.now() < until) {
    session.traffic.push(session.place.traffic());
    await pause(0.2);
  }
}

/** Waits until live pictures have flowed for two seconds, all of them after `since`; false if they do not. */
async function flowing(session, since = 0, limit = PATIENCE) {
  try {
    await eventually("a live picture", () => session.page.evaluate(([live, from]) => {
      const now = Date.now();
      if (now < from + 2000) return false;
      const last = window.radio.seen().filter(({ at }) => at > now - 2000);
      return last.length >= 20 && last.every(({ at, stamp }) => stamp !== null && (((at - stamp) % 2 ** 32) + 2 ** 32) % 2 ** 32 < live);
    }, [LIVE, since]), limit);
    return true;
  } catch {
    return false;
  }
}

/** Something happens, lasts, and is over. */
async function comeback(session, happen, length = 0) {
  await flowing(session);
  await pass(session, 3);
  const from = Date.now();
  await happen(session.place, session);
  const back = from + length * 1000;
  await pass(session, length + 1);
  const came = await flowing(session, back);
  const to = Date.now();
  return { ...comebackOf(await framesOf(session), { from, back, to }), came };
}

async function fall(session) {
  await flowing(session);
  await pass(session, 20);
  const from = Date.now();
  await session.place.setRate("1M");
  await pass(session, 12);
  return settlingOf(await framesOf(session), { from, to: Date.now() });
}

async function climb(session) {
  await session.place.setRate("1M");
  await pass(session, 15);
  const from = Date.now();
  await session.place.setRate("5M");
  await pass(session, 30);
  return climbOf(await framesOf(session), session.traffic, { from, to: Date.now(), rate: 5e6 });
}

/** The server goes and comes; only ours has one. */
async function restartServer(place, session) {
  const { server } = session.sender;
  if (!server) return;
  await server.stop();
  session.sender.server = await startServer([], { address: "0.0.0.0", port: server.port, prefix: place.b.prefix });
  session.add(session.sender.server);
}

const OUTAGES = [0.5, 2, 5, 10, 60];
const ms = (value) => (value === null ? "never" : value >= 1000 ? `${(value / 1000).toFixed(1)} s` : `${Math.round(value)} ms`);
const comebackText = ({ live, standstill, oldest }) => `live after ${ms(live)}; still for ${ms(standstill)}; oldest ${ms(oldest)}`;

/** What happens, how it is measured, and what is to be reached (rows 5 to 8 of the goals). */
export const EVENTS = [
  { name: "5 to 1 Mbit/s", goal: "peak 0.8 s, settled after 1.5 s (goal 0.45; 0.7)", run: fall,
    text: ({ peak, settled, before }) => `peak ${ms(peak)} (before ${ms(before)}), settled after ${ms(settled)}` },
  { name: "1 to 5 Mbit/s", goal: "80 % after 5 s (goal 1.5 s, 100 ms extra)", run: climb,
    text: ({ reached, extra }) => `80 % after ${ms(reached)}, delay p95 ${extra} ms above the p50 before` },
  ...OUTAGES.map((length) => ({ name: `outage of ${length} s`,
    goal: length > 10 ? "live after 2 s (goal 1)" : "live after 0.5 s, oldest 0.5 s (goal 0.2; 0.2)",
    run: (session) => comeback(session, (place) => place.outage(length), length), text: comebackText, long: length >= 10 })),
  { name: "NAT rebinding", goal: "1 s (goal 2 RTT)", run: (session) => comeback(session, (place) => place.rebind()), text: comebackText },
  { name: "address change", goal: "1 s (goal 5 RTT)", run: (session) => comeback(session, (place) => place.changeAddress()), text: comebackText },
  { name: "signalling server restarted", goal: "no gap", only: "ours", run: (session) => comeback(session, restartServer), text: comebackText },
];

/** All events for one sender: one session, made anew when the last event has ended it. */
async function eventsOf(name, events, robotFlags) {
  const results = {};
  const rest = events.filter(({ only }) => !only || only === name);
  while (rest.length > 0) {
    await withAll(async (add) => {
      const session = await openSession(add, name, robotFlags);
      session.add = add;
      for (let alive = true; alive && rest.length > 0; ) {
        const event = rest.shift();
        const result = await event.run(session).catch((error) => ({ error: error.message.split("\n")[0] }));
        results[event.name] = result;
        console.error(`  ${SENDERS[name].title}: ${event.name}: ${result.error ?? event.text(result)}`);
        alive = !result.error && result.came !== false;
      }
    });
  }
  return results;
}

function cellsOf(event, run) {
  return WATCHED.map((name) => {
    const result = run.results[name]?.[event.name];
    return !result ? "-" : result.error ? `FAILED: ${result.error}` : event.text(result);
  });
}

function rowsOf(run) {
  const head = ["event", ...WATCHED.map((name) => SENDERS[name].title), "to reach"];
  const measured = EVENTS.filter(({ name }) => WATCHED.some((who) => run.results[who]?.[name]));
  return [head, ...measured.map((event) => [event.name, ...cellsOf(event, run), event.goal])];
}

function writeDocs(run) {
  const notes = run.notes.map((note) => `* ${note}`);
  writeBetween(MARKS, [`Measured ${run.at.slice(0, 10)}; 5 Mbit/s, 25 ms.`, "", markdownTable(rowsOf(run)), "", ...notes, ""].join("\n"));
}

/**
 * @param {{quick: boolean, last: boolean, writeDocs: boolean, patience: number, senders: string[] | null,
 *   robotFlags: string[], folder: string}} flags
 */
export async function runDynamics({ quick, last, writeDocs: toDocs, patience, senders, robotFlags, folder }) {
  const latest = `${folder}/dynamics.json`;
  mkdirSync(folder, { recursive: true });
  if (last && !existsSync(latest)) throw new Error("nothing has been measured yet");
  let run = last ? JSON.parse(readFileSync(latest, "utf8")) : null;
  if (!run) {
    const calm = await quiet(patience);
    run = { at: new Date().toISOString(), machine: describeMachine(), notes: [quietness(calm)], results: {} };
    const events = EVENTS.filter(({ long }) => !quick || !long);
    for (const name of WATCHED.filter((one) => !senders || senders.includes(one))) {
      run.results[name] = await eventsOf(name, events, robotFlags);
      writeFileSync(latest, `${JSON.stringify(run, null, 1)}\n`);
    }
  }
  console.log(["", "== When the link changes (5 Mbit/s, 25 ms)", columns(rowsOf(run)), ...run.notes.map((note) => `  ${note}`)].join("\n"));
  if (toDocs) writeDocs(run);
}
