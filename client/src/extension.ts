// The extension's entry: starts the language server and lays VS Code's commands and status item over it.
import { commands, type ExtensionContext, window } from "vscode";
import { createClient } from "./client.js";
import { registerCommands } from "./commands.js";
import { registerDocuments } from "./documents.js";
import { createStatusItem } from "./statusItem.js";

let stop: (() => Promise<void>) | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const client = createClient(context);
  const status = createStatusItem(client);
  const documents = registerDocuments(client);
  context.subscriptions.push(client.outputChannel, status, documents, ...registerCommands(client, documents));
  stop = () => client.dispose();
  try {
    await client.start();
  } catch (error) {
    client.outputChannel.error(String(error));
    const choice = await window.showErrorMessage("Nix Build Budget: the language server did not start.", "Show output");
    if (choice) await commands.executeCommand("nixBuildBudget.showOutput");
  }
}

export async function deactivate(): Promise<void> {
  await stop?.();
}
