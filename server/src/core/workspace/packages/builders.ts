// Which functions build packages, by the name they are called under. One table; everything else of a package is read off the call.
import type { BuilderKind, Package } from "../model.js";

export interface BuilderCall {
  readonly kind: BuilderKind;
  readonly form: Package["form"];
}

/** The last name of the call, what must stand somewhere before it (if anything), and what that builds. First match counts. */
const BUILDERS: readonly (readonly [last: RegExp, before: RegExp | undefined, kind: BuilderKind])[] = [
  [/^buildRustPackage$/, undefined, "rust"],
  [/^(buildPackage|buildDepsOnly)$/, /crane/i, "crane"],
  [/^buildPackage$/, /naersk/i, "naersk"],
  [/^buildGo(\d+)?(Module|Package)$/, undefined, "go"],
  [
    /^(buildNpmPackage|buildYarnPackage|mkYarnPackage|buildPnpmPackage|mkPnpmPackage|buildBunPackage)$/,
    undefined,
    "npm",
  ],
  [/^buildPython(Package|Application)$/, undefined, "python"],
  [/^(mkDerivation|developPackage|callCabal2nix|callHackage)$/, /haskell|hpkgs|^h(self|super)$/i, "haskell"],
  [/^(developPackage|callCabal2nix)$/, undefined, "haskell"],
  [/^buildMozillaMach$/, undefined, "mozilla"],
  [/^mkDerivation$/, /cuda|backendStdenv/i, "cuda"],
  // Without a compiler nothing is built: scripts, fonts, unpacked archives.
  [/^mkDerivation$/, /stdenvNoCC/, "prebuilt"],
  [/^mkDerivation$/, undefined, "c"],
];

const OVERRIDES: ReadonlyMap<string, Package["form"]> = new Map([
  ["overrideAttrs", "overrideAttrs"],
  ["overridePythonAttrs", "overrideAttrs"],
  ["overrideDerivation", "overrideAttrs"],
  ["override", "override"],
]);

/** Package sets and build tools have an `override` too; changing those builds no package by itself. */
const NO_PACKAGES =
  /^(stdenv|clangStdenv|gccStdenv|rustPlatform|lib|callPackage|mkDerivation|fetch.*|.*[pP]ackages.*|writeShell.*|rust-bin|default|minimal|stable|nightly)$/;

/** What a call builds; undefined if it builds nothing. */
export function builderCall(callee: readonly string[]): BuilderCall | undefined {
  const last = callee.at(-1) ?? "";
  const before = callee.slice(0, -1);
  const form = OVERRIDES.get(last);
  if (form === undefined) {
    const kind = builderKind(callee);
    return kind === undefined ? undefined : { kind, form: "definition" };
  }
  const subject = before.at(-1);
  if (subject === undefined) return undefined;
  const made = builderCall(before);
  if (made !== undefined) return { kind: made.kind, form };
  return form === "override" && NO_PACKAGES.test(subject) ? undefined : { kind: "unknown", form };
}

function builderKind(callee: readonly string[]): BuilderKind | undefined {
  const last = callee.at(-1) ?? "";
  const before = callee.slice(0, -1);
  return BUILDERS.find(
    ([name, earlier]) => name.test(last) && (earlier === undefined || before.some((element) => earlier.test(element))),
  )?.[2];
}

/** Attributes that only one kind of builder reads: they tell what an overridden package is built with. */
const TELLTALES: readonly (readonly [RegExp, BuilderKind])[] = [
  [/^(cargo[A-Z]|CARGO_|RUSTFLAGS$)/, "rust"],
  [/^(vendorHash|goModules|GOFLAGS|GOMEMLIMIT|GOMAXPROCS)$/, "go"],
  [/^(npmDeps|npmDepsHash|npmFlags|npmBuildScript|NODE_OPTIONS|yarnOfflineCache|pnpmDeps)$/, "npm"],
  [/^(ltoSupport|pgoSupport)$/, "mozilla"],
  [/^(cmakeFlags|mesonFlags|NIX_CFLAGS_(COMPILE|LINK))$/, "c"],
];

export function kindByAttributes(names: Iterable<string>): BuilderKind {
  for (const name of names) {
    const found = TELLTALES.find(([pattern]) => pattern.test(name));
    if (found !== undefined) return found[1];
  }
  return "unknown";
}
