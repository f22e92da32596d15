// Where a fact comes from. Facts without a source are not in the catalogue.

/** How a fact was established. `estimate` is ours, without a source; such numbers stay configurable. */
export type Grade = "source-code" | "tested" | "documentation" | "issue" | "estimate";

export interface Source {
  readonly grade: Grade;
  readonly text: string;
  readonly url?: string;
}
