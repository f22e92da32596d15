// Setting options of a host: edits the one definition that counts, or adds one where a reader would look for it.
import type { AttrsetExpr, Binding, SourceFile } from "../syntax/ast.js";
import { editsOverlap, joinInsertions, type TextEdit } from "../text/edit.js";
import type { Definition, Host, OptionState } from "../workspace/model.js";
import { type Edits, isGenerated, isUsedOnce, replaceValue } from "./definitions.js";
import { commonPrefix, type Entry as OptionEdit, insertAttributes } from "./insert.js";
import { lineEnd } from "./style.js";
import { toConfText } from "./textLines.js";
import { libraryAt, pathTo, staticPath } from "./tree.js";
import { PLAIN_PRIORITY } from "../workspace/modules/properties.js";

export type { Edits } from "./definitions.js";
export { moveDefinition, removeDefinition, renameDefinition, replaceValue } from "./definitions.js";
export type { Entry as OptionEdit } from "./insert.js";

/** Where this host's platform keeps a Nix setting: `["nix","settings",name]`, `["nixConfig",name]` or `["nix.conf",name]`. */
export function settingPath(host: Host, name: string): readonly string[] {
  if (host.platform === "flake") return ["nixConfig", name];
  if (host.platform === "plain") return ["nix.conf", name];
  return ["nix", "settings", name];
}

/** Of what nobody sets: an option's default. */
const UNSET = 1500;

/** Sets one option of a host; see `setOptions`. */
export function setOption(host: Host, path: readonly string[], valueText: string, near?: Definition): Edits {
  return setOptions(host, [{ path, value: valueText }], near);
}

/** Sets another setting beside one of this host: a line of `nix.extraOptions` does not say where options go. */
export function setBeside(host: Host, definition: Definition, name: string, valueText: string): Edits {
  const { attrPath, inText } = definition;
  const isOwnText = inText !== undefined && host.platform !== "plain" && inText.carrier[0] !== "nix";
  if (isOwnText) return undefined;
  const path = inText === undefined ? [...attrPath.slice(0, -1), name] : settingPath(host, name);
  return setOption(host, path, valueText, definition);
}

/**
 * Sets options of a host (paths in full, values as Nix text). A path that is defined has that definition's value replaced,
 * its wrappers kept; the others are inserted beside their nearest relatives, `near` first.
 * Undefined if any of them has no safe place: unknown, conditional or several definitions, generated files.
 */
export function setOptions(host: Host, entries: readonly OptionEdit[], near?: Definition): Edits {
  const edits: TextEdit[] = [];
  const missing: OptionEdit[] = [];
  let sibling = near;
  for (const entry of entries) {
    const present = definitionToEdit(host, entry.path);
    if (present === "none") missing.push(entry);
    else {
      const replaced = present && replaceValue(present, entry.value);
      if (!replaced) return undefined;
      edits.push(...replaced);
      sibling ??= present;
    }
  }
  if (missing.length > 0) {
    const inserted = insertOptions(host, missing, sibling);
    if (!inserted) return undefined;
    edits.push(...inserted);
  }
  return edits.some((a, i) => edits.some((b, k) => k > i && editsOverlap(a, b))) ? undefined : edits;
}

/**
 * Sets options for this host alone, in a file that none of `others` takes; what it shares with them is overridden there.
 * Undefined without such a file, without `lib` in it, or where a value is unknown or already forced.
 */
export function overrideOptions(host: Host, others: readonly Host[], entries: readonly OptionEdit[]): Edits {
  if (host.platform === "flake" || host.platform === "plain") return undefined;
  const shared = new Set(others.flatMap(({ files }) => files));
  const definitions = host.definitions.filter(({ file }) => !shared.has(file));
  const forced: boolean[] = [];
  for (const { path } of entries) {
    const state = stateAt(host, path);
    if (state.state === "unknown") return undefined;
    const present = state.state === "known" ? state.definitions : [];
    const priority = Math.min(UNSET, ...present.map((definition) => definition.priority));
    if (priority < PLAIN_PRIORITY || present.some(({ file, inText }) => inText !== undefined || !shared.has(file)))
      return undefined;
    forced.push(priority === PLAIN_PRIORITY);
  }
  for (const relative of relatives({ platform: host.platform, definitions }, entries[0]?.path ?? [], undefined)) {
    if (!relative.source || !relative.site || isGenerated(relative.file, relative.source.text)) continue;
    const lib = libraryAt(pathTo(relative.source, relative.site.set));
    if (forced.includes(true) && lib === undefined) continue;
    const written = entries.map(({ path, value }, i) => ({
      path,
      value: forced[i] ? `${lib}.mkForce ${value}` : value,
    }));
    const edits = insertBeside(relative, written);
    if (edits) return joinInsertions(edits);
  }
  return undefined;
}

