// Changing what a definition holds piece by piece: items of its list, attributes beside it, or its place and value at once.
import type { Expr, ListExpr } from "../syntax/ast.js";
import { editsOverlap } from "../text/edit.js";
import type { TextRange } from "../text/range.js";
import type { Definition, Host } from "../workspace/model.js";
import { type Edits, isGenerated, isUsedOnce, moveDefinition, removeDefinition, replaceText } from "./definitions.js";
import { insertAttributes } from "./insert.js";
import { insertOptions } from "./options.js";
import { appendItem } from "./packages.js";
import { textLine } from "./textLines.js";
import { pathTo } from "./tree.js";
import { PLAIN_PRIORITY } from "../workspace/modules/properties.js";

/** The list literal that a definition's value ends in. */
function literalList(def: Definition): ListExpr | undefined {
  let expr: Expr | undefined = def.valueExpr;
  for (;;) {
    if (expr?.kind === "binary" && expr.operator === "++") expr = expr.right;
    else if (expr?.kind === "with") expr = expr.body;
    else break;
  }
  if (expr?.kind !== "list" || !def.source || isGenerated(def.file, def.source.text)) return undefined;
  const steps = pathTo(def.source, expr);
  return steps.length > 0 && isUsedOnce(steps) ? expr : undefined;
}

/** Adds an item to the list of a definition, or a word to a line of nix.conf. `word` is plain text. */
export function appendWord(def: Definition, word: string): Edits {
  if (def.inText) {
    const line = textLine(def);
    return line && [replaceText(def.file, { start: line.value.end, end: line.value.end }, ` ${word}`)];
  }
  const list = literalList(def);
  return list && def.source && appendItem(def.source, list, `"${word}"`);
}

/** Rewrites string items of a definition's list; `change` gives the new text of an item, undefined leaves it. */
export function rewriteItems(def: Definition, change: (text: string) => string | undefined): Edits {
  const list = literalList(def);
  const edits = (list?.items ?? []).flatMap((item) => {
    const [part, ...others] = item.kind === "string" ? item.parts : [];
    if (part?.kind !== "text" || others.length > 0) return [];
    const text = change(part.text);
    return text === undefined ? [] : [replaceText(def.file, item, `"${text}"`)];
  });
  return edits.length > 0 ? edits : undefined;
}

/** Adds an attribute to the set literal that a definition stands in; `valueText` is Nix. */
export function addBeside(def: Definition, name: string, valueText: string): Edits {
  const { site, source } = def;
  if (!site || !source || site.set.kind !== "attrset" || isGenerated(def.file, source.text)) return undefined;
  const steps = pathTo(source, site.set);
  if (steps.length === 0 || !isUsedOnce(steps)) return undefined;
  return insertAttributes(source, site.set, [{ path: [name], value: valueText }], site.binding);
}

/** Moves a definition to another option with its value as written, also under another prefix. The caller knows the option to be unset. */
export function moveOption(host: Host, def: Definition, path: readonly string[]): Edits {
  const value = def.source?.text.slice(def.valueRange.start, def.valueRange.end);
  return moveDefinition(def, path) ?? (value === undefined ? undefined : replaceByOption(host, def, path, value));
}

/** The set literal around a definition that is bound to `name`, and the edits that bind it to `path` instead (dotted text). */
export function renameHolder(
  def: Definition,
  name: string,
  path: string,
): { readonly name: TextRange; readonly edits: Edits } | undefined {
  const { site, source } = def;
  if (!site || !source || site.set.kind !== "attrset" || isGenerated(def.file, source.text)) return undefined;
  const holder = pathTo(source, site.set).at(-1)?.binding;
  const last = holder?.kind === "binding" ? holder.path.at(-1) : undefined;
  if (last?.kind !== "name" || last.text !== name) return undefined;
  const range = { start: last.start, end: last.end };
  return { name: range, edits: [replaceText(def.file, range, path)] };
}

/** Takes a definition away and sets another option instead, which the caller knows to be unset. */
export function replaceByOption(host: Host, def: Definition, path: readonly string[], valueText: string): Edits {
  const moved = moveDefinition(def, path);
  const [only, ...others] = moved ?? [];
  if (only && others.length === 0 && def.valueRange.start >= only.range.end)
    return [only, replaceText(def.file, def.valueExpr ?? def.valueRange, valueText)];
  // Elsewhere mkDefault, mkForce and conditions would be lost.
  if (def.conditional || def.priority !== PLAIN_PRIORITY || def.valueExpr?.start !== def.valueRange.start)
    return undefined;
  const removal = removeDefinition(def);
  const without: Host = { ...host, definitions: host.definitions.filter((each) => each !== def) };
  const insertion = removal && insertOptions(without, [{ path, value: valueText }], undefined);
  if (!removal || !insertion || removal.some((a) => insertion.some((b) => editsOverlap(a, b)))) return undefined;
  return [...removal, ...insertion];
}
