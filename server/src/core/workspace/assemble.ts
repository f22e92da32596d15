// Units to model: hosts first, then what no host reaches, each definition once with all its hosts.
import type { Budget, Machine } from "../machine/machine.js";
import type { SourceFile } from "../syntax/ast.js";
import type { FilePath } from "../text/range.js";
import type { Sighting } from "./collect.js";
import type { FileUnit } from "./fileUnit.js";
import { FlakeLock } from "./flakeLock.js";
import { type HostDraft, hostOf, optionKey, pathKey } from "./hostView.js";
import type { HostUnit } from "./hostUnit.js";
import type { Host, Model, Platform } from "./model.js";
import type { HostOrigin } from "./nixRelease.js";
import { packageHosts } from "./packageHosts.js";
import { isWithin } from "./paths.js";
import { DefinitionRegistry, placeKey, sightedValueKey } from "./registry.js";
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

export function assemble(input: AssembleInput): Model {
  const { hostUnits, fileUnits, confUnits, snapshot } = input;
  const registry = new DefinitionRegistry();
  const drafts: HostDraft[] = [];
  const seenAlone = sightingsByPlace(fileUnits);
  const covered = new Set<string>();
  const moduleFiles = new Set<FilePath>();
  const setIn = filesByOption(fileUnits);
  const locks = new Map<FilePath, FlakeLock | undefined>();
  const lockOf = (flake: FilePath) => {
    const text = input.flakeLocks.get(flake);
    if (!locks.has(flake)) locks.set(flake, text === undefined ? undefined : FlakeLock.of(text));
    return locks.get(flake);
  };

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
    const elsewhere = (path: readonly string[]) => {
      const others = incomplete === undefined ? [] : [...(setIn.get(pathKey(path)) ?? [])];
      const other = others.find((file) => !reached.has(file));
      return other === undefined ? undefined : `a module that can't be followed may set it (${other} does)`;
    };
    const origin = originOf(unit, lockOf(unit.flake));
    const base = { ...unit, kind: "host" as const, sightings, elsewhere, ...(origin && { origin }) };
    drafts.push({ ...base, machine: input.machineFor({ ...base, name: unit.machine ?? unit.name }) });
  }

  for (const { file, sightings } of confUnits) {
    for (const sighting of sightings) registry.add(sighting, "plain", file);
    drafts.push({
      ...loneDraft(file, { platform: "plain", sightings, obscured: [], openText: false }),
      ...{ name: file, kind: "host", machine: input.machineFor({ name: file, platform: "plain", kind: "host" }) },
      elsewhere: () => undefined,
    });
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
      const draft = { ...loneDraft(unit.file, scope), name, elsewhere: settingElsewhere(unit.file, scope, setIn) };
      const kind = isFlake ? "host" : "file";
      drafts.push({ ...draft, kind, machine: input.machineFor({ name, platform: scope.platform, kind }) });
    }
  }

  const reached = drafts.map((draft) => hostOf(draft, registry));
  const builtBy = packageHosts(reached, snapshot);
  const lone = fileUnits
    .filter(({ file, packages }) => packages.length > 0 && builtBy(file).length === 0)
    .map(({ file }) => hostOf(packageFileDraft(file, setIn, input.machineFor), registry));
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
    packages: fileUnits.flatMap(({ packages }) => packages.map((one) => ({ ...one, hosts: hostsOf(one.file) }))),
    flakeLocks: input.flakeLocks,
    sources: input.sources,
    needs: input.needs,
    filesRead: snapshot.files.size,
  };
}

/** What tells which nixpkgs a host is built with. home-manager's is not the one that the machine's Nix comes from. */
function originOf(unit: HostUnit, lock: FlakeLock | undefined): HostOrigin | undefined {
  if (unit.platform === "home-manager" || unit.made === undefined) return undefined;
  return { ...unit.made, modules: unit.unresolved.flatMap(({ name }) => (name ? [name] : [])), lock };
}

function loneDraft(
  file: FilePath,
  scope: Pick<ModuleScope, "platform" | "sightings" | "obscured" | "openText">,
): Omit<HostDraft, "name" | "kind" | "machine" | "elsewhere"> {
  return { ...scope, files: [file], declaration: { file, range: { start: 0, end: 0 } } };
}

/** A file that defines packages and nothing else: it is built somewhere, on a machine like those of other lone files. */
function packageFileDraft(
  file: FilePath,
  setIn: ReadonlyMap<string, ReadonlySet<FilePath>>,
  machineFor: MachineLookup,
): HostDraft {
  const scope: ModuleScope = { prefix: [], platform: "module", sightings: [], obscured: [], openText: false };
  const identity = { name: LONE, platform: scope.platform, kind: "file" as const };
  const elsewhere = settingElsewhere(file, scope, setIn);
  return { ...loneDraft(file, scope), ...identity, elsewhere, machine: machineFor(identity) };
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
function settingElsewhere(
  file: FilePath,
  scope: ModuleScope,
  setIn: ReadonlyMap<string, ReadonlySet<FilePath>>,
): (path: readonly string[]) => string | undefined {
  if (scope.platform === "flake") return () => undefined;
  let own: ReadonlySet<string> | undefined;
  return (path) => {
    own ??= new Set(scope.sightings.map(optionKey));
    const key = pathKey(path);
    const files = [...(setIn.get(key) ?? [])];
    const other = files.find((one) => one !== file) ?? (own.has(key) ? undefined : files[0]);
    return other === undefined ? undefined : `${other} sets it, and no host tells whether both belong together`;
  };
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
  return found === undefined ? sighting : { ...sighting, pathInFile: found.pathInFile };
}
