/** Time that stands still until a test moves it: `now`, `setTimeout`, `clearTimeout`, in ms. */
export class FakeClock {
  constructor() {
    this.time = 1000;
    /** @type {{at: number, task: () => void}[]} */
    this.timers = [];
    this.now = () => this.time;
    this.setTimeout = (/** @type {() => void} */ task, /** @type {number} */ ms) => {
      const timer = { at: this.time + ms, task };
      this.timers.push(timer);
      return timer;
    };
    this.clearTimeout = (/** @type {any} */ timer) => {
      this.timers = this.timers.filter((each) => each !== timer);
    };
  }

  /** Moves on, running what is due in order, and lets promises settle in between. @param {number} ms */
  async advance(ms) {
    const end = this.time + ms;
    for (;;) {
      await settle();
      const next = this.timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.clearTimeout(next);
      this.time = Math.max(this.time, next.at);
      next.task();
    }
    this.time = end;
    await settle();
  }
}

/** Lets every promise that can settle do so. */
export async function settle() {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}
