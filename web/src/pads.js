/**
 * The gamepads that the browser shows to this page. The browser throws if they are forbidden, for example in a frame or by a
 * Permissions-Policy; then there are none, and all other inputs work.
 * @template Pad
 * @param {{getGamepads: () => readonly Pad[]}} host @returns {readonly Pad[]}
 */
export function padsOf(host) {
  try {
    return host.getGamepads();
  } catch {
    return [];
  }
}
