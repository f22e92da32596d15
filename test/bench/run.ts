// npm run bench [-- FOLDER...]: whole analysis against the raw parse of the same texts, time from an edit to published
// diagnostics in a real server process, and memory. Without FOLDER over a generated workspace. A folder of repositories is
// measured repository by repository.
//   --files N   size of the generated workspace (1000)      --edits N   edits to time (200)
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import {
  createProtocolConnection,
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { Language, Parser } from "web-tree-sitter";
import { analyze } from "../../server/src/core/analyze.js";
import type { NixParser } from "../../server/src/core/syntax/parser.js";
import { loadPaths, loadWorkspace, type Workspace } from "../../server/src/host/disk.js";
import { loadParser } from "../../server/src/host/parser.js";
import { generateCorpus } from "./corpus.js";

const require = createRequire(import.meta.url);
const CLI = resolve(import.meta.dirname, "../../../dist/cli.js");
const RUNS = 3;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { files: { type: "string", default: "1000" }, edits: { type: "string", default: "200" } },
});

/** Versions of the documents that have been edited. */
const versions = new Map<string, number>();
const parser = await loadParser();
const grammar = await Language.load(
  readFileSync(require.resolve("@cursorless/tree-sitter-wasms/out/tree-sitter-nix.wasm")),
);
const raw = new Parser().setLanguage(grammar);

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
    .slice(0, roots.length > 1 ? 5 : 0);
  for (const each of slowest)
    console.log(`    ${(each.analysis / each.raw).toFixed(1)} x  ${ms(each.analysis)}  ${each.root}`);
  console.log(`  memory of this process ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`);
  const largest = results.toSorted((a, b) => b.files - a.files)[0];
  if (largest) await editTimes(largest.root, Number(values.edits));
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
  return {
    root,
    reading,
    files: texts.length,
    characters: texts.reduce((n, text) => n + text.length, 0),
    raw: best(() => {
      for (const text of texts) raw.parse(text)?.delete();
    }),
    analysis: best(() => void analyze(workspace.snapshot, { parser: nixParser })),
  };
}

function best(work: () => void): number {
  const times = Array.from({ length: RUNS }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  });
  return Math.min(...times);
}

/** Types digits and letters into files with settings, in a server process, and waits for the diagnostics of each version. */
async function editTimes(root: string, edits: number): Promise<void> {
  if (!existsSync(CLI)) return console.log("  no dist/cli.js: run npm run build to time edits");
  const server = spawn(process.execPath, [CLI, "lsp", "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
  const connection = createProtocolConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const waiting = new Map<string, () => void>();
  connection.onNotification(PublishDiagnosticsNotification.type, ({ uri, version }) => {
    waiting.get(`${uri} ${version}`)?.();
  });
  connection.onRequest("workspace/configuration", ({ items }: { items: unknown[] }) => items.map(() => null));
  connection.onRequest("client/registerCapability", () => null);
  connection.listen();
  await connection.sendRequest(InitializeRequest.type, {
    processId: process.pid,
    rootUri: null,
    capabilities: { workspace: { workspaceFolders: true } },
    workspaceFolders: [{ uri: pathToFileURL(root).href, name: "bench" }],
  });
  await connection.sendNotification(InitializedNotification.type, {});
  const published = (uri: string, version: number) =>
    new Promise<void>((done) => waiting.set(`${uri} ${version}`, done));

  const files = [...loadWorkspace(root).snapshot.files].flatMap(([path, file]) =>
    path.endsWith(".nix") && "text" in file && /max-jobs|cores|zramSwap|min-free/.test(file.text)
      ? [{ uri: pathToFileURL(join(root, path)).href, text: file.text }]
      : [],
  );
  const times: number[] = [];
  for (let i = 0; i < edits && files.length > 0; i++) {
    const file = files[(i * 7) % files.length] as (typeof files)[number];
    times.push(await editOnce(connection, file, i, published));
  }
  const memory = serverMemory(server.pid);
  await connection.sendRequest(ShutdownRequest.type);
  await connection.sendNotification(ExitNotification.type);
  connection.dispose();
  if (times.length === 0) return console.log("  no file with settings to edit");
  times.sort((a, b) => a - b);
  const at = (share: number) => ms(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
  console.log(`  edit to published diagnostics in ${root}, ${times.length} edits, the pause in typing included:`);
  console.log(`    p50 ${at(0.5)}   p95 ${at(0.95)}   p99 ${at(0.99)}   server at its peak ${memory}`);
}

async function editOnce(
  connection: ProtocolConnection,
  file: { readonly uri: string; readonly text: string },
  i: number,
  published: (uri: string, version: number) => Promise<void>,
): Promise<number> {
  const { uri, text } = file;
  const known = versions.get(uri);
  if (known === undefined) {
    const opened = published(uri, 1);
    const textDocument = { uri, languageId: "nix", version: 1, text };
    await connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument });
    await opened;
  }
  const version = (known ?? 1) + 1;
  versions.set(uri, version);
  const offset = text.search(/max-jobs|cores|zramSwap|min-free/);
  const before = text.slice(0, offset);
  const line = before.split("\n").length - 1;
  const character = offset - (before.lastIndexOf("\n") + 1);
  const answered = published(uri, version);
  const started = performance.now();
  // A letter before the setting's name makes it another; the next edit of this file takes it away again.
  const position = { line, character };
  const isInserting = version % 2 === 0;
  const range = { start: position, end: isInserting ? position : { line, character: character + 1 } };
  await connection.sendNotification(DidChangeTextDocumentNotification.type, {
    textDocument: { uri, version },
    contentChanges: [{ range, text: isInserting ? String.fromCharCode(97 + (i % 26)) : "" }],
  });
  await answered;
  return performance.now() - started;
}

/** Peak resident memory, on Linux. */
function serverMemory(pid: number | undefined): string {
  const status = `/proc/${pid}/status`;
  const peak = existsSync(status) ? /VmHWM:\s+(\d+) kB/.exec(readFileSync(status, "utf8"))?.[1] : undefined;
  return peak === undefined ? "not known" : `${Math.round(Number(peak) / 1024)} MiB`;
}

function ms(time: number): string {
  return `${time.toFixed(time < 10 ? 1 : 0)} ms`;
}
