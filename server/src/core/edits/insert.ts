// Inserting attributes into a set literal: descends into nested literals, extends the dotted style in use, never makes a
// second definition of a leaf and never stands beside a value that is not a literal set (Nix rejects both).
import type { AttrBinding, AttrsetExpr, Binding, SourceFile } from "../syntax/ast.js";
import type { TextEdit } from "../text/edit.js";
import { mentions, staticPath } from "./tree.js";
import { attributePath, indentUnit, insertBindings, staysOnLine } from "./style.js";

/** An attribute to be: its path and its value as Nix text. */
export interface Entry {
  readonly path: readonly string[];
  readonly value: string;
}

/** Where an entry ends up: a set, and what of its path is still to be written there. */
interface Slot {
  readonly set: AttrsetExpr;
  readonly rest: readonly string[];
}

export function commonPrefix(a: readonly string[], b: readonly string[]): number {
  let n = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n++;
  return n;
}

/** The names at the start of a binding's path, up to the first computed one. */
function knownPath(binding: Binding): readonly string[] {
  if (binding.kind === "inherit") return [];
  const computed = binding.path.findIndex((name) => name.kind === "dynamic");
  return staticPath(computed < 0 ? binding.path : binding.path.slice(0, computed)) ?? [];
}

/** The innermost literal set for a path, or undefined if a definition there would clash. */
function findSlot(set: AttrsetExpr, path: readonly string[]): Slot | undefined {
  const [first] = path;
  if (first === undefined || (set.recursive && mentions(set, first))) return undefined;
  let inner: Slot | undefined;
  for (const binding of set.bindings) {
    if (binding.kind === "inherit") {
      if (binding.names.some((name) => name.kind === "dynamic" || name.text === first)) return undefined;
      continue;
    }
    const names = knownPath(binding);
    const common = commonPrefix(names, path);
    if (common < names.length) continue;
    if (names.length < binding.path.length && common < path.length) return undefined;
    if (common === path.length) return undefined;
    const nested = binding.value.kind === "attrset" ? binding.value : undefined;
    const slot = nested && findSlot(nested, path.slice(common));
    if (!slot) return undefined;
    inner ??= slot;
  }
  return inner ?? { set, rest: path };
}

/** The binding whose path shares most with `path`: of several the last, but `near` if it is one of them. */
function nearestBinding(
  set: AttrsetExpr,
  path: readonly string[],
  near?: Binding,
): { readonly binding: AttrBinding; readonly shared: number } | undefined {
  let best: { readonly binding: AttrBinding; readonly shared: number } | undefined;
  for (const binding of set.bindings) {
    if (binding.kind !== "binding") continue;
    const shared = commonPrefix(knownPath(binding), path);
    const least = best?.shared ?? 1;
    const isCloser = shared > least || (shared === least && (best === undefined || best.binding !== near));
    if (isCloser) best = { binding, shared };
  }
  return best;
}

/** The lines that define `entries` (paths relative to `set`) in the style of the set. */
function bindingLines(source: SourceFile, set: AttrsetExpr, entries: readonly Entry[], oneLine: boolean): string[] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const prefix = attributePath(entry.path.slice(0, -1));
    groups.set(prefix, [...(groups.get(prefix) ?? []), entry]);
  }
  const lines: string[] = [];
  for (const [prefix, group] of groups) {
    const dotted = group.map((entry) => `${attributePath(entry.path)} = ${entry.value};`);
    const [first] = group;
    // Dotted where that is the style here, as long as it does not repeat a prefix over and over.
    const shared = first ? (nearestBinding(set, first.path)?.shared ?? 0) : 0;
    const isStyle = first !== undefined && shared > (group.length > 2 ? first.path.length - 2 : 0);
    if (group.length === 1 || prefix === "" || isStyle) {
      lines.push(...dotted);
      continue;
    }
    const inner = group.map((entry) => `${attributePath(entry.path.slice(-1))} = ${entry.value};`);
    if (oneLine) lines.push(`${prefix} = { ${inner.join(" ")} };`);
    else {
      const unit = indentUnit(source.text);
      lines.push(`${prefix} = {\n${inner.map((line) => unit + line).join("\n")}\n};`);
    }
  }
  return lines;
}

/** True if the parser had to guess inside the set. */
function isBroken(source: SourceFile, set: AttrsetExpr): boolean {
  return source.problems.some((problem) => problem.start <= set.end && problem.end >= set.start);
}

/**
 * Inserts attributes into a set literal, one edit for each set that gets some.
 * `near`: the binding of `set` beside which they go where nothing of the same prefix is there.
 * Undefined where that is not possible without a clash.
 */
export function insertAttributes(
  source: SourceFile,
  set: AttrsetExpr,
  entries: readonly Entry[],
  near?: Binding,
): readonly TextEdit[] | undefined {
  if (isBroken(source, set)) return undefined;
  const bySet = new Map<AttrsetExpr, Entry[]>();
  for (const entry of entries) {
    const slot = findSlot(set, entry.path);
    if (!slot) return undefined;
    const list = bySet.get(slot.set) ?? [];
    list.push({ path: slot.rest, value: entry.value });
    bySet.set(slot.set, list);
  }
  return [...bySet].map(([target, list]) => {
    const beside = near && target.bindings.includes(near) ? near : undefined;
    const anchor = nearestBinding(target, list[0]?.path ?? [], beside)?.binding ?? beside ?? target.bindings.at(-1);
    const lines = bindingLines(source, target, list, staysOnLine(source, target, anchor));
    return insertBindings(source, target, lines, anchor);
  });
}
