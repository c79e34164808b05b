// Two network namespaces, which are two machines for the kernel: a viewer and a robot, with a cable between them. Needs root.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PREFIX = "rtcbot";
let made = 0;

/** Runs `ip` and returns its output. */
export function ip(...words) {
  const { status, stderr, stdout } = spawnSync("ip", words, { encoding: "utf8" });
  if (status !== 0) throw new Error(`ip ${words.join(" ")}: ${stderr}`);
  return stdout;
}

/** The prefix of the names of one more network's namespaces. */
export function networkName() {
  return `${PREFIX}-${process.pid}-${made++}`;
}

/** Removes the namespaces of killed tests, which carry the number of their process. */
export function sweep() {
  for (const [name, pid] of ip("netns", "list").matchAll(new RegExp(`^${PREFIX}-(\\d+)-\\S+`, "gm"))) {
    if (!existsSync(`/proc/${pid}`)) spawnSync("ip", ["netns", "del", name]);
  }
}

/** One end of the cable. */
export class Place {
  /** @param {string} name of the namespace @param {string} address of its end */
  constructor(name, address) {
    this.name = name;
    this.address = address;
    /** A command with this in front runs here. Signals reach it, because `ip` becomes the command. */
    this.prefix = ["ip", "netns", "exec", name];
    ip("netns", "add", name);
  }

  ip(...words) {
    return ip("-n", this.name, ...words);
  }

  addAddress(address) {
    this.ip("address", "add", `${address}/24`, "dev", "cable");
    this.address = address;
  }

  /** Without a route, WebRTC finds no address of its own. */
  addDefaultRoute() {
    this.ip("route", "replace", "default", "dev", "cable");
  }

  /** Like a modem: removes the old address with all routes and connections, and adds another. */
  replaceAddress(address) {
    this.ip("address", "del", `${this.address}/24`, "dev", "cable");
    this.addAddress(address);
    this.addDefaultRoute();
  }

  down() {
    this.ip("link", "set", "cable", "down");
  }

  up() {
    this.ip("link", "set", "cable", "up");
    this.addDefaultRoute();
  }

  /** Drops all later UDP packets to that port. */
  dropPacketsTo(port) {
    this.ip("rule", "add", "pref", "10", "ipproto", "udp", "dport", String(port), "blackhole");
  }

  /** A script that runs `program` here with its arguments, for callers that need a path. */
  wrapperOf(program, directory) {
    const path = join(directory, this.name);
    writeFileSync(path, `#!/bin/sh\nexec ${this.prefix.join(" ")} ${program} "$@"\n`);
    chmodSync(path, 0o755);
    return path;
  }
}

/** The two namespaces, connected; `stop()`, or the end of the test's process, removes everything. */
export class Network {
  constructor() {
    sweep();
    const number = networkName();
    this.directory = mkdtempSync(join(tmpdir(), "rtcbot-network-"));
    this.names = [`${number}-viewer`, `${number}-robot`];
    process.on("exit", (this.atExit = () => this.remove()));
    this.viewer = new Place(this.names[0], "10.77.0.1");
    this.robot = new Place(this.names[1], "10.77.0.2");
    this.viewer.ip("link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", this.robot.name);
    for (const place of [this.viewer, this.robot]) {
      place.ip("link", "set", "lo", "up");
      place.addAddress(place.address);
      place.up();
    }
  }

  /** Options of `launch` for a browser in the viewer's namespace. */
  browser() {
    return { executablePath: this.viewer.wrapperOf("/usr/bin/chromium", this.directory) };
  }

  remove() {
    for (const name of this.names) spawnSync("ip", ["netns", "del", name]);
    rmSync(this.directory, { recursive: true, force: true });
  }

  stop() {
    this.remove();
    process.off("exit", this.atExit);
  }
}
