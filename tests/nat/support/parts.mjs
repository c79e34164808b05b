// What the tests of NAT traversal are made of: a site with its robot and a page behind NATs, and what the page says of its path.
import { frames, freshFrames, keepPeers, launch, watchFrames } from "../../lib/browser.mjs";
import { NattedNetwork, SITE, TURN_PASSWORD, TURN_SECRET, TURN_USER, makeCertificates, startRelay } from "../../lib/nat.mjs";
import { PATIENCE, Robot, startServer } from "../../lib/programs.mjs";

const CREDENTIALS = { RTCBOT_TURN_CREDENTIAL: TURN_PASSWORD };

/** Flags that name STUN and TURN servers. `deployed`: their credentials are made by the server. */
export function iceFlags(urls, deployed = false) {
  const flags = urls.flatMap((url) => [/^stun/.test(url) ? "--stun" : "--turn", url]);
  return !deployed && urls.some((url) => /^turn/.test(url)) ? [...flags, "--turn-username", TURN_USER] : flags;
}

/**
 * Server, robot and browser, each at its place. The server tells both ends of the STUN and TURN servers.
 * @param {{ice: string[], rules?: object, tls?: boolean, trusted?: boolean, relays?: string[], deployed?: boolean, server?: string[],
 *   robot?: string[]}} wanted
 *   trusted: whether the robot knows the authority of the relays' certificates
 */
export async function makeSite(add, {
  ice, rules, tls = false, trusted = tls, relays = [], deployed = false, server: serverFlags = [], robot: robotFlags = [],
}) {
  const network = add(new NattedNetwork(rules));
  const certificates = tls ? makeCertificates(network) : null;
  const coturns = [];
  for (const address of relays) coturns.push(add(await startRelay(network, { address, certificates, deployed })));
  const server = add(await startServer([...iceFlags(ice, deployed), "--host", "site.test", ...serverFlags],
    { address: SITE, port: 443, prefix: network.open.prefix, env: deployed ? { RTCBOT_TURN_SECRET: TURN_SECRET } : CREDENTIALS }));
  const robot = add(new Robot(443, [...(trusted ? ["--ca-file", certificates.authority] : []), ...robotFlags],
    { host: "site.test", prefix: network.robot.prefix }));
  await robot.online();
  const browser = add(await launch({ executablePath: network.chromium() }));
  return { network, coturns, server, robot, browser, url: "http://site.test:443" };
}

/** The robot's page, with every connection it makes within reach. */
export async function openPage({ browser, url }) {
  const page = await browser.newPage();
  await keepPeers(page);
  await page.goto(`${url}/`);
  return page;
}

/** Waits until the picture moves, and keeps moving. */
export async function moving(page, limit = PATIENCE) {
  await page.waitForFunction(() => document.querySelector("video")?.videoWidth > 0, null, { timeout: limit, polling: 50 });
  if ((await frames(page)).length === 0) await watchFrames(page);
  return freshFrames(page, 30, { limit });
}

/** Waits until the picture moves, and prints and gives how long after `since` (ms of the epoch), when `what` happened, that is. */
export async function movesAgain(t, page, since, what, limit) {
  await freshFrames(page, 30, { limit });
  const back = await page.evaluate((from) => {
    const times = [from, ...window.__seen.map(({ at }) => at).filter((at) => at > from)];
    const gaps = times.slice(1).map((at, i) => at - times[i]);
    return times[gaps.indexOf(Math.max(...gaps)) + 1] - from;
  }, since);
  t.diagnostic(`moving again ${back} ms after ${what}`);
  return back;
}

/** The pair of candidates that the page's newest connection uses of those that stand: "relay/udp to srflx" and the like. */
export async function pathOf(page) {
  return page.evaluate(async () => {
    const report = await window.__peers.findLast(({ connectionState }) => connectionState === "connected").getStats();
    const transport = [...report.values()].find(({ type }) => type === "transport");
    const pair = report.get(transport.selectedCandidatePairId);
    const [local, remote] = [report.get(pair.localCandidateId), report.get(pair.remoteCandidateId)];
    return {
      local: local.candidateType, remote: remote.candidateType, toRelay: local.relayProtocol ?? null, relay: local.url ?? null,
      bytes: pair.bytesReceived,
    };
  });
}
