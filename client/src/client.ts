// The language client: how the server is started, what it is told, and what happens when it dies.
import { commands, type ExtensionContext, window } from "vscode";
import {
  CloseAction,
  type CloseHandlerResult,
  ErrorAction,
  type ErrorHandler,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  type ServerOptions,
  TransportKind,
} from "vscode-languageclient/node";
import { COMMANDS, type InitializationOptions } from "../../server/src/lsp/protocol.js";

/** More restarts than this within the window mean that restarting does not help. */
const MOST_RESTARTS = 4;
const RESTART_WINDOW_MS = 3 * 60 * 1000;

const SCHEMES = ["file", "untitled", "vscode-vfs"];

export function createClient(context: ExtensionContext): LanguageClient {
  const module = context.asAbsolutePath("dist/cli.js");
  const run = { module, args: ["lsp"], transport: TransportKind.stdio };
  const server: ServerOptions = { run, debug: { ...run, options: { execArgv: ["--nolazy", "--inspect=6017"] } } };
  const initializationOptions: InitializationOptions = { commands: Object.values(COMMANDS) };
  const options: LanguageClientOptions = {
    documentSelector: SCHEMES.flatMap((scheme) => [
      { scheme, language: "nix" },
      { scheme, language: "nix-conf" },
      { scheme, pattern: "**/nix-build-budget.json" },
    ]),
    outputChannel: window.createOutputChannel("Nix Build Budget", { log: true }),
    diagnosticCollectionName: "nix-build-budget",
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    errorHandler: createErrorHandler(),
    markdown: { isTrusted: { enabledCommands: Object.values(COMMANDS) } },
    initializationOptions,
  };
  return new LanguageClient("nixBuildBudget", "Nix Build Budget", server, options);
}

/** Restarts a server that died and says so; gives up when it keeps dying. */
function createErrorHandler(): ErrorHandler {
  let deaths: number[] = [];
  return {
    error: () => ({ action: ErrorAction.Continue }),
    closed(): CloseHandlerResult {
      const now = Date.now();
      deaths = [...deaths.filter((time) => now - time < RESTART_WINDOW_MS), now];
      const givesUp = deaths.length > MOST_RESTARTS;
      void tell(
        givesUp
          ? `Nix Build Budget: the language server stopped ${deaths.length} times in 3 minutes and stays off.`
          : "Nix Build Budget: the language server stopped; it has been restarted.",
        givesUp,
      );
      return { action: givesUp ? CloseAction.DoNotRestart : CloseAction.Restart, handled: true };
    },
  };
}

async function tell(message: string, givesUp: boolean): Promise<void> {
  const choice = await window.showWarningMessage(message, ...(givesUp ? ["Restart", "Show output"] : ["Show output"]));
  if (choice === "Restart") await commands.executeCommand("nixBuildBudget.restart");
  else if (choice) await commands.executeCommand("nixBuildBudget.showOutput");
}
