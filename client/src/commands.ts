// The commands of the manifest (`contributes.commands`) and those that code actions call.
import { commands, ConfigurationTarget, type Disposable, Uri, window, workspace } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { COMMANDS } from "../../server/src/lsp/protocol.js";
import type { Documents } from "./documents.js";

export function registerCommands(client: LanguageClient, documents: Documents): Disposable[] {
  const here = () => window.activeTextEditor?.document.uri ?? workspace.workspaceFolders?.[0]?.uri;
  const handlers: Readonly<Record<string, (argument?: string) => Thenable<unknown>>> = {
    "nixBuildBudget.restart": () => client.restart(),
    "nixBuildBudget.showOutput": async () => client.outputChannel.show(),
    "nixBuildBudget.showBudget": () => documents.showBudget(here()),
    "nixBuildBudget.declareMachine": () => commands.executeCommand(COMMANDS.declareMachine, here()?.toString()),
    [COMMANDS.explain]: async (name) => {
      const asked = name ?? (await window.showInputBox({ prompt: "Rule or Nix setting", placeHolder: "max-jobs" }));
      if (asked) await documents.showExplanation(asked);
    },
    [COMMANDS.useThisComputer]: (root) => useThisComputer(root ? Uri.parse(root) : here()),
  };
  return Object.entries(handlers).map(([id, handler]) => commands.registerCommand(id, handler));
}

/** Undeclared hosts get this computer's hardware: for the workspace if there is one, else everywhere. */
async function useThisComputer(root: Uri | undefined): Promise<void> {
  const target = workspace.workspaceFolders ? ConfigurationTarget.Workspace : ConfigurationTarget.Global;
  await workspace.getConfiguration("nixBuildBudget", root).update("machine", "local", target);
}
