// Snapshot to model: the flow of workspace/. Files on their own, then hosts, then both joined so that each definition stands once.
import { createEvaluator } from "../evaluate/create.js";
import type { Evaluator } from "../evaluate/evaluator.js";
import type { Configuration } from "../machine/configuration.js";
import type { SourceFile } from "../syntax/ast.js";
import type { NixParser } from "../syntax/parser.js";
import type { FilePath } from "../text/range.js";
import { type AssembleInput, assemble, filesByOption, type MachineLookup } from "./assemble.js";
import { editedFiles } from "./editedFiles.js";
import { type Changes, WorkspaceFiles } from "./files.js";
import { analyzeFile, type FileUnit } from "./fileUnit.js";
import { findHosts } from "./hosts.js";
import type { OptionFiles } from "./hostView.js";
import { allEntered, analyzeHost, type HostUnit, patchHost } from "./hostUnit.js";
import { modulesOf } from "./modules/moduleSystem.js";
import { ownModules } from "./modules/ownModules.js";
import type { Model } from "./model.js";
import { namesSameFiles } from "./packages/packageHosts.js";
import { baseName } from "./paths.js";
import { coldGroups, isNixConf, relevantOffsets } from "./relevance.js";
import { answering } from "./questions.js";
import { sameItems } from "../text/sameItems.js";
import type { Snapshot, SnapshotFile } from "./snapshot.js";
import { settingsInFile } from "./settings/textSettings.js";

export type { MachineLookup } from "./assemble.js";

export interface BuildModelInput {
  readonly snapshot: Snapshot;
  readonly parser: Pick<NixParser, "parse">;
  readonly configuration: Configuration;
  readonly machineFor: MachineLookup;
  /** The last model of this workspace: what hangs on nothing that changed is taken over. */
  readonly previous?: Model;
  /** Polled now and then; once it is true the model is incomplete and must be thrown away. */
  readonly token?: { readonly cancelled: boolean };
}

/**
 * What models of one workspace share, one after the other: parsed files, values, results of units. It always stands for the
 * last snapshot, so it does not matter which of the earlier models is handed back as `previous`.
 */
interface Session {
  readonly files: WorkspaceFiles;
  readonly evaluator: Evaluator;
  readonly units: Map<string, unknown>;
  token: BuildModelInput["token"];
  read: Read | undefined;
  last: Assembled | undefined;
}

/** What the files of a snapshot gave, each on its own. */
interface Read {
  readonly snapshot: Snapshot;
  readonly paths: AnalysedPaths;
  readonly fileUnits: ReadonlyMap<FilePath, FileUnit>;
  readonly sources: ReadonlyMap<FilePath, SourceFile>;
}

/** The files to analyse, in order. */
interface AnalysedPaths {
  readonly all: readonly FilePath[];
  /** Flakes and nix.conf among them: what they give hangs on more than themselves. */
  readonly special: ReadonlySet<FilePath>;
}

/** A model with what it was assembled from. */
interface Assembled {
  readonly model: Model;
  readonly snapshot: Snapshot;
  readonly units: readonly unknown[];
  readonly machineFor: MachineLookup;
  readonly setIn: OptionFiles;
}

type SnapshotText = SnapshotFile & { readonly text: string };

const SESSIONS = new WeakMap<Model, Session>();
const RELEVANT = new WeakMap<SnapshotFile, readonly number[]>();
/** Evaluation steps for one host; the largest ones seen take 43,000. */
const UNIT_STEPS = 2_000_000;
/** For one file on its own; the largest ones seen that people wrote take 30,000. */
const FILE_STEPS = 100_000;
const EVALUATION_DEPTH = 400;

function newSession(): Session {
  const files = new WorkspaceFiles();
  const bounds = {
    steps: UNIT_STEPS,
    depth: EVALUATION_DEPTH,
    cancelled: () => session.token?.cancelled === true,
  };
  const evaluator: Evaluator = createEvaluator(files.access, bounds, (argument, asker) =>
    ownModules(argument, asker, evaluator, files.access),
  );
  const session: Session = { files, evaluator, units: new Map(), token: undefined, read: undefined, last: undefined };
  return session;
}

