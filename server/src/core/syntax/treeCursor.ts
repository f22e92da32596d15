// A tree cursor whose state stays in the runtime's memory from step to step. web-tree-sitter's own copies it there and
// back at every step, which costs three times what the step does.
import type { Tree } from "web-tree-sitter";
import type { Cursor } from "./grammar.js";

/** The address of a tree in the runtime's memory. */
type Address = number;

/** The functions of web-tree-sitter's WebAssembly module that its own cursor calls too. All work on one buffer. */
export interface CursorRuntime {
  _ts_tree_root_node_wasm(tree: Address): void;
  _ts_tree_cursor_new_wasm(tree: Address): void;
  _ts_tree_cursor_delete_wasm(tree: Address): void;
  _ts_tree_cursor_current_node_type_id_wasm(tree: Address): number;
  _ts_tree_cursor_start_index_wasm(tree: Address): number;
  _ts_tree_cursor_end_index_wasm(tree: Address): number;
  _ts_tree_cursor_goto_first_child_wasm(tree: Address): number;
  _ts_tree_cursor_goto_next_sibling_wasm(tree: Address): number;
  _ts_tree_cursor_goto_parent_wasm(tree: Address): number;
}

/**
 * Calls `walk` with a cursor on the root of `tree`. Until it returns, nothing else may use the runtime: the cursor lies
 * in the buffer through which everything goes in and out.
 */
export function withCursor<T>(runtime: CursorRuntime, tree: Tree, walk: (cursor: Cursor) => T): T {
  const address = (tree as unknown as { readonly [0]: Address })[0];
  runtime._ts_tree_root_node_wasm(address);
  runtime._ts_tree_cursor_new_wasm(address);
  const result = walk(new TreeCursor(runtime, address));
  runtime._ts_tree_cursor_delete_wasm(address);
  return result;
}

class TreeCursor implements Cursor {
  constructor(
    readonly runtime: CursorRuntime,
    readonly tree: Address,
  ) {}

  get nodeTypeId(): number {
    return this.runtime._ts_tree_cursor_current_node_type_id_wasm(this.tree);
  }

  get startIndex(): number {
    return this.runtime._ts_tree_cursor_start_index_wasm(this.tree);
  }

  get endIndex(): number {
    return this.runtime._ts_tree_cursor_end_index_wasm(this.tree);
  }

  gotoFirstChild(): boolean {
    return this.runtime._ts_tree_cursor_goto_first_child_wasm(this.tree) === 1;
  }

  gotoNextSibling(): boolean {
    return this.runtime._ts_tree_cursor_goto_next_sibling_wasm(this.tree) === 1;
  }

  gotoParent(): boolean {
    return this.runtime._ts_tree_cursor_goto_parent_wasm(this.tree) === 1;
  }
}
