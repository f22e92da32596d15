// Reading attributes out of sets, and what can be said where the set is known in part or not at all.
import { setOfCall } from "./callPackage.js";
import type { Run } from "./run.js";
import { assumedThunk, lazy } from "./thunk.js";
import type { Attr, AttrsValue, UnknownValue, Value } from "./value.js";
import { attr, attrs, failure, oneOf, ready, sourcesOf, unknown } from "./values.js";

/** Attributes of a package or a configuration that give it again, changed by what they are called with. */
const OVERRIDES: ReadonlySet<string> = new Set([
  "override",
  "overrideAttrs",
  "overrideDerivation",
  "overridePythonAttrs",
  "overrideScope",
  "overrideScope'",
  "overrideModAttrs",
  "overrideCabal",
  "extend",
  "appendOverlays",
  "extendModules",
]);

/** Names that nixpkgs, or a package set made of it, goes by. */
const NIXPKGS = /^(<nixpkgs>|(nixpkgs|pkgs|legacyPackages)([-_'\d].*)?)$/;

function isNixpkgs(name: readonly string[]): boolean {
  const last = name.at(-1);
  return last !== undefined && (NIXPKGS.test(last) || name.at(-2) === "legacyPackages");
}

/** What `lib` of flakes other than nixpkgs consists of, for those that are merged with its lib: by the input's usual name. */
const FLAKE_LIBS: readonly { readonly input: RegExp; readonly names: readonly string[] }[] = [
  { input: /^(home-manager|hm)([-_'\d].*)?$/, names: ["hm", "homeManagerConfiguration"] },
  { input: /^(nix-)?darwin([-_'\d].*)?$/, names: ["evalConfig", "darwinSystem"] },
  {
    input: /^flake-parts$/,
    names: [
      ...[
        "evalFlakeModule",
        "defaultModule",
        "mkFlake",
        "mkSubmoduleOptions",
        "mkDeferredModuleType",
        "mkPerSystemType",
      ],
      ...["mkDeferredModuleOption", "mkPerSystemOption", "attrsWith", "mkTransposedPerSystemModule"],
      ...["mkAliasOptionModule", "importApply", "importAndPublish", "memoizeStr"],
    ],
  },
  { input: /^nvf$/, names: ["nvim", "neovimConfiguration"] },
];

function libOfFlake(path: readonly string[], reason: string): Value | undefined {
  const known = FLAKE_LIBS.find(({ input }) => input.test(path.at(-1) ?? ""));
  return known && attrs(known.names.map((name) => [name, ready(unknown(reason, { name: [...path, "lib", name] }))]));
}

/** The value of an attribute; undefined if it is certain that there is none. */
export function selectAttr(run: Run, base: Value, name: string): Value | undefined {
  if (base.kind === "unknown") return selectUnknown(run, base, name);
  if (base.kind !== "attrs") return undefined;
  const entry = base.entries.get(name);
  if (entry) return entry.thunk.force();
  if (base.open === undefined) return undefined;
  return selectRest(run, base, name);
}

/** Like selectAttr, as a thunk that is not forced. */
export function attrOf(run: Run, base: AttrsValue, name: string): Attr | undefined {
  const entry = base.entries.get(name);
  if (entry || base.open === undefined) return entry;
  return attr(lazy(run, () => selectRest(run, base, name) ?? failure(`attribute \`${name}\` missing`)));
}

/** An attribute that only the open part of a set can have. */
function selectRest(run: Run, base: AttrsValue, name: string): Value | undefined {
  const reason = base.open ?? "";
  if (!base.rest) return unknown(reason);
  const candidates: Value[] = [];
  let limited = true;
  for (const value of base.rest) {
    if (value.kind === "unknown" && value.attribute && !fits(value.attribute, name)) continue;
    const found = selectAttr(run, value, name);
    if (found) candidates.push(found);
    if (value.kind !== "attrs" || (value.open !== undefined && found)) limited = false;
  }
  if (candidates.length === 0) return limited ? undefined : unknown(reason);
  const [only] = candidates;
  if (candidates.length === 1 && only?.kind === "unknown" && only.name) return only;
  // `inputs.nixpkgs // { … }` has the lib of nixpkgs.
  if (base.rest.length === 1 && base.rest[0]?.kind === "unknown" && only?.kind !== "unknown") return only;
  return limited
    ? oneOf(reason, () => candidates)
    : unknown(reason, { inside: candidates.map((v) => lazy(run, () => v)) });
}

/** Whether a name can be that of an attribute with these known parts (`CARGO_TARGET_${x}_LINKER`). */
function fits(parts: readonly (string | undefined)[], name: string): boolean {
  const start = parts[0] ?? "";
  const end = parts.length > 1 ? (parts.at(-1) ?? "") : "";
  return name.startsWith(start) && name.endsWith(end) && name.length >= start.length + end.length;
}

function selectUnknown(run: Run, base: UnknownValue, name: string): Value {
  if (base.error) return base;
  const path = base.name ?? base.callee;
  if (name === "lib" && path) {
    const lib = isNixpkgs(path) ? run.lib(path) : libOfFlake(path, base.reason);
    if (lib) return lib;
  }
  // `lib` of an input that may have been changed elsewhere is that of the input either way.
  if (name === "lib" && hasAlternatives(base)) {
    const libs = new Set(base.alternatives?.map((one) => selectAttr(run, one, name)));
    const [only, ...others] = libs;
    if (only !== undefined && others.length === 0) return only;
  }
  const called = OVERRIDES.has(name) ? undefined : setOfCall(run, base);
  if (called) return selectAttr(run, called, name) ?? failure(`attribute \`${name}\` missing`);
  const details = {
    name: path ? [...path, name] : undefined,
    sources: base.sources,
    assumed: base.assumed,
    inside: OVERRIDES.has(name) ? base.inside : undefined,
  };
  if (hasAlternatives(base))
    return oneOf(
      base.reason,
      () =>
        (base.alternatives ?? []).map((one) => selectAttr(run, one, name) ?? failure(`attribute \`${name}\` missing`)),
      details,
    );
  return unknown(base.reason, details);
}

/** So many attributes of a set are followed where any of them may be meant. */
const MAX_CANDIDATES = 200;

/** An attribute whose name is not known: any that the set has. */
export function selectAny(run: Run, base: Value, name: UnknownValue): Value {
  if (base.kind === "unknown") {
    if (!hasAlternatives(base)) return selectUnknown(run, base, "${…}");
    return oneOf(base.reason, () => (base.alternatives ?? []).map((one) => selectAny(run, one, name)));
  }
  if (base.kind !== "attrs") return unknown(name.reason);
  const { entries, open } = base;
  if (open !== undefined || entries.size > MAX_CANDIDATES) return unknown("an attribute whose name is not known");
  return oneOf(name.reason, () => [...entries.values()].map(({ thunk }) => thunk.force()));
}

/** True if the alternatives are limited; does not read them. */
export function hasAlternatives(value: UnknownValue): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(value, "alternatives");
  return descriptor !== undefined && (descriptor.get !== undefined || descriptor.value !== undefined);
}

/** Whether a set has an attribute; undefined if that is not known. */
export function hasAttr(base: Value, name: string): boolean | UnknownValue {
  if (base.kind === "unknown") return base.error ? base : unknown(base.reason, { sources: base.sources });
  if (base.kind !== "attrs") return false;
  if (base.entries.has(name)) return true;
  if (base.open === undefined) return false;
  const rest = base.rest;
  const lacks = (value: Value) =>
    value.kind === "unknown" && value.attribute ? !fits(value.attribute, name) : hasAttr(value, name) === false;
  if (rest?.every(lacks)) return false;
  return unknown(base.open);
}

/** `left // right`, keeping what is certain. */
export function update(run: Run, left: Value, right: Value): Value {
  if (right.kind === "unknown" && right.error) return right;
  if (left.kind === "unknown" && left.error) return left;
  if (left.kind !== "attrs" && left.kind !== "unknown") return failure("the left side of `//` is not a set");
  if (right.kind !== "attrs" && right.kind !== "unknown") return failure("the right side of `//` is not a set");
  // Both by name: what is read out of it later is known to come from either.
  const areNamed = left.kind === "unknown" && left.name && right.kind === "unknown" && right.name;
  if (left.kind === "unknown" && right.kind === "unknown" && !areNamed)
    return unknown(left.reason, {
      inside: [lazy(run, () => left), lazy(run, () => right)],
      sources: sourcesOf(left, right),
    });
  const bottom = asSet(left);
  const top = asSet(right);
  if (bottom.open === undefined && top.open === undefined) {
    if (bottom.entries.size === 0) return top;
    if (top.entries.size === 0) return bottom;
  }
  const entries = new Map<string, Attr>();
  for (const [name, entry] of bottom.entries) {
    if (top.entries.has(name)) continue;
    entries.set(name, top.open === undefined ? entry : perhapsOverridden(run, entry, top, name));
  }
  for (const [name, entry] of top.entries) entries.set(name, entry);
  const open = bottom.open ?? top.open;
  if (open === undefined) return { kind: "attrs", entries };
  const unseen = [bottom, top].every((side) => side.open === undefined || side.unseen);
  return { kind: "attrs", entries, open, rest: [...restOf(bottom), ...restOf(top)], ...(unseen && { unseen }) };
}

/** What the open part of a set consists of. */
function restOf(set: AttrsValue): readonly Value[] {
  return set.rest ?? (set.open === undefined ? [] : [unknown(set.open)]);
}

/** An unknown set as one with nothing certain in it. */
function asSet(value: AttrsValue | UnknownValue): AttrsValue {
  if (value.kind === "attrs") return value;
  const alternatives = hasAlternatives(value) ? value.alternatives : undefined;
  if (!alternatives?.every((one) => one.kind === "attrs"))
    return { kind: "attrs", entries: new Map(), open: value.reason, rest: [value] };
  return { kind: "attrs", entries: new Map(), open: value.reason, rest: alternatives };
}

/** An attribute of the left side where the right side is open. */
function perhapsOverridden(run: Run, entry: Attr, top: AttrsValue, name: string): Attr {
  if (top.unseen) return { thunk: assumedThunk(run, entry.thunk), sites: entry.sites };
  if (!mayBring({ ...top, entries: new Map() }, name)) return entry;
  const compute = (): Value => {
    const over = selectRest(run, top, name);
    if (!over) return entry.thunk.force();
    const others = hasLimited(over) ? (over.alternatives ?? []) : [over];
    return oneOf(top.open ?? "", () => [entry.thunk.force(), ...others]);
  };
  return { thunk: lazy(run, compute), sites: entry.sites };
}

/** Whether a set that is merged with others may bring an attribute along. */
export function mayBring(set: AttrsValue, name: string): boolean {
  const rest = set.rest?.filter((value) => value.kind !== "unknown" || (value.mayHave?.(name) ?? true));
  return hasAttr({ ...set, rest }, name) !== false;
}

function hasLimited(value: Value): value is UnknownValue {
  return value.kind === "unknown" && hasAlternatives(value);
}