/** The model of a snapshot. Every error of the workspace's code becomes an unknown value. */
export function buildModel(input: BuildModelInput): Model {
  const { snapshot, parser, token, previous } = input;
  const session = (previous && SESSIONS.get(previous)) ?? newSession();
  const { files, evaluator, units } = session;
  session.token = token;
  const changes = files.update(snapshot, (path, text, before) =>
    parser.parse(path, text, before, coldGroups(path, relevantIn(path, snapshot.files.get(path)))),
  );
  evaluator.forget(changes.stale);
  const patches = patchableHosts(changes, session);
  for (const key of changes.stale) if (!patches.has(key)) units.delete(key);

  /** Runs a unit, or takes over its last result if nothing that it hangs on has changed. */
  const unit = <T>(key: string, run: () => T, steps?: number): T => {
    if (units.has(key)) return units.get(key) as T;
    files.enter(key);
    evaluator.restart(key, steps);
    files.note(key, modulesOf(key));
    const result = run();
    if (!token?.cancelled) units.set(key, result);
    return result;
  };

  const isShared = (path: FilePath) => files.isAskedByCode(path);
  const before = session.read && hasSameRelevance(session.read.snapshot, snapshot) ? session.read : undefined;
  session.read = undefined;
  const paths = before?.paths ?? filesToAnalyse(snapshot, token);
  const fileUnits = new Map(before?.fileUnits);
  const sources = new Map(before?.sources);
  const hostUnits: HostUnit[] = [];
  const flakeLocks = new Map<FilePath, string>();
  const confUnits: AssembleInput["confUnits"][number][] = [];
  for (const path of before ? pathsToRedo(before, snapshot, changes) : paths.all) {
    if (token?.cancelled) break;
    const file = snapshot.files.get(path) as SnapshotText;
    if (isNixConf(path))
      confUnits.push(
        unit(unitKey("conf", path), () => ({ file: path, sightings: settingsInFile(path, files.access, evaluator) })),
      );
    const relevant = relevantIn(path, file);
    if (relevant.length > 0) {
      const source = files.source(path, file.text);
      sources.set(path, source);
      const analyze = () => analyzeFile({ file: path, source, relevant }, evaluator, files.access);
      fileUnits.set(path, unit(unitKey(FILE, path), analyze, FILE_STEPS));
    }
    if (baseName(path) !== "flake.nix") continue;
    sources.set(path, files.source(path, file.text));
    const lock = unit(unitKey("lock", path), () => files.access.text(path.replace(/\.nix$/, ".lock")));
    if (typeof lock === "string") flakeLocks.set(path, lock);
    const discovery = unitKey("flake", path);
    for (const host of unit(discovery, () => findHosts(path, evaluator, files.access, discovery))) {
      if (token?.cancelled) break;
      const key = unitKey(HOST, `${path}\0${host.platform}\0${host.name}`);
      if (patches.has(key)) {
        const before = units.get(key) as HostUnit;
        units.delete(key);
        unit(key, () => {
          const patched = patchHost(before, changes.stale, isShared, evaluator, files.access);
          return patched ?? analyzeHost(host, evaluator, files.access, key);
        });
      }
      const analyze = () => {
        files.note(key, discovery);
        return analyzeHost(host, evaluator, files.access, key);
      };
      hostUnits.push(unit(key, analyze));
    }
  }
  if (!token?.cancelled) session.read = { snapshot, paths, fileUnits, sources };
  const parts = { fileUnits: [...fileUnits.values()], hostUnits, confUnits, sources, flakeLocks, needs: files.needs };
  const model = assembledModel({ snapshot, machineFor: input.machineFor, token, ...parts }, session);
  SESSIONS.set(model, session);
  return model;
}

/** Most edits change nothing that is reported: then the last model stands, but for the texts. */
function assembledModel(input: Omit<AssembleInput, "setIn"> & Pick<BuildModelInput, "token">, session: Session): Model {
  const { snapshot, fileUnits, hostUnits, confUnits, machineFor, needs } = input;
  const units = [...fileUnits, ...hostUnits, ...confUnits, ...input.flakeLocks.values()];
  const { last } = session;
  const sources = sameMap(last?.model.sources, input.sources);
  const flakeLocks = sameMap(last?.model.flakeLocks, input.flakeLocks);
  const same =
    last !== undefined &&
    sameItems(last.units, units) &&
    sameTargets(last.snapshot, snapshot) &&
    last.machineFor === machineFor &&
    namesSameFiles(last.snapshot, snapshot);
  if (same) return answering({ ...last.model, sources, flakeLocks, needs, filesRead: snapshot.files.size }, snapshot);
  const setIn = sameSets(last?.setIn, filesByOption(fileUnits));
  const made = assemble({ ...input, sources, flakeLocks, setIn });
  const lists = {
    hosts: sameList(last?.model.hosts, made.hosts),
    definitions: sameList(last?.model.definitions, made.definitions),
    packages: sameList(last?.model.packages, made.packages),
  };
  const model = answering({ ...made, ...lists }, snapshot);
  session.last = input.token?.cancelled ? undefined : { model, snapshot, units, machineFor, setIn };
  return model;
}

