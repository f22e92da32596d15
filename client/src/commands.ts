// The commands of the manifest (`contributes.commands`) and those that code actions call.
import { ConfigurationTarget, commands, type Disposable, Position, Range, Uri, window, workspace } from "vscode";
import type {
  LanguageClient,
  Position as LspPosition,
  WorkspaceEdit as LspWorkspaceEdit,
} from "vscode-languageclient/node";
import {
  COMMANDS,
  DECLARE_MACHINE,
  type DeclareMachineParams,
  type DeclareMachineResult,
} from "../../server/src/lsp/protocol.js";
import type { Documents } from "./documents.js";

export function registerCommands(client: LanguageClient, documents: Documents): Disposable[] {
  const here = () => window.activeTextEditor?.document.uri ?? workspace.workspaceFolders?.[0]?.uri;
  const handlers: Readonly<Record<string, (argument?: string, position?: LspPosition) => Thenable<unknown>>> = {
    "nixBuildBudget.restart": () => client.restart(),
    "nixBuildBudget.showOutput": async () => client.outputChannel.show(),
    [COMMANDS.showBudget]: () => documents.showBudget(here()),
    "nixBuildBudget.declareMachine": () => declareMachine(client, here()),
    [COMMANDS.showFixes]: async (uri, position) => {
      if (uri !== undefined && position)
        await showFixes(Uri.parse(uri), new Position(position.line, position.character));
    },
    "nixBuildBudget.useThisComputer": () => useThisComputer(here()),
    [COMMANDS.explain]: async (name) => {
      const asked = name ?? (await window.showInputBox({ prompt: "Rule or Nix setting", placeHolder: "max-jobs" }));
      if (asked) await documents.showExplanation(asked);
    },
  };
  return Object.entries(handlers).map(([id, handler]) => commands.registerCommand(id, handler));
}

/** Puts the cursor there and opens the menu of quick fixes. */
async function showFixes(uri: Uri, position: Position): Promise<void> {
  await window.showTextDocument(uri, { selection: new Range(position, position) });
  await commands.executeCommand("editor.action.quickFix");
}

/** Writes an entry into nix-build-budget.json, where one is missing, and opens the file. */
async function declareMachine(client: LanguageClient, here: Uri | undefined): Promise<void> {
  if (!here) return;
  const params: DeclareMachineParams = { uri: here.toString() };
  const result = await client.sendRequest<DeclareMachineResult | null>(DECLARE_MACHINE, params);
  if (!result) return;
  const edit = await client.protocol2CodeConverter.asWorkspaceEdit(result.edit as LspWorkspaceEdit | undefined);
  if (edit) await workspace.applyEdit(edit);
  await window.showTextDocument(Uri.parse(result.uri));
}

/** Undeclared hosts get this computer's hardware: for the workspace if there is one, else everywhere. */
async function useThisComputer(root: Uri | undefined): Promise<void> {
  const target = workspace.workspaceFolders ? ConfigurationTarget.Workspace : ConfigurationTarget.Global;
  await workspace.getConfiguration("nixBuildBudget", root).update("machine", "local", target);
}
