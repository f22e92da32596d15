// A line over each package for which there is advice: how much company it bears, its peak, and how many fixes wait.
import type { CodeLens, Command } from "vscode-languageserver";
import { peakText } from "../core/builds/matrix.js";
import type { AdvisedRow } from "../core/findings/packageAdvice.js";
import type { FilePath } from "../core/text/range.js";
import { count } from "../report/report.js";
import { packageRows } from "./packageHover.js";
import { COMMANDS } from "./protocol.js";
import type { View } from "./workspaceState.js";

export interface CodeLensSupport {
  /** Client commands that a lens may call. */
  readonly commands: ReadonlySet<string>;
}

export function codeLenses(view: View, file: FilePath, support: CodeLensSupport): CodeLens[] {
  if (!view.settings["codeLens.enabled"]) return [];
  return packageRows(view)
    .filter((row) => row.package.file === file && row.advice.length > 0)
    .map((row) => ({
      range: view.convert.range(file, row.package.range),
      command: commandOf(row, view, file, support),
    }));
}

/** Shows the quick fixes of the first advice; its explanation where no fix can be had. Without such commands the title alone. */
function commandOf(row: AdvisedRow, view: View, file: FilePath, { commands }: CodeLensSupport): Command {
  const title = titleOf(row);
  const fixable = row.advice.find(({ fixes }) => fixes.some(({ applicability }) => applicability !== "display-only"));
  if (fixable && commands.has(COMMANDS.showFixes)) {
    const position = view.convert.range(file, fixable.range).start;
    return { title, command: COMMANDS.showFixes, arguments: [view.uriOf(file), position] };
  }
  const [first] = row.advice;
  if (first && commands.has(COMMANDS.explain)) return { title, command: COMMANDS.explain, arguments: [first.rule] };
  return { title, command: "" };
}

/** `codex: solo · 6–9 GiB · 2 fixes` */
function titleOf({ package: pkg, tiers, peak, advice }: AdvisedRow): string {
  const fixes = advice.filter((finding) => finding.fixes.length > 0).length;
  const waiting = fixes > 0 ? count(fixes, "fix", "fixes") : count(advice.length, "finding");
  return `${pkg.name}: ${[...(tiers[0] ? [tiers[0].tier] : []), peakText(peak), waiting].join(" · ")}`;
}
