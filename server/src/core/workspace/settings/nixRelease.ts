// Which Nix reads a host's settings: what `nix.package` names, what the machine declares, a module of Determinate Nix or Lix, or
// the default of the nixpkgs that the host is built with, as flake.lock has it.
import {
  LIX_FIRST,
  LIX_FORKED_FROM,
  nixOfDeterminate,
  nixOfNixos,
  nixOfUnstable,
  type NixVersion,
  type VersionBound,
} from "../../catalogue/nixReleases.js";
import type { Machine } from "../../machine/machine.js";
import type { FlakeLock, LockedReference, LockNode } from "../flakeLock.js";
import type { NixRelease } from "../model.js";
import { optionState, type OptionSources } from "../modules/optionState.js";
import { optionName } from "./spellings.js";

/** How a host comes about, as far as it tells where its nixpkgs comes from. Names are as `UnknownValue.name` has them. */
export interface HostOrigin {
  /** The function that makes it: `["inputs","nixpkgs","lib","nixosSystem"]`. */
  readonly maker: readonly string[] | undefined;
  /** Set if it is given a `pkgs`, whose name may not be known. */
  readonly pkgs?: { readonly name: readonly string[] | undefined };
  /** Modules from elsewhere. */
  readonly modules: readonly (readonly string[])[];
  readonly lock: FlakeLock | undefined;
}

export interface NixSources extends OptionSources {
  readonly machine: { readonly machine: Machine } | undefined;
  /** Undefined for what no flake makes. */
  readonly origin?: HostOrigin;
}

/** Undefined where nothing tells. A version that the machine declares stands above what modules and flake.lock say. */
export function nixOf(sources: NixSources): NixRelease | undefined {
  const packages = packageNames(sources);
  const named = packages && releaseOfPackage(packages, sources.origin);
  if (named !== undefined) return named;
  const found = packages === undefined || isDefault(packages) ? releaseOfHost(sources.origin) : undefined;
  const declared = versionIn(sources.machine?.machine.nixVersion);
  return declared === undefined ? found : { ...found, ...declaredAs(found?.implementation ?? "nix", declared) };
}

/** The release branch of the nixpkgs that a host is built with, `24.11`; undefined for others, and where nobody can tell. */
export function nixosReleaseOf({ origin }: NixSources): string | undefined {
  if (origin === undefined) return undefined;
  const { maker, pkgs, lock } = origin;
  const path = pkgs === undefined ? nixpkgsOf(maker, lock) : inputOf(pkgs.name, lock);
  const one = path && lock?.node(path);
  if (one !== undefined) return branchOf(one)?.release;
  if (pkgs !== undefined || maker?.[0] === "inputs") return undefined;
  const inputs = Object.keys(lock?.inputs ?? {});
  const releases = inputs
    .flatMap((input) => lock?.node([input]) ?? [])
    .filter(isNixpkgs)
    .map((node) => branchOf(node)?.release);
  return releases.every((release) => release === releases[0]) ? releases[0] : undefined;
}

function declaredAs(implementation: NixRelease["implementation"], declared: NixVersion): NixRelease {
  const source = "the machine's nixVersion";
  if (implementation === "lix" && declared[1] >= LIX_FIRST[1])
    return { implementation, version: LIX_FORKED_FROM, exact: false, own: declared, source };
  const bound = declared[0] >= 3 ? nixOfDeterminate(declared) : { version: declared, exact: true };
  return { implementation, version: bound?.version, exact: bound?.exact ?? false, source };
}

/** Many files may share an origin. */
const RELEASES = new WeakMap<HostOrigin, { readonly release: NixRelease | undefined }>();

function releaseOfHost(origin: HostOrigin | undefined): NixRelease | undefined {
  if (origin === undefined) return undefined;
  let known = RELEASES.get(origin);
  if (known === undefined) {
    known = { release: releaseOfModules(origin) ?? releaseOfNixpkgs(origin) };
    RELEASES.set(origin, known);
  }
  return known.release;
}

