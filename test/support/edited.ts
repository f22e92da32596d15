// A model of one file, and its text after edits: what tests of the edit helpers need.
import { applyEdits, type TextEdit } from "../../server/src/core/text/edit.js";
import type { Definition, Host, Model, Package } from "../../server/src/core/workspace/model.js";
import { analyse } from "./analysis.js";

export interface Opened {
  readonly text: string;
  readonly file: string;
  readonly model: Model;
  readonly host: Host;
  readonly pkg: Package | undefined;
  readonly definition: (path: string) => Definition;
}

export async function open(text: string, file = "module.nix"): Promise<Opened> {
  const { model } = await analyse({ files: new Map([[file, text]]), options: { rules: [] } });
  const host = model.hosts.find((each) => each.files.includes(file));
  const hostOf = (): Host => {
    if (!host) throw new Error(`no host for ${file}`);
    return host;
  };
  return {
    text,
    file,
    model,
    get host() {
      return hostOf();
    },
    pkg: model.packages.find((pkg) => pkg.file === file),
    definition(path) {
      const found = hostOf().definitions.find((each) => each.attrPath.join(".") === path);
      if (!found) throw new Error(`no definition of ${path} in ${text}`);
      return found;
    },
  };
}

export function edited({ text, file }: Opened, edits: readonly TextEdit[] | undefined): string | undefined {
  return (
    edits &&
    applyEdits(
      text,
      edits.filter((edit) => edit.file === file),
    )
  );
}
