// A robot and a browser, each behind a NAT, and a public network between them: five network namespaces. Needs root and nftables.
//
//   robot --(lan)-- robot-nat --(wan)-- public --(wan)-- browser-nat --(lan)-- browser
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Place, networkName, sweep } from "./network.mjs";
import { Program, eventually, root } from "./programs.mjs";

/** The public addresses, from the block for benchmarks (RFC 2544), and their names at both ends. */
export const SITE = "198.18.0.1";
export const RELAYS = ["198.18.0.2", "198.18.0.3"];
const NAMES = { "site.test": SITE, "relay.test": RELAYS[0], "spare.test": RELAYS[1] };

/**
 * How outer ports are chosen. By default the kernel keeps the inner port if it can, so that it maps to the same outer port for
 * every destination: a port-restricted cone. At random, each destination gets another port: symmetric.
 */
const MASQUERADE = { cone: "masquerade", symmetric: "masquerade random,fully-random" };
/** The packets that a firewall lets out. */
const OUTWARD = {
  all: "accept",
  "no udp": "meta l4proto != udp accept",
  "443 only": "tcp dport 443 accept",
};

/** Drops unsolicited packets before they are tracked: an early packet must not occupy the port of a later one of ours. */
function ruleset({ nat, firewall }) {
  return `flush ruleset
table inet rules {
  chain out {
    type nat hook postrouting priority srcnat
    oifname "wan" meta l4proto { tcp, udp } ${MASQUERADE[nat]}
  }
  chain own {
    type filter hook input priority filter; policy drop
    ct state established,related accept
  }
  chain through {
    type filter hook forward priority filter; policy drop
    ct state established,related accept
    iifname "lan" ${OUTWARD[firewall]}
  }
}
`;
}

/** Runs a command in a namespace, with `input` on its standard input. */
function at(place, command, input) {
  const [program, ...words] = [...place.prefix, ...command];
  const { status, stderr } = spawnSync(program, words, { encoding: "utf8", input });
  if (status !== 0) throw new Error(`${command.join(" ")}: ${stderr}`);
}

function route(place, ...words) {
  place.ip("route", "add", ...words);
}

/** A router with an inner and an outer cable. */
class Nat extends Place {
  constructor(name, inner, outer, rules) {
    super(name, outer);
    this.inner = inner;
    this.rules = rules;
    this.forwards();
  }

  forwards() {
    at(this, ["sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"]);
    at(this, ["nft", "-f", "-"], ruleset(this.rules));
  }
}

/** The five namespaces, connected. `stop()`, or the end of the test's process, removes everything. */
export class NattedNetwork {
  /** @param {{nat?: "cone" | "symmetric", firewall?: "all" | "no udp" | "443 only"}} [rules] of both routers */
  constructor({ nat = "symmetric", firewall = "all" } = {}) {
    sweep();
    sweepNames();
    this.directory = mkdtempSync(join(tmpdir(), "rtcbot-nat-"));
    const number = networkName();
    this.names = ["robot", "robot-nat", "public", "browser-nat", "browser"].map((name) => `${number}-${name}`);
    process.on("exit", (this.atExit = () => this.remove()));
    this.#nameServers();
    const [robot, robotNat, open, browserNat, browser] = this.names;
    this.open = new Place(open, SITE);
    this.#makePublic();
    this.robot = this.#home(robot, "192.168.10.2", new Nat(robotNat, "192.168.10.1", "198.18.1.2", { nat, firewall }), "198.18.1.1");
    this.browser = this.#home(browser, "192.168.20.2", new Nat(browserNat, "192.168.20.1", "198.18.2.2", { nat, firewall }), "198.18.2.1");
  }

  /** `ip netns exec` shows these files to the programs as /etc/hosts. Chromium looks up TURN servers with a final dot. */
  #nameServers() {
    const lines = Object.entries(NAMES).map(([name, address]) => `${address} ${name} ${name}.`);
    const hosts = ["127.0.0.1 localhost", ...lines, ""].join("\n");
    for (const name of this.names) {
      mkdirSync(`/etc/netns/${name}`, { recursive: true });
      writeFileSync(`/etc/netns/${name}/hosts`, hosts);
    }
  }

  /**
   * Forwards between the routers; packets for the addresses behind them vanish, as on the internet. (Without a route, sending
   * would fail, and coturn ends a session for that.)
   */
  #makePublic() {
    this.open.ip("link", "add", "nowhere", "type", "veth", "peer", "name", "end");
    for (const device of ["nowhere", "end"]) this.open.ip("link", "set", device, "arp", "off", "up");
    route(this.open, "default", "dev", "nowhere");
    this.open.ip("link", "set", "lo", "up");
    for (const address of [SITE, ...RELAYS]) this.open.ip("address", "add", `${address}/32`, "dev", "lo");
    at(this.open, ["sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"]);
  }

  #home(name, address, nat, gateway) {
    const home = new Place(name, address);
    home.ip("link", "add", "cable", "type", "veth", "peer", "name", "lan", "netns", nat.name);
    const outside = `to${gateway.split(".")[2]}`;
    nat.ip("link", "add", "wan", "type", "veth", "peer", "name", outside, "netns", this.open.name);
    const ends = [[home, "cable", address], [nat, "lan", nat.inner], [nat, "wan", nat.address], [this.open, outside, gateway]];
    for (const [place, device, own] of ends) {
      place.ip("address", "add", `${own}/24`, "dev", device);
      place.ip("link", "set", "lo", "up");
      place.ip("link", "set", device, "up");
    }
    route(home, "default", "via", nat.inner);
    route(nat, "default", "via", gateway);
    return Object.assign(home, { nat });
  }

  /** The robot's modem reconnects: removes the old address with all routes and connections, and adds another. */
  moveRobot(address) {
    const { robot } = this;
    robot.ip("address", "del", `${robot.address}/24`, "dev", "cable");
    robot.addAddress(address);
    route(robot, "default", "via", robot.nat.inner);
  }

  /** A script that starts Chromium in the browser's namespace, with its own home directory, which holds its certificates. */
  chromium() {
    return this.browser.wrapperOf(`env HOME=${this.directory} /usr/bin/chromium`, this.directory);
  }

  remove() {
    for (const name of this.names) {
      spawnSync("ip", ["netns", "del", name]);
      rmSync(`/etc/netns/${name}`, { recursive: true, force: true });
    }
    rmSync(this.directory, { recursive: true, force: true });
  }

  stop() {
    this.remove();
    process.off("exit", this.atExit);
  }
}

