// A real connection to a server in the same process, over streams: what an editor would send and see. Waits on messages, never on time.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { pathToFileURL } from "node:url";
import {
  type ClientCapabilities,
  type CompletionItem,
  CompletionRequest,
  CompletionResolveRequest,
  CodeActionRequest,
  type CodeAction,
  type CodeActionContext,
  ConfigurationRequest,
  createConnection,
  createProtocolConnection,
  DidChangeConfigurationNotification,
  DidChangeTextDocumentNotification,
  DidChangeWatchedFilesNotification,
  DidChangeWorkspaceFoldersNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  type Diagnostic,
  FileChangeType,
  type Hover,
  HoverRequest,
  InitializedNotification,
  InitializeRequest,
  type InitializeResult,
  LogMessageNotification,
  type MarkupContent,
  MessageType,
  type Position,
  ProposedFeatures,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  type PublishDiagnosticsParams,
  type Range,
  RegistrationRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type TextDocumentContentChangeEvent,
  type TextEdit,
  type WorkspaceEdit,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Machine } from "../../server/src/core/machine/machine.js";
import { createNodeHost } from "../../server/src/lsp/nodeHost.js";
import { STATUS, type StatusParams } from "../../server/src/lsp/protocol.js";
import { startServer } from "../../server/src/lsp/server.js";
import { fixtureFiles } from "../support/fixture.js";

export interface Options {
  /** Files of the workspace, by path or as one text (test/support/fixture.ts); several workspaces make several folders. */
  readonly workspaces?: readonly (string | ReadonlyMap<string, string>)[];
  /** `nixBuildBudget` settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly capabilities?: ClientCapabilities;
  readonly initializationOptions?: unknown;
  /** The computer that the server believes to run on. */
  readonly computer?: { readonly hostName: string; readonly machine: Machine };
}

/** What VS Code tells of itself, as far as it matters here. */
export const EDITOR: ClientCapabilities = {
  workspace: {
    configuration: true,
    workspaceFolders: true,
    didChangeConfiguration: { dynamicRegistration: true },
    didChangeWatchedFiles: { dynamicRegistration: true },
    workspaceEdit: { documentChanges: true, resourceOperations: ["create", "rename", "delete"] },
  },
};

const opened: Editor[] = [];

/** Ends every editor that a test has opened; for `afterEach`. */
export async function closeEditors(): Promise<void> {
  for (const editor of opened.splice(0)) await editor.close();
}

/** An editor with the workspaces on disk and the server behind it. */
export async function openEditor(options: Options = {}): Promise<Editor> {
  const editor = new Editor(options);
  opened.push(editor);
  await editor.initialize();
  return editor;
}

interface Waiter<T> {
  readonly fits: (message: T) => boolean;
  readonly resolve: (message: T) => void;
}

/** Messages of one kind: all that have come, and who waits for the next. */
class Inbox<T> {
  readonly all: T[] = [];
  #waiters: Waiter<T>[] = [];

  receive(message: T): void {
    this.all.push(message);
    const served = this.#waiters.filter(({ fits }) => fits(message));
    this.#waiters = this.#waiters.filter((waiter) => !served.includes(waiter));
    for (const { resolve } of served) resolve(message);
  }

  /** The next message from now on that fits. */
  next(fits: (message: T) => boolean): Promise<T> {
    return new Promise((resolve) => this.#waiters.push({ fits, resolve }));
  }

  /** The last one that fits if it has come, else the next. */
  latest(fits: (message: T) => boolean): Promise<T> {
    const come = this.all.findLast(fits);
    return come ? Promise.resolve(come) : this.next(fits);
  }
}

export class Editor {
  readonly folders: readonly string[];
  readonly diagnostics = new Inbox<PublishDiagnosticsParams>();
  readonly statuses = new Inbox<StatusParams>();
  readonly log: string[] = [];
  /** Those messages of the log that tell of errors. */
  readonly errors: string[] = [];
  readonly registrations = new Inbox<string>();
  readonly #temporary = mkdtempSync(join(tmpdir(), "nix-build-budget-lsp-"));
  readonly #options: Options;
  readonly #connection: ProtocolConnection;
  readonly #documents = new Map<string, TextDocument>();
  #settings: Readonly<Record<string, unknown>>;

