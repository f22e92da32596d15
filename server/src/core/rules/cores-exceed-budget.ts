// One build alone may take more threads than the budget has.
import { setOption, settingPath } from "../edits/options.js";
import { isTooMuch } from "./cpu-oversubscribed.js";
import type { Definition, Host } from "../workspace/model.js";
import type { FixDraft, Rule } from "./rule.js";
import { CPU_QUOTA, type Count, onMachine, parallelismOf } from "./support/parallelism.js";
import { fixForHostAlone, type Reach, reachOf } from "./support/splits.js";
import { spot } from "./support/spot.js";

export const coresExceedBudget: Rule = {
  id: "cores-exceed-budget",
  title: "cores takes the reserved threads as well",
  class: "exceeds-budget",
  severity: "information",
  confidence: 0.8,
  tier: "P2",
  docs: {
    what: "Finds `cores` set above the threads that builds may use, or to `0`, which is all of them. For a wanted `0` it also offers a CPU quota on nix-daemon, which Nix takes for the number of threads.",
    why: "A single build with that many processes leaves nothing for the desktop, the shell or the services of the host; each process needs its memory too. Fewer jobs do not help: with `max-jobs = 1` and all cores, WebKitGTK has exhausted 32 GB.",
    when: "Large C++ and Rust packages on a machine that somebody works at, or that serves something.",
    risk: "The build takes a little longer. Nothing is rebuilt.",
    rollback: "Restore the old number.",
    evidence: [
      {
        grade: "source-code",
        text: "Nix counts hardware threads for `cores = 0`, or those of the daemon's CPU quota (src/libutil/current-process.cc)",
        url: "https://github.com/NixOS/nix/blob/master/src/libutil/current-process.cc",
      },
      {
        grade: "issue",
        text: "NixOS/nixpkgs#431552 and #273201: one job with all cores exhausts 32 GB",
        url: "https://github.com/NixOS/nixpkgs/issues/431552",
      },
    ],
  },
  examples: [
    {
      title: "One job on every thread",
      before: "{\n  nix.settings.max-jobs = 1;\n  ⟦nix.settings.cores = 0;⟧\n}\n",
      after: "{\n  nix.settings.max-jobs = 1;\n  nix.settings.cores = 6;\n}\n",
    },
    { title: "Within the budget", before: "{ nix.settings = { max-jobs = 1; cores = 6; }; }\n" },
    {
      title: "Too many jobs besides: that is one finding, of cpu-oversubscribed",
      before: "{ nix.settings = { max-jobs = 4; cores = 8; }; }\n",
    },
  ],
  *checkHost(host, context) {
    const { budget } = host;
    const parallelism = budget && parallelismOf(host, budget);
    const definition = parallelism?.cores.definition;
    if (!parallelism || !definition || isTooMuch(parallelism, budget)) return;
    if (parallelism.cores.value <= budget.threads) return;
    const reach = reachOf(host, budget, [definition], context);
    const { threads } = reach.budget;
    yield {
      ...spot(definition),
      message: `${parallelism.cores.text} lets one build take more than the ${budget.threads} threads for builds: ${budget.totalThreads} − ${budget.reserveThreads} reserved = ${budget.threads} (${onMachine(host, budget)}). Set cores = ${threads}.`,
      fixes: [
        {
          title: `Set cores = ${threads}${reach.also}`,
          applicability: reach.applicability,
          preferred: true,
          edits: setOption(host, settingPath(host, "cores"), String(threads), definition),
        },
        fixForHostAlone(host, reach, `Set cores = ${budget.threads}`, [
          { path: settingPath(host, "cores"), value: String(budget.threads) },
        ]),
        ...quotaFix(host, parallelism.cores, definition, reach),
      ],
    };
  },
};

/** `cores = 0` follows the daemon's CPU quota: whoever wants all that there is keeps the 0 and bounds the daemon. */
function quotaFix(host: Host, cores: Count, near: Definition, { budget, applicability, also }: Reach): FixDraft[] {
  if (host.platform !== "nixos" || cores.literal || host.option(CPU_QUOTA).state !== "unset") return [];
  const quota = `"${budget.threads * 100}%"`;
  return [
    {
      title: `Keep cores = 0 and set CPUQuota = ${quota} on nix-daemon${also}`,
      applicability,
      edits: setOption(host, CPU_QUOTA, quota, near),
    },
  ];
}
