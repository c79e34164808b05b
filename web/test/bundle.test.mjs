import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import vm from "node:vm";
import { gzipSync } from "node:zlib";

const source = await readFile(new URL("../dist/rtcbot.js", import.meta.url), "utf8");

test("is a CommonJS module where there is `module`", () => {
  const module = { exports: /** @type {any} */ ({}) };
  vm.runInNewContext(source, { module, exports: module.exports, require: createRequire(import.meta.url) });
  assert.equal(typeof module.exports.RTCConnection, "function");
});

test("is an AMD module where there is `define`", () => {
  let made;
  vm.runInNewContext(source, { define: Object.assign((names, factory) => (made = factory()), { amd: {} }) });
  assert.equal(typeof made.connect, "function");
});

for (const [name, budget] of /** @type {const} */ ([["rtcbot.js", 20.5], ["robot.html", 60], ["list.html", 10]])) {
  test(`${name} stays within its budget of ${budget} kB, compressed`, async () => {
    const size = gzipSync(await readFile(new URL(`../dist/${name}`, import.meta.url)), { level: 9 }).length;
    assert.ok(size <= budget * 1000, `${size} bytes`);
  });
}
