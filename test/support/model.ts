// Models of small workspaces in tests, and their definitions in one readable line each.
import { DEFAULT_CONFIGURATION } from "../../server/src/core/machine/configuration.js";
import { type BuildModelInput, buildModel } from "../../server/src/core/workspace/buildModel.js";
import type { Host, Model, OptionState } from "../../server/src/core/workspace/model.js";
import { valueKey } from "../../server/src/core/workspace/registry.js";
import { loadParser } from "./analysis.js";
import { snapshotOf } from "./fixture.js";

export async function modelOf(
  files: string | ReadonlyMap<string, string>,
  more: Partial<BuildModelInput> = {},
): Promise<Model> {
  const parser = await loadParser();
  const base = {
    snapshot: snapshotOf(files),
    parser,
    configuration: DEFAULT_CONFIGURATION,
    machineFor: () => undefined,
  };
  return buildModel({ ...base, ...more });
}

export function hostNamed(model: Model, name: string): Host {
  const host = model.hosts.find((one) => one.name === name);
  if (host === undefined) throw new Error(`no host ${name} among ${model.hosts.map((one) => one.name).join(", ")}`);
  return host;
}

/** `value`, `unset`, or `? reason`. */
export function stateText(state: OptionState): string {
  if (state.state === "unset") return "unset";
  return state.state === "known" ? valueKey(state.value) : `? ${state.reason}`;
}

/** Each definition as `file path.in.file = value`, with what is special about it. */
export function definitionTexts(model: Model): string[] {
  return model.definitions.map((definition) => {
    const special = [
      definition.priority === 100 ? "" : ` @${definition.priority}`,
      definition.conditional ? " if" : "",
      definition.hosts.length > 0 ? ` for ${definition.hosts.join(", ")}` : " for nobody",
    ].join("");
    return `${definition.file} ${definition.pathInFile.join(".")} = ${valueKey(definition.value)}${special}`;
  });
}
