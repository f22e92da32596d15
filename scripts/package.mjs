// npm run package: builds, writes the notices, and packs the .vsix. Fails where the package holds too much.
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createVSIX } from "@vscode/vsce";
import { bundled } from "./build.mjs";
import { notices } from "./notices.mjs";

const LARGEST_BYTES = 2 * 1024 * 1024;
const root = fileURLToPath(new URL("..", import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const vsix = join(root, `${manifest.name}-${manifest.version}.vsix`);

writeFileSync(join(root, "THIRD_PARTY_NOTICES.md"), notices(bundled));

await createVSIX({ cwd: root, packagePath: vsix, dependencies: false });
const { size } = statSync(vsix);
if (size > LARGEST_BYTES) {
  console.error(`${vsix} has ${size} bytes, more than ${LARGEST_BYTES}`);
  process.exit(1);
}
console.log(`${vsix}: ${Math.ceil(size / 1024)} KiB`);
