// The status bar item: the machine that the active file's hosts are judged by, and how many findings there are.
import { type Disposable, MarkdownString, StatusBarAlignment, type Uri, window } from "vscode";
import { type LanguageClient, State } from "vscode-languageclient/node";
import { type RootStatus, STATUS, type StatusParams } from "../../server/src/lsp/protocol.js";

export function createStatusItem(client: LanguageClient): Disposable {
  const item = window.createStatusBarItem("nixBuildBudget.status", StatusBarAlignment.Right, 90);
  item.name = "Nix Build Budget";
  item.command = "nixBuildBudget.showBudget";
  let roots: readonly RootStatus[] = [];

  function show(): void {
    const status = statusOf(roots, window.activeTextEditor?.document.uri);
    if (client.state !== State.Running) {
      item.text = "$(warning) Nix budget";
      item.tooltip = "Nix Build Budget: the language server is not running.";
    } else if (status) {
      item.text = `$(dashboard) ${status.machine} · ${count(status.findings)}`;
      item.tooltip = new MarkdownString(
        ["**Nix Build Budget**", ...status.hosts, "Click for the arithmetic."].join("\n\n"),
      );
    } else return item.hide();
    item.show();
  }

  const subscriptions = [
    item,
    client.onNotification(STATUS, (params: StatusParams) => {
      roots = params.roots;
      show();
    }),
    client.onDidChangeState(({ newState }) => {
      if (newState !== State.Running) roots = [];
      show();
    }),
    window.onDidChangeActiveTextEditor(show),
  ];
  return { dispose: () => subscriptions.forEach((subscription) => subscription.dispose()) };
}

/** The root that the file lies in, the innermost if there are several; else the first. */
function statusOf(roots: readonly RootStatus[], uri: Uri | undefined): RootStatus | undefined {
  const file = uri?.toString() ?? "";
  const around = roots.filter((root) => file === root.uri || file.startsWith(`${root.uri}/`));
  return around.toSorted((a, b) => b.uri.length - a.uri.length)[0] ?? roots[0];
}

function count(findings: number): string {
  return findings === 1 ? "1 finding" : `${findings} findings`;
}
