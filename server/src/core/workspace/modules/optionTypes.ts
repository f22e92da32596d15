// The type of an option that the workspace declares, read off the call that made it (`types.attrsOf (types.submodule { … })`).
import type { AttrsValue, Thunk, Value } from "../../evaluate/value.js";

/** How definitions of an option become its value. Source: nixpkgs lib/types.nix, `merge` of each type. */
export type DeclaredType =
  /** `lazy`: attributes whose definitions do not apply are there all the same. */
  | { readonly kind: "attrsOf"; readonly element: DeclaredType; readonly lazy: boolean }
  | { readonly kind: "listOf" | "nullOr"; readonly element: DeclaredType }
  /** The element's, where a check of its own lets it. */
  | { readonly kind: "checked"; readonly element: DeclaredType }
  /** The first of which all definitions are. */
  | { readonly kind: "either"; readonly types: readonly DeclaredType[] }
  /** `shorthand`: a set is definitions alone, never a module with `imports`, `config` or `options`. */
  | { readonly kind: "submodule"; readonly modules: readonly Thunk[]; readonly shorthand: boolean }
  /** Strings are joined by a separator. */
  | { readonly kind: "joined"; readonly separator: string }
  /**
   * Modules import one another; raw values stand alone; sets are updated one by the other (`//`), without a look inside, and those
   * of no type are merged by what they are; `last` is what then stands at an attribute; of anything, sets are merged to the depth.
   */
  | { readonly kind: "module" | "raw" | "attrs" | "unspecified" | "last" | "anything" }
  /** True if one of its definitions is. */
  | { readonly kind: "boolByOr" }
  /** One value, or equal ones: numbers, strings, paths, packages, enums. */
  | { readonly kind: "single" }
  /** What definitions become can't be told (`coercedTo`, a type of somebody else's). */
  | { readonly kind: "unknown" };

const UNKNOWN: DeclaredType = { kind: "unknown" };
const MAX_DEPTH = 16;

const PLAIN: Readonly<Record<string, DeclaredType>> = {
  lines: { kind: "joined", separator: "\n" },
  commas: { kind: "joined", separator: "," },
  envVar: { kind: "joined", separator: ":" },
  deferredModule: { kind: "module" },
  deferredModuleWith: { kind: "module" },
  raw: { kind: "raw" },
  pkgs: { kind: "raw" },
  unspecified: { kind: "unspecified" },
  anything: { kind: "anything" },
  attrs: { kind: "attrs" },
  boolByOr: { kind: "boolByOr" },
};
const SINGLE =
  /^(bool|int|ints|u8|u16|u32|s8|s16|s32|unsigned|positive|port|float|number|str|nonEmptyStr|singleLineStr|strMatching|passwdEntry|path|pathInStore|package|shellPackage|enum|between|nonnegative|functionTo)$/;

/** Of the value of an option's `type`; undefined where it has none. */
export function declaredType(value: Value | undefined, depth = 0): DeclaredType {
  if (value === undefined) return { kind: "unspecified" };
  if (value.kind !== "unknown" || depth > MAX_DEPTH) return UNKNOWN;
  const name = (value.callee ?? value.name)?.at(-1) ?? "";
  const argument = (index: number) => value.inside?.[index]?.force();
  const typeOf = (type: Value | undefined) => (type === undefined ? UNKNOWN : declaredType(type, depth + 1));
  switch (name) {
    case "attrsOf":
    case "lazyAttrsOf":
      return { kind: "attrsOf", element: typeOf(argument(0)), lazy: name === "lazyAttrsOf" };
    case "listOf":
    case "nullOr":
      return { kind: name, element: typeOf(argument(0)) };
    case "nonEmptyListOf":
      return { kind: "checked", element: { kind: "listOf", element: typeOf(argument(0)) } };
    case "addCheck":
      return { kind: "checked", element: typeOf(argument(0)) };
    case "uniq":
      return typeOf(argument(0));
    case "unique":
      return typeOf(argument(1));
    case "either":
      return { kind: "either", types: [typeOf(argument(0)), typeOf(argument(1))] };
    case "oneOf": {
      const types = argument(0);
      if (types?.kind !== "list" || types.openTail !== undefined) return UNKNOWN;
      return { kind: "either", types: types.items.map((type) => typeOf(type.force())) };
    }
    case "submodule":
      return { kind: "submodule", modules: value.inside ?? [], shorthand: true };
    case "submoduleWith":
      return submoduleWith(argument(0));
    case "separatedString": {
      const separator = argument(0);
      return separator?.kind === "string" ? { kind: "joined", separator: separator.value } : UNKNOWN;
    }
  }
  if (Object.hasOwn(PLAIN, name)) return PLAIN[name] ?? UNKNOWN;
  return SINGLE.test(name) ? { kind: "single" } : UNKNOWN;
}

function submoduleWith(argument: Value | undefined): DeclaredType {
  if (argument?.kind !== "attrs" || argument.open !== undefined) return UNKNOWN;
  const modules = argument.entries.get("modules")?.thunk.force();
  const shorthand = argument.entries.get("shorthandOnlyDefinesConfig")?.thunk.force();
  if (modules?.kind !== "list" || modules.openTail !== undefined) return UNKNOWN;
  if (shorthand !== undefined && shorthand.kind !== "bool") return UNKNOWN;
  return { kind: "submodule", modules: modules.items, shorthand: shorthand?.value ?? false };
}

/** Whether a type lets a value be; undefined where that is not known. */
export function accepts(type: DeclaredType, value: Value): boolean | undefined {
  if (value.kind === "unknown") return undefined;
  switch (type.kind) {
    case "attrsOf":
    case "attrs":
      return value.kind === "attrs";
    case "submodule":
      return value.kind === "attrs" || value.kind === "function" || value.kind === "path";
    case "listOf":
      return value.kind === "list";
    case "nullOr":
      return value.kind === "null" || accepts(type.element, value);
    case "checked":
      return accepts(type.element, value) === false ? false : undefined;
    case "either":
      return type.types.map((one) => accepts(one, value)).reduce(eitherOf, false);
    case "joined":
      return value.kind === "string";
    case "boolByOr":
      return value.kind === "bool";
    case "raw":
    case "last":
    case "anything":
    case "unspecified":
      return true;
    case "single":
      if (value.kind === "attrs" && value.open === undefined) return isPackage(value) ? undefined : false;
      return value.kind === "list" ? false : undefined;
    case "module":
    case "unknown":
      return undefined;
  }
}

function isPackage({ entries }: AttrsValue): boolean {
  return ["outPath", "__toString", "type"].some((name) => entries.has(name));
}

function eitherOf(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
  if (a === true || b === true) return true;
  return a === undefined || b === undefined ? undefined : false;
}
