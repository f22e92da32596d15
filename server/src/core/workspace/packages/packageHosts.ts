// Which hosts build a package: those whose modules lead to its file by the paths that files name.
import type { FilePath } from "../../text/range.js";
import { sameItems } from "../../text/sameItems.js";
import { editedFiles } from "../editedFiles.js";
import type { Host } from "../model.js";
import { folderOf, joinPath } from "../paths.js";
import type { Snapshot, SnapshotFile } from "../snapshot.js";

/** A relative path as Nix code names it: `./overlays`, `../pkgs/x.nix`. In a comment it counts too, which does no harm. */
const PATH = /(?<![\w.~/}])\.\.?\/[\w.+/-]*/g;
const FOLDER_FILES = 2000;
/** The files that a file's text names, kept for as long as its text and the folders are the same. */
const named = new WeakMap<
  SnapshotFile,
  { readonly folders: Snapshot["folders"]; readonly files: readonly FilePath[] }
>();

/** For a package's file, the hosts that build it. A lone file's own host builds its packages. */
export function packageHosts(hosts: readonly Host[], snapshot: Snapshot): (file: FilePath) => readonly Host[] {
  const machines = hosts.filter(
    ({ kind, platform }) => kind === "host" && platform !== "plain" && platform !== "flake",
  );
  const computers = machines.filter(({ platform }) => platform !== "home-manager");
  const isOnly = (computers.length > 0 ? computers : machines).length === 1;
  let lone: ReadonlyMap<FilePath, readonly Host[]> | undefined;
  const builders = new Map<FilePath, readonly Host[]>();
  return (file) => {
    let found = builders.get(file);
    if (found === undefined) {
      lone ??= byFile(hosts.filter(({ kind }) => kind === "file"));
      found = machines.filter((host) => reachedBy(host, isOnly, snapshot).has(file));
      if (found.length === 0) found = lone.get(file) ?? [];
      builders.set(file, found);
    }
    return found;
  };
}

/** Hosts of lone files, by their file. */
function byFile(hosts: readonly Host[]): ReadonlyMap<FilePath, readonly Host[]> {
  const found = new Map<FilePath, Host[]>();
  for (const host of hosts) {
    const [file = ""] = host.files;
    const known = found.get(file);
    if (known === undefined) found.set(file, [host]);
    else known.push(host);
  }
  return found;
}

/** What a host's files lead to, kept until some file names other files. */
const REACHED = new WeakMap<
  readonly FilePath[],
  { snapshot: Snapshot; isOnly: boolean; files: ReadonlySet<FilePath> }
>();

function reachedBy(host: Host, isOnly: boolean, snapshot: Snapshot): ReadonlySet<FilePath> {
  const known = REACHED.get(host.files);
  if (known !== undefined && known.isOnly === isOnly && namesSameFiles(known.snapshot, snapshot)) {
    known.snapshot = snapshot;
    return known.files;
  }
  const files = closure(startsOf(host, isOnly, snapshot), snapshot);
  REACHED.set(host.files, { snapshot, isOnly, files });
  return files;
}

/** The host's modules, what is named where it is declared, and for the only host whatever its flake names. */
function startsOf(host: Host, isOnly: boolean, snapshot: Snapshot): FilePath[] {
  const [own, ...modules] = host.files;
  if (own === undefined) return modules;
  if (isOnly) return [own, ...modules];
  const content = snapshot.files.get(own);
  const { start, end } = host.declaration.range;
  const text = content && "text" in content ? content.text.slice(start, end) : "";
  return [...modules, ...resolved(own, text.match(PATH) ?? [], snapshot)];
}

function closure(starts: readonly FilePath[], snapshot: Snapshot): ReadonlySet<FilePath> {
  const seen = new Set<FilePath>(starts);
  for (const file of seen) for (const target of namedIn(file, snapshot)) seen.add(target);
  return seen;
}

/** True if the files of two snapshots name the same files: what packageHosts said of the one holds for the other. */
export function namesSameFiles(before: Snapshot, after: Snapshot): boolean {
  if (before === after) return true;
  if (compared?.before !== before || compared.after !== after) {
    const edited = editedFiles(before, after);
    const same = edited?.every((file) => sameItems(namedIn(file, before), namedIn(file, after))) ?? false;
    compared = { before, after, same };
  }
  return compared.same;
}

/** The last answer: it is asked for once a host. */
let compared: { readonly before: Snapshot; readonly after: Snapshot; readonly same: boolean } | undefined;

function namedIn(file: FilePath, snapshot: Snapshot): readonly FilePath[] {
  const content = snapshot.files.get(file);
  if (content === undefined || !("text" in content)) return [];
  let entry = named.get(content);
  if (entry?.folders !== snapshot.folders) {
    entry = { folders: snapshot.folders, files: resolved(file, content.text.match(PATH) ?? [], snapshot) };
    named.set(content, entry);
  }
  return entry.files;
}

/** Nix files that paths stand for: the file, a folder's default.nix, else all of a folder that is read as a whole. */
function resolved(from: FilePath, paths: readonly string[], snapshot: Snapshot): FilePath[] {
  const folder = folderOf(from);
  return paths.flatMap((path) => {
    const target = joinPath(folder, path);
    if (target === undefined || target === folder) return [];
    if (snapshot.files.has(target)) return [target];
    const entry = target === "" ? "default.nix" : `${target}/default.nix`;
    return snapshot.files.has(entry) ? [entry] : filesBelow(target, snapshot);
  });
}

function filesBelow(folder: FilePath, { folders }: Snapshot): FilePath[] {
  const files: FilePath[] = [];
  const pending = [folder];
  for (let at = pending.pop(); at !== undefined && files.length < FOLDER_FILES; at = pending.pop()) {
    for (const [name, kind] of folders.get(at) ?? []) {
      if (kind === "directory") pending.push(`${at}/${name}`);
      else if (name.endsWith(".nix")) files.push(`${at}/${name}`);
    }
  }
  return files;
}
