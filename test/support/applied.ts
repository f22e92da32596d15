// One rule's preferred fixes carried out one after the other, as a user does who takes each.
import type { Analysis } from "../../server/src/core/analyze.js";
import type { Value } from "../../server/src/core/evaluate/value.js";
import type { Finding, Fix } from "../../server/src/core/findings/finding.js";
import { preferredFix } from "../../server/src/core/findings/run.js";
import { DEFAULT_CONFIGURATION } from "../../server/src/core/machine/configuration.js";
import { applyEdits } from "../../server/src/core/text/edit.js";
import { analyse, describeFinding } from "./analysis.js";
import type { Data } from "./optionStyles.js";

export interface Workspace {
  readonly files: ReadonlyMap<string, string>;
  readonly machine: string;
}

export interface Settled {
  readonly files: ReadonlyMap<string, string>;
  readonly analysis: Analysis;
  /** How many findings of the rule there were, and fixes that were taken. */
  readonly spoke: number;
  readonly taken: readonly string[];
  /** What went wrong on the way. */
  readonly problems: readonly string[];
}

const MOST = 12;

export async function settle({ files: original, machine }: Workspace, rule: string): Promise<Settled> {
  const configuration = { ...DEFAULT_CONFIGURATION, minimumConfidence: 0.3 };
  const analysed = (files: ReadonlyMap<string, string>) => analyse({ files, machine, options: { configuration } });
  let files = original;
  let analysis = await analysed(files);
  const spoke = analysis.findings.filter((finding) => finding.rule === rule).length;
  const taken: string[] = [];
  const problems: string[] = [];
  for (;;) {
    const [next] = analysis.findings.flatMap((finding) => {
      const fix = finding.rule === rule ? preferredFix(finding, true) : undefined;
      return fix ? [{ finding, fix }] : [];
    });
    if (!next) break;
    if (taken.length === MOST) {
      problems.push("a second run changes the text again and again");
      break;
    }
    const after = withFix(files, next.fix);
    const later = await analysed(after);
    taken.push(next.fix.title);
    // Once the machine is declared, rules may speak that could not before.
    if (after.get("nix-build-budget.json") === files.get("nix-build-budget.json"))
      problems.push(...newFindings(next.finding, analysis.findings, later.findings, after));
    [files, analysis] = [after, later];
    if (problems.length > 0) break;
  }
  return { files, analysis, spoke, taken, problems };
}

function withFix(files: ReadonlyMap<string, string>, fix: Fix): Map<string, string> {
  const after = new Map(files);
  for (const file of new Set(fix.edits.map((edit) => edit.file))) {
    const own = fix.edits.filter((edit) => edit.file === file);
    after.set(file, applyEdits(files.get(file) ?? "", own));
  }
  return after;
}

/** Rules that speak more often than before; the fixed one must speak less often. */
function newFindings(
  fixed: Finding,
  before: readonly Finding[],
  after: readonly Finding[],
  files: ReadonlyMap<string, string>,
): string[] {
  const count = (all: readonly Finding[], rule: string): number => all.filter((each) => each.rule === rule).length;
  return [...new Set(after.map(({ rule }) => rule))]
    .filter((rule) => count(after, rule) > count(before, rule) - (rule === fixed.rule ? 1 : 0))
    .map((rule) => {
      const shown = after.filter((each) => each.rule === rule).map((each) => describeFinding(each, files));
      return `${rule === fixed.rule ? "not settled" : "new"}: ${shown.join("; ")}`;
    });
}

/** A value as plain data, undefined where any part of it is not. */
export function dataOf(value: Value): Data | undefined {
  switch (value.kind) {
    case "null":
      return null;
    case "int":
      return Number(value.value);
    case "bool":
    case "float":
    case "string":
      return value.value;
    case "list": {
      const items = value.items.map((item) => dataOf(item.force()));
      return value.openTail === undefined && items.every((item) => item !== undefined) ? items : undefined;
    }
    case "attrs": {
      const entries = [...value.entries].map(([name, { thunk }]) => [name, dataOf(thunk.force())] as const);
      if (value.open !== undefined || entries.some(([, each]) => each === undefined)) return undefined;
      return Object.fromEntries(entries) as { readonly [name: string]: Data };
    }
    default:
      return undefined;
  }
}
