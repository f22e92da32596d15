// `lib.evalModules`: a module system of the workspace's own, in which nobody else declares or defines anything.
import type { Evaluator, FileAccess } from "../../evaluate/evaluator.js";
import type { Thunk, Value } from "../../evaluate/value.js";
import { optionAlias } from "./optionAlias.js";
import { evaluateModules } from "./moduleSystem.js";

/** What it gives; undefined where its modules or their arguments are not known. `asker`: who hangs on the modules' files. */
export function ownModules(
  argument: Value,
  asker: string | undefined,
  evaluator: Evaluator,
  access: FileAccess,
): Value | undefined {
  const given = (name: string) => (argument.kind === "attrs" ? argument.entries.get(name)?.thunk.force() : undefined);
  const modules = given("modules");
  const specialArgs: Value = given("specialArgs") ?? { kind: "attrs", entries: new Map() };
  if (modules?.kind !== "list" || modules.openTail !== undefined) return undefined;
  if (specialArgs.kind !== "attrs" || specialArgs.open !== undefined) return undefined;
  if (modules.items.some((item) => isUnknown(item.force()))) return undefined;
  const writtenIn = evaluator.file ?? "";
  const config = evaluator.lazy(() =>
    evaluateModules({
      evaluator,
      access,
      owner: asker,
      roots: modules.items,
      writtenIn,
      args: new Map([...specialArgs.entries].map(([name, { thunk }]): [string, Thunk] => [name, thunk])),
      own: true,
    }).config.force(),
  );
  return evaluator.attrs([["config", config]], "what else lib.evalModules gives");
}

/** What may be any module, so that nothing can be told of the options. */
function isUnknown(module: Value): boolean {
  return module.kind === "unknown" && optionAlias(module) === undefined;
}
