// What client and server say to each other beyond LSP. Plain data; the client imports nothing else of the server.

/** Server -> client: what the status item shows. Sent whenever it changes. */
export const STATUS = "nixBuildBudget/status";
/** Client -> server: the budget of every host of a root, as Markdown. */
export const BUDGET = "nixBuildBudget/budget";
/** Client -> server: the edit that declares a machine in nix-build-budget.json. */
export const DECLARE_MACHINE = "nixBuildBudget/declareMachine";
/** Client -> server: the page of a rule or setting, as Markdown. */
export const EXPLAIN = "nixBuildBudget/explain";

export interface RootStatus {
  /** The root folder, or the lone document. */
  readonly uri: string;
  /** Short, for a status bar: `8 threads, 16 GiB`; `machine unknown`. */
  readonly machine: string;
  /** One sentence a host: name, machine and where it was declared. */
  readonly hosts: readonly string[];
  readonly findings: number;
}
export interface StatusParams {
  readonly roots: readonly RootStatus[];
}
export interface BudgetParams {
  /** A document or folder of the root; without it, all roots. */
  readonly uri?: string;
}
export interface ExplainParams {
  readonly name: string;
}
export interface DeclareMachineParams {
  /** A document or folder of the root. */
  readonly uri: string;
}
/** What has to be written, and the file in which the user goes on. */
export interface DeclareMachineResult {
  readonly edit?: unknown;
  readonly uri: string;
}
export interface MarkdownResult {
  readonly markdown: string;
}

/** What a client tells of itself on `initialize`. Editors that say nothing get plain LSP. */
export interface InitializationOptions {
  /** Commands of the client (COMMANDS) that code actions and hovers may call. */
  readonly commands?: readonly string[];
  /** Settings for editors without `workspace/configuration`; as under `nixBuildBudget`. */
  readonly settings?: unknown;
}

/** Commands of the client; code actions call them where the client says it has them. */
export const COMMANDS = {
  /** Argument: a rule id or setting name. */
  explain: "nixBuildBudget.explain",
  /** Argument: a URI in the root. */
  showBudget: "nixBuildBudget.showBudget",
  /** Arguments: a document's URI and an LSP position in it; opens the quick fixes there. */
  showFixes: "nixBuildBudget.showFixes",
} as const;
