// npm run demo: from a fresh clone to the diagnosed example. Installs, builds, runs `check` on examples/shoshin.
import { installPackages, must, ROOT, run } from "./support.mjs";

await installPackages();
await must(process.execPath, ["scripts/build.mjs", "--no-check"]);
console.log("\n$ cd examples/shoshin && nix-build-budget check\n");
// Findings give exit code 1; here they are what is to be seen.
const code = await run(process.execPath, [`${ROOT}dist/cli.js`, "check"], { cwd: `${ROOT}examples/shoshin` });
process.exitCode = code === 1 ? 0 : code;
