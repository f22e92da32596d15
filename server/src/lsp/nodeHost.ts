// The server's host on node: disk, file URIs and this computer.
import { hostname } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";
import { findRoot, isDeclaredRoot, loadPaths, loadWorkspace, pathInRoot } from "../host/disk.js";
import { detectMachine } from "../host/hardware.js";
import { loadParser } from "../host/parser.js";
import type { ServerHost } from "./serverHost.js";

export function createNodeHost(): ServerHost {
  let computer: { readonly found: ReturnType<ServerHost["thisComputer"]> } | undefined;
  return {
    loadParser,
    pathOf(uri) {
      try {
        return uri.startsWith("file:") ? fileURLToPath(uri).replace(/(?<=.)[/\\]$/, "") : undefined;
      } catch {
        return undefined; // A file on another computer, or no right URI.
      }
    },
    uriOf: (path) => pathToFileURL(path).href,
    findRoot,
    isDeclaredRoot,
    loadWorkspace,
    loadPaths,
    pathInRoot,
    thisComputer() {
      if (!computer) {
        const machine = detectMachine();
        computer = { found: machine && { hostName: hostname(), machine } };
      }
      return computer.found;
    },
  };
}
