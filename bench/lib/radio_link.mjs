// The link between robot and viewer: the program linklab between two namespaces that have no other way out.
import { spawnSync } from "node:child_process";
import { Place, networkName, sweep } from "../../tests/lib/network.mjs";
import { PATIENCE, Program, bin, eventually } from "../../tests/lib/programs.mjs";
import { trafficOf } from "./radio_place.mjs";
import { seedOf } from "./radio_links.mjs";

const DEVICE = "cable";
const DOWN = "20M"; // the way back: commands and reports, never the bottleneck
const QUEUE = 1_000_000; // bytes, as deep as a modem's
const ADDRESSES = { a: "10.77.0.1", b: "10.77.0.2", other: "10.77.0.7" };

/** A made trace in mahimahi's format. */
export function printTrace(name, seed) {
  const { status, stdout, stderr } = spawnSync(`${bin}/linklab`, ["make-trace", name, "--seed", String(seed)], { encoding: "utf8", maxBuffer: 2 ** 27 });
  if (status !== 0) throw new Error(`linklab make-trace ${name}: ${stderr}`);
  return stdout;
}

/** A running linklab, told what to do a line at a time. */
class Lab {
  #program;
  #asked = 0;

  constructor(args) {
    this.#program = new Program("linklab", args);
  }

  ready() {
    return this.#program.line(/"ready":true/);
  }

  /** Answers come in the order of the questions. */
  async tell(command) {
    const number = this.#asked++;
    this.#program.child.stdin.write(`${command}\n`);
    const answers = () => this.#program.lines.filter(({ text }) => text.startsWith('{"command"'));
    const { text } = await eventually(`linklab to answer "${command}"`, () => answers()[number], PATIENCE);
    const answer = JSON.parse(text);
    if (!answer.ok) throw new Error(`linklab: ${command}: ${answer.error}`);
    return answer;
  }

  stop() {
    return this.#program.stop();
  }
}

function flagsOf(link, [robot, viewer]) {
  const { up, delay } = link;
  return ["--a-netns", robot.name, "--b-netns", viewer.name, "--a-address", `${ADDRESSES.a}/24`, "--b-address", `${ADDRESSES.b}/24`, "--device", DEVICE,
    "--up", up, "--down", DOWN, "--delay-ms", String(delay), "--queue-bytes", String(QUEUE), "--seed", String(seedOf(link)), "--wait-for-start"];
}

function namespaces(add) {
  sweep();
  const name = networkName();
  const places = [new Place(`${name}-robot`, ADDRESSES.a), new Place(`${name}-viewer`, ADDRESSES.b)];
  add({ stop: () => places.forEach((place) => spawnSync("ip", ["netns", "del", place.name])) });
  for (const place of places) place.ip("link", "set", "lo", "up");
  return places;
}

/**
 * The two machines and their link. `begin()` starts the link's time and gives when that was (ms of the epoch).
 * @param {{up: string, delay: number, seed?: number}} link
 */
export async function openPlace(add, link) {
  const places = namespaces(add);
  const lab = add(new Lab(flagsOf(link, places)));
  await lab.ready();
  for (const place of places) place.addDefaultRoute();
  const [a, b] = places;
  return {
    a, b,
    begin: async () => (await lab.tell("start"), Date.now()),
    traffic: () => trafficOf(a, DEVICE),
    stats: () => lab.tell("stats"),
    setRate: (rate) => lab.tell(`rate up ${rate}`),
    outage: (seconds) => lab.tell(`outage both ${seconds}`),
    rebind: () => lab.tell("rebind"),
    changeAddress: async () => {
      await lab.tell(`address a ${ADDRESSES.other}/24`);
      a.address = ADDRESSES.other;
      a.addDefaultRoute();
    },
  };
}