/** Like `sweep`, for the name files of killed tests. */
function sweepNames() {
  for (const name of existsSync("/etc/netns") ? readdirSync("/etc/netns") : []) {
    const pid = /^rtcbot-(\d+)-/.exec(name)?.[1];
    if (pid && !existsSync(`/proc/${pid}`)) rmSync(`/etc/netns/${name}`, { recursive: true, force: true });
  }
}

function run(command, ...words) {
  const { status, stderr } = spawnSync(command, words, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${words.join(" ")}: ${stderr}`);
}

/** Makes a certificate authority, and a certificate for the relays' names; this network's browser trusts it. */
export function makeCertificates(network) {
  const file = (name) => join(network.directory, name);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  run("openssl", "req", "-x509", ...key, "-keyout", file("ca.key"), "-out", file("ca.pem"), "-subj", "/CN=rtcbot test authority");
  run("openssl", "req", "-x509", ...key, "-keyout", file("relay.key"), "-out", file("relay.pem"), "-subj", "/CN=relay.test",
    "-CA", file("ca.pem"), "-CAkey", file("ca.key"), "-addext", "basicConstraints=critical,CA:FALSE",
    "-addext", `subjectAltName=DNS:relay.test,DNS:spare.test,IP:${RELAYS[0]}`, "-addext", "extendedKeyUsage=serverAuth");
  const store = join(network.directory, ".pki/nssdb");
  mkdirSync(store, { recursive: true });
  run("certutil", "-N", "-d", `sql:${store}`, "--empty-password");
  run("certutil", "-A", "-d", `sql:${store}`, "-n", "rtcbot-test", "-t", "C,,", "-i", file("ca.pem"));
  return { authority: file("ca.pem"), certificate: file("relay.pem"), key: file("relay.key") };
}

export const TURN_USER = "robot";
export const TURN_PASSWORD = "s3cret-of-the-test";

export const TURN_SECRET = "shared-secret-of-the-test";

/** deploy/coturn/turnserver.conf with the changes that its comments demand, for that address and directory. */
function deployedSettings(address, directory, more) {
  const text = readFileSync(`${root}deploy/coturn/turnserver.conf`, "utf8");
  const changed = text.replace("static-auth-secret=CHANGE-ME", `static-auth-secret=${TURN_SECRET}`)
    .replace("realm=relay.example.org", "realm=relay.test").replace("log-file=syslog", "log-file=stdout");
  const own = [`listening-ip=${address}`, `relay-ip=${address}`, `pidfile=${directory}/pid`, `userdb=${directory}/users`, "no-tls"];
  return [changed, ...own, ...more, ""].join("\n");
}

/** Starts coturn in the public namespace: STUN and TURN over UDP and TCP on 3478, TURN over TLS on 443 if there are certificates. */
/** `deployed`: with the configuration of deploy/, whose credentials expire, and `more` lines; otherwise one permanent user. */
export async function startRelay(network, { address = RELAYS[0], certificates = null, deployed = false, more = [] } = {}) {
  const directory = mkdtempSync(join(network.directory, "relay-"));
  const settings = [
    `listening-ip=${address}`, `relay-ip=${address}`, "listening-port=3478", "tls-listening-port=443", "min-port=50000",
    "max-port=50999", "realm=relay.test", "lt-cred-mech", `user=${TURN_USER}:${TURN_PASSWORD}`, "fingerprint", "no-cli", "no-dtls",
    "log-file=stdout", "simple-log", `pidfile=${directory}/pid`, `userdb=${directory}/users`, "no-rfc5780", "no-multicast-peers",
    ...(certificates ? [`cert=${certificates.certificate}`, `pkey=${certificates.key}`] : ["no-tls"]),
  ];
  writeFileSync(join(directory, "turnserver.conf"),
    deployed ? deployedSettings(address, directory, more) : `${settings.join("\n")}\n`);
  const relay = new Program("/usr/bin/turnserver", ["-c", join(directory, "turnserver.conf")], { prefix: network.open.prefix });
  await eventually(() => `coturn to listen on ${address}; it said:\n${relay.log()}`, () => {
    if (relay.exit) throw new Error(`coturn has ended:\n${relay.log()}`);
    return isListening(network.open, `${address}:3478`);
  });
  return relay;
}

/** True if a program there accepts both UDP packets and TCP connections. */
function isListening(place, where) {
  const { stdout } = spawnSync("ip", ["netns", "exec", place.name, "ss", "-Htuln"], { encoding: "utf8" });
  return ["udp", "tcp"].every((kind) => stdout.split("\n").some((line) => line.startsWith(kind) && line.includes(` ${where} `)));
}

