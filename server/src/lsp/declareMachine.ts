// The edit behind "Declare Machine": an entry in nix-build-budget.json for the host that has none.
import { CONFIGURATION_FILE } from "../core/machine/parseConfiguration.js";
import type { TextEdit } from "../core/text/edit.js";
import { findingsShown } from "./diagnostics.js";
import type { View } from "./workspaceState.js";

/** Empty where the file is there and every host has a machine already: then there is only the file to open. */
export function declareMachineEdits(view: View): readonly TextEdit[] {
  const unknown = findingsShown(view).find(({ rule }) => rule === "machine-unknown");
  const fix = unknown?.fixes[0];
  if (fix) return fix.edits;
  if (view.snapshot.files.has(CONFIGURATION_FILE)) return [];
  return [{ file: CONFIGURATION_FILE, range: { start: 0, end: 0 }, newText: '{\n  "machines": {\n  }\n}\n' }];
}
