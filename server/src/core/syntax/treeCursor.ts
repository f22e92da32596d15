// A tree cursor whose state stays in the runtime's memory from step to step. web-tree-sitter's own copies it there and
// back at every step, which costs three times what the step does.
import type { Cursor } from "./grammar.js";

/** The address of a tree in the runtime's memory. */
type Address = number;
type OnTree = (tree: Address) => number;

/** Functions of web-tree-sitter's WebAssembly module, those that its own cursor calls. All work on one buffer. */
export class CursorRuntime {
  readonly rootNode: OnTree;
  readonly newCursor: OnTree;
  readonly deleteCursor: OnTree;
  readonly nodeTypeId: OnTree;
  readonly startIndex: OnTree;
  readonly endIndex: OnTree;
  readonly gotoFirstChild: OnTree;
  readonly gotoNextSibling: OnTree;
  readonly gotoParent: OnTree;

  /** `module`: what `Parser.init` was given, which web-tree-sitter makes its module. @throws Error if a function is missing. */
  constructor(module: Readonly<Record<string, unknown>>) {
    const exported = (name: string): OnTree => {
      const found = module[`_ts_tree_${name}_wasm`];
      if (typeof found !== "function") throw new Error(`web-tree-sitter has no function ts_tree_${name}_wasm`);
      return found as OnTree;
    };
    this.rootNode = exported("root_node");
    this.newCursor = exported("cursor_new");
    this.deleteCursor = exported("cursor_delete");
    this.nodeTypeId = exported("cursor_current_node_type_id");
    this.startIndex = exported("cursor_start_index");
    this.endIndex = exported("cursor_end_index");
    this.gotoFirstChild = exported("cursor_goto_first_child");
    this.gotoNextSibling = exported("cursor_goto_next_sibling");
    this.gotoParent = exported("cursor_goto_parent");
  }
}

/**
 * Calls `walk` with a cursor on the root of `tree`, which is one of web-tree-sitter's. Until it returns, nothing else may
 * use the runtime: the cursor lies in the buffer through which everything goes in and out.
 */
export function withCursor<T>(runtime: CursorRuntime, tree: object, walk: (cursor: Cursor) => T): T {
  const address = (tree as { readonly [0]: Address })[0];
  runtime.rootNode(address);
  runtime.newCursor(address);
  const result = walk(new TreeCursor(runtime, address));
  runtime.deleteCursor(address);
  return result;
}

class TreeCursor implements Cursor {
  constructor(
    readonly runtime: CursorRuntime,
    readonly tree: Address,
  ) {}

  get nodeTypeId(): number {
    return this.runtime.nodeTypeId(this.tree);
  }

  get startIndex(): number {
    return this.runtime.startIndex(this.tree);
  }

  get endIndex(): number {
    return this.runtime.endIndex(this.tree);
  }

  gotoFirstChild(): boolean {
    return this.runtime.gotoFirstChild(this.tree) === 1;
  }

  gotoNextSibling(): boolean {
    return this.runtime.gotoNextSibling(this.tree) === 1;
  }

  gotoParent(): boolean {
    return this.runtime.gotoParent(this.tree) === 1;
  }
}
