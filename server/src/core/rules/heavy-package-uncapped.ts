// An overridden package that is known to be heavy, built with more processes than the memory holds.
import { HEAVY_PACKAGES } from "../builds/buildClasses.js";
import { packageEstimate, peakWith } from "../builds/peaks.js";
import { documentation, issue } from "../catalogue/cite.js";
import { setEnv } from "../edits/packages.js";
import { formatBytes } from "../machine/size.js";
import type { Package } from "../workspace/model.js";
import type { Rule, RuleContext } from "./rule.js";
import { argumentText, buildersOf } from "./support/attributes.js";
import { countOf, onMachine } from "./support/parallelism.js";

export const heavyPackageUncapped: Rule = {
  id: "heavy-package-uncapped",
  title: "A heavy package with more processes than the memory holds",
  class: "exceeds-budget",
  severity: "information",
  confidence: 0.7,
  tier: "P1",
  docs: {
    what: "Finds packages built from source whose compile processes, as many as `cores` allows, need more memory than there is: onnxruntime with CUDA, webkitgtk, chromium, qtwebengine, llvm, torch and their like.",
    why: "What is right for small packages exhausts the memory with these: each process takes 1 to 16 GiB. `NIX_BUILD_CORES` in the package caps this one build, the rest keeps its `cores`.",
    when: "Packages that are built here anyway. One that comes from a binary cache should not be touched.",
    risk: "The build takes longer. The package and what depends on it are rebuilt.",
    rollback: "Remove `NIX_BUILD_CORES`.",
    evidence: [
      issue("NixOS/nixpkgs#293768", "onnxruntime with CUDA: 35 GB with 2 processes"),
      issue("NixOS/nixpkgs#216363", "webkitgtk: 24 processes exhaust 32 GB"),
      documentation(
        "Chromium's build instructions",
        "https://chromium.googlesource.com/chromium/src/+/main/docs/linux/build_instructions.md",
      ),
    ],
  },
  examples: [
    {
      title: "WebKit with a patch",
      before: `final: prev: {
  webkitgtk_6_0 = prev.⟦webkitgtk_6_0⟧.overrideAttrs (old: {
    patches = (old.patches or [ ]) ++ [ ./fix.patch ];
  });
}
`,
      after: `final: prev: {
  webkitgtk_6_0 = prev.webkitgtk_6_0.overrideAttrs (old: {
    patches = (old.patches or [ ]) ++ [ ./fix.patch ];
    env = (old.env or { }) // { NIX_BUILD_CORES = 5; };
  });
}
`,
      machine: "threads=16,memory=16GiB",
    },
    {
      title: "Enough memory for all processes",
      machine: "threads=16,memory=64GiB",
      before: `final: prev: {
  webkitgtk_6_0 = prev.webkitgtk_6_0.overrideAttrs (old: {
    patches = (old.patches or [ ]) ++ [ ./fix.patch ];
  });
}
`,
    },
  ],
  *checkPackage(pkg, context) {
    if (pkg.form === "override" || /NIX_BUILD_CORES|enableParallelBuilding = false/.test(argumentText(pkg))) return;
    const found = tooHeavy(pkg, context);
    if (!found) return;
    const { host, budget, cores, most } = found;
    const estimate = packageEstimate(pkg, context.configuration);
    const { p95 } = peakWith(estimate, cores);
    yield {
      file: pkg.file,
      range: pkg.range,
      // That something compiles for CUDA does not tell how much: off by default unless it is known by name, or declared.
      confidence: isKnown(pkg, context) ? 0.7 : 0.6,
      message: `\`${pkg.name}\` with ${cores} processes may need ${formatBytes(p95)} (class ${estimate.class}, 95th percentile); ${formatBytes(budget.memoryBytes)} are there for builds (${onMachine(host, budget)}). ${most} ${most === 1 ? "process fits" : "processes fit"}.`,
      fixes: [
        {
          title: `Build it with NIX_BUILD_CORES = ${most}`,
          applicability: "unsafe",
          preferred: true,
          rebuilds: true,
          edits: setEnv(pkg, "NIX_BUILD_CORES", String(most)),
        },
      ],
    };
  },
};

function isKnown({ name }: Package, { configuration }: RuleContext): boolean {
  return configuration.packages.has(name) || HEAVY_PACKAGES.some((heavy) => heavy.name.test(name));
}

/** The host with the least memory on which the processes that it allows exceed it, and how many would not. */
function tooHeavy(pkg: Package, { model, configuration }: RuleContext) {
  const estimate = packageEstimate(pkg, configuration);
  // Classes of less than a GiB a process are no reason to cap anything.
  if (estimate.bytesPerProcess < 2 ** 30 || estimate.mostProcesses !== undefined) return undefined;
  for (const { host, budget } of buildersOf(pkg, model)) {
    const cores = countOf(host, "cores", budget)?.value ?? budget.threads;
    if (peakWith(estimate, cores).p95 <= budget.memoryBytes) continue;
    const room = budget.memoryBytes / estimate.spread - estimate.baseBytes;
    const most = Math.max(1, Math.min(cores - 1, Math.floor(room / estimate.bytesPerProcess)));
    return cores > 1 ? { host, budget, cores, most } : undefined;
  }
  return undefined;
}
