// `-j8` written into a package: the one number that `cores` cannot lower.
import { both } from "../edits/packageMove.js";
import { setAttribute } from "../edits/packages.js";
import type { Expr, ListExpr, SourceFile, StringExpr } from "../syntax/ast.js";
import type { Model, Package } from "../workspace/model.js";
import type { Draft, FixDraft, Rule } from "./rule.js";
import { argumentText, buildersOf } from "./support/attributes.js";

/** Lists of flags that make, ninja and cargo get after their own `-j$NIX_BUILD_CORES`; the last one counts. */
const FLAG_LISTS: ReadonlySet<string> = new Set([
  "makeFlags",
  "ninjaFlags",
  "buildFlags",
  "checkFlags",
  "installFlags",
]);
const PHASE = /^(pre|post)?(build|check|install|configure)(Phase)?$|^(build|check|install)(Phase|Command)$/i;

/** A count in a command line of make, ninja or cmake: `-j8`, `-j 8`, `-j$(nproc)`, `--parallel 8`; group 1 ends in the flag, group 2 is the count. */
const JOBS =
  /(?<![^\s;&|(])((?:make|ninja|cmake|cargo)\b[^\n;&|]*?\s(?:-j ?|--jobs[= ]|--parallel[= ]))(\d+|"?\$\(nproc\)"?|"?`nproc`"?)(?=\s|$|[;&|)])/g;
/** `make -j` without a number; group 1 ends in the flag. */
const UNBOUNDED = /(?<![^\s;&|(])(make\b[^\n;&|]*?\s-j)()(?=[ \t]+[A-Za-z/._-]|[ \t]*[\n;&|)])/g;
const FLAG = /^-j ?(\d+)$/;

export const hardcodedJobs: Rule = {
  id: "hardcoded-jobs",
  title: "A number of jobs written into a package",
  class: "exceeds-budget",
  severity: "warning",
  confidence: 0.9,
  tier: "P1",
  docs: {
    what: "Finds `-jN`, `-j$(nproc)`, `--parallel N` and `make -j` without a number in build phases and flag lists of packages.",
    why: "Nix hands each build its share as `NIX_BUILD_CORES` (the setting `cores`). A number in the package beats it: with several jobs at once every one of them takes that many threads, and no setting of the machine can lower it. `$(nproc)` counts all threads of the machine.",
    when: "`$(nproc)` and no number always; a number where it is more than the machine has threads for builds.",
    risk: "The build takes as many threads as `cores` says. The package is rebuilt.",
    rollback: "Undo the edit.",
    evidence: [
      {
        grade: "tested",
        text: "GNU make 4.3 and ninja: the last `-j` on the command line counts, and makeFlags and ninjaFlags come last",
      },
      {
        grade: "documentation",
        text: "Nix manual, tuning cores and jobs",
        url: "https://nix.dev/manual/nix/latest/advanced-topics/cores-vs-jobs",
      },
    ],
  },
  examples: [
    {
      title: "All threads of the machine",
      before: `{ stdenv }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  buildPhase = ''
    make ⟦-j$(nproc)⟧ all
  '';
}
`,
      after: `{ stdenv }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  buildPhase = ''
    make -j$NIX_BUILD_CORES all
  '';
}
`,
    },
    {
      title: "No number: no bound",
      before: `{ stdenv, jobs }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  buildPhase = ''
    make ⟦-j⟧ all
    make -j\${jobs} docs
    make -j $NIX_BUILD_CORES check
    make -C sub ⟦-j⟧
  '';
}
`,
      after: `{ stdenv, jobs }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  buildPhase = ''
    make -j$NIX_BUILD_CORES all
    make -j\${jobs} docs
    make -j $NIX_BUILD_CORES check
    make -C sub -j$NIX_BUILD_CORES
  '';
}
`,
    },
    {
      title: "A flag that beats what Nix says",
      before: `{ stdenv }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  enableParallelBuilding = true;
  makeFlags = [ "PREFIX=/" ⟦"-j16"⟧ ];
}
`,
      after: `{ stdenv }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  enableParallelBuilding = true;
  makeFlags = [ "PREFIX=/" ];
}
`,
    },
    {
      title: "make alone would be serial without the flag",
      before: `{ stdenv }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  makeFlags = [ "PREFIX=/" ⟦"-j16"⟧ ];
}
`,
      after: `{ stdenv }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  makeFlags = [ "PREFIX=/" ];
  enableParallelBuilding = true;
}
`,
    },
    {
      title: "Not a command: a comment, an argument in quotes, another attribute",
      before: `{ stdenv }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  preBuild = ''
    # plain make -j$(nproc) would do
    substituteInPlace build.sh --replace-fail 'exec make -j64 ' 'exec make '
  '';
  meta.description = "runs make -j64";
}
`,
    },
    {
      title: "A small number is a cap, and NIX_BUILD_CORES is right",
      before: `{ stdenv }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  makeFlags = [ "-j2" ];
  buildPhase = "make -j$NIX_BUILD_CORES";
}
`,
    },
  ],
  *checkPackage(pkg, { model }) {
    if (!pkg.argumentSet) return;
    for (const binding of pkg.argumentSet.bindings) {
      if (binding.kind !== "binding") continue;
      const [name] = binding.path;
      if (name?.kind !== "name" || binding.path.length !== 1) continue;
      if (PHASE.test(name.text)) for (const text of strings(binding.value)) yield* inPhase(pkg, model, text);
      if (FLAG_LISTS.has(name.text)) for (const list of lists(binding.value)) yield* inFlags(pkg, model, list);
    }
  },
};

