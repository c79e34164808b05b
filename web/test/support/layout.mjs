// What is wrong with a layout, as asked within a page: parts that collide, words that are cut, a stop button out of reach, a picture that is covered.
// Each function runs in the page, and must stand alone.

/** Parts that must not lie over each other. Details and menu are opened on purpose, and may lie over words, stats and settings. */
const PARTS = ["banner", "tiles", "settings", "stick", "stop", "bar", "rare", "panel", "notes", "card"];
const MAY_COVER = ["panel banner", "panel tiles", "panel notes", "panel settings", "panel card", "rare settings", "rare banner"];

/** All faults of the page as it is now, each a sentence. @param {import("playwright-core").Page} page @returns {Promise<string[]>} */
export async function faultsOf(page) {
  const found = await page.evaluate(collisionsInPage, [PARTS, MAY_COVER]);
  return [...await page.evaluate(stopInPage), ...found, ...await page.evaluate(cutsInPage)];
}

/**
 * The stop button has to be whole, large enough for a thumb, and the first thing at its middle and corners; nothing may lie over the other buttons
 * for driving.
 */
function stopInPage() {
  const stop = document.getElementById("stop");
  const { left, top, right, bottom, width, height } = stop.getBoundingClientRect();
  const faults = [];
  if (!(left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight && width > 60 && height > 50)) {
    faults.push(`the stop button leaves the screen: ${[left, top, right, bottom, innerWidth, innerHeight].map(Math.round)}`);
  }
  for (const [x, y] of [[0.5, 0.5], [0.15, 0.15], [0.85, 0.15], [0.15, 0.85], [0.85, 0.85]]) {
    const at = document.elementFromPoint(left + x * width, top + y * height);
    if (!at || !stop.contains(at)) faults.push(`over the stop button: ${at?.id || at?.className || at?.tagName}`);
  }
  for (const id of ["act", "release", "grant", "refuse"]) {
    const button = document.getElementById(id);
    const box = button.getBoundingClientRect();
    // What has to be scrolled to is not to be pressed yet.
    const by = button.closest(".banner").getBoundingClientRect();
    if (!button.checkVisibility() || box.bottom > by.bottom + 1) continue;
    const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    if (!at || !button.contains(at)) faults.push(`over the button ${id}: ${at?.id || at?.className || at?.tagName}`);
  }
  return faults;
}

/** @param {[string[], string[]]} given */
function collisionsInPage([parts, mayCover]) {
  const boxOf = (/** @type {Element} */ part) => {
    const { left, top, right, bottom } = part.getBoundingClientRect();
    // What is scrolled is as large as what it is scrolled in.
    const around = part.closest(".curtain")?.getBoundingClientRect() ?? { left, top, right, bottom };
    const box = { left: Math.max(left, around.left), top: Math.max(top, around.top), right: Math.min(right, around.right),
      bottom: Math.min(bottom, around.bottom) };
    return { ...box, width: box.right - box.left, height: box.bottom - box.top };
  };
  const boxes = parts.map((name) => [name, boxOf(document.getElementById(name) ?? document.querySelector(`.${name}`))])
    .filter(([, { width, height }]) => width > 0 && height > 0);
  const faults = [];
  for (const [one, a] of boxes) {
    if (one !== "notes" && (a.left < -0.5 || a.top < -0.5 || a.right > innerWidth + 0.5 || a.bottom > innerHeight + 0.5)) {
      faults.push(`${one} leaves the screen: ${[a.left, a.top, a.right, a.bottom].map(Math.round)}`);
    }
    for (const [other, b] of boxes) {
      const isOver = a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
      if (parts.indexOf(one) < parts.indexOf(other) && isOver && !mayCover.includes(`${other} ${one}`) && !mayCover.includes(`${one} ${other}`)) {
        faults.push(`${one} and ${other} collide`);
      }
    }
  }
  return faults;
}

/**
 * Everything that can be pressed and is shown, outside of the details, which scroll: its box by its id.
 * @param {import("playwright-core").Page} page @returns {Promise<Record<string, {x: number, y: number, width: number, height: number}>>}
 */
export function pressablesOf(page) {
  return page.evaluate(() => {
    const all = [...document.querySelectorAll("button, select, input, a, #stick")]
      .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.closest(".panel"));
    return Object.fromEntries(all.map((each) => {
      const { x, y, width, height } = each.getBoundingClientRect();
      return [each.id || each.textContent, { x, y, width, height }];
    }));
  });
}

