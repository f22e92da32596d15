// The server on standard input and output, with node's disk and hardware: what `nix-build-budget lsp --stdio` runs.
import { setFlagsFromString } from "node:v8";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { createNodeHost } from "./nodeHost.js";
import { startServer } from "./server.js";

/** Per cent by which the heap grows before it is collected again. V8's own choice lets it grow to thrice what is in use. */
const HEAP_GROWTH = 30;
/** The young generation stays as small as it starts: grown to V8's 16 MiB, twice, it is a third of the memory and saves no time. */
const YOUNG_GROWTH = 1;

/** Ends the process when the editor closes the stream, asks for it, or is gone. */
export function runServer(version: string): void {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH}`);
  setFlagsFromString(`--semi-space-growth-factor=${YOUNG_GROWTH}`);
  const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  process.on("uncaughtException", (error) => connection.console.error(`Uncaught: ${error.stack ?? error}`));
  process.on("unhandledRejection", (reason) => connection.console.error(`Unhandled: ${reason}`));
  startServer(connection, createNodeHost(), { version });
}
