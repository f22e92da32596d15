// What the server knows: roots (folders, or documents outside of every folder), the texts of each, and their latest analysis.
// Texts that are open in the editor lie over those on disk. Everything that changes marks roots; a marked root is analysed
// again after a pause in typing, or at once where a request needs it.
import type { Connection, TextDocuments, WorkspaceFolder } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Analysis } from "../core/analyze.js";
import { CONFIGURATION_FILE, parseConfiguration } from "../core/machine/parseConfiguration.js";
import type { SourceFile } from "../core/syntax/ast.js";
import type { NixParser } from "../core/syntax/parser.js";
import type { TextEdit } from "../core/text/edit.js";
import type { FilePath } from "../core/text/range.js";
import { isWithin } from "../core/workspace/paths.js";
import type { Snapshot } from "../core/workspace/snapshot.js";
import type { Workspace } from "../host/disk.js";
import { createAnalyser, safeFixes } from "./analyser.js";
import { type Converter, createConverter } from "./convert.js";
import { loneName, type OpenText, overlaid } from "./overlay.js";
import type { ServerHost } from "./serverHost.js";
import { DEFAULT_SETTINGS, readSettings, type Settings } from "./settings.js";

/**
 * Milliseconds without a change before a root is analysed again: none where that is quick, so that only what came at once counts
 * as one change; else half of what the last one took.
 */
const QUICK = 20;
const LONGEST_PAUSE = 150;
/** Rounds of loading what the analysis asks for; each brings files that name further ones. */
const MOST_ROUNDS = 8;

/** A root as features see it: texts, analysis and names, all of one moment. */
export interface View {
  readonly uri: string;
  readonly settings: Settings;
  readonly snapshot: Snapshot;
  readonly analysis: Analysis;
  readonly convert: Converter;
  readonly uriOf: (file: FilePath) => string;
  /** The version of an open document; null for others. */
  readonly versionOf: (file: FilePath) => number | null;
  readonly openFiles: readonly FilePath[];
  /** A Nix file as parsed; those that name nothing build-related are parsed when asked for. */
  readonly sourceOf: (file: FilePath) => SourceFile | undefined;
  /** False for a file whose findings another, inner root reports, and for what is ignored and known by its users alone. */
  readonly owns: (file: FilePath) => boolean;
  /** Edits of all safe fixes of a file. */
  readonly safeFixes: (file: FilePath) => readonly TextEdit[];
}

export interface WorkspaceStateOptions {
  readonly connection: Connection;
  readonly host: ServerHost;
  readonly parser: NixParser;
  readonly documents: TextDocuments<TextDocument>;
  /** Settings for a root; asked again after `reloadSettings`. */
  readonly fetchSettings: (scopeUri: string) => Promise<unknown>;
  readonly onAnalysed: (view: View) => void;
  readonly onClosed: (rootUri: string) => void;
}

export interface WorkspaceState {
  addFolders(folders: readonly WorkspaceFolder[]): Promise<void>;
  removeFolders(folders: readonly WorkspaceFolder[]): void;
  documentChanged(document: TextDocument): Promise<void>;
  documentClosed(document: TextDocument): void;
  filesChanged(uris: readonly string[]): void;
  reloadSettings(): Promise<void>;
  /** The root of a document, up to date, and the document's path in it. Undefined for what is ignored or switched off. */
  viewOf(uri: string): Promise<{ readonly view: View; readonly file: FilePath } | undefined>;
  /** The view of the root that a document or folder lies in, or that lies in the folder. */
  viewAround(uri: string): Promise<View | undefined>;
  views(): readonly View[];
  dispose(): void;
}

interface Root {
  readonly uri: string;
  /** Absolute path; undefined for a document outside of every folder. */
  readonly folder: string | undefined;
  settings: Settings;
  workspace: Workspace | undefined;
  /** What documents are called in its folder. */
  readonly names: Map<string, FilePath | undefined>;
  readonly changedPaths: Set<FilePath>;
  timer: ReturnType<typeof setTimeout> | undefined;
  /** Milliseconds that the last analysis after a change took. */
  duration: number;
  stale: boolean;
  view: View | undefined;
  /** The globs that nix-build-budget.json excludes, and its text. */
  excluded?: { readonly text: string; readonly globs: readonly string[] };
}

