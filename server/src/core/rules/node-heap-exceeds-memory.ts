// Several Node builds at once, each allowed a heap that the machine does not have.
import { environment } from "../builds/environment.js";
import { formatBytes } from "../machine/size.js";
import type { Value } from "../evaluate/value.js";
import type { Host, Model, Package } from "../workspace/model.js";
import type { Budget } from "../machine/machine.js";
import { replaceText } from "../edits/definitions.js";
import type { Draft, FixDraft, Rule } from "./rule.js";
import { buildersOf } from "./support/attributes.js";
import { countOf } from "./support/parallelism.js";

const MIB = 2 ** 20;
/** Node's own default where there is little memory, in MB: less would break builds that work. */
const LEAST_HEAP = 2048;
const HEAP = /--max[-_]old[-_]space[-_]size=(\d+)/;

export const nodeHeapExceedsMemory: Rule = {
  id: "node-heap-exceeds-memory",
  title: "Node heaps that do not fit together",
  class: "exceeds-budget",
  severity: "warning",
  confidence: 0.7,
  tier: "P2",
  docs: {
    what: "Finds `--max-old-space-size=N` in packages where N, times the Node packages that may be built at once, is more than the memory for builds.",
    why: "The number is a permission: V8 collects garbage late while it is below the limit. With `max-jobs = 3` three builds may each take that much, and native memory on top.",
    when: "Several npm packages in one workspace and a machine that is known.",
    risk: "A build that needs the heap fails with `JavaScript heap out of memory` instead of taking the machine with it. The package is rebuilt.",
    rollback: "Undo the edit.",
    evidence: [
      {
        grade: "documentation",
        text: "Node.js command line: --max-old-space-size",
        url: "https://nodejs.org/api/cli.html#--max-old-space-sizesize-in-mib",
      },
      {
        grade: "tested",
        text: "node 20: the limit holds for the JavaScript heap alone, not for buffers, workers and child processes",
      },
    ],
  },
  examples: [
    {
      title: "One heap of 16 GB on a machine of 16 GB",
      before: `{ lib, buildNpmPackage }:
buildNpmPackage {
  pname = "demo";
  version = "1";
  src = ./demo;
  npmDepsHash = lib.fakeHash;
  env.NODE_OPTIONS = "⟦--max-old-space-size=16384⟧";
}
`,
      after: `{ lib, buildNpmPackage }:
buildNpmPackage {
  pname = "demo";
  version = "1";
  src = ./demo;
  npmDepsHash = lib.fakeHash;
  env.NODE_OPTIONS = "--max-old-space-size=14336";
}
`,
    },
    {
      title: "It fits",
      before: `{ lib, buildNpmPackage }:
buildNpmPackage { pname = "demo"; version = "1"; src = ./demo; npmDepsHash = lib.fakeHash; env.NODE_OPTIONS = "--max-old-space-size=4096"; }
`,
    },
  ],
  *checkPackage(pkg, { model }) {
    const [builder] = buildersOf(pkg, model);
    const options = environment(pkg, "NODE_OPTIONS");
    if (!builder || options === undefined || options === "absent" || options.kind !== "string") return;
    const heap = Number(HEAP.exec(options.value)?.[1] ?? Number.NaN);
    const together = atOnce(pkg, model, builder.host, builder.budget);
    if (heap * MIB * together > builder.budget.memoryBytes) yield finding(pkg, options, heap, together, builder.budget);
  },
};

/** How many Node builds may run at once: no more than there are, and than max-jobs allows. */
function atOnce(pkg: Package, model: Model, host: Host, budget: Budget): number {
  const packages = model.packages.filter((p) => p.builder === "npm" && (p === pkg || p.hosts.includes(host))).length;
  return Math.max(1, Math.min(packages, countOf(host, "max-jobs", budget)?.value ?? 1));
}

function finding(pkg: Package, options: Value, heap: number, together: number, budget: Budget): Draft {
  const fits = Math.floor(budget.memoryBytes / together / MIB / 256) * 256;
  const place = whereWritten(pkg, options);
  const fix: FixDraft | undefined =
    place && fits >= LEAST_HEAP
      ? {
          title: `Allow ${fits} MB`,
          applicability: "unsafe",
          preferred: true,
          rebuilds: true,
          edits: [replaceText(pkg.file, { start: place.end - String(heap).length, end: place.end }, String(fits))],
        }
      : undefined;
  const sum =
    together > 1
      ? `${together} Node builds at once × ${heap} MB = ${formatBytes(together * heap * MIB)}`
      : `A heap of ${heap} MB`;
  return {
    file: pkg.file,
    range: place ?? pkg.range,
    message: `${sum} is more than the ${formatBytes(budget.memoryBytes)} that builds may use on ${budget.machine.provenance.text}.`,
    fixes: fix ? [fix] : [],
  };
}

/** The flag's place in this file, where the string stands here as a literal. */
function whereWritten(pkg: Package, options: Value): { readonly start: number; readonly end: number } | undefined {
  const { origin } = options;
  if (!origin || origin.file !== pkg.file) return undefined;
  const match = HEAP.exec(pkg.source.text.slice(origin.range.start, origin.range.end));
  return match
    ? { start: origin.range.start + match.index, end: origin.range.start + match.index + match[0].length }
    : undefined;
}
