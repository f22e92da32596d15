// Units to model: hosts first, then what no host reaches, each definition once with all its hosts.
import type { Budget, Machine } from "../machine/machine.js";
import type { SourceFile } from "../syntax/ast.js";
import type { FilePath } from "../text/range.js";
import type { Sighting } from "./modules/collect.js";
import type { FileUnit } from "./fileUnit.js";
import { type FlakeLock, locksOf } from "./flakeLock.js";
import { type HostDraft, hostOf, optionKey, type OptionFiles } from "./hostView.js";
import type { HostUnit } from "./hostUnit.js";
import type { Host, ModelData, Package, Platform } from "./model.js";
import type { HostOrigin } from "./settings/nixRelease.js";
import { packageHosts } from "./packages/packageHosts.js";
import type { PackageSighting } from "./packages/packages.js";
import { folderOf, isWithin } from "./paths.js";
import { sameItems } from "../text/sameItems.js";
import { DefinitionRegistry, placeKey, sightedValueKey, unmarked } from "./registry.js";
import { isPrecondition } from "./selectors.js";
import { type ModuleScope, moduleScopes } from "./modules/scopes.js";
import type { Snapshot } from "./snapshot.js";
import { PLAIN_PRIORITY } from "./modules/properties.js";

/** What a host's machine is looked up by. */
export interface HostIdentity {
  readonly name: string;
  readonly platform: Platform;
  readonly kind: Host["kind"];
  /** Text of the nixos-facter report that the host names (`hardware.facter.reportPath`). */
  readonly facterReport?: string;
}
export type MachineLookup = (host: HostIdentity) => { readonly machine: Machine; readonly budget: Budget } | undefined;

export interface AssembleInput {
  readonly snapshot: Snapshot;
  readonly machineFor: MachineLookup;
  readonly fileUnits: readonly FileUnit[];
  readonly hostUnits: readonly HostUnit[];
  readonly confUnits: readonly { readonly file: FilePath; readonly sightings: readonly Sighting[] }[];
  readonly flakeLocks: ReadonlyMap<FilePath, string>;
  readonly sources: ReadonlyMap<FilePath, SourceFile>;
  readonly needs: readonly FilePath[];
  /** Of `filesByOption`. */
  readonly setIn: OptionFiles;
}

/** Name of the host that files reached by no host belong to. */
export const LONE = "(workspace)";

export function assemble(input: AssembleInput): ModelData {
  const { hostUnits, fileUnits, confUnits, snapshot } = input;
  const registry = new DefinitionRegistry();
  const drafts: HostDraft[] = [];
  const seenAlone = sightingsByPlace(fileUnits);
  const moduleFiles = new Set<FilePath>();
  const locks = locksOf(input.flakeLocks);
  const setBy = hostsByOption(hostUnits);

  const users = ({ users }: HostUnit) => users.filter(({ sightings }) => sightings.length > 0);
  for (const unit of hostUnits.flatMap((host) => [host, ...users(host)])) {
    for (const file of unit.files.slice(1)) moduleFiles.add(file);
    const sightings = unit.sightings.map((sighting) => withPathSeenAlone(sighting, unit.name, seenAlone));
    for (const sighting of sightings)
      registry.add(sighting, unit.platform, sighting.applies === "no" ? undefined : unit.name);
    drafts.push(hostDraft(unit, sightings, { ...input, setBy }, locks.get(unit.flake)));
  }

  const covered = sightingsByPlace(drafts);

  for (const unit of confUnits) {
    const { file, sightings } = unit;
    for (const sighting of sightings) registry.add(sighting, "plain", file);
    const scope = { prefix: [], platform: "plain", sightings, obscured: [], openText: false } as const;
    drafts.push(loneDraft(unit, file, scope, { name: file, kind: "host" }, input));
  }

  const originAt = loneOrigins(locks, snapshot);
  for (const unit of fileUnits) {
    for (const scope of moduleScopes(unit)) {
      const byHosts = scope.sightings.map((sighting) => covered.get(placeKey(sighting)));
      const reached =
        (scope.prefix.length === 0 && moduleFiles.has(unit.file)) || byHosts.some((own) => own !== undefined);
      const isFlake = scope.platform === "flake";
      const name = reached ? undefined : isFlake ? "nixConfig" : LONE;
      for (const [i, sighting] of scope.sightings.entries()) {
        if (isToldByHosts(sighting, byHosts[i])) continue;
        registry.add(sighting, scope.platform, name);
        registry.addMirror(sighting, scope.platform, name);
      }
      if (name === undefined) continue;
      const origin = isFlake || scope.platform === "home-manager" ? undefined : originAt(folderOf(unit.file));
      const identity = { name, kind: isFlake ? ("host" as const) : ("file" as const), ...(origin && { origin }) };
      drafts.push(loneDraft(scope, unit.file, scope, identity, input));
    }
  }

  const reached = drafts.map((draft) => hostOf(draft, registry));
  const builtBy = packageHosts(reached, snapshot);
  const lone = new Map(
    fileUnits
      .filter(({ file, packages }) => packages.length > 0 && builtBy(file).length === 0)
      .map((unit) => {
        const draft = loneDraft(unit, unit.file, NO_DEFINITIONS, { name: LONE, kind: "file" }, input);
        return [unit.file, hostOf(draft, registry)];
      }),
  );
  const hosts = [...reached, ...lone.values()];
  const hostsOf = (file: FilePath): readonly Host[] => {
    const own = lone.get(file);
    return own === undefined ? builtBy(file) : [own];
  };

  const targets = snapshot.targets;
  const isTarget = (file: FilePath) => targets === undefined || targets.some((target) => isWithin(file, target));
  return {
    hosts,
    definitions: registry.definitions.filter(({ file, attrPath }) => isTarget(file) && !isPrecondition(attrPath)),
    packages: fileUnits.flatMap(({ packages }) => packages.map((one) => packageOf(one, hostsOf(one.file)))),
    flakeLocks: input.flakeLocks,
    sources: input.sources,
    needs: input.needs,
    filesRead: snapshot.files.size,
  };
}