function sameTargets({ targets: before }: Snapshot, { targets: now }: Snapshot): boolean {
  return sameItems(before, now);
}

/** The sets before where nothing in them is another, in the same order. */
function sameSets(before: OptionFiles | undefined, now: OptionFiles): OptionFiles {
  const isSame =
    before?.size === now.size && [...now].every(([key, files]) => sameItems([...files], [...(before.get(key) ?? [])]));
  return before && isSame ? before : now;
}

/** The list before where nothing in it is another. */
function sameList<T>(before: readonly T[] | undefined, now: readonly T[]): readonly T[] {
  return before && sameItems(before, now) ? before : now;
}

function sameMap<V>(
  before: ReadonlyMap<FilePath, V> | undefined,
  now: ReadonlyMap<FilePath, V>,
): ReadonlyMap<FilePath, V> {
  const isSame = before?.size === now.size && [...now].every(([path, value]) => before.get(path) === value);
  return before && isSame ? before : now;
}

/** The hosts that hang on nothing that changed but their own module files. */
function patchableHosts({ reasons }: Changes, { units }: Session): ReadonlySet<string> {
  const prefix = unitKey(HOST, "");
  const patches = new Set<string>();
  for (const [key, paths] of reasons) {
    const host = key.startsWith(prefix) ? (units.get(key) as HostUnit | undefined) : undefined;
    const others = paths.filter((path) => path !== modulesOf(key));
    if (host !== undefined && allEntered(others, [host])) patches.add(key);
  }
  return patches;
}

const HOST = "host";
const FILE = "file";

/** Units stand among the files in the record of who asked for what; no path begins so. */
function unitKey(kind: string, of: string): string {
  return `\0${kind}\0${of}`;
}

/** Those that are more than context, in an order that does not hang on when each was read: the root's own files first. */
function filesToAnalyse(snapshot: Snapshot, token: BuildModelInput["token"]): AnalysedPaths {
  const own: FilePath[] = [];
  const below: FilePath[] = [];
  const special = new Set<FilePath>();
  for (const [path, file] of snapshot.files) {
    if (token?.cancelled) break;
    const isSpecial = isNixConf(path) || baseName(path) === "flake.nix";
    if (!("text" in file) || !(isSpecial || relevantIn(path, file).length > 0)) continue;
    (path.includes("/") ? below : own).push(path);
    if (isSpecial) special.add(path);
  }
  return { all: [...own.sort(), ...below.sort()], special };
}

/** True if two snapshots have the same files, and the same ones of them can be read and name something build-related. */
function hasSameRelevance(before: Snapshot, after: Snapshot): boolean {
  const relevance = (path: FilePath, { files }: Snapshot): boolean | undefined => {
    const file = files.get(path);
    return file !== undefined && "text" in file ? relevantIn(path, file).length > 0 : undefined;
  };
  return editedFiles(before, after)?.every((path) => relevance(path, before) === relevance(path, after)) ?? false;
}

/** What was edited or hangs on that; flakes and nix.conf ask for more than themselves. */
function pathsToRedo({ snapshot: before, paths }: Read, snapshot: Snapshot, { stale }: Changes): readonly FilePath[] {
  const prefix = unitKey(FILE, "");
  const redone = new Set(editedFiles(before, snapshot));
  for (const key of stale) if (key.startsWith(prefix)) redone.add(key.slice(prefix.length));
  return paths.all.filter((path) => redone.has(path) || paths.special.has(path));
}

/** Where a file names something build-related. */
function relevantIn(path: FilePath, file: SnapshotFile | undefined): readonly number[] {
  if (file === undefined || !("text" in file) || !path.endsWith(".nix")) return [];
  let offsets = RELEVANT.get(file);
  if (offsets === undefined) {
    offsets = relevantOffsets(file.text);
    RELEVANT.set(file, offsets);
  }
  return offsets;
}
