// The commands that make, show and revoke credentials, mistyped.
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { withAll } from "../lib/programs.mjs";
import { Credentials } from "./support/credentials.mjs";

const ROBOT = ["token", "--role", "robot", "--robots", "rover"];
const DRIVER = ["token", "--role", "drive", "--robots", "rover"];

function refuses(credentials, args, sentence) {
  const { status, stdout, stderr } = credentials.run(args, { input: "x.y.z\n" });
  assert.deepEqual([status, stdout], [2, ""], args.join(" "));
  assert.match(stderr, sentence);
}

test("a mistyped file makes no secret, shows nothing and revokes nothing", () => withAll(async (add) => {
  const credentials = add(new Credentials());
  for (const args of [ROBOT, ["token", "show"], ["token", "list"], ["token", "revoke", "some-id"], ["secret", "rotate"]]) {
    refuses(credentials, args, /there are no secrets at \S+secrets; .*secret make/);
  }
  assert.deepEqual(readdirSync(credentials.directory), []);
}));

test("the first secret is made by its own command, once", () => withAll(async (add) => {
  const credentials = add(new Credentials());
  assert.equal(credentials.run(["secret", "make"]).status, 0);
  const made = credentials.secrets();
  assert.equal(made.length, 1);
  refuses(credentials, ["secret", "make"], /already; see secret rotate/);
  assert.deepEqual(credentials.secrets(), made);
  assert.equal(credentials.show(credentials.token("drive", ["rover"])).role, "drive");
}));

test("tokens that were made are listed until they expire, with those that were revoked", () => withAll(async (add) => {
  const credentials = add(new Credentials());
  refuses(credentials, ["token", "list"], /there are no secrets/);
  credentials.run(["secret", "make"]);
  const list = () => credentials.run(["token", "list", "--json"]).stdout.split("\n").filter(Boolean).map(JSON.parse);
  assert.deepEqual(list(), []);
  const kept = credentials.show(credentials.token("drive", ["rover*"], ["--owner", "anna"]));
  const lost = credentials.show(credentials.token("robot", ["rover1"]));
  credentials.run([...DRIVER, "--for", "7d", "--link", "https://robots.example.org"]);
  credentials.run(["token", "revoke", lost.id]);
  assert.deepEqual(list().slice(0, 2), [{ ...kept, revoked: false }, { ...lost, revoked: true }]);
  assert.equal(list()[2].link.uses, 1);
  assert.match(credentials.run(["token", "revoke", `${kept.id}x`]).stderr, /is revoked;[^]*no valid token with this id; is it mistyped/);
  assert.doesNotMatch(credentials.run(["token", "revoke", lost.id]).stderr, /mistyped/);
  const table = credentials.run(["token", "list"]).stdout;
  assert.match(table, new RegExp(`^ID .*\\n${kept.id} +drive +rover\\* +anna .* valid\\n${lost.id} +robot +rover1 +- .* revoked\\n`));
}));

test("a link is made for a person, at an address that leads somewhere", () => withAll(async (add) => {
  const credentials = add(new Credentials());
  credentials.run(["secret", "make"]);
  for (const link of ["robots.example.org", "ftp://robots.example.org"]) {
    refuses(credentials, [...DRIVER, "--link", link], /--link requires .*https:\/\/robots\.example\.org/);
  }
  for (const link of ["https://", "https://a/robots?x", "https://anna@a"]) {
    refuses(credentials, [...DRIVER, "--link", link], /--link requires a host/);
  }
  refuses(credentials, [...ROBOT, "--link", "https://a"], /remove --link.*RTCBOT_TOKEN/);
  const said = (link) => credentials.run([...DRIVER, "--link", link]);
  assert.match(said("https://robots.example.org/").stdout, /^https:\/\/robots\.example\.org\/login#code=[\w.-]+$/);
  assert.match(said("https://example.org/robots/").stdout, /^https:\/\/example\.org\/robots\/login#code=/);
  assert.match(said("http://192.168.1.5:8080").stderr, /anybody on the network path can read/);
  assert.doesNotMatch(said("http://localhost:8080").stderr, /on the network path/);
  assert.ok(!existsSync(`${credentials.file}.revoked`));
}));
