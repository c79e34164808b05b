/** @param {string} id @returns {any} */
export const element = (id) => document.getElementById(id);

/** Writes only changes, so that a screen reader does not repeat the text. @param {HTMLElement} node @param {string} text */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** @param {string} tag @param {string} text @param {string} [className] */
export function part(tag, text, className = "") {
  const node = document.createElement(tag);
  node.textContent = text;
  if (className) node.className = className;
  return node;
}

/**
 * Sets the options of a list. Replaces them only if they differ, because that closes an open list.
 * @param {HTMLSelectElement} select @param {[string, string][]} choices @param {string} chosen
 */
export function fill(select, choices, chosen) {
  const key = JSON.stringify(choices);
  if (select.dataset.key !== key) {
    select.dataset.key = key;
    select.replaceChildren(...choices.map(([value, label]) => new Option(label, value)));
  }
  if (select.value !== chosen && document.activeElement !== select) select.value = chosen;
}

/**
 * Updates a node's children to show these items, and keeps existing children, so that a screen reader keeps its position.
 * @template Item
 * @param {Element} parent @param {readonly Item[]} items @param {(item: Item) => Element} make @param {(node: any, item: Item) => void} update
 */
export function keep(parent, items, make, update) {
  while (parent.children.length > items.length) parent.lastElementChild?.remove();
  items.forEach((item, index) => {
    const node = parent.children[index] ?? parent.appendChild(make(item));
    update(node, item);
  });
}

/** Updates a list of names and values, like `keep`. @param {HTMLElement} list @param {readonly [string, string][]} pairs */
export function keepPairs(list, pairs) {
  keep(list, pairs.flat(), () => part(list.children.length % 2 === 0 ? "dt" : "dd", ""), write);
}

/**
 * A list changed by a pointer loses the focus, so that keys drive again. One changed by the keyboard keeps it, for the next step.
 * @param {HTMLSelectElement} select
 */
export function leaveAfterPointer(select) {
  let isByPointer = false;
  select.addEventListener("pointerdown", () => (isByPointer = true));
  select.addEventListener("keydown", () => (isByPointer = false));
  select.addEventListener("change", () => isByPointer && select.blur());
}

/** True if a key is for the page: without modifiers, and not in a text field or a list. @param {KeyboardEvent} event */
export function isShortcut(event) {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return false;
  const target = /** @type {any} */ (event.target);
  return !/^(TEXTAREA|SELECT)$/.test(target?.tagName ?? "") && !(target?.tagName === "INPUT" && target.type === "text");
}
