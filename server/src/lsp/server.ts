// The language server: capabilities, life cycle, and which feature answers what. Speaks over any connection.
import {
  CodeActionKind,
  CompletionItemTag,
  CodeLensRefreshRequest,
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type InitializeParams,
  type InitializeResult,
  ResponseError,
  LSPErrorCodes,
  TextDocuments,
  TextDocumentSyncKind,
  type WorkspaceFolder,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { CONFIGURATION_FILE } from "../core/machine/parseConfiguration.js";
import { explanation } from "../report/explain.js";
import { budgetPage } from "./budget.js";
import { type CodeActionSupport, codeActions, FIX_ALL } from "./codeActions.js";
import { type CompletionSupport, completion, resolveCompletion } from "./completion.js";
import { codeLenses } from "./codeLens.js";
import { declareMachineEdits } from "./declareMachine.js";
import { createDiagnosticsPublisher } from "./diagnostics.js";
import { hover } from "./hover.js";
import {
  BUDGET,
  type BudgetParams,
  DECLARE_MACHINE,
  type DeclareMachineParams,
  type DeclareMachineResult,
  EXPLAIN,
  type ExplainParams,
  type InitializationOptions,
  type MarkdownResult,
  STATUS,
  type StatusParams,
} from "./protocol.js";
import type { ServerHost } from "./serverHost.js";
import { statusOf } from "./status.js";
import { createWorkspaceState, type View, type WorkspaceState } from "./workspaceState.js";

/** What the editor watches on disk: every kind of file that the analysis may read. */
const WATCHED = ["nix", "nix.conf", CONFIGURATION_FILE, "flake.lock", "Cargo.toml", "Cargo.lock", "facter.json"].map(
  (name) => (name === "nix" ? "**/*.nix" : `**/${name}`),
);
const SECTION = "nixBuildBudget";

export interface ServerInfo {
  readonly version: string;
}

/** Serves until the connection closes. */
export function startServer(connection: Connection, host: ServerHost, info: ServerInfo): void {
  const documents = new TextDocuments(TextDocument);
  const publisher = createDiagnosticsPublisher(connection);
  let client: ClientFeatures | undefined;
  let folders: readonly WorkspaceFolder[] = [];
  let state: WorkspaceState | undefined;
  let lastStatus = "";

  function tellStatus(): void {
    const params: StatusParams = { roots: (state?.views() ?? []).map(statusOf) };
    const json = JSON.stringify(params);
    if (json === lastStatus) return;
    lastStatus = json;
    connection.sendNotification(STATUS, params).catch(() => {}); // Fails only when the connection is gone.
  }

  function onAnalysed(view: View): void {
    publisher.publish(view);
    tellStatus();
    // Of a file that stays as it is the editor would not ask again.
    if (client?.lensRefresh) connection.sendRequest(CodeLensRefreshRequest.type).catch(() => {}); // Fails only when the connection is gone.
  }

  connection.onInitialize(async (params): Promise<InitializeResult> => {
    client = clientFeatures(params);
    folders = params.workspaceFolders ?? (params.rootUri ? [{ uri: params.rootUri, name: "" }] : []);
    const { configuration, sentSettings } = client;
    let pushed = sentSettings;
    connection.onDidChangeConfiguration(({ settings }) => {
      pushed = (settings as Record<string, unknown> | null)?.[SECTION] ?? pushed;
      void state?.reloadSettings();
    });
    state = createWorkspaceState({
      connection,
      host,
      parser: await host.loadParser(),
      documents,
      fetchSettings: async (scopeUri) =>
        configuration ? await connection.workspace.getConfiguration({ scopeUri, section: SECTION }) : pushed,
      onAnalysed,
      onClosed(rootUri) {
        publisher.clear(rootUri);
        tellStatus();
      },
    });
    return {
      serverInfo: { name: "nix-build-budget", version: info.version },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: false },
        hoverProvider: true,
        completionProvider: { triggerCharacters: [".", '"'], resolveProvider: true },
        codeLensProvider: {},
        codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, FIX_ALL] },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  });

  connection.onInitialized(async () => {
    if (!client || !state) return;
    // Listened to at once: what comes while folders are read must not be lost.
    if (client.folderChanges)
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        state?.removeFolders(removed);
        void state?.addFolders(added);
      });
    await state.addFolders(folders);
    if (client.watching)
      await connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: WATCHED.map((globPattern) => ({ globPattern })),
      });
    if (client.configurationChanges)
      await connection.client.register(DidChangeConfigurationNotification.type, { section: SECTION });
  });

  documents.onDidChangeContent(({ document }) => void state?.documentChanged(document));
  documents.onDidClose(({ document }) => state?.documentClosed(document));
  connection.onDidChangeWatchedFiles(({ changes }) => state?.filesChanged(changes.map(({ uri }) => uri)));

  connection.onHover(async ({ textDocument, position }, token) => {
    const found = await state?.viewOf(textDocument.uri);
    if (token.isCancellationRequested) return cancelled();
    return found && client ? hover(found.view, found.file, position, client) : null;
  });

  connection.onCompletion(async ({ textDocument, position }, token) => {
    const found = await state?.viewOf(textDocument.uri);
    if (token.isCancellationRequested) return cancelled();
    return found && client ? [...completion(found.view, found.file, position, client)] : [];
  });
  connection.onCompletionResolve(resolveCompletion);

  connection.onCodeLens(async ({ textDocument }, token) => {
    const found = await state?.viewOf(textDocument.uri);
    if (token.isCancellationRequested) return cancelled();
    return found && client ? codeLenses(found.view, found.file, client) : [];
  });

  connection.onCodeAction(async (params, token) => {
    const found = await state?.viewOf(params.textDocument.uri);
    if (token.isCancellationRequested) return cancelled();
    return found && client ? codeActions(found.view, found.file, params, client) : [];
  });

  connection.onRequest(BUDGET, async ({ uri }: BudgetParams): Promise<MarkdownResult> => {
    const found = uri === undefined ? undefined : await state?.viewAround(uri);
    return { markdown: budgetPage(found ? [found] : (state?.views() ?? [])) };
  });
  connection.onRequest(
    EXPLAIN,
    ({ name }: ExplainParams): MarkdownResult => ({
      markdown: explanation(name) ?? `Nothing is known about \`${name}\`.\n`,
    }),
  );
  connection.onRequest(DECLARE_MACHINE, async ({ uri }: DeclareMachineParams): Promise<DeclareMachineResult | null> => {
    const view = await state?.viewAround(uri);
    if (!view || !client) return null;
    const edits = declareMachineEdits(view);
    return {
      uri: view.uriOf(CONFIGURATION_FILE),
      ...(edits.length > 0 && { edit: view.convert.workspaceEdit(edits, client) }),
    };
  });

  connection.onShutdown(() => state?.dispose());
  documents.listen(connection);
  connection.listen();
}