/** A host's own value stands for what the file alone can't tell, and for what it assumes if that is the same. */
function isToldByHosts(sighting: Sighting, byHosts: readonly Sighting[] | undefined): boolean {
  if (byHosts === undefined || sighting.value.kind === "unknown") return byHosts !== undefined;
  if (sighting.value.assumed !== true) return false;
  const value = unmarked(sightedValueKey(sighting));
  return byHosts.some((own) => unmarked(sightedValueKey(own)) === value);
}

/** Drafts outlive models: nothing in them may hold more of one than its `setIn`. */
function hostDraft(
  unit: HostUnit,
  sightings: readonly Sighting[],
  { setIn, setBy, machineFor }: Pick<AssembleInput, "setIn" | "machineFor"> & Pick<HostDraft, "setBy">,
  lock: FlakeLock | undefined,
): HostDraft {
  const reached = new Set(unit.files);
  const isWhole = unit.unresolved.every(({ outside }) => outside);
  const origin = originOf(unit, lock);
  return {
    ...unit,
    of: unit,
    kind: "host",
    sightings,
    machine: machineFor({ ...unit, kind: "host", name: unit.machine ?? unit.name }),
    setIn,
    otherSetter: (option) => (isWhole ? undefined : first(setIn.get(option), (file) => !reached.has(file))),
    whyOther: (file) => `a module that can't be followed may set it (${file} does)`,
    setBy,
    lock,
    ...(origin && { origin }),
  };
}

/** What tells which nixpkgs a host is built with. home-manager's is not the one that the machine's Nix comes from. */
function originOf(unit: HostUnit, lock: FlakeLock | undefined): HostOrigin | undefined {
  if (unit.platform === "home-manager" || unit.made === undefined) return undefined;
  return { ...unit.made, modules: unit.unresolved.flatMap(({ name }) => (name ? [name] : [])), lock };
}

/** By folder: a module that no host reaches goes with the flake in or above its folder. */
function loneOrigins(
  locks: ReadonlyMap<FilePath, FlakeLock | undefined>,
  { files }: Snapshot,
): (folder: FilePath) => HostOrigin | undefined {
  const origins = new Map<FilePath, HostOrigin | undefined>();
  const originAt = (folder: FilePath): HostOrigin | undefined => {
    if (origins.has(folder)) return origins.get(folder);
    const flake = folder === "" ? "flake.nix" : `${folder}/flake.nix`;
    const lock = locks.get(flake);
    const isOutside = lock === undefined && (folder === "" || files.has(flake));
    const origin = lock ? { maker: undefined, modules: [], lock } : isOutside ? undefined : originAt(folderOf(folder));
    origins.set(folder, origin);
    return origin;
  };
  return originAt;
}

const PACKAGES = new WeakMap<PackageSighting, Package>();

/** The package built by these hosts: the same object as in the model before if they are the same. */
function packageOf(sighting: PackageSighting, hosts: readonly Host[]): Package {
  const before = PACKAGES.get(sighting);
  if (before !== undefined && sameItems(before.hosts, hosts)) return before;
  const pkg = { ...sighting, hosts };
  PACKAGES.set(sighting, pkg);
  return pkg;
}

