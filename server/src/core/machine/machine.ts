// Hardware facts and the budget made of them: plain data. Detection lives in `host/`, declarations in `configuration.ts`.

/** One machine. Memory in bytes. Undefined = not known (not zero). */
export interface Machine {
  /** Hardware threads a process may use (logical CPUs). */
  readonly threads: number;
  /** 2 with SMT, else 1. */
  readonly threadsPerCore?: number;
  /** MemTotal. */
  readonly memoryBytes: number;
  readonly zram?: { readonly sizeBytes: number; readonly algorithm?: string; readonly ratio?: number };
  /** Disk swap. */
  readonly swapBytes?: number;
  /** Limits of the control group that builds run in. */
  readonly cgroup?: {
    readonly memoryBytes?: number;
    /** Swap the group may use; undefined = all there is. */
    readonly swapBytes?: number;
    /** CPU quota; may be a fraction. */
    readonly threads?: number;
  };
  readonly networkBitsPerSecond?: number;
  /** Processor family as GCC and rustc name it (`skylake`). */
  readonly architecture?: string;
  readonly cudaCapabilities?: readonly string[];
  readonly nixVersion?: string;
  readonly reserve?: { readonly threads?: number; readonly memoryBytes?: number };
  readonly provenance: MachineProvenance;
}
export interface MachineProvenance {
  readonly kind: "declared" | "facter" | "local" | "option";
  /** Ends the sentence "machine …": `"shoshin" of nix-build-budget.json`, `this computer`, `--machine`. */
  readonly text: string;
}

export type Policy = "balanced" | "strict" | "burst";
export type MemoryAccounting = "planning" | "nominal";
export type ConfidenceProfile = "reviewed" | "founding";

/** What builds may use of a machine. */
export interface Budget {
  readonly machine: Machine;
  readonly policy: Policy;
  readonly accounting: MemoryAccounting;
  /** T, hardware threads. */
  readonly totalThreads: number;
  /** B = T - reserve. */
  readonly threads: number;
  readonly reserveThreads: number;
  readonly reserveMemoryBytes: number;
  /** Highest max-jobs x cores that the policy bears. */
  readonly threadBound: number;
  /** R - S: what can be hot at once. */
  readonly hotBytes: number;
  /** R + Z + D - S: counts zram and disk swap as memory, as the founding document does. */
  readonly nominalBytes: number;
  /** C of the planning formula. */
  readonly planningBytes: number;
  /** The one of the two that `accounting` selects. */
  readonly memoryBytes: number;
  /** Each step of the arithmetic, one sentence a line. */
  readonly arithmetic: readonly string[];
}
