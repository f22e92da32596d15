// What the text of a module file tells before it is parsed: most files of a host name nothing build-related, import plain paths
// or nothing, and bind only names that stand in their text. Such a file is parsed when an option is read that it names.
import type { SourceFile } from "../syntax/ast.js";
import type { FilePath } from "../text/range.js";
import { type ModuleSyntax, moduleSyntax, type Shape } from "./moduleSyntax.js";
import { isRelevant } from "./relevance.js";

/** Code that makes attribute names which are not in the text, takes them from elsewhere, or does more than define options. */
const BEYOND_TEXT =
  /\$\{[^}]*\}"?(?:\.[\w"'${}-]+)*\s*=(?!=)|\b(?:import|scopedImport|listToAttrs|genAttrs|mapAttrs'|foldl'?|foldr|foldAttrs|setAttrByPath|nameValuePair|recursiveUpdate|zipAttrs\w*|concatMapAttrs|fromJSON|fromTOML|readDir|disabledModules|freeformType|_class|_file|__functor|_module)\b/;
/** One list of plain paths, with comments between them. There is one way only to read a text, so that it takes linear time. */
const IMPORTS = /(?<![\w'.-])imports\s*=\s*\[((?:\s|#[^\n]*\n|\.\.?\/[\w./+-]+(?![\w./+-]))*)\]\s*;/;

/** The syntax of a module file by its text alone; undefined where the file must be parsed. */
export function textSyntax(path: FilePath, text: string, parse: () => SourceFile): ModuleSyntax | undefined {
  if (isRelevant(path, text) || BEYOND_TEXT.test(text)) return undefined;
  const imports = literalImports(text);
  if (imports === undefined) return undefined;
  let parsed: ModuleSyntax | undefined;
  const read = () => {
    parsed ??= moduleSyntax(parse());
    return parsed;
  };
  return {
    config: shapeInText(text, () => read().config),
    options: shapeInText(text, () => (read().hasOptions ? read().options : "absent")),
    get explicit() {
      return read().explicit;
    },
    get hasConfig() {
      return read().hasConfig;
    },
    hasOptions: /(?<![\w'-])options(?![\w'-])/.test(text),
    structural: false,
    imports,
    mayDefine: false,
  };
}

/** The paths that a file imports; undefined if the text does not tell. */
function literalImports(text: string): readonly string[] | undefined {
  const mentions = text.match(/(?<![\w'-])imports(?![\w'-])/g)?.length ?? 0;
  if (mentions === 0) return [];
  const list = mentions === 1 ? text.match(IMPORTS)?.[1] : undefined;
  return list?.replace(/#[^\n]*/g, "").match(/\S+/g) ?? (list === undefined ? undefined : []);
}

/** A shape whose names are looked up in the text first; `read` parses. */
function shapeInText(text: string, read: () => Shape | undefined | "absent"): Shape {
  const known = () => {
    const shape = read();
    return shape === "absent" ? undefined : shape;
  };
  return {
    has: (name) => text.includes(name) && read() !== "absent" && (known()?.has(name) ?? true),
    get names() {
      return known()?.names ?? [];
    },
    child: (name) => known()?.child(name),
    unread: {
      mayHave: (name) => text.includes(name),
      below: (name) =>
        shapeInText(text, () => {
          const shape = read();
          if (shape === undefined || shape === "absent") return shape;
          return shape.has(name) ? shape.child(name) : "absent";
        }),
      read,
    },
  };
}
