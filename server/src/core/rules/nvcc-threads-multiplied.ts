// Threads of nvcc, or processes of a Python build, that come on top of what Nix allows.
import { environment, wholeNumber } from "../builds/environment.js";
import { documentation, issue } from "../catalogue/cite.js";
import { descendants } from "../edits/tree.js";
import { setEnv } from "../edits/packages.js";
import type { TextRange } from "../text/range.js";
import type { Model, Package } from "../workspace/model.js";
import type { Draft, FixDraft, Rule } from "./rule.js";
import { buildersOf } from "./support/attributes.js";
import { ownVariable } from "./support/packageText.js";

/** A CMake definition of nvcc's threads; group 1 ends before the number. */
const CMAKE = /(-D\w*NVCC_THREADS(?::\w+)?=)(\d+)/;

export const nvccThreadsMultiplied: Rule = {
  id: "nvcc-threads-multiplied",
  title: "nvcc threads on top of the build's processes",
  class: "exceeds-budget",
  severity: "warning",
  confidence: 0.85,
  tier: "P1",
  docs: {
    what: "Finds `NVCC_THREADS` of 0 or more than 1 (a variable, or `-D…NVCC_THREADS=` of CMake), and `MAX_JOBS` above the threads for builds.",
    why: "Each of the `cores` compile processes starts that many threads, 0 meaning one for each processor; every thread takes 4 to 6 GB. `MAX_JOBS` replaces `cores` in torch and its like. Neither follows what Nix allows.",
    when: "CUDA packages: onnxruntime, torch, flash-attention.",
    risk: "The build takes longer on a machine with much memory. The package is rebuilt.",
    rollback: "Restore the number.",
    evidence: [
      issue("microsoft/onnxruntime#17419", "4 GB a thread on average, 6 GB at the peak"),
      issue("Dao-AILab/flash-attention#2079", "3.2-5 GB a thread"),
      documentation(
        "nvcc --threads: 0 is the number of processors",
        "https://docs.nvidia.com/cuda/cuda-compiler-driver-nvcc/index.html#threads-number-t",
      ),
    ],
  },
  examples: [
    {
      title: "In a list of CMake flags",
      machine: "none",
      before: `{ stdenv, cudaPackages }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  nativeBuildInputs = [ cudaPackages.cuda_nvcc ];
  cmakeFlags = [ ⟦"-Donnxruntime_NVCC_THREADS=4"⟧ ];
}
`,
      after: `{ stdenv, cudaPackages }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  nativeBuildInputs = [ cudaPackages.cuda_nvcc ];
  cmakeFlags = [ "-Donnxruntime_NVCC_THREADS=1" ];
}
`,
    },
    {
      title: "As a variable",
      machine: "none",
      before: `{ stdenv, cudaPackages }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  nativeBuildInputs = [ cudaPackages.cuda_nvcc ];
  env = { ⟦NVCC_THREADS = "0";⟧ };
}
`,
      after: `{ stdenv, cudaPackages }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  nativeBuildInputs = [ cudaPackages.cuda_nvcc ];
  env = { NVCC_THREADS = "1"; };
}
`,
    },
    {
      title: "One thread each, and jobs within the budget",
      before: `{ stdenv, cudaPackages }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  nativeBuildInputs = [ cudaPackages.cuda_nvcc ];
  env = { NVCC_THREADS = "1"; MAX_JOBS = "4"; };
}
`,
    },
  ],
  *checkPackage(pkg, { model }) {
    if (pkg.form === "override" || !pkg.argumentSet) return;
    yield* variables(pkg, model);
    if (!pkg.facts.cuda) return;
    for (const expr of descendants(pkg.argumentSet)) {
      const [part] = expr.kind === "string" ? expr.parts : [];
      const match = part?.kind === "text" ? CMAKE.exec(pkg.source.text.slice(part.start, part.end)) : null;
      const [, flag = "", count = ""] = match ?? [];
      if (!part || !match || count === "1") continue;
      const start = part.start + match.index + flag.length;
      const edits = [{ file: pkg.file, range: { start, end: start + count.length }, newText: "1" }];
      yield finding(pkg, expr, nvccMessage(count), "Use one thread of nvcc for each process", edits);
    }
  },
};

function* variables(pkg: Package, model: Model): Generator<Draft> {
  const threads = wholeNumber(environment(pkg, "NVCC_THREADS"));
  const nvcc = ownVariable(pkg, "NVCC_THREADS")?.binding;
  if (nvcc && threads !== undefined && threads !== 1)
    yield finding(
      pkg,
      nvcc,
      nvccMessage(String(threads)),
      "Use one thread of nvcc for each process",
      setEnv(pkg, "NVCC_THREADS", '"1"'),
    );
  const jobs = wholeNumber(environment(pkg, "MAX_JOBS"));
  const most = ownVariable(pkg, "MAX_JOBS")?.binding;
  const budget = buildersOf(pkg, model).toSorted((a, b) => a.budget.threads - b.budget.threads)[0]?.budget;
  if (most && budget && jobs !== undefined && jobs > budget.threads)
    yield finding(
      pkg,
      most,
      `MAX_JOBS = ${jobs} beats \`cores\`; machine ${budget.machine.provenance.text} has ${budget.threads} threads for builds.`,
      `Set MAX_JOBS = ${budget.threads}`,
      setEnv(pkg, "MAX_JOBS", `"${budget.threads}"`),
    );
}

function nvccMessage(count: string): string {
  const each = count === "0" ? "as many threads as there are processors" : `${count} threads`;
  return `Each compile process starts ${each} of nvcc, 4 to 6 GB each, on top of \`cores\`.`;
}

function finding(
  pkg: Package,
  { start, end }: TextRange,
  message: string,
  title: string,
  edits: FixDraft["edits"],
): Draft {
  return {
    file: pkg.file,
    range: { start, end },
    message,
    fixes: [{ title, applicability: "unsafe", preferred: true, rebuilds: true, edits }],
  };
}
