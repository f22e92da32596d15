// How many processes a builder starts, and by which knob one package alone is held back. One table by builder.
import type { BuilderKind, Package } from "../workspace/model.js";
import type { PackageEstimate } from "./peaks.js";

export interface ParallelBehaviour {
  /** The variable or attribute that caps this package alone; undefined where nothing does. */
  readonly knob: string | undefined;
  /** The number that the package sets; undefined: as many as `cores`. */
  readonly cap: number | undefined;
  /** What the builder does with it, one clause. */
  readonly text: string;
}

type Row = Omit<ParallelBehaviour, "cap">;

/** Sources: the builders' hooks in nixpkgs (cargo, go, haskell, setuptools), crane's and naersk's own. */
const BY_BUILDER: Readonly<Record<BuilderKind, Row>> = {
  rust: { knob: "NIX_BUILD_CORES", text: "cargo runs -j $NIX_BUILD_CORES, its tests too" },
  crane: { knob: "CARGO_BUILD_JOBS", text: "crane takes CARGO_BUILD_JOBS, unless set $NIX_BUILD_CORES" },
  naersk: { knob: "NIX_BUILD_CORES", text: 'naersk passes -j "$NIX_BUILD_CORES" in cargoBuildOptions' },
  go: { knob: "NIX_BUILD_CORES", text: "go runs -p $NIX_BUILD_CORES" },
  npm: { knob: undefined, text: "npm is told nothing of cores; NODE_OPTIONS limits the heap" },
  python: {
    knob: "NIX_BUILD_CORES",
    text: "pure Python builds serially; extension modules and pytest-xdist use $NIX_BUILD_CORES",
  },
  c: { knob: "NIX_BUILD_CORES", text: "make and ninja run -j$NIX_BUILD_CORES" },
  cuda: { knob: "NIX_BUILD_CORES", text: "make and ninja run -j$NIX_BUILD_CORES, each nvcc with its own threads" },
  haskell: { knob: "maxBuildCores", text: "GHC runs -j$NIX_BUILD_CORES, at most maxBuildCores (16 unless set)" },
  mozilla: { knob: "NIX_BUILD_CORES", text: "mach and the linker use $NIX_BUILD_CORES; PGO builds twice" },
  prebuilt: { knob: undefined, text: "nothing is compiled" },
  unknown: { knob: "NIX_BUILD_CORES", text: "as its own builder has it, mostly by $NIX_BUILD_CORES" },
};

/** Words in a C package's own text that make it build in parallel. */
const PARALLEL_TOOLS = /\b(cmake|meson|ninja)\b/;

export function parallelBehaviour(pkg: Package, { mostProcesses }: PackageEstimate): ParallelBehaviour {
  const row = BY_BUILDER[pkg.builder];
  const switched = parallelBuilding(pkg);
  if (mostProcesses === undefined && switched === false && ["c", "cuda", "go"].includes(pkg.builder))
    return { knob: "enableParallelBuilding", cap: 1, text: "enableParallelBuilding = false: one process" };
  // Only make asks for the switch; the hooks of cmake, meson and ninja turn it on by themselves.
  const serial = pkg.builder === "c" && pkg.form === "definition" && switched === undefined && !usesParallelTool(pkg);
  if (serial)
    return { knob: "enableParallelBuilding", cap: 1, text: "make runs one process: enableParallelBuilding is not set" };
  return { ...row, cap: mostProcesses };
}

function parallelBuilding({ attributes }: Package): boolean | undefined {
  const value =
    attributes.kind === "attrs" ? attributes.entries.get("enableParallelBuilding")?.thunk.force() : undefined;
  return value?.kind === "bool" ? value.value : undefined;
}

function usesParallelTool({ argumentSet, source }: Package): boolean {
  // Where the argument is not in sight, nothing is said of it.
  return !argumentSet || PARALLEL_TOOLS.test(source.text.slice(argumentSet.start, argumentSet.end));
}
