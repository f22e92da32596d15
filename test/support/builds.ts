// Builds and machines for tests of the memory model and the plan.
import { BUILD_CLASSES } from "../../server/src/core/builds/buildClasses.js";
import type { BuildEstimate } from "../../server/src/core/builds/peaks.js";
import { budgetOf } from "../../server/src/core/machine/budget.js";
import type { Budget, MemoryAccounting, Policy } from "../../server/src/core/machine/machine.js";
import { parseMachineSpec } from "../../server/src/core/machine/machineSpec.js";
import type { PackageClass } from "../../server/src/core/machine/schema.js";
import { GIB } from "../../server/src/core/machine/size.js";

/** A build of a class; with a declared peak in GiB, median and 95th percentile. */
export function build(name: string, of: PackageClass, declared?: readonly [number, number]): BuildEstimate {
  const { base, perProcess, spread, work, parallelShare } = BUILD_CLASSES[of];
  const memory = declared
    ? { baseBytes: declared[0] * GIB, bytesPerProcess: 0, spread: declared[1] / declared[0] }
    : { baseBytes: base * GIB, bytesPerProcess: perProcess * GIB, spread };
  return { name, work, parallelShare, ...memory };
}

export function budget(
  machine: string,
  policy: Policy = "balanced",
  accounting: MemoryAccounting = "planning",
): Budget {
  const spec = parseMachineSpec(machine);
  if (spec.kind !== "machine") throw new Error(`not a machine: ${machine}`);
  return budgetOf(spec.machine, { policy, accounting });
}

/** The founding document's machine: i7-6700K, 16 GB and 12 GB zram, 2 threads and 2 GB reserved. */
export const SHOSHIN = "threads=8,memory=16GiB,zram=12GiB,reserve-threads=2,reserve-memory=2GiB";

/** The 16 packages that the founding document builds, with its peaks where it gives some. */
export const FOUNDING_BUILDS: readonly BuildEstimate[] = [
  build("onnxruntime", "onnxruntime", [8, 12]),
  build("codex", "rust-large", [6, 9]),
  build("ck-search", "rust", [2.5, 3.5]),
  build("mcp-filesystem-rust", "rust-small"),
  build("chezmoi_modify_manager", "rust-small"),
  ...["mcp-shell", "git-mcp-go", "mcp-filesystem-go", "semantic-grep"].map((name) => build(name, "go")),
  ...["firecrawl-mcp", "brave-search-mcp", "mcp-read-website-fast", "claude-code"].map((name) => build(name, "npm")),
  ...["claude-continuity", "ast-grep-mcp", "gdrive-tray"].map((name) => build(name, "python")),
];

/** So many packages, of the founding document's kinds in turn. */
export function manyBuilds(count: number): readonly BuildEstimate[] {
  const kinds = Array.from({ length: count }, (_, i) => FOUNDING_BUILDS[i % FOUNDING_BUILDS.length]);
  return kinds.flatMap((kind, i) => (kind ? [{ ...kind, name: `p${i}` }] : []));
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
