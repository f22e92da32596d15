// `builders = @file`: where the file lies in the workspace, its lines count as those of /etc/nix/machines do.
import type { FileAccess } from "../../evaluate/evaluator.js";
import type { Value } from "../../evaluate/value.js";
import type { FilePath } from "../../text/range.js";
import type { Sighting } from "../modules/collect.js";
import { folderOf, joinPath } from "../paths.js";

/** The sighting of `builders` or of a machines file, with the lines that it stands for. */
export function withMachines(sighting: Sighting, access: FileAccess): Sighting {
  const { attrPath, value, file, inText } = sighting;
  const isSource = attrPath.join("\0") === "environment\0etc\0nix/machines\0source";
  if (attrPath.at(-1) !== "builders" && !isSource) return sighting;
  const read = (path: FilePath | undefined): string | undefined => {
    const text = path === undefined ? undefined : access.text(path);
    return typeof text === "string" ? text : undefined;
  };
  const isFile = inText?.carrier[0] === "nix.conf";
  const machines = isSource
    ? read(fileOf(value))
    : value.kind === "string"
      ? value.value.replace(
          /@(\S+)/g,
          (whole, path: string) => (isFile ? lines(read(besideConf(file, path))) : undefined) ?? whole,
        )
      : joined(value, read);
  return machines === undefined || (value.kind === "string" && value.value === machines)
    ? sighting
    : { ...sighting, machines };
}

function fileOf(value: Value): FilePath | undefined {
  if (value.kind === "path") return value.inside ? value.path : undefined;
  return value.kind === "unknown" ? value.path : undefined;
}

/** Text with interpolations: each must be the path of a file behind an `@`. */
function joined(value: Value, read: (path: FilePath) => string | undefined): string | undefined {
  if (value.kind !== "unknown" || value.parts === undefined) return undefined;
  let text = "";
  let i = 0;
  while (i < value.parts.length) {
    const part = value.parts[i];
    const folder = value.files?.[i];
    i++;
    if (part !== undefined) {
      text += part;
      continue;
    }
    // `@${self}/machines`: the rest of the path stands in the next part.
    const rest = /^[^\s;]*/.exec(value.parts[i] ?? "")?.[0] ?? "";
    const path = folder === undefined ? undefined : joinPath(folder, rest.slice(rest.startsWith("/") ? 1 : 0));
    const content = text.endsWith("@") && path !== undefined ? lines(read(path)) : undefined;
    if (content === undefined) return undefined;
    text = text.slice(0, -1) + content + (value.parts[i] ?? "").slice(rest.length);
    i++;
  }
  return text;
}

function lines(text: string | undefined): string | undefined {
  return text === undefined ? undefined : `\n${text}\n`;
}

/** A file named in a nix.conf of the workspace: beside it, or, for a copy of /etc/nix, what lies in that folder. */
function besideConf(conf: FilePath, path: string): FilePath | undefined {
  const folder = folderOf(conf);
  if (!path.startsWith("/")) return joinPath(folder, path);
  const isCopy = folder === "etc/nix" || folder.endsWith("/etc/nix");
  return isCopy && path.startsWith("/etc/nix/") ? joinPath(folder, path.slice("/etc/nix/".length)) : undefined;
}
