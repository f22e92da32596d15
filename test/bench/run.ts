// npm run bench [-- FOLDER...]: whole analysis against the raw parse of the same texts, time from an edit to published
// diagnostics in a real server process, memory, and a plan of many packages. Without FOLDER over a generated workspace. A folder of repositories is
// measured repository by repository.
//   --files N   size of the generated workspace (1000)
//   --edits N   edits to time (200), of any file and of those that name settings; 0: none
//   --worst N   repositories to list, the slowest first (5)
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Language, Parser } from "web-tree-sitter";
import { analyze } from "../../server/src/core/analyze.js";
import type { NixParser } from "../../server/src/core/syntax/parser.js";
import { loadPaths, loadWorkspace, type Workspace } from "../../server/src/host/disk.js";
import { loadParser } from "../../server/src/host/parser.js";
import type { Snapshot } from "../../server/src/core/workspace/snapshot.js";
import { jointPlan } from "../../server/src/core/builds/plan.js";
import { budget, manyBuilds } from "../support/builds.js";
import { generateCorpus } from "./corpus.js";
import { editTimes } from "./edits.js";

const require = createRequire(import.meta.url);
const RUNS = 5;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    files: { type: "string", default: "1000" },
    edits: { type: "string", default: "200" },
    worst: { type: "string", default: "5" },
  },
});

const parser = await loadParser();
const grammar = await Language.load(
  readFileSync(require.resolve("@cursorless/tree-sitter-wasms/out/tree-sitter-nix.wasm")),
);
const raw = new Parser().setLanguage(grammar);

const planned = { budget: budget("threads=16,memory=64GiB"), builds: manyBuilds(500), targetRisk: 0.05 };
console.log(
  `\nplan of ${planned.builds.length} packages  ${ms(best(() => void jointPlan(planned)))}  (best of ${RUNS})`,
);

if (positionals.length > 0) for (const folder of positionals) await bench(folder, resolve(folder));
else {
  const folder = mkdtempSync(join(tmpdir(), "nix-build-budget-bench-"));
  try {
    for (const [path, text] of generateCorpus(Number(values.files))) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    await bench(`generated workspace of ${values.files} files`, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function bench(title: string, folder: string): Promise<void> {
  console.log(`\n${title}`);
  const roots = rootsIn(folder);
  const results = roots.map((root) => analysisTimes(root, parser));
  const sum = (pick: (result: (typeof results)[number]) => number) => results.reduce((n, each) => n + pick(each), 0);
  const [rawMs, analysisMs] = [sum((each) => each.raw), sum((each) => each.analysis)];
  console.log(
    `  ${sum((each) => each.files)} Nix files, ${(sum((each) => each.characters) / 1e6).toFixed(1)} MB in ${roots.length} root(s)`,
  );
  console.log(`  reading from disk      ${ms(sum((each) => each.reading))}`);
  console.log(`  raw tree-sitter parse  ${ms(rawMs)}  (best of ${RUNS})`);
  console.log(
    `  whole analysis         ${ms(analysisMs)}  (best of ${RUNS}): ${(analysisMs / rawMs).toFixed(2)} x the raw parse`,
  );
  const slowest = results
    .toSorted((a, b) => b.analysis / b.raw - a.analysis / a.raw)
    .slice(0, roots.length > 1 ? Number(values.worst) : 0);
  for (const each of slowest)
    console.log(
      `    ${(each.analysis / each.raw).toFixed(2)} x  ${ms(each.analysis)}  ${each.files} files  ${each.root}`,
    );
  const largest = results.toSorted((a, b) => b.files - a.files)[0];
  const edits = Number(values.edits);
  if (largest && edits > 0) for (const line of await editTimes(largest.root, edits)) console.log(`  ${line}`);
}

/** The folder, or the folders in it where it only holds repositories. */
function rootsIn(folder: string): string[] {
  const isRoot = (path: string) =>
    existsSync(join(path, "flake.nix")) || existsSync(join(path, "nix-build-budget.json"));
  if (isRoot(folder)) return [folder];
  const inside = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
  return inside.some(isRoot) ? inside : [folder];
}

function analysisTimes(root: string, nixParser: NixParser) {
  const started = performance.now();
  let workspace: Workspace = loadWorkspace(root);
  const reading = performance.now() - started;
  for (let i = 0; i < 8; i++) {
    const more = loadPaths(workspace, analyze(workspace.snapshot, { parser: nixParser }).model.needs);
    if (more === workspace) break;
    workspace = more;
  }
  const texts = [...workspace.snapshot.files].flatMap(([path, file]) =>
    path.endsWith(".nix") && "text" in file ? [file.text] : [],
  );
  const copies = Array.from({ length: RUNS }, () => asLoaded(workspace.snapshot));
  return {
    root,
    reading,
    files: texts.length,
    characters: texts.reduce((n, text) => n + text.length, 0),
    raw: best(() => {
      for (const text of texts) raw.parse(text)?.delete();
    }),
    analysis: best((run) => void analyze(copies[run] ?? workspace.snapshot, { parser: nixParser })),
  };
}

/** The same files as objects of their own: what is remembered of those before does not shorten the analysis. */
function asLoaded(snapshot: Snapshot): Snapshot {
  const files = new Map([...snapshot.files].map(([path, file]) => [path, { ...file }]));
  return { ...snapshot, files };
}

function best(work: (run: number) => void): number {
  const times = Array.from({ length: RUNS }, (_, run) => {
    const started = performance.now();
    work(run);
    return performance.now() - started;
  });
  return Math.min(...times);
}

function ms(time: number): string {
  return `${time.toFixed(time < 10 ? 1 : 0)} ms`;
}
