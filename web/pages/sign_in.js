/**
 * The link to the page for signing in, for a page whose credential is not accepted. Pure.
 *
 * The label of the link. Another credential may permit what this one does not.
 * @param {{reason: string, code?: string} | null} error @returns {string} empty if signing in is not the remedy
 */
export function signInOf(error) {
  if (error?.reason === "unauthorized") return error.code === "signed_out" ? "Sign in" : "Sign in again";
  return error?.reason === "forbidden" ? "Sign in with another link" : "";
}

/**
 * Its address, beside the page; it returns to the page afterwards.
 * @param {string} robot its name; empty for the default robot @param {string} search of the page
 * @returns {string}
 */
export function signInAddressOf(robot, search) {
  if (robot) return `login?to=${encodeURIComponent(robot)}`;
  return search === "?watch" ? "login?to=%3Fwatch" : "login";
}
