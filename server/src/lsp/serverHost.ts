// What the server needs of the place it runs in. `stdio.ts` gives it node's disk and hardware; a browser gives its own.
import type { Machine } from "../core/machine/machine.js";
import type { NixParser } from "../core/syntax/parser.js";
import type { FilePath } from "../core/text/range.js";
import type { LoadOptions, Workspace } from "../host/disk.js";

export interface ServerHost {
  loadParser(): Promise<NixParser>;
  /** Absolute path of a URI; undefined if this host cannot read what it names. */
  pathOf(uri: string): string | undefined;
  uriOf(path: string): string;
  /** The declared root nearest to a file, looked for no further up than `folder`; `folder` itself if there is none. */
  findRoot(file: string, folder: string): string;
  isDeclaredRoot(folder: string): boolean;
  loadWorkspace(root: string, options: LoadOptions): Workspace;
  loadPaths(workspace: Workspace, paths: Iterable<FilePath>): Workspace;
  pathInRoot(root: string, path: string): FilePath | undefined;
  /** The computer that the server runs on, read once; undefined where it can't be told. */
  thisComputer(): { readonly hostName: string; readonly machine: Machine } | undefined;
}