/** The definition whose value counts; "none" if the option is unset; undefined if it must not be touched. */
function definitionToEdit(host: Host, path: readonly string[]): Definition | "none" | undefined {
  const state = stateAt(host, path);
  if (state.state === "unset") return host.definitions.some((d) => samePath(d.attrPath, path)) ? undefined : "none";
  if (state.state === "unknown") return undefined;
  const priority = Math.min(...state.definitions.map((d) => d.priority));
  const [only, ...others] = state.definitions.filter((d) => d.priority === priority);
  if (!only || others.length > 0 || only.conditional) return undefined;
  // A default that a hardware scan wrote is there to be overridden: a plain definition elsewhere wins.
  const isScanned = only.source !== undefined && isGenerated(only.file, only.source.text);
  return isScanned && priority > PLAIN_PRIORITY && host.definitions.some((d) => d.file !== only.file) ? "none" : only;
}

/** What the host gets at a path; for a setting, in whatever way it is set. */
function stateAt(host: Host, path: readonly string[]): OptionState {
  const setting = settingNamed(path);
  return setting === undefined ? host.option(path) : host.setting(setting);
}

/** The setting that a path from `settingPath` names. */
function settingNamed(path: readonly string[]): string | undefined {
  const [first, second] = path;
  if (path.length === 3 && first === "nix" && second === "settings") return path[2];
  return path.length === 2 && (first === "nixConfig" || first === "nix.conf") ? second : undefined;
}

function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && commonPrefix(a, b) === a.length;
}

/** Adds options that the caller knows to be unset, beside their nearest relatives, `near` first. */
export function insertOptions(host: Host, entries: readonly OptionEdit[], near: Definition | undefined): Edits {
  if (host.platform === "plain") return insertConfLines(host, entries, near);
  const edits: TextEdit[] = [];
  for (const group of byParent(entries)) {
    const inserted = firstPlace(host, group, near);
    if (!inserted) return undefined;
    edits.push(...inserted);
  }
  return joinInsertions(edits);
}

/** Entries of one set together: they may go to another place than the rest. */
function byParent(entries: readonly OptionEdit[]): readonly (readonly OptionEdit[])[] {
  const groups = new Map<string, OptionEdit[]>();
  for (const entry of entries) {
    const parent = JSON.stringify(entry.path.slice(0, -1));
    groups.set(parent, [...(groups.get(parent) ?? []), entry]);
  }
  return [...groups.values()];
}

function firstPlace(host: Host, entries: readonly OptionEdit[], near: Definition | undefined): Edits {
  for (const relative of relatives(host, entries[0]?.path ?? [], near)) {
    if (isGenerated(relative.file, relative.source?.text ?? "") || clashes(host, relative, entries)) continue;
    const edits = insertBeside(relative, entries);
    if (edits) return edits;
  }
  return undefined;
}

/** True if a host that shares the place sets one of the options itself: of two values, lists alone are joined. */
function clashes(host: Host, { hosts }: Definition, entries: readonly OptionEdit[]): boolean {
  const others = hosts.filter((name) => name !== host.name);
  if (others.length === 0) return false;
  return entries.some(({ path, value }) => {
    const setters = value.startsWith("[") ? undefined : host.setBy(path);
    return setters !== undefined && others.some((name) => setters.has(name));
  });
}

