// npm run package: builds, writes the notices, and packs the .vsix. Fails where the package holds too much.
import { spawnSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundled } from "./build.mjs";
import { notices } from "./notices.mjs";

const LARGEST_BYTES = 2 * 1024 * 1024;
const root = fileURLToPath(new URL("..", import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const vsix = join(root, `${manifest.name}-${manifest.version}.vsix`);

writeFileSync(join(root, "THIRD_PARTY_NOTICES.md"), notices(bundled));

const vsce = join(dirname(createRequire(import.meta.url).resolve("@vscode/vsce/package.json")), "vsce");
const packed = spawnSync(process.execPath, [vsce, "package", "--no-dependencies", "--out", vsix], {
  cwd: root,
  stdio: "inherit",
});
if (packed.status !== 0) process.exit(packed.status ?? 1);
const { size } = statSync(vsix);
if (size > LARGEST_BYTES) {
  console.error(`${vsix} has ${size} bytes, more than ${LARGEST_BYTES}`);
  process.exit(1);
}
