// The link between robot and viewer: the program linklab between two namespaces without any other connection.
import { spawnSync } from "node:child_process";
import { LinkLab } from "../../tests/lib/linklab.mjs";
import { bin } from "../../tests/lib/programs.mjs";
import { seedOf } from "./radio_links.mjs";
import { trafficOf } from "./radio_place.mjs";

const DEVICE = "cable";
const DOWN = "20M"; // default of the other direction, for commands and reports; never the bottleneck
const QUEUE = 1_000_000; // bytes, as in a modem
const OTHER_ADDRESS = "10.77.0.7";

/** A generated trace in mahimahi's format. */
export function printTrace(name, seed) {
  const { status, stdout, stderr } = spawnSync(`${bin}/linklab`, ["make-trace", name, "--seed", String(seed)],
    { encoding: "utf8", maxBuffer: 2 ** 27 });
  if (status !== 0) throw new Error(`linklab make-trace ${name}: ${stderr}`);
  return stdout;
}

/**
 * The two machines and their link. `begin()` starts the link's time and returns when that was (ms of the epoch).
 * @param {{up: string, down?: string, delay: number, seed?: number, loss?: string, mtu?: number}} link
 */
export async function openPlace(add, link) {
  const lab = add(await LinkLab.start({
    up: link.up, down: link.down ?? DOWN, delayMs: link.delay, queueBytes: QUEUE, seed: seedOf(link), loss: link.loss, mtu: link.mtu,
    waitForStart: true,
  }));
  const { a, b } = lab;
  for (const place of [a, b]) {
    place.ip("link", "set", "lo", "up");
    place.addDefaultRoute();
  }
  return {
    a, b,
    directory: lab.directory,
    begin: async () => (await lab.command("start"), Date.now()),
    traffic: () => trafficOf(a, DEVICE),
    stats: () => lab.stats(),
    log: () => lab.log(),
    setRate: (rate) => lab.command(`rate up ${rate}`),
    outage: (seconds) => lab.command(`outage both ${seconds}`),
    outageOfUplink: (seconds) => lab.command(`outage up ${seconds}`),
    rebind: () => lab.command("rebind"),
    changeAddress: async () => {
      await lab.command(`address a ${OTHER_ADDRESS}/24`);
      a.address = OTHER_ADDRESS;
      a.addDefaultRoute();
    },
  };
}