  constructor(options: Options) {
    this.#options = options;
    this.#settings = options.settings ?? {};
    this.folders = (options.workspaces ?? []).map((files, i) => {
      const folder = join(this.#temporary, `workspace ${i}`);
      mkdirSync(folder);
      const texts = typeof files === "string" ? fixtureFiles(files) : files;
      for (const [path, text] of texts) write(join(folder, path), text);
      return folder;
    });
    const toServer = new PassThrough();
    const toClient = new PassThrough();
    const serverSide = createConnection(
      ProposedFeatures.all,
      new StreamMessageReader(toServer),
      new StreamMessageWriter(toClient),
    );
    startServer(serverSide, { ...createNodeHost(), thisComputer: () => options.computer }, { version: "test" });
    this.#connection = createProtocolConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));
    this.#connection.onNotification(PublishDiagnosticsNotification.type, (params) => this.diagnostics.receive(params));
    this.#connection.onNotification(STATUS, (params: StatusParams) => this.statuses.receive(params));
    this.#connection.onNotification(LogMessageNotification.type, ({ type, message }) => {
      this.log.push(message);
      if (type === MessageType.Error) this.errors.push(message);
    });
    this.#connection.onRequest(ConfigurationRequest.type, ({ items }) => items.map(() => ({ ...this.#settings })));
    this.#connection.onRequest(RegistrationRequest.type, ({ registrations }) => {
      for (const { method } of registrations) this.registrations.receive(method);
    });
    this.#connection.listen();
  }

  async initialize(): Promise<InitializeResult> {
    const result = await this.#connection.sendRequest(InitializeRequest.type, {
      processId: null,
      rootUri: null,
      capabilities: this.#options.capabilities ?? EDITOR,
      workspaceFolders: this.folders.map((folder) => ({ uri: pathToFileURL(folder).href, name: folder })),
      initializationOptions: this.#options.initializationOptions,
    });
    await this.#connection.sendNotification(InitializedNotification.type, {});
    return result;
  }

  async close(): Promise<void> {
    const place = opened.indexOf(this);
    if (place >= 0) opened.splice(place, 1);
    await this.#connection.sendRequest(ShutdownRequest.type);
    this.#connection.end();
    this.#connection.dispose();
    rmSync(this.#temporary, { recursive: true, force: true });
  }

  request<R>(method: string, params: unknown): Promise<R> {
    return this.#connection.sendRequest(method, params);
  }
  notify(method: string, params: unknown): Promise<void> {
    return this.#connection.sendNotification(method, params);
  }

  uri(path: string, folder = 0): string {
    return pathToFileURL(join(this.folders[folder] ?? this.#temporary, path)).href;
  }

  /** Opens a document, with the given text or an empty one; does not wait for what the server says. */
  open(uri: string, text: string, languageId = "nix"): void {
    const document = TextDocument.create(uri, languageId, 1, text);
    this.#documents.set(uri, document);
    void this.#connection.sendNotification(DidOpenTextDocumentNotification.type, {
      textDocument: { uri, languageId, version: 1, text },
    });
  }

  /** Replaces the first occurrence of `before`, as typing does. Returns the new version. */
  edit(uri: string, before: string, after: string): number {
    const document = this.document(uri);
    const start = document.getText().indexOf(before);
    const range = { start: document.positionAt(start), end: document.positionAt(start + before.length) };
    return this.change(uri, [{ range, text: after }]);
  }

  /** Changes a document, each change in the text that those before it leave. Returns the new version. */
  change(uri: string, changes: TextDocumentContentChangeEvent[]): number {
    const document = this.document(uri);
    const version = document.version + 1;
    this.#documents.set(uri, TextDocument.update(document, changes, version));
    void this.#connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri, version },
      contentChanges: changes,
    });
    return version;
  }

  closeDocument(uri: string): void {
    this.#documents.delete(uri);
    void this.#connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri } });
  }

  /** The documents that are open. */
  get documents(): readonly TextDocument[] {
    return [...this.#documents.values()];
  }

  document(uri: string): TextDocument {
    const document = this.#documents.get(uri);
    if (!document) throw new Error(`${uri} is not open`);
    return document;
  }

  /** The diagnostics of a document at a version. */
  async diagnosticsOf(uri: string, version = this.document(uri).version): Promise<readonly Diagnostic[]> {
    return (await this.diagnostics.latest((params) => params.uri === uri && params.version === version)).diagnostics;
  }

  /** The place of the first occurrence of a text. */
  rangeOf(uri: string, text: string): Range {
    const document = this.document(uri);
    const start = document.getText().indexOf(text);
    if (start < 0) throw new Error(`${text} is not in ${uri}`);
    return { start: document.positionAt(start), end: document.positionAt(start + text.length) };
  }

  async codeActions(uri: string, range: Range, context: Partial<CodeActionContext> = {}): Promise<CodeAction[]> {
    const actions = await this.#connection.sendRequest(CodeActionRequest.type, {
      textDocument: { uri },
      range,
      context: { diagnostics: [], ...context },
    });
    return (actions ?? []) as CodeAction[];
  }

  async hover(uri: string, position: Position): Promise<string> {
    const hover: Hover | null = await this.#connection.sendRequest(HoverRequest.type, {
      textDocument: { uri },
      position,
    });
    return hover ? (hover.contents as MarkupContent).value : "";
  }

  /** What is offered behind the first occurrence of a text, in the order in which an editor shows it. */
  async completion(uri: string, behind: string): Promise<CompletionItem[]> {
    const found = await this.#connection.sendRequest(CompletionRequest.type, {
      textDocument: { uri },
      position: this.rangeOf(uri, behind).end,
    });
    const items = Array.isArray(found) ? found : (found?.items ?? []);
    return items.toSorted((a, b) => ((a.sortText ?? a.label) < (b.sortText ?? b.label) ? -1 : 1));
  }

  resolve(item: CompletionItem): Promise<CompletionItem> {
    return this.#connection.sendRequest(CompletionResolveRequest.type, item);
  }

  /** The text of a document after an edit that touches it alone. */
  applied(uri: string, edit: WorkspaceEdit | undefined): string {
    return TextDocument.applyEdits(this.document(uri), editsOf(edit, uri));
  }

  write(path: string, text: string, folder = 0): void {
    write(join(this.folders[folder] ?? this.#temporary, path), text);
    this.#fileEvent(this.uri(path, folder), FileChangeType.Changed);
  }
  remove(path: string, folder = 0): void {
    rmSync(join(this.folders[folder] ?? this.#temporary, path));
    this.#fileEvent(this.uri(path, folder), FileChangeType.Deleted);
  }
  #fileEvent(uri: string, type: FileChangeType): void {
    void this.#connection.sendNotification(DidChangeWatchedFilesNotification.type, { changes: [{ uri, type }] });
  }

  changeSettings(settings: Readonly<Record<string, unknown>>): void {
    this.#settings = settings;
    void this.#connection.sendNotification(DidChangeConfigurationNotification.type, {
      settings: { nixBuildBudget: settings },
    });
  }

  removeFolder(folder: number): void {
    const removed = [{ uri: pathToFileURL(this.folders[folder] ?? "").href, name: "" }];
    void this.#connection.sendNotification(DidChangeWorkspaceFoldersNotification.type, {
      event: { added: [], removed },
    });
  }
}

/** The edits of one document in a workspace edit, whichever form it has. */
export function editsOf(edit: WorkspaceEdit | undefined, uri: string): TextEdit[] {
  const changes = edit?.documentChanges?.flatMap((change) =>
    "textDocument" in change && change.textDocument.uri === uri ? (change.edits as TextEdit[]) : [],
  );
  return changes ?? edit?.changes?.[uri] ?? [];
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
