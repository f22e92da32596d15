// JavaScript builds that run with V8's default heap on a machine where that default is 2 GB.
import { setEnv } from "../edits/packages.js";
import { GIB } from "../machine/size.js";
import type { Rule } from "./rule.js";
import { argumentText, buildersOf, unsetHere } from "./support/attributes.js";

/** V8's default limit is about 2 GB up to this much memory, 4 GB above. Source: measured with node 20, and a published study. */
const SMALL_DEFAULT = 16 * GIB;
const HEAP_MEGABYTES = 3072;

export const nodeHeapUnset: Rule = {
  id: "node-heap-unset",
  title: "A JavaScript build with the default heap",
  class: "missed-optimization",
  severity: "warning",
  confidence: 0.5,
  claimedConfidence: 0.78,
  tier: "P2",
  docs: {
    what: "Finds npm packages that are built from source without `NODE_OPTIONS`, for machines of 16 GB or less.",
    why: "V8 stops at about 2 GB of heap there; bundlers such as webpack or tsc on a large project die with `JavaScript heap out of memory`. `--max-old-space-size=3072` raises the limit. Where the default is 4 GB (more than 16 GB of memory) the same line would lower it.",
    when: "Builds that are known to run out of heap. Packages that ship built (`dontNpmBuild`) gain nothing and are left alone.",
    risk: "It allows each Node process 3 GB: several at once must fit. It limits neither buffers nor child processes. The package is rebuilt.",
    rollback: "Remove `NODE_OPTIONS`.",
    evidence: [
      {
        grade: "tested",
        text: "node 20: the default is 4144 MB on a machine of 23.5 GiB; `--max-old-space-size=3072` gives 3120",
      },
      {
        grade: "documentation",
        text: "Node.js command line: --max-old-space-size, with the advice to leave headroom (1536 on 2 GB)",
        url: "https://nodejs.org/api/cli.html#--max-old-space-sizesize-in-mib",
      },
    ],
  },
  examples: [
    {
      title: "Under the founding profile",
      configuration: { confidenceProfile: "founding" },
      before: `{ lib, buildNpmPackage }:
⟦buildNpmPackage⟧ {
  pname = "demo";
  version = "1";
  src = ./demo;
  npmDepsHash = lib.fakeHash;
}
`,
      after: `{ lib, buildNpmPackage }:
buildNpmPackage {
  pname = "demo";
  version = "1";
  src = ./demo;
  npmDepsHash = lib.fakeHash;
  env.NODE_OPTIONS = "--max-old-space-size=3072";
}
`,
    },
    {
      title: "Nothing is built",
      configuration: { confidenceProfile: "founding" },
      before: `{ lib, buildNpmPackage }:
buildNpmPackage { pname = "demo"; version = "1"; src = ./demo; npmDepsHash = lib.fakeHash; dontNpmBuild = true; }
`,
    },
  ],
  *checkPackage(pkg, { model }) {
    if (pkg.builder !== "npm" || pkg.form === "override") return;
    if (!unsetHere(pkg, "NODE_OPTIONS") || /max[-_]old[-_]space/.test(argumentText(pkg))) return;
    const builder = buildersOf(pkg, model).find(({ budget }) => budget.machine.memoryBytes <= SMALL_DEFAULT);
    if (!builder) return;
    yield {
      file: pkg.file,
      range: pkg.range,
      message: `\`${pkg.name}\` is built with V8's default heap, about 2 GB on a machine of 16 GB or less. Where the build dies of "JavaScript heap out of memory", allow ${HEAP_MEGABYTES} MB.`,
      fixes: [
        {
          title: `Allow a heap of ${HEAP_MEGABYTES} MB`,
          applicability: "unsafe",
          preferred: true,
          rebuilds: true,
          edits: setEnv(pkg, "NODE_OPTIONS", `"--max-old-space-size=${HEAP_MEGABYTES}"`),
        },
      ],
    };
  },
};