/** Words of which a part is not to be seen. What is scrolled, a name that is shortened on purpose, and what has no room at all is left out. */
function cutsInPage() {
  const faults = [];
  const words = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const partly = (box, by) => box.left < by.left - 1 || box.right > by.right + 1 || box.top < by.top - 2 || box.bottom > by.bottom + 2;
  const apart = (box, by) => box.left >= by.right || box.right <= by.left || box.top >= by.bottom || box.bottom <= by.top;
  for (let node = words.nextNode(); node; node = words.nextNode()) {
    const element = node.parentElement;
    const isShown = node.data.trim() !== "" && element.checkVisibility({ visibilityProperty: true });
    if (!isShown || element.closest(".unseen, .label, .name, select, .panel")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    let isScrolled = false;
    for (let around = element; around !== document.body; around = around.parentElement) {
      const style = getComputedStyle(around);
      const isLarger = around.scrollHeight > around.clientHeight || around.scrollWidth > around.clientWidth;
      if (isLarger && /auto|scroll/.test(style.overflowX + style.overflowY)) isScrolled = true;
      if (isScrolled || !/hidden|clip/.test(style.overflowX + style.overflowY)) continue;
      const by = around.getBoundingClientRect();
      if (element.clientWidth <= 1) isScrolled = true;
      else if (apart(box, by)) isScrolled = true; // It has no room, and is not to be seen at all.
      else if (partly(box, by)) faults.push(`cut: ${node.data.trim()}`);
    }
    if (!isScrolled && partly(box, { left: 0, top: 0, right: innerWidth, bottom: innerHeight })) faults.push(`off the screen: ${node.data.trim()}`);
  }
  return faults;
}

/**
 * How the picture is shown: its size, and the share of it over which nothing lies.
 * @param {import("playwright-core").Page} page @returns {Promise<{width: number, height: number, free: number}>}
 */
export function pictureOf(page) {
  return page.evaluate(() => {
    const video = document.getElementById("video");
    const box = video.getBoundingClientRect();
    const scale = Math.min(box.width / video.videoWidth, box.height / video.videoHeight);
    const [width, height] = [video.videoWidth * scale, video.videoHeight * scale];
    const isAtTop = getComputedStyle(video).objectPosition.endsWith(" 0%");
    const [left, top] = [box.left + (box.width - width) / 2, box.top + (isAtTop ? 0 : (box.height - height) / 2)];
    const STEPS = 40;
    let free = 0;
    for (let i = 0; i < STEPS * STEPS; i++) {
      const at = document.elementFromPoint(left + ((i % STEPS) + 0.5) / STEPS * width, top + (Math.floor(i / STEPS) + 0.5) / STEPS * height);
      if (at && (at.tagName === "VIDEO" || at.tagName === "CANVAS" || at.tagName === "MAIN")) free++;
    }
    return { width: Math.round(width), height: Math.round(height), free: free / STEPS ** 2 };
  });
}

/** The stats that are to be seen as a whole. @param {import("playwright-core").Page} page @returns {Promise<string[]>} */
export function statsOf(page) {
  return page.evaluate(() => {
    const tiles = document.getElementById("tiles");
    const by = tiles.getBoundingClientRect();
    return [...tiles.children].filter((each) => {
      const box = each.getBoundingClientRect();
      return box.left >= by.left && box.right <= by.right && box.top >= by.top && box.bottom <= by.bottom;
    }).map((each) => each.querySelector("dt").textContent);
  });
}

/**
 * Words that are hard to read, each a sentence: WCAG 2.1 AA asks for a contrast of 4.5, and of 3 for large ones. The picture behind may
 * have any colour, so white and black are tried.
 * @param {import("playwright-core").Page} page @returns {Promise<string[]>}
 */
export function paleOf(page) {
  return page.evaluate(() => {
    const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const colours = new Map();
    const rgba = (text) => {
      if (!colours.has(text)) {
        context.clearRect(0, 0, 1, 1);
        context.fillStyle = text;
        context.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
        colours.set(text, [r, g, b, a / 255]);
      }
      return colours.get(text);
    };
    const over = ([r, g, b, a], below) => [r, g, b].map((each, i) => a * each + (1 - a) * below[i]);
    const light = (colour) => {
      const [r, g, b] = colour.map((each) => (each / 255 <= 0.04045 ? each / 255 / 12.92 : ((each / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ratio = (one, other) => (Math.max(light(one), light(other)) + 0.05) / (Math.min(light(one), light(other)) + 0.05);
    const faults = new Set();
    const words = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    for (let node = words.nextNode(); node; node = words.nextNode()) {
      const element = node.parentElement;
      if (node.data.trim() === "" || !element.checkVisibility({ visibilityProperty: true }) || element.closest(".unseen, option")) continue;
      const style = getComputedStyle(element);
      const isLarge = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
      const layers = [];
      let opacity = 1;
      for (let each = element; each && each !== document.body; each = each.parentElement) {
        layers.unshift(rgba(getComputedStyle(each).backgroundColor));
        opacity *= Number(getComputedStyle(each).opacity);
      }
      for (const picture of [[255, 255, 255], [0, 0, 0]]) {
        const ground = layers.reduce((below, layer) => over(layer, below), picture);
        const [r, g, b, a] = rgba(style.color);
        const found = ratio(over([r, g, b, a * opacity], ground), ground);
        if (found < (isLarge ? 3 : 4.5)) faults.add(`${found.toFixed(1)}: ${node.data.trim()}`);
      }
    }
    return [...faults];
  });
}
