// Many offers through three servers: none is lost, none gets another's answer; and what the way through NATS adds.
import assert from "node:assert/strict";
import { test } from "node:test";
import { markOf, offer, post } from "../lib/offers.mjs";
import { withAll } from "../lib/programs.mjs";
import { answeringRobot, listed, metric, startFleet } from "./support/fleet.mjs";

const ROBOTS = 6;
const OFFERS = 2_000;
const AT_ONCE = 16;
const MEASURED = 300;

const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

test(`${OFFERS} offers from all servers to robots at all servers: each gets its own answer`, (t) => withAll(async (add) => {
  const { servers } = await startFleet(add);
  const names = Array.from({ length: ROBOTS }, (_, i) => `robot${i}`);
  for (let i = 0; i < ROBOTS; i++) await answeringRobot(add, servers[i % servers.length], names[i]);
  await listed(servers, names);
  let next = 0;
  let answered = 0;
  const one = async () => {
    for (let i = next++; i < OFFERS; i = next++) {
      const robot = i % ROBOTS;
      const at = Math.floor(i / ROBOTS) % servers.length;
      const { status, json } = await post(`${servers[at].url}/${names[robot]}`, offer(`offer ${i}`));
      assert.equal(status, 200, JSON.stringify(json));
      assert.equal(markOf(json), `offer ${i} by ${names[robot]}`);
      answered++;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  assert.equal(answered, OFFERS);
  for (const server of servers) {
    assert.equal(await metric(server, "rtcbot_cluster_requests_waiting"), 0);
    assert.equal(await metric(server, "rtcbot_cluster_late_replies_total"), 0);
    assert.equal(await metric(server, "rtcbot_cluster_slow_consumer_total"), 0);
  }
  // One after the other, so that nothing but the way is measured; to each robot in turn, as a server drops one that says
  // more than 500 things at once.
  const times = { local: [], remote: [] };
  for (let i = 0; i < 2 * MEASURED; i++) {
    const robot = Math.floor(i / 2) % ROBOTS;
    const { status, ms, json } = await post(`${servers[(robot + (i % 2)) % servers.length].url}/${names[robot]}`, offer(`measured ${i}`));
    assert.equal(status, 200, `${i}: ${JSON.stringify(json)}`);
    times[i % 2 === 0 ? "local" : "remote"].push(ms);
  }
  for (const list of Object.values(times)) list.sort((a, b) => a - b);
  const told = (share) => {
    const [local, remote] = [quantile(times.local, share), quantile(times.remote, share)];
    return `${local.toFixed(2)} ms at the robot's server, ${remote.toFixed(2)} ms through another: ${(remote / local).toFixed(2)} times`;
  };
  t.diagnostic(`p50 ${told(0.5)}; p99 ${told(0.99)}`);
}));
