// Joining the `env` of an override to the one it would replace.
import type { AttrBinding } from "../syntax/ast.js";
import type { TextEdit } from "../text/edit.js";
import type { Package } from "../workspace/model.js";
import { type Edits, replaceText } from "./definitions.js";
import { previous } from "./packages.js";
import { firstOnLine } from "./style.js";

/**
 * In `overrideAttrs`: `env = { … }` becomes `env = (old.env or { }) // { … }`, and so do bindings `env.X = …`, put together in one set.
 * Refused where several dotted bindings do not stand on lines of their own one below the other.
 */
export function mergeEnv(pkg: Package): Edits {
  const set = pkg.argumentSet;
  const old = set && pkg.form === "overrideAttrs" ? previous(pkg, set) : undefined;
  if (!set || !old) return undefined;
  const bindings = set.bindings.filter((b): b is AttrBinding => b.kind === "binding" && isEnv(b));
  const [first] = bindings;
  if (
    !first ||
    set.bindings.some((b) => b.kind === "inherit" && b.names.some((n) => n.kind === "name" && n.text === "env"))
  )
    return undefined;
  const joined = `(${old.name}.env or { }) // `;
  const whole = bindings.find((b) => b.path.length === 1);
  if (whole) {
    if (bindings.length > 1 || whole.value.kind !== "attrset") return undefined;
    return [
      ...old.edits,
      { file: pkg.file, range: { start: whole.value.start, end: whole.value.start }, newText: joined },
    ];
  }
  return [...old.edits, ...mergeDotted(pkg, bindings, joined)];
}

function isEnv(binding: AttrBinding): boolean {
  const [name] = binding.path;
  return name?.kind === "name" && name.text === "env";
}

/** `env.A = 1; env.B = 2;`: the first takes all, the others go with their lines. */
function mergeDotted(pkg: Package, bindings: readonly AttrBinding[], joined: string): readonly TextEdit[] {
  const { text } = pkg.source;
  const inner = bindings.map((b) => text.slice(b.path[1]?.start ?? b.start, b.end));
  return bindings.map((b, i) => {
    if (i === 0) return replaceText(pkg.file, b, `env = ${joined}{ ${inner.join(" ")} };`);
    const ownLine = firstOnLine(text, b.start) && /^[ \t]*\r?\n/.test(text.slice(b.end));
    const start = ownLine ? text.lastIndexOf("\n", b.start - 1) + 1 : b.start;
    const end = ownLine ? text.indexOf("\n", b.end) + 1 : b.end;
    return { file: pkg.file, range: { start, end }, newText: "" };
  });
}
