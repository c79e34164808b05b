/** @param {string} id @returns {any} */
export const element = (id) => document.getElementById(id);

/** Writes only what differs: what is read aloud must not be repeated. @param {HTMLElement} node @param {string} text */
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
 * The choices of a list, made anew only when they differ: an open one would close.
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