/** Of a file that defines packages and nothing else: it is built somewhere, on a machine like those of other lone files. */
const NO_DEFINITIONS: ModuleScope = { prefix: [], platform: "module", sightings: [], obscured: [], openText: false };

/** A file on its own, or a part of one. `of` is what it is known by. */
function loneDraft(
  of: object,
  file: FilePath,
  { platform, sightings, obscured, openText }: ModuleScope,
  { name, kind, origin }: Pick<HostDraft, "name" | "kind" | "origin">,
  { setIn, machineFor }: Pick<AssembleInput, "setIn" | "machineFor">,
): HostDraft {
  return {
    of,
    name,
    kind,
    platform,
    files: [file],
    declaration: { file, range: { start: 0, end: 0 } },
    machine: machineFor({ name, platform, kind }),
    sightings,
    obscured,
    openText,
    setIn,
    otherSetter: isWhole(platform) ? () => undefined : (option) => setElsewhere(option, file, sightings, setIn),
    whyOther: (other) => `${other} sets it, and no host tells whether both belong together`,
    ...(origin && { origin }),
  };
}

/** True for what is read by itself: a flake's own settings, and nix.conf. */
function isWhole(platform: Platform): boolean {
  return platform === "flake" || platform === "plain";
}

export function filesByOption(units: readonly FileUnit[]): OptionFiles {
  const result = new Map<string, Set<FilePath>>();
  for (const { sightings, file } of units)
    for (const sighting of sightings) {
      const key = optionKey(sighting);
      const files = result.get(key) ?? new Set();
      result.set(key, files.add(file));
    }
  return result;
}

/** Which hosts set an option, neither by force nor as a default; worked out when it is first asked. */
function hostsByOption(units: readonly HostUnit[]): (platform: Platform, option: string) => ReadonlySet<string> {
  let known: Map<string, Set<string>> | undefined;
  const keyOf = (platform: Platform, option: string) => `${platform}\0${option}`;
  return (platform, option) => {
    if (known === undefined) {
      known = new Map();
      for (const unit of units)
        for (const sighting of unit.sightings) {
          if (sighting.applies === "no" || sighting.priority !== PLAIN_PRIORITY) continue;
          const key = keyOf(unit.platform, optionKey(sighting));
          const names = known.get(key) ?? new Set();
          known.set(key, names.add(unit.name));
        }
    }
    return known.get(keyOf(platform, option)) ?? NOBODY;
  };
}
const NOBODY: ReadonlySet<string> = new Set();

/** A file on its own is only a part of some configuration: what another part sets is not unset. */
function setElsewhere(
  option: string,
  file: FilePath,
  own: readonly Sighting[],
  setIn: OptionFiles,
): FilePath | undefined {
  const files = setIn.get(option);
  if (files === undefined) return undefined;
  const other = first(files, (one) => one !== file);
  return other ?? (own.some((sighting) => optionKey(sighting) === option) ? undefined : first(files, () => true));
}

function first<T>(items: Iterable<T> | undefined, fits: (item: T) => boolean): T | undefined {
  for (const item of items ?? []) if (fits(item)) return item;
  return undefined;
}

function sightingsByPlace(units: readonly Pick<FileUnit, "sightings">[]): ReadonlyMap<string, readonly Sighting[]> {
  const result = new Map<string, Sighting[]>();
  for (const { sightings } of units)
    for (const sighting of sightings) {
      const key = placeKey(sighting);
      const known = result.get(key);
      if (known === undefined) result.set(key, [sighting]);
      else known.push(sighting);
    }
  return result;
}

/** Where syntax alone told a path in the file, the path that the file's own value has there, if there is one. */
function withPathSeenAlone(
  sighting: Sighting,
  host: string,
  seenAlone: ReadonlyMap<string, readonly Sighting[]>,
): Sighting {
  const places = seenAlone.get(placeKey(sighting)) ?? [];
  if (places.length === 0) return sighting;
  if (places.some(({ pathInFile }) => sameItems(pathInFile, sighting.pathInFile))) return sighting;
  const value = sightedValueKey(sighting);
  const equal = places.filter((place) => sightedValueKey(place) === value);
  const found = (equal.length > 0 ? equal : places).find(({ pathInFile }) => pathInFile.includes(host)) ?? equal[0];
  return found === undefined ? sighting : withPath(sighting, found.pathInFile);
}

/** The last that was made of a sighting. */
const WITH_PATH = new WeakMap<Sighting, Sighting>();

function withPath(sighting: Sighting, pathInFile: readonly string[]): Sighting {
  const before = WITH_PATH.get(sighting);
  if (before !== undefined && sameItems(before.pathInFile, pathInFile)) return before;
  const changed = { ...sighting, pathInFile };
  WITH_PATH.set(sighting, changed);
  return changed;
}
