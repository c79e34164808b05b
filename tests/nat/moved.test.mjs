// A robot behind a symmetric NAT, which is seen through a TURN server, gets another address. Prints how long the picture stood still.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RELAYS } from "../lib/nat.mjs";
import { PATIENCE, withAll } from "../lib/programs.mjs";
import { makeSite, movesAgain, moving, openPage, pathOf } from "./support/parts.mjs";

const ICE = ["stun:relay.test:3478", "turn:relay.test:3478?transport=udp"];
/** A driver's patience, ms; also a loaded machine's. An idle one takes a few seconds. */
const LIMIT = 15_000;

for (const [what, flags] of [["whichever end is at the relay", []], ["both ends at the relay", ["--ice-transport", "relay"]]]) {
  test(`a robot that gets another address behind a symmetric NAT is seen again, ${what}`, (t) => withAll(async (add) => {
    const { network, robot, ...site } = await makeSite(add, {
      rules: { nat: "symmetric" }, ice: ICE, relays: [RELAYS[0]], server: flags, robot: flags,
    });
    const page = await openPage(site);
    await moving(page, 2 * PATIENCE);
    const since = Date.now();
    network.moveRobot("192.168.10.3");
    const back = await movesAgain(t, page, since, "the address was replaced", 2 * PATIENCE);
    assert.ok(back < LIMIT, `${back} ms`);
    const path = await pathOf(page);
    assert.ok([path.local, path.remote].includes("relay"), JSON.stringify(path));
    const made = await page.evaluate(() => window.__peers.map((peer) => peer.connectionState));
    t.diagnostic(`connections: ${made}; now ${path.local} to ${path.remote}`);
    await robot.statsWhere("to be on the server and watched", ({ online, viewers }) => online && viewers.some(({ state }) => state === "connected"));
  }));
}
