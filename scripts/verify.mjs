// npm run verify: installs what the tests need, builds, and runs every check and suite. The last line is `N passed, N failed`.
//   NAME...   only these checks and suites (format, lint, dead-code, generated, types, unit, rules, lsp, fuzz, cli, oracle, e2e)
import { bin, installPackages, installSystemPackages, run } from "./support.mjs";

const mocha = (suite, ...flags) => [
  bin("mocha"),
  ["--forbid-only", "--no-color", "--timeout", "60000", ...flags, `out/test/${suite}/**/*.test.js`],
];

/** Name -> command. A check counts as one test, a suite as many as mocha counts. In order: later ones need earlier ones. */
const STEPS = {
  types: [bin("tsc"), ["-b"]],
  build: [process.execPath, ["scripts/build.mjs", "--no-check"]],
  format: [bin("biome"), ["format"]],
  lint: [bin("oxlint"), ["--deny-warnings"]],
  "dead-code": [bin("knip"), []],
  generated: [process.execPath, ["scripts/generate.mjs", "--check"]],
  unit: mocha("unit"),
  rules: mocha("rules"),
  lsp: mocha("lsp"),
  fuzz: mocha("fuzz"),
  cli: mocha("cli"),
  oracle: mocha("oracle", "--timeout", "300000"),
  e2e: [process.execPath, ["test/e2e/run.mjs"]],
};
const NEEDED = ["types", "build"];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in STEPS));
if (unknown.length > 0) {
  console.error(`There is no check or suite ${unknown.join(", ")}. There are: ${Object.keys(STEPS).join(", ")}`);
  process.exit(2);
}

await installPackages();
await installSystemPackages();

const total = { passed: 0, failed: 0 };
const summary = [];
for (const [name, [command, args]] of Object.entries(STEPS)) {
  if (asked.length > 0 && !asked.includes(name) && !NEEDED.includes(name)) continue;
  console.log(`\n── ${name} ${"─".repeat(60)}`);
  const started = Date.now();
  const result = await counted(command, args);
  total.passed += result.passed;
  total.failed += result.failed;
  const seconds = `${((Date.now() - started) / 1000).toFixed(1)} s`;
  summary.push(
    `${name.padEnd(10)} ${String(result.passed).padStart(5)} passed ${String(result.failed).padStart(4)} failed  ${seconds.padStart(8)}`,
  );
}
console.log(`\n${summary.join("\n")}\n`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** Sums mocha's `N passing` and `N failing`; whatever prints neither is one test that its exit code decides. */
async function counted(command, args) {
  let output = "";
  const code = await run(command, args, {
    scan: (text) => (output += text),
    env: { ...process.env, FORCE_COLOR: "0" },
  });
  const sum = (word) =>
    [...output.matchAll(new RegExp(`^\\s*(\\d+) ${word}`, "gm"))].reduce((n, [, digits]) => n + Number(digits), 0);
  const passed = sum("passing");
  const failed = sum("failing");
  if (passed + failed === 0) return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  // A suite that dies before or after its tests has failed, whatever it counted.
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}
