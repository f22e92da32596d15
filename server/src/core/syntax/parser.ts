// Text -> SourceFile: the way into `syntax/`, and the only file that knows web-tree-sitter.
import { Language, Parser, type Tree } from "web-tree-sitter";
import { LineIndex } from "../text/lineIndex.js";
import type { FilePath } from "../text/range.js";
import type { SourceFile, SyntaxProblem } from "./ast.js";
import { commentsOf } from "./comments.js";
import { KindTable } from "./grammar.js";
import { lower } from "./lower.js";
import { repairGrammarGaps, repairLineEnds } from "./repair.js";

/** The two WebAssembly modules; the host reads or fetches them, since the core has no I/O. */
export interface ParserModules {
  /** `web-tree-sitter.wasm`; left out, web-tree-sitter looks for it beside its own script. */
  readonly runtime?: Uint8Array;
  /** `tree-sitter-nix.wasm`. */
  readonly grammar: Uint8Array;
}

let runtimeReady: Promise<void> | undefined;

export class NixParser {
  readonly #parser: Parser;
  readonly #kinds: KindTable;

  private constructor(language: Language) {
    this.#parser = new Parser();
    this.#parser.setLanguage(language);
    this.#kinds = new KindTable(language.types, (id) => language.nodeTypeIsNamed(id));
  }

  /** The runtime is loaded once a process; later calls may leave it out. */
  static async load(modules: ParserModules): Promise<NixParser> {
    const { runtime, grammar } = modules;
    runtimeReady ??= Parser.init(runtime ? { wasmBinary: runtime } : undefined);
    await runtimeReady;
    return new NixParser(await Language.load(grammar));
  }

  parse(path: FilePath, text: string, _previous?: SourceFile): SourceFile {
    let readable = repairLineEnds(text);
    let tree = this.#tree(readable);
    let pipes: ReadonlyMap<number, "|>" | "<|"> = new Map();
    if (tree.rootNode.hasError) {
      const repaired = repairGrammarGaps(readable);
      if (repaired) {
        ({ text: readable, pipes } = repaired);
        tree.delete();
        tree = this.#tree(readable);
      }
    }
    const problems: SyntaxProblem[] = [];
    const cursor = tree.walk();
    const root = lower({ text, cursor, kinds: this.#kinds, pipes });
    cursor.delete();
    if (tree.rootNode.hasError) problems.push({ start: 0, end: 0, message: "syntax error" });
    tree.delete();
    return { path, text, lines: new LineIndex(text), root, comments: commentsOf(text), problems };
  }

  #tree(text: string, previous?: Tree): Tree {
    const tree = this.#parser.parse(text, previous);
    if (!tree) throw new Error("the grammar is not loaded");
    return tree;
  }
}
