// Threads would do, but not every process of max-jobs x cores finds the memory of a compiler.
import { memoryPerProcess } from "../builds/split.js";
import { setOption, settingPath } from "../edits/options.js";
import type { Budget } from "../machine/machine.js";
import { formatBytes, GIB } from "../machine/size.js";
import { isTooMuch } from "./cpu-oversubscribed.js";
import type { FixDraft, Rule } from "./rule.js";
import { onMachine, type Parallelism, parallelismOf, relatedLine } from "./support/parallelism.js";
import { planFor, reachOf, splitFixes } from "./support/splits.js";
import { spot } from "./support/spot.js";

/** Below this a C++ or Rust compiler is likely to meet the limit; distributions reserve 1.2 to 2.5 GB a process. */
const LEAST = 1.5 * GIB;

export const memoryPerProcessTooSmall: Rule = {
  id: "memory-per-process-too-small",
  title: "Too little memory for each build process",
  class: "exceeds-budget",
  severity: "warning",
  confidence: 0.75,
  tier: "P1",
  docs: {
    what: "Divides the memory for builds by `max-jobs` × `cores` and finds less than 1.5 GiB for each process.",
    why: "A C++ compiler takes 1 to 2.5 GiB on ordinary heavy sources, a Rust compiler 2 to 3.5. Threads without memory swap, or the kernel kills what is largest.",
    when: "Machines with many threads and little memory, with large C++ or Rust packages built from source.",
    risk: "Builds of small packages, which need less, use fewer threads than they could.",
    rollback: "Restore the old number.",
    evidence: [
      {
        grade: "documentation",
        text: "WebKit: at least 2 GB of memory per CPU (Igalia/meta-webkit#178)",
        url: "https://github.com/Igalia/meta-webkit/issues/178",
      },
      {
        grade: "documentation",
        text: "openSUSE reserves 1.2 GB (LibreOffice), 1.3 GB (TensorFlow), 2 GB (PyTorch), 2.2 to 2.5 GB (OpenSCAD) a process",
      },
      {
        grade: "estimate",
        text: "The bound of 1.5 GiB; what your packages take can be declared in nix-build-budget.json",
      },
    ],
  },
  examples: [
    {
      title: "Sixteen threads, 16 GiB",
      machine: "threads=16,memory=16GiB",
      before: "{\n  nix.settings = {\n    max-jobs = 2;\n    ⟦cores = 8;⟧\n  };\n}\n",
      after: "{\n  nix.settings = {\n    max-jobs = 2;\n    cores = 4;\n  };\n}\n",
    },
    {
      title: "Sixteen threads, 64 GiB",
      machine: "threads=16,memory=64GiB",
      before: "{ nix.settings = { max-jobs = 2; cores = 7; }; }\n",
    },
  ],
  *checkHost(host, context) {
    const { budget } = host;
    const parallelism = budget && parallelismOf(host, budget);
    if (!parallelism || isTooMuch(parallelism, budget)) return;
    const { jobs, cores } = parallelism;
    const busy = processesAtOnce(parallelism, budget);
    const [place, other] = cores.definition ? [cores, jobs] : [jobs, cores];
    const definition = place.definition;
    if (!definition || budget.memoryBytes / busy >= LEAST || busy === 1) return;
    const reach = reachOf(host, budget, [jobs.definition, cores.definition], context);
    const shared = reach.budget;
    const each = memoryPerProcess(shared.policy);
    const fewer = Math.min(shared.threads, Math.floor(shared.memoryBytes / (jobs.value * each)));
    const fixes: FixDraft[] = splitFixes(host, planFor(reach, context), reach, parallelism, definition);
    const byCores: FixDraft = {
      title: `Set cores = ${fewer} (${jobs.value} × ${fewer} = ${jobs.value * fewer} processes, ${formatBytes(shared.memoryBytes / (jobs.value * Math.max(1, fewer)))} each)${reach.also}`,
      applicability: reach.applicability,
      preferred: true,
      edits:
        fewer >= 1 && fewer < cores.value
          ? setOption(host, settingPath(host, "cores"), String(fewer), definition)
          : undefined,
    };
    yield {
      ...spot(definition),
      message: `${formatBytes(budget.memoryBytes)} for builds / (${jobs.text} × ${cores.text}${busy < parallelism.product ? ", half of them busy at once," : ""} = ${busy} processes) = ${formatBytes(budget.memoryBytes / busy)} for each, and a compiler wants ${formatBytes(LEAST)} at the least (${onMachine(host, budget)}). Lower cores first.`,
      related: relatedLine(other),
      fixes: byCores.edits ? [byCores, ...fixes] : fixes,
    };
  },
};

/** The burst policy rests on builds being seldom parallel all at once; a single one may be. */
function processesAtOnce({ jobs, cores, product }: Parallelism, { policy }: Budget): number {
  return policy === "burst" && jobs.value > 1 ? Math.max(cores.value, Math.ceil(product / 2)) : product;
}
