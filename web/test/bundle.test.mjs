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

test("stays within its budget of 14 KB", () => {
  const size = gzipSync(source, { level: 9 }).length;
  assert.ok(size <= 14 * 1024, `${size} bytes`);
});