/** Definitions beside which a new one may go, the closest first. With `near`: those that reach no host which that one does not. */
function* relatives(
  host: Pick<Host, "definitions" | "platform">,
  path: readonly string[],
  near: Definition | undefined,
): Iterable<Definition> {
  const reached = near && new Set(near.hosts);
  const isWithin = (d: Definition) => reached === undefined || d.hosts.every((name) => reached.has(name));
  const reachesAll = (d: Definition) => reached === undefined || d.hosts.length >= reached.size;
  // A module that hosts of another module system take as well: there only what all have may be set.
  const isCommon = path[0] === "nix" && path[1] === "settings";
  const isTaken = (d: Definition) => isCommon || d.platforms.every((platform) => platform === host.platform);
  const mayServe = (d: Definition) =>
    d.site?.set.kind === "attrset" && d.source && !d.inText && !d.conditional && isTaken(d) && isWithin(d);
  const shared = (d: Definition) => Math.min(commonPrefix(d.attrPath, path), path.length - 1);
  // Nothing is closer than what stands in the same set.
  const isClosest = near !== undefined && shared(near) === path.length - 1 && mayServe(near);
  if (isClosest) yield near;
  const closeness = (d: Definition): number =>
    (reachesAll(d) ? 100 : 0) + 4 * shared(d) + (d === near ? 2 : d.file === near?.file ? 1 : 0);
  const others = host.definitions.filter((d) => d !== near);
  const rated = (near && !isClosest ? [near, ...others] : others)
    .filter(mayServe)
    .map((d) => [d, closeness(d)] as const);
  for (const [d] of rated.sort(([, a], [, b]) => b - a)) yield d;
}

/** A set literal that stands for an option prefix, with the binding of it that led there. */
interface Place {
  readonly source: SourceFile;
  readonly set: AttrsetExpr;
  readonly prefix: readonly string[];
  readonly near: Binding;
}

function insertBeside(relative: Definition, entries: readonly OptionEdit[]): Edits {
  const place = placeFor(
    relative,
    entries.map((entry) => entry.path),
  );
  if (!place) return undefined;
  const inner = entries.map((entry) => ({ path: entry.path.slice(place.prefix.length), value: entry.value }));
  return insertAttributes(place.source, place.set, inner, place.near);
}

/** Climbs from a definition's set to the innermost one whose prefix all `paths` share. */
function placeFor(def: Definition, paths: readonly (readonly string[])[]): Place | undefined {
  const { site, source } = def;
  if (!site || !source || site.set.kind !== "attrset") return undefined;
  const steps = pathTo(source, site.set);
  if (steps.length === 0 || !isUsedOnce(steps)) return undefined;
  let prefix = def.attrPath.slice(0, Math.max(0, def.attrPath.length - 1 - site.depth));
  let near: Binding = site.binding;
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i];
    const parent = steps[i - 1]?.expr;
    if (step?.expr.kind === "attrset" && paths.every((path) => commonPrefix(path, prefix) === prefix.length)) {
      // The left side of `//` keeps only the names that the right side does not have.
      const survives = paths.every((path) => path[prefix.length] === def.attrPath[prefix.length]);
      return !survives && isLeftOfUpdate(steps.slice(0, i + 1)) ? undefined : { source, set: step.expr, prefix, near };
    }
    if (step?.binding && parent?.kind === "attrset") {
      const names = step.binding.kind === "binding" ? staticPath(step.binding.path) : undefined;
      const start = prefix.length - (names?.length ?? 0);
      if (!names || start < 0 || names.some((name, k) => prefix[start + k] !== name)) return undefined;
      prefix = prefix.slice(0, start);
      near = step.binding;
    } else if (parent?.kind === "let" && step?.binding) return undefined;
  }
  return undefined;
}

function isLeftOfUpdate(steps: readonly { readonly expr: { readonly kind: string } }[]): boolean {
  for (let i = steps.length - 1; i > 0; i--) {
    const parent = steps[i - 1]?.expr;
    if (parent?.kind === "binary") return (parent as { left?: unknown }).left === steps[i]?.expr;
    if (parent?.kind === "attrset") return false;
  }
  return false;
}

/** New lines of a nix.conf, after `near` or the last line that sets something. */
function insertConfLines(host: Host, entries: readonly OptionEdit[], near: Definition | undefined): Edits {
  const anchor = near ?? host.definitions.at(-1);
  if (!anchor) return undefined;
  const lines = entries.map((entry) => {
    const value = toConfText(entry.value);
    return value === undefined ? undefined : `${lineEnd(anchor.source?.text ?? "")}${entry.path.at(-1)} = ${value}`;
  });
  if (!lines.every((line) => line !== undefined)) return undefined;
  const { end } = anchor.range;
  return [{ file: anchor.file, range: { start: end, end }, newText: lines.join("") }];
}
