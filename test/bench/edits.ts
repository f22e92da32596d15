// The edits of a person in a real server process over stdio: time from the change to the diagnostics of that version, and memory.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
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
import { LineIndex } from "../../server/src/core/text/lineIndex.js";
import { loadWorkspace } from "../../server/src/host/disk.js";
import { createRandom } from "./corpus.js";

const DIST = resolve(import.meta.dirname, "../../../dist");
/** Files with them are asked for apart: there an edit changes what is reported. */
const SETTINGS = /max-jobs|cores|zramSwap|min-free/;
/** Milliseconds for which nobody types before memory is looked at. */
const REST = 2000;

interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Milliseconds of one edit: by the clock, and of the server's main thread, which a busy computer does not stretch as much. */
interface Took {
  readonly total: number;
  readonly computed: number;
}

/** One file of the workspace, as edited so far. */
interface Document {
  readonly uri: string;
  text: string;
  version: number;
}

/** Times and memory in lines of text. Every edit is taken back by the next one. */
export async function editTimes(root: string, edits: number): Promise<string[]> {
  const { server, connection, published } = await startServer(root);
  const random = createRandom(1);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const documents = [...loadWorkspace(root).snapshot.files].flatMap(([path, file]): Document[] =>
    path.endsWith(".nix") && "text" in file
      ? [{ uri: pathToFileURL(join(root, path)).href, text: file.text, version: 0 }]
      : [],
  );

  async function open(document: Document): Promise<void> {
    document.version = 1;
    const answered = published(document.uri, 1);
    const { uri, version, text } = document;
    await connection.sendNotification(DidOpenTextDocumentNotification.type, {
      textDocument: { uri, languageId: "nix", version, text },
    });
    await answered;
  }

  async function timed(document: Document, { start, end, text }: Change): Promise<Took> {
    document.version++;
    const { uri, version } = document;
    const lines = new LineIndex(document.text);
    const range = { start: lines.position(start), end: lines.position(end) };
    document.text = document.text.slice(0, start) + text + document.text.slice(end);
    const answered = published(uri, version);
    const started = performance.now();
    const computed = computedBy(server);
    await connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri, version },
      contentChanges: [{ range, text }],
    });
    await answered;
    return { total: performance.now() - started, computed: computedBy(server) - computed };
  }

  const lines = [`edit to published diagnostics in ${root}:`];
  const kinds: readonly [string, readonly Document[]][] = [
    ["any file", documents],
    ["files with settings", documents.filter(({ text }) => SETTINGS.test(text))],
  ];
  const first = memoryOf(server);
  for (const [kind, files] of kinds) {
    const times: Took[] = [];
    while (files.length > 0 && times.length < edits) {
      const document = pick(files);
      if (document.version === 0) await open(document);
      const change = changeOf(document.text, random);
      const before = document.text.slice(change.start, change.end);
      times.push(await timed(document, change));
      times.push(await timed(document, { start: change.start, end: change.start + change.text.length, text: before }));
    }
    if (times.length === 0) continue;
    lines.push(`  ${times.length} of ${kind}: ${percentiles(times.map(({ total }) => total))}`);
    lines.push(`    of it computing: ${percentiles(times.map(({ computed }) => computed))}`);
  }
  await new Promise((done) => setTimeout(done, REST));
  const last = memoryOf(server);
  await connection.sendRequest(ShutdownRequest.type);
  await connection.sendNotification(ExitNotification.type);
  connection.dispose();
  const bare = bareMemory();
  const above = (mib: number) => `${(mib - bare).toFixed(0)}`;
  lines.push(
    `server memory, MiB above a bare node with the parser (${bare.toFixed(0)}): ${above(first.now)} once the workspace is read, ` +
      `${above(last.now)} after the edits, ${above(last.peak)} at its peak`,
  );
  return lines;
}

/** What people do: a letter more in a word, another digit, lines put in and taken out, something half-typed. */
function changeOf(text: string, random: () => number): Change {
  const at = Math.floor(random() * (text.length + 1));
  const lineStart = text.lastIndexOf("\n", at - 1) + 1;
  const newline = text.indexOf("\n", at);
  const lineEnd = newline < 0 ? text.length : newline;
  const next = (pattern: RegExp) => {
    const found = pattern.exec(text.slice(at));
    return found === null ? at : at + found.index + found[0].length;
  };
  const digit = /\d/.exec(text.slice(at));
  const kinds: readonly (() => Change)[] = [
    () => ({ start: next(/[A-Za-z_]+/), end: next(/[A-Za-z_]+/), text: "x" }),
    () => ({ start: at, end: at, text: "x" }),
    () => ({ start: lineEnd, end: lineEnd, text: "\n" }),
    () => ({ start: lineStart, end: lineStart, text: "# a note\n" }),
    () => ({ start: lineStart, end: Math.min(text.length, lineEnd + 1), text: "" }),
    () => ({ start: lineEnd, end: lineEnd, text: "\n  services." }),
    () =>
      digit ? { start: at + digit.index, end: at + digit.index + 1, text: "7" } : { start: at, end: at, text: "7" },
  ];
  return (kinds[Math.floor(random() * kinds.length)] as () => Change)();
}

async function startServer(root: string) {
  const server = spawn(process.execPath, [join(DIST, "cli.js"), "lsp", "--stdio"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const connection: ProtocolConnection = createProtocolConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const waiting = new Map<string, () => void>();
  connection.onNotification(PublishDiagnosticsNotification.type, ({ uri, version }) => {
    const key = `${uri} ${version}`;
    waiting.get(key)?.();
    waiting.delete(key);
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
  // Its status comes after the first analysis.
  await new Promise<void>((done) => connection.onNotification("nixBuildBudget/status", () => done()));
  const published = (uri: string, version: number) =>
    new Promise<void>((done) => waiting.set(`${uri} ${version}`, done));
  return { server, connection, published };
}

/** Resident memory in MiB, on Linux; NaN elsewhere. */
function memoryOf({ pid }: Pick<ChildProcess, "pid">): { readonly now: number; readonly peak: number } {
  const path = `/proc/${pid}/status`;
  const status = existsSync(path) ? readFileSync(path, "utf8") : "";
  const value = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? Number.NaN) / 1024;
  return { now: value("VmRSS"), peak: value("VmHWM") };
}

/** Milliseconds that the main thread of a process has run so far, on Linux; NaN elsewhere. */
function computedBy({ pid }: Pick<ChildProcess, "pid">): number {
  const path = `/proc/${pid}/task/${pid}/schedstat`;
  return existsSync(path) ? Number(readFileSync(path, "utf8").split(" ")[0]) / 1e6 : Number.NaN;
}

/** Of a node process that has loaded the parser's two modules and parsed one line. */
function bareMemory(): number {
  const code = `
    const { Parser, Language } = await import(${JSON.stringify(import.meta.resolve("web-tree-sitter"))});
    await Parser.init();
    const parser = new Parser();
    parser.setLanguage(await Language.load(${JSON.stringify(join(DIST, "tree-sitter-nix.wasm"))}));
    parser.parse("{ }").delete();
    const status = (await import("node:fs")).readFileSync("/proc/self/status", "utf8");
    console.log(/VmRSS:\\s+(\\d+)/.exec(status)[1]);`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" });
  return Number(stdout) / 1024;
}

function percentiles(times: number[]): string {
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return [0.5, 0.95, 0.99, 1]
    .map((share) => `${share === 1 ? "max" : `p${share * 100}`} ${at(share).toFixed(1)} ms`)
    .join("   ");
}
