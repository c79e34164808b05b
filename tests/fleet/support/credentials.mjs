// Secrets, tokens and requests with credentials, made by the real program.
import { spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bin, startServer } from "../../lib/programs.mjs";

/** A directory with a server's secrets, and the commands of `rtcbot-server` on them. */
export class Credentials {
  constructor() {
    this.directory = mkdtempSync(join(tmpdir(), "rtcbot-credentials-"));
    this.file = join(this.directory, "secrets");
    /** Everything that must never be seen in a log: tokens as they are made; keys are read from the file. */
    this.made = [];
  }

  /** Runs a command; gives its exit code and what it printed. */
  run(args, { input = "", env = {} } = {}) {
    const { status, stdout, stderr } = spawnSync(`${bin}/rtcbot-server`, [...args, "--secret-file", this.file],
      { encoding: "utf8", input, env: { ...process.env, ...env }, timeout: 30_000 });
    return { status, stdout: stdout.trim(), stderr };
  }

  token(role, robots = ["*"], more = []) {
    const { status, stdout, stderr } = this.run(["token", "--role", role, ...robots.flatMap((each) => ["--robots", each]), ...more]);
    if (status !== 0) throw new Error(`no token: ${stderr}`);
    this.made.push(stdout.replace(/.*#(token|code)=/, ""));
    return stdout;
  }

  /** What `token show` says of it. */
  show(token) {
    return JSON.parse(this.run(["token", "show"], { input: `${token}\n` }).stdout);
  }

  revoke(token) {
    const { id } = this.show(token);
    const { status, stderr } = this.run(["token", "revoke", id]);
    if (status !== 0) throw new Error(stderr);
    return id;
  }

  /** [name, key] of each secret, the one that signs first. */
  secrets() {
    return readFileSync(this.file, "utf8").split("\n").filter((line) => line && !line.startsWith("#")).map((line) => line.split(" "));
  }

  /** Everything that must not be found in a log. */
  hidden() {
    return [...this.made.flatMap((token) => [token, token.split(".")[2]]), ...this.secrets().map(([, key]) => key)];
  }

  start(args = [], options) {
    return startServer(["--secret-file", this.file, ...args], options);
  }

  stop() {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token of any header and claims, signed with that key by that digest; what an attacker sends. */
export function forge(header, claims, key, digest = "sha256") {
  const body = `${part(header)}.${part(claims)}`;
  return `${body}.${createHmac(digest, key).update(body).digest("base64url")}`;
}

export const bearer = (token) => ({ authorization: `Bearer ${token}` });

/** Status and body of a GET. */
export async function get(url, headers = {}) {
  const response = await fetch(url, { headers, redirect: "manual" });
  return { status: response.status, headers: response.headers, text: await response.text() };
}
