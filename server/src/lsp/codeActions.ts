// Findings -> quick fixes, "ignore" actions, and all safe fixes of a file at once.
import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type Command,
  type Diagnostic,
} from "vscode-languageserver";
import type { Finding, Fix } from "../core/findings/finding.js";
import { ignoreInFile, ignoreOnLine } from "../core/findings/suppress.js";
import type { TextEdit } from "../core/text/edit.js";
import type { FilePath, TextRange } from "../core/text/range.js";
import type { EditSupport } from "./convert.js";
import { diagnosticOf, findingsShown } from "./diagnostics.js";
import { COMMANDS } from "./protocol.js";
import type { View } from "./workspaceState.js";

export const FIX_ALL = `${CodeActionKind.SourceFixAll}.nixBuildBudget`;

export interface CodeActionSupport extends EditSupport {
  /** Client commands that an action may call. */
  readonly commands: ReadonlySet<string>;
}

export function codeActions(
  view: View,
  file: FilePath,
  params: CodeActionParams,
  support: CodeActionSupport,
): CodeAction[] {
  const { only } = params.context;
  const wants = (kind: string) => !only || only.some((asked) => kind === asked || kind.startsWith(`${asked}.`));
  const here = findingsShown(view).filter((finding) => finding.file === file);
  const range = view.convert.offsets(file, params.range);
  const actions: CodeAction[] = [];
  if (wants(CodeActionKind.QuickFix)) {
    const touched = here.filter((finding) => touches(finding.range, range));
    for (const finding of touched) actions.push(...fixActions(finding, view, params, support));
    for (const finding of touched) actions.push(...otherActions(finding, view, params, support));
  }
  // Only where it is asked for by name, so that the light bulb does not offer it twice.
  if (only && wants(FIX_ALL)) {
    const edits = view.safeFixes(file);
    const edit = edits.length > 0 ? view.convert.workspaceEdit(edits, support) : undefined;
    if (edit) actions.push({ title: "Apply all safe fixes of Nix Build Budget", kind: FIX_ALL, edit });
  }
  return actions;
}

function fixActions(finding: Finding, view: View, params: CodeActionParams, support: CodeActionSupport): CodeAction[] {
  const diagnostic = diagnosticIn(params, finding, view);
  return finding.fixes.flatMap((fix) => {
    if (fix.applicability === "display-only") return [];
    const edit = view.convert.workspaceEdit(fix.edits, support);
    if (!edit) return [];
    return {
      title: titleOf(fix),
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      ...(fix.preferred && { isPreferred: true }),
      edit,
    };
  });
}

/** A fix after which packages are compiled anew says so. */
function titleOf({ title, rebuilds }: Fix): string {
  return rebuilds && !/rebuil/i.test(title) ? `${title} (rebuilds)` : title;
}

function otherActions(
  finding: Finding,
  view: View,
  params: CodeActionParams,
  support: CodeActionSupport,
): CodeAction[] {
  const diagnostics = [diagnosticIn(params, finding, view)];
  const text = view.snapshot.files.get(finding.file);
  const kind = CodeActionKind.QuickFix;
  const actions: CodeAction[] = [];
  const offer = (title: string, edits: readonly TextEdit[] | undefined) => {
    const edit = edits && view.convert.workspaceEdit(edits, support);
    if (edit) actions.push({ title, kind, diagnostics, edit });
  };
  if (text && "text" in text) {
    offer(`Ignore ${finding.rule} here`, ignoreOnLine(finding, text.text));
    offer(`Ignore ${finding.rule} in this file`, ignoreInFile(finding, text.text));
  }
  if (support.commands.has(COMMANDS.explain)) {
    const title = `Explain ${finding.rule}`;
    const command: Command = { title, command: COMMANDS.explain, arguments: [finding.rule] };
    actions.push({ title, kind, diagnostics, command });
  }
  return actions;
}

/** The editor's own copy of the diagnostic, so that it knows which squiggle the action is for. */
function diagnosticIn(params: CodeActionParams, finding: Finding, view: View): Diagnostic {
  const made = diagnosticOf(finding, view);
  const known = params.context.diagnostics.find(
    ({ code, range }) => code === made.code && JSON.stringify(range) === JSON.stringify(made.range),
  );
  return known ?? made;
}

function touches(a: TextRange, b: TextRange): boolean {
  return a.start <= b.end && b.start <= a.end;
}