function releaseOfModules(origin: HostOrigin): NixRelease | undefined {
  for (const [inputs, input, outputs] of origin.modules) {
    const isModule = inputs === "inputs" && input !== undefined && /^(nixos|darwin)Modules$/.test(outputs ?? "");
    const found = isModule ? releaseOfModule(input, origin.lock) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What `nix.package` is set to, as a name: `["pkgs","nixVersions","nix_2_28"]`. Empty where it is something else. */
function packageNames(sources: OptionSources): readonly string[] | undefined {
  const merged = optionState(sources, optionName(["nix", "package"]));
  if (merged.state === "unset") return undefined;
  const [only, ...others] = merged.used;
  const value = others.length === 0 ? only?.value : undefined;
  return value?.kind === "unknown" ? (value.name ?? []) : [];
}

function isDefault(names: readonly string[]): boolean {
  return /^pkgs (nix|nixStable|nixVersions stable)$/.test(names.join(" "));
}

function releaseOfPackage(names: readonly string[], origin: HostOrigin | undefined): NixRelease | undefined {
  const [from, input] = names;
  if (from === "inputs" && input !== undefined) return releaseOfInput(input, origin?.lock);
  const numbered = names.at(-1)?.match(/^nix_(\d+)_(\d+)$/);
  if (numbered) return upstream({ version: versionOf(numbered), exact: true }, "nix.package");
  if (from !== "pkgs") return undefined;
  if (names.some((name) => /^lix(PackageSets)?$/.test(name))) return lix(names.join(" "), "nix.package");
  const isNewer = /^pkgs (nixUnstable|nixVersions (latest|unstable|git))$/.test(names.join(" "));
  const base = isNewer && origin ? releaseOfNixpkgs(origin) : undefined;
  return base && { ...base, exact: false };
}

/** Of a flake input that is Nix itself. */
function releaseOfInput(input: string, lock: FlakeLock | undefined): NixRelease | undefined {
  const node = lock?.node([input]);
  const where = placeOf(node);
  if (/lix-project\/lix\b/.test(where)) return lix(where, `the input ${input}`);
  if (/DeterminateSystems\//.test(where)) return determinate(input, lock);
  const version = /NixOS\/nix\b/i.test(where) ? versionIn(node?.original?.ref) : undefined;
  return version && upstream({ version, exact: true }, `the input ${input}`);
}

/** Of a flake input whose module replaces Nix. */
function releaseOfModule(input: string, lock: FlakeLock | undefined): NixRelease | undefined {
  const where = placeOf(lock?.node([input])) || input;
  if (/lix-project\/nixos-module\b|^lix(-module)?$/.test(where)) return lix(where, `the input ${input}`);
  return /DeterminateSystems\/determinate\b|^determinate$/.test(where) ? determinate(input, lock) : undefined;
}

function lix(text: string, source: string): NixRelease {
  const own = versionIn(text.match(/(?:lix_|archive\/|tags\/)v?(2[._]\d+)/)?.[1]?.replace("_", "."));
  return { implementation: "lix", version: LIX_FORKED_FROM, exact: false, source, ...(own && { own }) };
}

function determinate(input: string, lock: FlakeLock | undefined): NixRelease {
  // Determinate's modules take Nix from an input of their own.
  const places = [placeOf(lock?.node([input, "nix"])), placeOf(lock?.node([input]))];
  const versions = places.map((place) =>
    versionIn(place.match(/DeterminateSystems\/(?:nix|nix-src|determinate)\/(.*)/)?.[1]),
  );
  const own = versions.find((version) => version !== undefined);
  const made = own && nixOfDeterminate(own);
  return {
    implementation: "determinate",
    version: made?.version,
    exact: made?.exact ?? false,
    source: `the input ${input}`,
    ...(own && { own }),
  };
}

/** `pkgs.nix` of the nixpkgs that a host is built with. */
function releaseOfNixpkgs({ maker, pkgs, lock }: HostOrigin): NixRelease | undefined {
  const path = pkgs === undefined ? nixpkgsOf(maker, lock) : inputOf(pkgs.name, lock);
  const node = path && lock?.node(path);
  if (node !== undefined) return releaseOfNode(node);
  // Made by a convention, by a function whose origin is lost, or a module on its own.
  return pkgs === undefined && maker?.[0] !== "inputs" ? releaseOfAny(lock) : undefined;
}

function releaseOfNode(node: LockNode): NixRelease | undefined {
  const branch = branchOf(node);
  if (branch === undefined) return undefined;
  if (branch.release !== undefined) {
    const bound = nixOfNixos(branch.release);
    return bound && upstream(bound, `the default of NixOS ${branch.release}`);
  }
  const { lastModified } = node.locked ?? {};
  const bound = typeof lastModified === "number" ? nixOfUnstable(lastModified) : undefined;
  return bound && upstream(bound, "the locked nixpkgs");
}

/** What each nixpkgs of a flake has at least. Undefined where one can't be told, or where a module that replaces Nix is at hand. */
function releaseOfAny(lock: FlakeLock | undefined): NixRelease | undefined {
  const inputs = Object.keys(lock?.inputs ?? {});
  if (inputs.some((input) => releaseOfModule(input, lock) !== undefined)) return undefined;
  const nodes = inputs.flatMap((input) => lock?.node([input]) ?? []).filter(isNixpkgs);
  const [first, ...others] = nodes.map(releaseOfNode);
  return others.reduce((oldest, one) => {
    if (oldest?.version === undefined || one?.version === undefined) return undefined;
    const [older, newer] = one.version[1] < oldest.version[1] ? [one, oldest] : [oldest, one];
    return { ...older, exact: older.exact && newer.exact && older.version?.[1] === newer.version?.[1] };
  }, first);
}

function upstream({ version, exact }: VersionBound, source: string): NixRelease {
  return { implementation: "nix", version, exact, source };
}

/** The path of inputs to the nixpkgs of a host that is made by `maker`. */
function nixpkgsOf(maker: readonly string[] | undefined, lock: FlakeLock | undefined): readonly string[] | undefined {
  const last = maker?.at(-1);
  const input = inputOf(maker, lock);
  if (input !== undefined && last === "nixosSystem") return input;
  if (input !== undefined && last === "darwinSystem") return [...input, "nixpkgs"];
  return undefined;
}

/** The flake's input that a name begins with. Inputs of nixpkgs that are called otherwise go by `nixpkgs-NAME`. */
function inputOf(name: readonly string[] | undefined, lock: FlakeLock | undefined): readonly string[] | undefined {
  const [inputs, input] = name ?? [];
  if (inputs !== "inputs" || input === undefined) return undefined;
  const candidates = [input, input.replace(/^nixpkgs-/, "")];
  const found = candidates.find((one) => lock?.node([one]) !== undefined);
  return found === undefined ? undefined : [found];
}

/** nixpkgs itself or a copy of it. */
function isNixpkgs(node: LockNode): boolean {
  const { original = {} } = node;
  const place = original.type === "indirect" ? text(original.id) : placeOf(node);
  return branchOf(node) !== undefined || /(^|\/)nixpkgs(-weekly)?(\.git)?([/?\s]|$)/.test(place);
}

/** The branch of NixOS/nixpkgs that an input follows: a release, or what releases are branched off. Undefined: neither. */
function branchOf(node: LockNode): { readonly release: string | undefined } | undefined {
  const { original = {} } = node;
  const hub = text(node.locked?.url).match(/NixOS\/nixpkgs\/0\.(?:(\d\d)(\d\d)|1)\./i);
  if (hub) return { release: hub[1] === undefined ? undefined : `${hub[1]}.${hub[2]}` };
  const ref = original.rev === undefined ? refOf(original) : undefined;
  const release = ref?.match(/^(?:nixos|nixpkgs|release)-(\d\d\.\d\d)(?:-small|-darwin|-aarch64)?$/)?.[1];
  if (release !== undefined) return { release };
  return ref !== undefined && /^(nixos-unstable(-small)?|nixpkgs-unstable|master|)$/.test(ref)
    ? { release }
    : undefined;
}

/** The branch's name, "" for the default one; undefined where it is not a branch of NixOS/nixpkgs. */
function refOf(original: LockedReference): string | undefined {
  const url = text(original.url);
  const ref = text(original.ref).replace(/^refs\/heads\//, "");
  switch (original.type) {
    case "indirect":
      return original.id === "nixpkgs" ? ref : undefined;
    case "github":
      return /^nixos\/nixpkgs$/i.test(`${text(original.owner)}/${text(original.repo)}`) ? ref : undefined;
    case "git":
      return /github\.com[/:]nixos\/nixpkgs(\.git)?\/?$/i.test(url) ? ref : undefined;
    case "tarball":
      return url.match(/^https:\/\/(?:channels\.nixos\.org|nixos\.org\/channels)\/([^/]+)\/nixexprs\./)?.[1];
    default:
      return undefined;
  }
}

/** Where a node was taken from, in one text: `OWNER/REPO/REF` or its address, as locked if that tells more. */
function placeOf(node: LockNode | undefined): string {
  const { original = {}, locked = {} } = node ?? {};
  if (original.type === "github") return [original.owner, original.repo, original.ref].map(text).join("/");
  const address = `${text(original.url)} ${text(original.ref)}`.trim();
  return /flakehub\.com/.test(address) ? text(locked.url) : address;
}

function versionIn(found: unknown): NixVersion | undefined {
  const match = text(found).match(/^(?:refs\/tags\/)?v?(\d+)\.(\d+)/);
  return match ? versionOf(match) : undefined;
}

function versionOf(match: RegExpMatchArray): NixVersion {
  return [Number(match[1]), Number(match[2])];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
