// Builds static/vendor from the pinned packages: `npm ci --ignore-scripts && npm run build`.
import { build } from "esbuild";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const OUT = process.env.VENDOR_OUT ?? "../static/vendor";
const COPIES = {
  "htmx.min.js": "htmx.org/dist/htmx.min.js",
  "htmx-sse.min.js": "htmx-ext-sse/dist/sse.min.js",
  "idiomorph-ext.min.js": "idiomorph/dist/idiomorph-ext.min.js",
};

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
for (const [name, from] of Object.entries(COPIES)) copyFileSync(`node_modules/${from}`, `${OUT}/${name}`);

const result = await build({
  entryPoints: { player: "player.entry.js" },
  outdir: OUT,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  metafile: true,
});

// Everything that went in, with its licence, whole where the package brings one.
const inputs = Object.keys(result.metafile.inputs).map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]);
const packages = [...new Set([...inputs, ...Object.values(COPIES).map((path) => path.split("/")[0])])].filter(Boolean).sort();
const notices = packages.map((name) => {
  const about = JSON.parse(readFileSync(`node_modules/${name}/package.json`));
  const file = readdirSync(`node_modules/${name}`).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(`node_modules/${name}/${file}`, "utf8").trim() : "(the package brings no licence text)";
  return `${name} ${about.version}, ${about.license ?? "as follows"}\n\n${text}\n`;
});
writeFileSync(`${OUT}/LICENSES.txt`, notices.join(`\n${"-".repeat(80)}\n\n`));