/** The string literals that make up a phase: itself, or operands of `+`. */
function* strings(expr: Expr): Generator<StringExpr> {
  if (expr.kind === "string") yield expr;
  else if (expr.kind === "binary" && expr.operator === "+")
    for (const side of [expr.left, expr.right]) yield* strings(side);
}

function* lists(expr: Expr): Generator<ListExpr> {
  if (expr.kind === "list") yield expr;
  else if (expr.kind === "binary" && expr.operator === "++")
    for (const side of [expr.left, expr.right]) yield* lists(side);
}

/** Why so many jobs are too many; undefined if they are not, or nobody can tell. */
function tooMany(pkg: Package, model: Model, jobs: string): string | undefined {
  if (jobs === "") return "starts as many processes as make finds work for, whatever `cores` says";
  if (!/^\d+$/.test(jobs)) return "counts all threads of the machine, whatever `cores` says";
  const smallest = buildersOf(pkg, model).toSorted((a, b) => a.budget.threads - b.budget.threads)[0];
  if (!smallest || Number(jobs) <= smallest.budget.threads) return undefined;
  return `asks for ${jobs} threads, whatever \`cores\` says; machine ${smallest.budget.machine.provenance.text} has ${smallest.budget.threads} for builds`;
}

function* inPhase(pkg: Package, model: Model, text: StringExpr): Generator<Draft> {
  for (const part of text.parts) {
    if (part.kind !== "text") continue;
    const written = pkg.source.text.slice(part.start, part.end);
    // Only at the end of the phase does a line end without a newline; elsewhere Nix puts something there.
    const lines = part === text.parts.at(-1) ? `${written}\n` : written;
    for (const match of [...written.matchAll(JOBS), ...lines.matchAll(UNBOUNDED)]) {
      const [whole, command = "", count = ""] = match;
      if (!isCommand(pkg.source.text.slice(text.parts[0]?.start, part.start + match.index))) continue;
      const why = tooMany(pkg, model, count);
      if (!why) continue;
      const flag = /(-j ?|--jobs[= ]|--parallel[= ])$/.exec(command)?.[0] ?? "";
      const end = part.start + match.index + whole.length;
      const start = end - count.length;
      yield draft(pkg.source, { start: start - flag.length, end }, `\`${flag}${count}\` ${why}.`, {
        title: "Use $NIX_BUILD_CORES",
        range: { start, end },
        newText: "$NIX_BUILD_CORES",
      });
    }
  }
}

/** Whether a command can stand after this text of a phase: not in a comment of the shell, nor within its quotes. */
function isCommand(before: string): boolean {
  const line = before.slice(before.lastIndexOf("\n") + 1);
  const isQuoted = [/'/g, /"/g].some((quote) => (line.match(quote)?.length ?? 0) % 2 === 1);
  return !isQuoted && !/(^|\s)#/.test(line);
}

function* inFlags(pkg: Package, model: Model, list: ListExpr): Generator<Draft> {
  for (const [i, item] of list.items.entries()) {
    if (item.kind !== "string" || item.parts.length !== 1 || item.parts[0]?.kind !== "text") continue;
    const jobs = FLAG.exec(item.parts[0].text)?.[1];
    const why = jobs === undefined ? undefined : tooMany(pkg, model, jobs);
    if (!why) continue;
    const previous = list.items[i - 1];
    const removal = {
      title: "Remove it: Nix passes -j itself",
      range: { start: previous ? previous.end : list.start + 1, end: item.end },
      newText: "",
    };
    const found = draft(pkg.source, item, `\`${item.parts[0].text}\` ${why}.`, removal);
    yield buildsInParallel(pkg) ? found : { ...found, fixes: found.fixes?.map((fix) => inParallel(pkg, fix)) };
  }
}

/** make alone is serial by default: without the flag it would build on one thread. */
function buildsInParallel(pkg: Package): boolean {
  return pkg.builder !== "c" || /enableParallelBuilding|cmake|meson|ninja|qmake/.test(argumentText(pkg));
}

function inParallel(pkg: Package, fix: FixDraft): FixDraft {
  return {
    ...fix,
    title: "Set enableParallelBuilding = true instead",
    edits: both(fix.edits, setAttribute(pkg, ["enableParallelBuilding"], "true")),
  };
}

function draft(
  source: SourceFile,
  range: { readonly start: number; readonly end: number },
  message: string,
  fix: {
    readonly title: string;
    readonly range: { readonly start: number; readonly end: number };
    readonly newText: string;
  },
): Draft {
  const between = source.text.slice(fix.range.start, range.start);
  // A comment between the flags would go with them.
  const edits: FixDraft["edits"] =
    fix.newText === "" && /\S/.test(between)
      ? undefined
      : [{ file: source.path, range: fix.range, newText: fix.newText }];
  return {
    file: source.path,
    range: { start: range.start, end: range.end },
    message,
    fixes: [{ title: fix.title, applicability: "unsafe", preferred: true, rebuilds: true, edits }],
  };
}
