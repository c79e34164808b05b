import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "../test-support/fake_clock.js";
import { WakeLock } from "./wake_lock.js";

/** A browser that grants locks and removes them. */
function browser() {
  const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  /** @type {any[]} */
  const locks = [];
  const request = async () => {
    const lock = Object.assign(new EventTarget(), {
      isHeld: true,
      release: async () => {
        lock.isHeld = false;
        lock.dispatchEvent(new Event("release"));
      },
    });
    locks.push(lock);
    return lock;
  };
  const see = (/** @type {string} */ state) => {
    document.visibilityState = state;
    document.dispatchEvent(new Event("visibilitychange"));
  };
  return { document, locks, see, lock: new WakeLock({ wakeLock: { request } }, document) };
}

const held = (/** @type {any[]} */ locks) => locks.map(({ isHeld }) => isHeld);

test("a screen is kept awake while it is wanted, and asked for again after another tab was in front", async () => {
  const { locks, see, lock } = browser();
  lock.want(true);
  lock.want(true);
  await settle();
  assert.deepEqual(held(locks), [true]);
  await locks[0].release(); // Like the browser when the page is hidden.
  see("hidden");
  await settle();
  assert.deepEqual(held(locks), [false]);
  see("visible");
  await settle();
  assert.deepEqual(held(locks), [false, true]);
  lock.want(false);
  await settle();
  assert.deepEqual(held(locks), [false, false]);
  see("visible");
  await settle();
  assert.equal(locks.length, 2);
});

test("what is given when it is wanted no more is given back; a browser without locks, or one that refuses, is no trouble", async () => {
  const { locks, lock } = browser();
  lock.want(true);
  lock.want(false);
  await settle();
  assert.deepEqual(held(locks), [false]);
  const { document } = browser();
  new WakeLock({}, document).want(true);
  new WakeLock({ wakeLock: { request: () => Promise.reject(new Error("battery")) } }, document).want(true);
  await settle();
});
