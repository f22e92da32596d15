// Units to model: hosts first, then what no host reaches, each definition once with all its hosts.
import type { Budget, Machine } from "../machine/machine.js";
import type { SourceFile } from "../syntax/ast.js";
import type { FilePath } from "../text/range.js";
import type { Sighting } from "./collect.js";
import type { FileUnit } from "./fileUnit.js";
import { FlakeLock } from "./flakeLock.js";
import { type HostDraft, hostOf, optionKey } from "./hostView.js";
import type { HostUnit } from "./hostUnit.js";
import type { Host, ModelData, Package, Platform } from "./model.js";
import type { HostOrigin } from "./nixRelease.js";
import { packageHosts } from "./packageHosts.js";
import type { PackageSighting } from "./packages.js";
import { folderOf, isWithin } from "./paths.js";
import { DefinitionRegistry, placeKey, sameItems, sightedValueKey } from "./registry.js";
import { isPrecondition } from "./selectors.js";
import { type ModuleScope, moduleScopes } from "./scopes.js";
import type { Snapshot } from "./snapshot.js";

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
}

/** Name of the host that files reached by no host belong to. */
export const LONE = "(workspace)";

export function assemble(input: AssembleInput): ModelData {
  const { hostUnits, fileUnits, confUnits, snapshot } = input;
  const registry = new DefinitionRegistry();
  const drafts: HostDraft[] = [];
  const seenAlone = sightingsByPlace(fileUnits);
  const covered = new Set<string>();
  const moduleFiles = new Set<FilePath>();
  const setIn = filesByOption(fileUnits);
  const locks = locksOf(input.flakeLocks);

  const users = ({ users }: HostUnit) => users.filter(({ sightings }) => sightings.length > 0);
  for (const unit of hostUnits.flatMap((host) => [host, ...users(host)])) {
    for (const file of unit.files.slice(1)) moduleFiles.add(file);
    const sightings = unit.sightings.map((sighting) => withPathSeenAlone(sighting, unit.name, seenAlone));
    for (const sighting of sightings) {
      covered.add(placeKey(sighting));
      registry.add(sighting, unit.platform, sighting.applies === "no" ? undefined : unit.name);
    }
    const reached = new Set(unit.files);
    const incomplete = unit.unresolved.find(({ outside }) => !outside);
    const otherSetter = (option: string) =>
      incomplete === undefined ? undefined : first(setIn.get(option), (file) => !reached.has(file));
    const whyOther = (file: FilePath) => `a module that can't be followed may set it (${file} does)`;
    const lock = locks.get(unit.flake);
    const origin = originOf(unit, lock);
    const base = {
      ...unit,
      of: unit,
      kind: "host" as const,
      sightings,
      otherSetter,
      whyOther,
      lock,
      ...(origin && { origin }),
    };
    drafts.push({ ...base, machine: input.machineFor({ ...base, name: unit.machine ?? unit.name }) });
  }

  for (const unit of confUnits) {
    const { file, sightings } = unit;
    for (const sighting of sightings) registry.add(sighting, "plain", file);
    const identity = { name: file, platform: "plain", kind: "host" } as const;
    const scope = { ...identity, sightings, obscured: [], openText: false };
    drafts.push({ ...loneDraft(unit, file, scope), ...identity, ...NO_OTHER, machine: input.machineFor(identity) });
  }

  for (const unit of fileUnits) {
    for (const scope of moduleScopes(unit)) {
      const reached =
        (scope.prefix.length === 0 && moduleFiles.has(unit.file)) ||
        scope.sightings.some((sighting) => covered.has(placeKey(sighting)));
      const isFlake = scope.platform === "flake";
      const name = reached ? undefined : isFlake ? "nixConfig" : LONE;
      for (const sighting of scope.sightings) {
        // A host's own value stands for what the file alone can't tell.
        const vague = sighting.value.kind === "unknown" || sighting.value.assumed === true;
        if (vague && covered.has(placeKey(sighting))) continue;
        registry.add(sighting, scope.platform, name);
        registry.addMirror(sighting, scope.platform, name);
      }
      if (name === undefined) continue;
      const origin = isFlake || scope.platform === "home-manager" ? undefined : loneOrigin(unit.file, locks, snapshot);
      const draft = {
        ...loneDraft(scope, unit.file, scope),
        name,
        ...setElsewhere(unit.file, scope, setIn),
        ...(origin && { origin }),
      };
      const kind = isFlake ? "host" : "file";
      drafts.push({ ...draft, kind, machine: input.machineFor({ name, platform: scope.platform, kind }) });
    }
  }

  const reached = drafts.map((draft) => hostOf(draft, registry));
  const builtBy = packageHosts(reached, snapshot);
  const lone = fileUnits
    .filter(({ file, packages }) => packages.length > 0 && builtBy(file).length === 0)
    .map((unit) => hostOf(packageFileDraft(unit, setIn, input.machineFor), registry));
  const hosts = [...reached, ...lone];
  const hostsOf = (file: FilePath): readonly Host[] => {
    const builders = builtBy(file);
    return builders.length > 0 ? builders : lone.filter((host) => host.files[0] === file);
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

const LOCKS = new WeakMap<AssembleInput["flakeLocks"], ReadonlyMap<FilePath, FlakeLock | undefined>>();

/** Read once: these files are large. */
function locksOf(texts: AssembleInput["flakeLocks"]): ReadonlyMap<FilePath, FlakeLock | undefined> {
  const known = LOCKS.get(texts);
  if (known !== undefined) return known;
  const locks = new Map([...texts].map(([flake, text]) => [flake, FlakeLock.of(text)]));
  LOCKS.set(texts, locks);
  return locks;
}

/** What tells which nixpkgs a host is built with. home-manager's is not the one that the machine's Nix comes from. */
function originOf(unit: HostUnit, lock: FlakeLock | undefined): HostOrigin | undefined {
  if (unit.platform === "home-manager" || unit.made === undefined) return undefined;
  return { ...unit.made, modules: unit.unresolved.flatMap(({ name }) => (name ? [name] : [])), lock };
}

/** A module that no host reaches goes with the flake in or above its folder. */
function loneOrigin(
  file: FilePath,
  locks: ReadonlyMap<FilePath, FlakeLock | undefined>,
  { files }: Snapshot,
): HostOrigin | undefined {
  for (let folder = folderOf(file); ; folder = folderOf(folder)) {
    const flake = folder === "" ? "flake.nix" : `${folder}/flake.nix`;
    const lock = locks.get(flake);
    if (lock !== undefined) return { maker: undefined, modules: [], lock };
    if (folder === "" || files.has(flake)) return undefined;
  }
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

function loneDraft(
  of: object,
  file: FilePath,
  scope: Pick<ModuleScope, "platform" | "sightings" | "obscured" | "openText">,
): Omit<HostDraft, "name" | "kind" | "machine" | "otherSetter" | "whyOther"> {
  return { ...scope, of, files: [file], declaration: { file, range: { start: 0, end: 0 } } };
}

/** A file that defines packages and nothing else: it is built somewhere, on a machine like those of other lone files. */
function packageFileDraft(
  unit: FileUnit,
  setIn: ReadonlyMap<string, ReadonlySet<FilePath>>,
  machineFor: MachineLookup,
): HostDraft {
  const scope: ModuleScope = { prefix: [], platform: "module", sightings: [], obscured: [], openText: false };
  const identity = { name: LONE, platform: scope.platform, kind: "file" as const };
  const others = setElsewhere(unit.file, scope, setIn);
  return { ...loneDraft(unit, unit.file, scope), ...identity, ...others, machine: machineFor(identity) };
}

/** For each option, the files that set it, whether a host reaches them or not. */
function filesByOption(units: readonly FileUnit[]): ReadonlyMap<string, ReadonlySet<FilePath>> {
  const result = new Map<string, Set<FilePath>>();
  for (const { sightings, file } of units)
    for (const sighting of sightings) {
      const key = optionKey(sighting);
      const files = result.get(key) ?? new Set();
      result.set(key, files.add(file));
    }
  return result;
}

/** A file on its own is only a part of some configuration: what another part sets is not unset. */
function setElsewhere(
  file: FilePath,
  scope: ModuleScope,
  setIn: ReadonlyMap<string, ReadonlySet<FilePath>>,
): Pick<HostDraft, "otherSetter" | "whyOther"> {
  if (scope.platform === "flake") return NO_OTHER;
  let own: ReadonlySet<string> | undefined;
  return {
    otherSetter(option) {
      own ??= new Set(scope.sightings.map(optionKey));
      const files = setIn.get(option);
      return first(files, (one) => one !== file) ?? (own.has(option) ? undefined : first(files, () => true));
    },
    whyOther: (other) => `${other} sets it, and no host tells whether both belong together`,
  };
}

const NO_OTHER: Pick<HostDraft, "otherSetter" | "whyOther"> = {
  otherSetter: () => undefined,
  whyOther: (file) => file,
};

function first<T>(items: Iterable<T> | undefined, fits: (item: T) => boolean): T | undefined {
  for (const item of items ?? []) if (fits(item)) return item;
  return undefined;
}

function sightingsByPlace(units: readonly FileUnit[]): ReadonlyMap<string, readonly Sighting[]> {
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
  const own = sighting.pathInFile.join("\0");
  if (places.some(({ pathInFile }) => pathInFile.join("\0") === own)) return sighting;
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
