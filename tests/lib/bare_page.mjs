// A page with only rtcbot.js and a <video>, and the actions of an RTCBot page.

/** @param {import("playwright-core").Browser} browser @param {{url: string, blank?: string}} server blank: a path without its own page */
export async function barePage(browser, { url, blank = "/healthz" }) {
  const page = await browser.newPage();
  await page.goto(url + blank);
  await page.setContent("<video autoplay muted playsinline></video>");
  await page.addScriptTag({ url: `${url}/rtcbot.js` });
  return page;
}

/** Connects like the tutorial's page; puts messages into the page's `heard` and the connection into its `conn`. */
export function dial(page, { video = true } = {}) {
  return page.evaluate(async (wantsVideo) => {
    const conn = (window.conn = new window.rtcbot.RTCConnection());
    window.heard = [];
    conn.subscribe((message) => window.heard.push(message));
    if (wantsVideo) conn.video.subscribe((stream) => (document.querySelector("video").srcObject = stream));
    const offer = await conn.getLocalDescription();
    const response = await fetch("/connect", { method: "POST", cache: "no-cache", body: JSON.stringify(offer) });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
    await conn.setRemoteDescription(answer);
    return answer;
  }, video);
}
