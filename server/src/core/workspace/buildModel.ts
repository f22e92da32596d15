// Snapshot to model: the flow of workspace/. Files on their own, then hosts, then both joined so that each definition stands once.
import { createEvaluator } from "../evaluate/create.js";
import type { Evaluator, FileAccess } from "../evaluate/evaluator.js";
import type { Configuration } from "../machine/configuration.js";
import type { SourceFile } from "../syntax/ast.js";
import type { FilePath } from "../text/range.js";
import { assemble, type MachineLookup } from "./assemble.js";
import type { Sighting } from "./collect.js";
import { type Dependencies, newDependencies, workspaceFiles } from "./files.js";
import { analyzeFile, type FileUnit } from "./fileUnit.js";
import { findHosts } from "./hosts.js";
import { analyzeHost, type HostInput, type HostUnit } from "./hostUnit.js";
import type { Model } from "./model.js";
import { baseName } from "./paths.js";
import { isNixConf, isRelevant } from "./relevance.js";
import type { Snapshot, SnapshotFile } from "./snapshot.js";
import { settingsInFile } from "./textSettings.js";

export type { HostIdentity, MachineLookup } from "./assemble.js";

export interface BuildModelInput {
  readonly snapshot: Snapshot;
  readonly parser: { parse(path: FilePath, text: string, previous?: SourceFile): SourceFile };
  readonly configuration: Configuration;
  readonly machineFor: MachineLookup;
  /** The last model of this workspace: what hangs on nothing that changed is taken over. */
  readonly previous?: Model;
  /** Polled now and then; once it is true the model is incomplete and must be thrown away. */
  readonly token?: { readonly cancelled: boolean };
}

/** What is kept for the next model of the same workspace. */
interface Memory {
  readonly sources: ReadonlyMap<FilePath, SourceFile>;
  readonly units: ReadonlyMap<string, Unit<unknown>>;
}
interface Unit<T> {
  readonly dependencies: Dependencies;
  readonly result: T;
}

const MEMORIES = new WeakMap<Model, Memory>();
const RELEVANCE = new WeakMap<SnapshotFile, boolean>();
/** Evaluation steps for one file on its own, and for one host. */
const FILE_STEPS = 400_000;
const HOST_STEPS = 4_000_000;
const EVALUATION_DEPTH = 400;

/** The model of a snapshot. Pure; every error of the workspace's code becomes an unknown value. */
export function buildModel(input: BuildModelInput): Model {
  const { snapshot, parser, token } = input;
  const memory = input.previous && MEMORIES.get(input.previous);
  const sources = new Map<FilePath, SourceFile>();
  const parse = (path: FilePath, text: string): SourceFile => {
    const known = sources.get(path);
    if (known !== undefined) return known;
    const before = memory?.sources.get(path);
    const source = before?.text === text ? before : parser.parse(path, text, before);
    sources.set(path, source);
    return source;
  };
  const files = workspaceFiles(snapshot, parse);
  const units = new Map<string, Unit<unknown>>();

  /** Runs a unit, or takes over its last result if nothing that it saw has changed. */
  const unit = <T>(key: string, steps: number, run: (evaluator: Evaluator, access: FileAccess) => T): T => {
    const before = memory?.units.get(key) as Unit<T> | undefined;
    if (before !== undefined && files.unchanged(before.dependencies)) {
      units.set(key, before);
      for (const path of before.dependencies.files.keys()) keepSource(path);
      return before.result;
    }
    const dependencies = newDependencies();
    const cancelled = () => token?.cancelled === true;
    const access = files.access(dependencies);
    const evaluator = createEvaluator(access, { steps, depth: EVALUATION_DEPTH, cancelled });
    const result = run(evaluator, access);
    units.set(key, { dependencies, result });
    return result;
  };
  const keepSource = (path: FilePath) => {
    const source = memory?.sources.get(path);
    if (source !== undefined && !sources.has(path)) sources.set(path, source);
  };

  const fileUnits: FileUnit[] = [];
  const hostUnits: HostUnit[] = [];
  const confUnits: { file: FilePath; sightings: readonly Sighting[] }[] = [];
  for (const [path, file] of snapshot.files) {
    if (token?.cancelled) break;
    if (!("text" in file)) continue;
    if (relevant(path, file))
      fileUnits.push(
        unit(`file ${path}`, FILE_STEPS, (evaluator, access) =>
          analyzeFile(path, parse(path, file.text), evaluator, access),
        ),
      );
    if (isNixConf(path)) {
      const sightings = unit(`conf ${path}`, FILE_STEPS, (evaluator, access) =>
        settingsInFile(path, access, evaluator),
      );
      confUnits.push({ file: path, sightings });
    }
    if (baseName(path) !== "flake.nix" || !relevant(path, file)) continue;
    const found = unit(`hosts ${path}`, FILE_STEPS, (evaluator, access) =>
      findHosts(path, evaluator, access).map(identity),
    );
    for (const { name, platform } of found) {
      if (token?.cancelled) break;
      const host = unit(`host ${path} ${platform} ${name}`, HOST_STEPS, (evaluator, access) => {
        const own = findHosts(path, evaluator, access).find((one) => one.name === name && one.platform === platform);
        return own && analyzeHost(own, evaluator, access);
      });
      if (host !== undefined) hostUnits.push(host);
    }
  }
  const model = assemble({ ...input, fileUnits, hostUnits, confUnits, sources, needs: [...files.needs] });
  MEMORIES.set(model, { sources, units });
  return model;
}

function identity({ name, platform }: HostInput) {
  return { name, platform };
}

function relevant(path: FilePath, file: SnapshotFile & { readonly text: string }): boolean {
  let known = RELEVANCE.get(file);
  if (known === undefined) {
    known = isRelevant(path, file.text);
    RELEVANCE.set(file, known);
  }
  return known;
}
