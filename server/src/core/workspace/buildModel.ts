// Snapshot to model: the flow of workspace/. Files on their own, then hosts, then both joined so that each definition stands once.
import { createEvaluator } from "../evaluate/create.js";
import type { Evaluator } from "../evaluate/evaluator.js";
import type { Configuration } from "../machine/configuration.js";
import type { SourceFile } from "../syntax/ast.js";
import type { FilePath } from "../text/range.js";
import { assemble, type MachineLookup } from "./assemble.js";
import type { Sighting } from "./collect.js";
import { WorkspaceFiles } from "./files.js";
import { analyzeFile, type FileUnit } from "./fileUnit.js";
import { findHosts } from "./hosts.js";
import { analyzeHost, type HostUnit } from "./hostUnit.js";
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

/**
 * What models of one workspace share, one after the other: parsed files, values, results of units. It always stands for the
 * last snapshot, so it does not matter which of the earlier models is handed back as `previous`.
 */
interface Session {
  readonly files: WorkspaceFiles;
  readonly evaluator: Evaluator;
  readonly units: Map<string, unknown>;
  token: BuildModelInput["token"];
}

const SESSIONS = new WeakMap<Model, Session>();
const RELEVANCE = new WeakMap<SnapshotFile, boolean>();
/** Evaluation steps for one file on its own, or one host. */
const UNIT_STEPS = 2_000_000;
const EVALUATION_DEPTH = 400;

function newSession(): Session {
  const files = new WorkspaceFiles();
  const bounds = {
    steps: UNIT_STEPS,
    depth: EVALUATION_DEPTH,
    cancelled: () => session.token?.cancelled === true,
  };
  const evaluator = createEvaluator(files.access, bounds);
  const session: Session = { files, evaluator, units: new Map(), token: undefined };
  return session;
}

/** The model of a snapshot. Every error of the workspace's code becomes an unknown value. */
export function buildModel(input: BuildModelInput): Model {
  const { snapshot, parser, token, previous } = input;
  const session = (previous && SESSIONS.get(previous)) ?? newSession();
  const { files, evaluator, units } = session;
  session.token = token;
  const stale = files.update(snapshot, (path, text, before) => parser.parse(path, text, before));
  evaluator.forget(stale);
  for (const key of stale) units.delete(key);

  /** Runs a unit, or takes over its last result if nothing that it hangs on has changed. */
  const unit = <T>(key: string, run: () => T): T => {
    if (units.has(key)) return units.get(key) as T;
    files.enter(key);
    evaluator.restart();
    const result = run();
    if (!token?.cancelled) units.set(key, result);
    return result;
  };

  const fileUnits: FileUnit[] = [];
  const hostUnits: HostUnit[] = [];
  const flakeLocks = new Map<FilePath, string>();
  const confUnits: { file: FilePath; sightings: readonly Sighting[] }[] = [];
  for (const [path, file] of snapshot.files) {
    if (token?.cancelled) break;
    if (!("text" in file)) continue;
    if (isNixConf(path))
      confUnits.push({
        file: path,
        sightings: unit(unitKey("conf", path), () => settingsInFile(path, files.access, evaluator)),
      });
    if (relevant(path, file)) {
      const source = files.source(path, file.text);
      fileUnits.push(unit(unitKey("file", path), () => analyzeFile(path, source, evaluator, files.access)));
    }
    if (baseName(path) !== "flake.nix") continue;
    const lock = unit(unitKey("lock", path), () => files.access.text(path.replace(/\.nix$/, ".lock")));
    if (typeof lock === "string") flakeLocks.set(path, lock);
    const discovery = unitKey("flake", path);
    for (const host of unit(discovery, () => findHosts(path, evaluator, files.access))) {
      if (token?.cancelled) break;
      const analyze = () => {
        files.note(discovery);
        return analyzeHost(host, evaluator, files.access);
      };
      hostUnits.push(unit(unitKey("host", path, host.platform, host.name), analyze));
    }
  }
  const sources = new Map([...files.sources].filter(([path]) => snapshot.files.has(path)));
  const model = assemble({ ...input, fileUnits, hostUnits, confUnits, flakeLocks, sources, needs: files.needs });
  SESSIONS.set(model, session);
  return model;
}

/** Units stand among the files in the record of who asked for what; no path begins so. */
function unitKey(...parts: readonly string[]): string {
  return `\0${parts.join("\0")}`;
}

function relevant(path: FilePath, file: SnapshotFile & { readonly text: string }): boolean {
  let known = RELEVANCE.get(file);
  if (known === undefined) {
    known = isRelevant(path, file.text);
    RELEVANCE.set(file, known);
  }
  return known;
}
