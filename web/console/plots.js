/**
 * Draws a series of the last minute, and describes it in words.
 * @param {HTMLCanvasElement} canvas @param {import("./series.js").Series} series
 * @param {{now: number, title: string, text: (value: number) => string, fromZero: boolean, isOld: boolean}} how
 */
export function draw(canvas, series, { now, title, text, fromZero, isOld }) {
  const scale = globalThis.devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * scale);
  const height = Math.round(canvas.clientHeight * scale);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  if (!context || width === 0) return;
  const summary = series.summary();
  const said = summary && `${isOld ? "old, last" : "now"} ${text(summary.last)}, ${text(summary.least)} to ${text(summary.most)} in the last minute`;
  const label = `${title}: ${said ?? "no data"}`;
  if (canvas.getAttribute("aria-label") !== label) canvas.setAttribute("aria-label", label);
  const style = getComputedStyle(canvas);
  context.clearRect(0, 0, width, height);
  context.strokeStyle = style.getPropertyValue("--edge");
  context.lineWidth = scale;
  for (const share of [0.25, 0.5, 0.75]) {
    context.beginPath();
    context.moveTo(width * share, 0);
    context.lineTo(width * share, height);
    context.stroke();
  }
  context.strokeStyle = style.getPropertyValue("--accent");
  context.lineWidth = 1.75 * scale;
  context.lineJoin = "round";
  const room = 3 * scale;
  for (const line of series.lines(now, fromZero)) {
    context.beginPath();
    for (const [x, y] of line) context.lineTo(x * width, height - room - y * (height - 2 * room));
    context.stroke();
  }
}