export function createWorkspaceState(options: WorkspaceStateOptions): WorkspaceState {
  const { connection, host, documents } = options;
  const analyse = createAnalyser({ parser: options.parser, host, log: connection.console });
  const folders = new Map<string, string>();
  const roots = new Map<string, Root>();
  /** For each root, as long as there are the same roots. */
  const rootsWithin = new Map<Root, readonly FilePath[]>();
  const opening = new Map<string, Promise<Root>>();
  /** What a reading of a folder says of files. */
  const ignored = new WeakMap<Workspace["isIgnored"], Map<FilePath, boolean>>();
  /** The texts of open documents as the core takes them. */
  const contents = new WeakMap<TextDocument, OpenText["content"] & { readonly of: number }>();
  let texts = 0;

  // Roots -----------------------------------------------------------------------------------------------------------

  function folderAround(path: string): string | undefined {
    return longest([...folders.values()].filter((folder) => host.pathInRoot(folder, path) !== undefined));
  }

  async function rootOf(uri: string): Promise<Root> {
    const path = host.pathOf(uri);
    const around = path === undefined ? undefined : folderAround(path);
    if (path === undefined || around === undefined) return openRoot(uri, undefined);
    const folder = host.findRoot(path, around);
    return openRoot(uriOfFolder(folder), folder);
  }

  /** Folders keep the name that the editor gave them. */
  function uriOfFolder(folder: string): string {
    return [...folders].find(([, path]) => path === folder)?.[0] ?? host.uriOf(folder);
  }

  function openRoot(uri: string, folder: string | undefined): Promise<Root> {
    let root = opening.get(uri);
    if (!root) {
      root = createRoot(uri, folder);
      opening.set(uri, root);
    }
    return root;
  }

  async function createRoot(uri: string, folder: string | undefined): Promise<Root> {
    const settings = await settingsFor(uri);
    const root: Root = {
      uri,
      folder,
      settings,
      workspace: undefined,
      names: new Map(),
      changedPaths: new Set(),
      timer: undefined,
      duration: 0,
      stale: true,
      view: undefined,
    };
    roots.set(uri, root);
    rootsWithin.clear();
    return root;
  }

  function closeRoot(uri: string): void {
    clearTimeout(roots.get(uri)?.timer);
    opening.delete(uri);
    rootsWithin.clear();
    if (roots.delete(uri)) options.onClosed(uri);
  }

  async function settingsFor(uri: string): Promise<Settings> {
    try {
      const { settings, problems } = readSettings(await options.fetchSettings(uri));
      for (const problem of problems) connection.console.warn(problem);
      return settings;
    } catch (error) {
      connection.console.error(`The settings could not be had, defaults are used: ${error}`);
      return DEFAULT_SETTINGS;
    }
  }

  // Documents -------------------------------------------------------------------------------------------------------

  /** A document's name in the snapshot of its root; undefined for what is neither Nix nor ours. */
  function fileOf(root: Root, uri: string): FilePath | undefined {
    if (root.folder === undefined)
      return uri === root.uri ? loneName(host.pathOf(uri) ?? uri, documents.get(uri)?.languageId) : undefined;
    if (!root.names.has(uri)) {
      const path = host.pathOf(uri);
      root.names.set(uri, path === undefined ? undefined : host.pathInRoot(root.folder, path));
    }
    return root.names.get(uri);
  }

  function documentsOf(root: Root): { readonly document: TextDocument; readonly file: FilePath }[] {
    return documents.all().flatMap((document) => {
      const file = fileOf(root, document.uri);
      return file !== undefined && !isIgnored(root, file) ? [{ document, file }] : [];
    });
  }

  function isIgnored({ workspace }: Root, file: FilePath): boolean {
    if (workspace === undefined) return false;
    const known = ignored.get(workspace.isIgnored) ?? new Map<FilePath, boolean>();
    ignored.set(workspace.isIgnored, known);
    const answer = known.get(file) ?? workspace.isIgnored(file);
    known.set(file, answer);
    return answer;
  }

  function contentOf(document: TextDocument): OpenText["content"] {
    const known = contents.get(document);
    if (known?.of === document.version) return known;
    const content = { text: document.getText(), version: `open ${++texts}`, of: document.version };
    contents.set(document, content);
    return content;
  }

  function snapshotOf(root: Root): Snapshot {
    const open = documentsOf(root).map(({ document, file }) => ({ file, content: contentOf(document) }));
    const reportAll = root.folder !== undefined && host.isDeclaredRoot(root.folder);
    return {
      ...overlaid(root.workspace?.snapshot, open),
      ...(!reportAll && { targets: open.map(({ file }) => file) }),
    };
  }

  // Analysis --------------------------------------------------------------------------------------------------------

  function schedule(root: Root): void {
    root.stale = true;
    clearTimeout(root.timer);
    // Its folder may have been taken away while its settings were asked for.
    if (root.folder !== undefined && folderAround(root.folder) === undefined) return closeRoot(root.uri);
    if (root.view) {
      const pause = root.duration < QUICK ? 0 : Math.min(LONGEST_PAUSE, root.duration / 2);
      root.timer = setTimeout(() => refresh(root), pause);
    } else root.timer = setTimeout(() => void refreshFirst(root), 0);
  }

  /** The first analysis of a folder reads all of it, which may take seconds: the editor is told before it begins. */
  async function refreshFirst(root: Root): Promise<void> {
    if (root.folder === undefined) return void refresh(root);
    const progress = await connection.window.createWorkDoneProgress();
    progress.begin("Nix Build Budget", undefined, "reading the workspace");
    // Analysis is synchronous: what was said must leave first.
    await new Promise((resolve) => setImmediate(resolve));
    refresh(root);
    progress.done();
  }

  /** Brings a root up to date. Errors are logged, and the view before stays. */
  function refresh(root: Root): View | undefined {
    clearTimeout(root.timer);
    if (!root.stale || roots.get(root.uri) !== root) return root.view;
    root.stale = false;
    const start = performance.now();
    try {
      const isFirst = root.view === undefined;
      root.view = analyseRoot(root);
      if (!isFirst) root.duration = performance.now() - start;
      options.onAnalysed(root.view);
    } catch (error) {
      connection.console.error(`Analysis of ${root.uri} failed: ${error instanceof Error ? error.stack : error}`);
    }
    return root.view;
  }

  function analyseRoot(root: Root): View {
    readDisk(root);
    let snapshot = snapshotOf(root);
    let analysis = analyse(root.settings, snapshot, root.view?.analysis);
    for (let round = 0; round < MOST_ROUNDS && analysis.model.needs.length > 0 && root.workspace; round++) {
      const before: Workspace = root.workspace;
      root.workspace = host.loadPaths(before, analysis.model.needs);
      if (root.workspace === before) break;
      snapshot = snapshotOf(root);
      analysis = analyse(root.settings, snapshot, analysis);
    }
    return viewFor(root, snapshot, analysis);
  }

  /** Reads what is new on disk; everything if nothing was read yet or if what is excluded has changed. */
  function readDisk(root: Root): void {
    const { folder, workspace } = root;
    if (folder === undefined) return;
    const changed = [...root.changedPaths];
    root.changedPaths.clear();
    const readAll = () => {
      const exclude = [...root.settings.exclude, ...excludedByFile(root)];
      root.workspace = host.loadWorkspace(folder, { exclude, shallow: !host.isDeclaredRoot(folder) });
    };
    if (!workspace || changed.some((path) => path.endsWith(".gitignore"))) readAll();
    else {
      const wanted = changed.filter((path) => workspace.snapshot.files.has(path) || !workspace.isIgnored(path));
      if (wanted.length > 0) root.workspace = host.loadPaths(workspace, wanted);
    }
    // The configuration file may be among what was read.
    const exclude = [...root.settings.exclude, ...excludedByFile(root)];
    if (JSON.stringify(root.workspace?.options.exclude ?? []) !== JSON.stringify(exclude)) readAll();
  }

  function excludedByFile(root: Root): readonly string[] {
    if (root.workspace === undefined) return [];
    const open = documents.all().find((document) => fileOf(root, document.uri) === CONFIGURATION_FILE);
    const onDisk = root.workspace.snapshot.files.get(CONFIGURATION_FILE);
    const text = open ? open.getText() : onDisk && "text" in onDisk ? onDisk.text : "";
    if (root.excluded?.text !== text)
      root.excluded = { text, globs: text === "" ? [] : parseConfiguration(text).configuration.exclude };
    return root.excluded.globs;
  }

  /** The folders of roots that lie in a root, as it names them. */
  function foldersWithin(root: Root): readonly FilePath[] {
    const { folder } = root;
    let folders = rootsWithin.get(root);
    if (folders === undefined) {
      const all = folder === undefined ? [] : [...roots.values()].flatMap((one) => one.folder ?? []);
      folders = all.flatMap((one) => (folder === undefined ? [] : host.pathInRoot(folder, one) || []));
      rootsWithin.set(root, folders);
    }
    return folders;
  }

  function viewFor(root: Root, snapshot: Snapshot, analysis: Analysis): View {
    const open = new Map(documentsOf(root).map(({ document, file }) => [file, document]));
    const versions = new Map([...open].map(([file, document]) => [file, document.version]));
    const uriOf = (file: FilePath) =>
      open.get(file)?.uri ?? (root.folder === undefined ? root.uri : host.uriOf(joined(root.folder, file)));
    const versionOf = (file: FilePath) => versions.get(file) ?? null;
    const owns = (file: FilePath) =>
      !isIgnored(root, file) && !foldersWithin(root).some((folder) => isWithin(file, folder));
    const sourceOf = (file: FilePath) => {
      const content = snapshot.files.get(file);
      const parsed = analysis.model.sources.get(file);
      if (parsed || !content || !("text" in content) || !file.endsWith(".nix")) return parsed;
      return options.parser.parse(file, content.text);
    };
    const convert = createConverter(snapshot, { uriOf, versionOf });
    return {
      uri: root.uri,
      settings: root.settings,
      snapshot,
      analysis,
      convert,
      uriOf,
      versionOf,
      openFiles: [...open.keys()],
      sourceOf,
      owns,
      safeFixes: (file) => safeFixes(analysis, file, (next, previous) => analyse(root.settings, next, previous)),
    };
  }

  // Events ----------------------------------------------------------------------------------------------------------

  return {
    async addFolders(added) {
      // All are known before the first is read, so that no document in them is taken for a lone one.
      const paths = added.flatMap(({ uri }) => {
        const path = host.pathOf(uri);
        return path === undefined ? [] : { uri, path };
      });
      for (const { uri, path } of paths) folders.set(uri, path);
      for (const { uri, path } of paths) if (host.isDeclaredRoot(path)) schedule(await openRoot(uri, path));
      // A document that was on its own may lie in a folder now.
      for (const document of documents.all()) await this.documentChanged(document);
    },
    removeFolders(removed) {
      for (const { uri } of removed) {
        const path = folders.get(uri);
        folders.delete(uri);
        if (path === undefined) continue;
        for (const root of [...roots.values()])
          if (root.folder !== undefined && folderAround(root.folder) === undefined) closeRoot(root.uri);
      }
      for (const document of documents.all()) void this.documentChanged(document);
    },
    async documentChanged(document) {
      const root = await rootOf(document.uri);
      if (root.uri !== document.uri && roots.has(document.uri)) closeRoot(document.uri);
      schedule(root);
    },
    documentClosed(document) {
      if (roots.has(document.uri)) closeRoot(document.uri);
      const path = host.pathOf(document.uri);
      if (path === undefined) return;
      for (const root of roots.values())
        if (root.folder !== undefined && host.pathInRoot(root.folder, path) !== undefined) schedule(root);
    },
    filesChanged(uris) {
      for (const uri of uris) {
        const path = host.pathOf(uri);
        if (path === undefined) continue;
        for (const root of roots.values()) {
          const file = root.folder === undefined ? undefined : host.pathInRoot(root.folder, path);
          if (file === undefined) continue;
          root.changedPaths.add(file);
          schedule(root);
        }
      }
    },
    async reloadSettings() {
      for (const root of roots.values()) {
        root.settings = await settingsFor(root.uri);
        schedule(root);
      }
    },
    async viewOf(uri) {
      if (!documents.get(uri)) return undefined;
      const root = await rootOf(uri);
      const view = refresh(root);
      const file = fileOf(root, uri);
      if (!view || file === undefined || !root.settings.enable || isIgnored(root, file)) return undefined;
      return { view, file };
    },
    async viewAround(uri) {
      const path = host.pathOf(uri);
      const isInside = documents.get(uri) !== undefined || (path !== undefined && folderAround(path) !== undefined);
      return isInside ? refresh(await rootOf(uri)) : undefined;
    },
    views: () => [...roots.values()].flatMap((root) => root.view ?? []),
    dispose() {
      for (const root of roots.values()) clearTimeout(root.timer);
    },
  };
}

function longest(paths: readonly string[]): string | undefined {
  return paths.toSorted((a, b) => b.length - a.length)[0];
}

function joined(folder: string, file: FilePath): string {
  return file === "" ? folder : `${folder.replace(/[/\\]$/, "")}/${file}`;
}