function cancelled(): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestCancelled, "cancelled");
}

/** What the editor can do, as far as it matters here. */
interface ClientFeatures extends CodeActionSupport, CompletionSupport {
  readonly configuration: boolean;
  readonly configurationChanges: boolean;
  readonly folderChanges: boolean;
  readonly watching: boolean;
  readonly lensRefresh: boolean;
  readonly sentSettings: unknown;
}

function clientFeatures({ capabilities, initializationOptions }: InitializeParams): ClientFeatures {
  const { workspace, textDocument } = capabilities;
  const own = (initializationOptions ?? {}) as InitializationOptions;
  return {
    commands: new Set(Array.isArray(own.commands) ? own.commands : []),
    sentSettings: own.settings,
    configuration: workspace?.configuration ?? false,
    configurationChanges: workspace?.didChangeConfiguration?.dynamicRegistration ?? false,
    folderChanges: workspace?.workspaceFolders ?? false,
    watching: workspace?.didChangeWatchedFiles?.dynamicRegistration ?? false,
    snippets: textDocument?.completion?.completionItem?.snippetSupport ?? false,
    deprecatedTag:
      textDocument?.completion?.completionItem?.tagSupport?.valueSet.includes(CompletionItemTag.Deprecated) ?? false,
    lensRefresh: workspace?.codeLens?.refreshSupport ?? false,
    documentChanges: workspace?.workspaceEdit?.documentChanges ?? false,
    createFiles: workspace?.workspaceEdit?.resourceOperations?.includes("create") ?? false,
  };
}
