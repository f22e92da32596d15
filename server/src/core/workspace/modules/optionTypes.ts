// The type of an option that the workspace declares, read off the call that made it (`types.attrsOf (types.submodule { … })`).
import type { Thunk, Value } from "../../evaluate/value.js";

export type DeclaredType =
  | { readonly kind: "attrsOf" | "listOf" | "nullOr"; readonly element: DeclaredType }
  | { readonly kind: "submodule"; readonly modules: readonly Thunk[] }
  /** Lines join, modules import one another, raw values stand alone. */
  | { readonly kind: "lines" | "module" | "raw" | "anything" }
  /** One value, or equal ones: numbers, strings, paths, packages, enums. */
  | { readonly kind: "single" }
  /** `coercedTo` makes something else of definitions and defaults, by a function. */
  | { readonly kind: "coerced" }
  /** What definitions become can't be told (a type of somebody else's). */
  | { readonly kind: "unknown" };

const UNKNOWN: DeclaredType = { kind: "unknown" };
const MAX_DEPTH = 16;

const PLAIN: Readonly<Record<string, DeclaredType["kind"]>> = {
  lines: "lines",
  deferredModule: "module",
  raw: "raw",
  unspecified: "raw",
  anything: "anything",
  attrs: "anything",
};
const SINGLE =
  /^(bool|boolByOr|int|ints|u8|u16|u32|s8|s16|s32|unsigned|positive|port|float|number|str|nonEmptyStr|singleLineStr|strMatching|passwdEntry|path|pathInStore|package|shellPackage|pkgs|enum|addCheck|between|nonnegative|functionTo|uniq|unique|either|oneOf)$/;

export function declaredType(value: Value | undefined, depth = 0): DeclaredType {
  if (value?.kind !== "unknown" || depth > MAX_DEPTH) return UNKNOWN;
  const name = (value.callee ?? value.name)?.at(-1) ?? "";
  const inner = (index: number) => declaredType(value.inside?.[index]?.force(), depth + 1);
  switch (name) {
    case "attrsOf":
    case "lazyAttrsOf":
      return { kind: "attrsOf", element: inner(0) };
    case "listOf":
    case "nonEmptyListOf":
      return { kind: "listOf", element: inner(0) };
    case "nullOr":
      return { kind: "nullOr", element: inner(0) };
    case "submodule":
      return { kind: "submodule", modules: value.inside ?? [] };
    case "submoduleWith": {
      const argument = value.inside?.[0]?.force();
      const modules = argument?.kind === "attrs" ? argument.entries.get("modules")?.thunk.force() : undefined;
      return modules?.kind === "list" && modules.openTail === undefined
        ? { kind: "submodule", modules: modules.items }
        : UNKNOWN;
    }
    case "deferredModuleWith":
      return { kind: "module" };
    case "coercedTo":
      return { kind: "coerced" };
    case "separatedString":
      return UNKNOWN;
  }
  const plain = Object.hasOwn(PLAIN, name) ? PLAIN[name] : undefined;
  if (plain === "lines" || plain === "module" || plain === "raw" || plain === "anything") return { kind: plain };
  return SINGLE.test(name) ? { kind: "single" } : UNKNOWN;
}
