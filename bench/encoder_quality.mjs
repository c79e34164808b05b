// What picture each encoder makes of its bits: natural pictures, luma compared at full size, all encoders side by side in
// one process (bench/encoder_quality/encoder_quality.cpp).
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { bin } from "../tests/lib/programs.mjs";
import { round } from "./lib/figures.mjs";

export const title = "Picture for the bits";

const RATES = [300, 500, 1000, 2000, 4000];
const SIZES = ["1280x720", "960x540", "640x360", "480x270"];
const OPENCV = "/usr/share/doc/opencv-doc/examples/data";
const BACKGROUNDS = "/usr/share/backgrounds/mate/nature";
const CONTENTS = [
  { name: "people", pictures: `video:${OPENCV}/vtest.avi` },
  { name: "street", pictures: `drive:${OPENCV}/vtest.avi` },
  { name: "grass", pictures: `drive:${BACKGROUNDS}/Dune.jpg` },
];

const CBR = "pass=cbr vbv-buf-capacity=70 option-string=scenecut=0";
/** The first is what CPU is compared with. "x264enc:1" has the factor 1 for its rate, so that only the encoder's own error counts. */
const ENCODERS = [
  { name: "x264 ultrafast", as: `x264enc:1 speed-preset=ultrafast ${CBR}` },
  { name: "x264 superfast", as: `x264enc:1 speed-preset=superfast ${CBR}` },
  { name: "x264 veryfast", as: `x264enc:1 speed-preset=veryfast ${CBR}` },
  { name: "x264 superfast, rate buffer 34 ms", as: `x264enc:1 speed-preset=superfast ${CBR} vbv-buf-capacity=34` },
  { name: "x264 superfast, rate buffer 200 ms", as: `x264enc:1 speed-preset=superfast ${CBR} vbv-buf-capacity=200` },
  { name: "x264 superfast, rate x 1.25", as: `x264enc:1.25 speed-preset=superfast ${CBR}` },
  { name: "the same without adaptive quantisation", as: `x264enc:1.25 speed-preset=superfast ${CBR}:aq-mode=0` },
  { name: "the same, Main profile (CABAC)", as: `x264enc:1.25 speed-preset=superfast ${CBR}:aq-mode=0 profile=main` },
  { name: "ours: x264", as: "x264enc" },
  { name: "ours: OpenH264", as: "openh264enc" },
  { name: "ours: VP8", as: "vp8enc" },
  {
    name: "VP8 as in Chromium",
    as: "vp8enc:1 cpu-used=-6 buffer-size=1000 buffer-initial-size=500 buffer-optimal-size=600 max-quantizer=56 max-intra-bitrate=900",
  },
];

/** The figures of all `encoders` for one content, rate and size. */
async function measure({ pictures }, kbps, scaled, seconds, encoders) {
  const words = ["--pictures", pictures, "--kbps", kbps, "--scaled", scaled, "--seconds", seconds];
  const { stdout } = await promisify(execFile)(`${bin}/encoder_quality`, [...words.map(String), ...encoders.map(({ name, as }) => `${name}|${as}`)]);
  return stdout.trim().split("\n").map((line) => JSON.parse(line));
}

/** One row a case: content, rate, size, and the figures of each encoder. */
async function measureAll({ contents, rates, sizes, seconds, encoders }) {
  const cases = [];
  for (const content of contents) {
    for (const kbps of rates) {
      for (const size of sizes) {
        for (const figures of await measure(content, kbps, size, seconds, encoders)) {
          cases.push({ content: content.name, kbps, size, ...figures });
        }
      }
    }
  }
  return cases;
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const percent = (value) => `${Math.round(100 * value)}`;
const range = (values, shown) => {
  const [low, high] = [Math.min(...values), Math.max(...values)].map(shown);
  return low === high ? low : `${low}-${high}`;
};

/** Full size: a line for each encoder, a column for each rate. */
function encoderTable(cases, encoders, rates) {
  const full = cases.filter(({ size }) => size === SIZES[0]);
  const cpuOf = (of) => mean(of.map((figures) => figures.cpu_ms));
  const reference = cpuOf(full.filter(({ name }) => name === encoders[0].name));
  const rows = encoders.map(({ name }) => {
    const own = full.filter((figures) => figures.name === name);
    const at = (kbps) => mean(own.filter((figures) => figures.kbps === kbps).map(({ ssim }) => ssim)).toFixed(3);
    return [
      name, ...rates.map(at), round(mean(own.map(({ psnr }) => psnr))), range(own.map(({ spent }) => spent), percent),
      range(own.map(({ p95 }) => p95), (value) => value.toFixed(1)), Math.max(...own.map(({ max }) => max)).toFixed(1),
      round(cpuOf(own) / reference, 2),
    ];
  });
  return {
    title: "1280x720 at 30, SSIM of luma by rate in kbit/s (means over the three contents)",
    columns: ["encoder", ...rates.map(String), "PSNR dB", "spent %", "p95", "largest", "CPU"], rows,
  };
}

/** Our encoder: a line for each content and rate, a column for each size. */
function sizeTable(cases, name, sizes) {
  const own = cases.filter((figures) => figures.name === name);
  const keys = [...new Set(own.map(({ content, kbps }) => `${content}, ${kbps} kbit/s`))];
  const rows = keys.map((key) => {
    const here = sizes.map((size) => own.find((figures) => `${figures.content}, ${figures.kbps} kbit/s` === key && figures.size === size).ssim);
    return [key, ...here.map((ssim) => (ssim === Math.max(...here) ? `**${ssim.toFixed(3)}**` : ssim.toFixed(3)))];
  });
  return { title: `${name}: SSIM by the size that is encoded, enlarged to 1280x720; the best in bold`, columns: ["", ...sizes], rows };
}

const NOTE = "`script/bench encoder-quality`. Contents: people who walk before a standing camera (vtest.avi of opencv-doc, enlarged), " +
  "the street of its first picture through a driving camera, and a photograph of grass (Dune.jpg of mate-backgrounds) likewise; a driving " +
  "camera turns, drives up to things, shakes, and has a sensor's noise. Luma is compared at full size, a smaller picture enlarged " +
  "bilinearly as in a browser. The first second does not count. Spent: bits of those asked for. p95, largest: size of a frame, in frames " +
  "of the rate. CPU: time of encoding and scaling, against the first encoder, which ran beside the others picture by picture; ranges are " +
  "over contents and rates.";

export async function run({ quick }) {
  const absent = CONTENTS.map(({ pictures }) => pictures.replace(/^\w+:/, "")).filter((file) => !existsSync(file));
  if (absent.length > 0) throw new Error(`${absent.join(", ")} missing: run script/setup bench`);
  const seconds = quick ? 4 : 8;
  const rates = quick ? [500, 2000] : RATES;
  const ours = ENCODERS.filter(({ name }) => name === "ours: x264");
  const full = await measureAll({ contents: CONTENTS, rates, sizes: SIZES.slice(0, 1), seconds, encoders: ENCODERS });
  const smaller = await measureAll({ contents: CONTENTS, rates, sizes: SIZES.slice(1), seconds, encoders: ours });
  const figures = [...full, ...smaller];
  return {
    figures, rows: [], notes: [NOTE],
    tables: [encoderTable(full, ENCODERS, rates), sizeTable(figures, "ours: x264", SIZES)],
  };
}
