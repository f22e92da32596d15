// Machine - reserve = budget, with every step of the arithmetic as a sentence.
import { DEFAULT_COLD_FRACTION, DEFAULT_ZRAM_ALGORITHM, planningCapacity, zramRatio } from "./capacity.js";
import type { Budget, Machine, MemoryAccounting, Policy } from "./machine.js";
import { formatBytes, formatNumber, GIB } from "./size.js";

export interface BudgetOptions {
  readonly policy: Policy;
  readonly accounting: MemoryAccounting;
  /** Share of build memory that may be swapped out, 0 to below 1. */
  readonly coldFraction?: number;
}

/**
 * What builds may use of a machine. Always at least one thread and some memory, whatever is declared.
 * Default reserve: one core (2 threads with SMT, or where that is not told and the threads are even and at least 4; else 1), never all threads;
 * and 2 GiB, on machines below 4 GiB half of the memory.
 */
export function budgetOf(machine: Machine, options: BudgetOptions): Budget {
  const threads = threadBudget(machine, options.policy);
  const memory = memoryBudget(machine, options.accounting, options.coldFraction ?? DEFAULT_COLD_FRACTION);
  return {
    machine,
    policy: options.policy,
    accounting: options.accounting,
    ...threads.values,
    ...memory.values,
    arithmetic: [...threads.steps, ...memory.steps],
  };
}

function threadBudget(machine: Machine, policy: Policy) {
  const steps: string[] = [];
  const hardware = Math.max(1, Math.floor(machine.threads));
  // Nix rounds a CPU quota up as well when it resolves `cores = 0`.
  const quota = machine.cgroup?.threads === undefined ? hardware : Math.max(1, Math.ceil(machine.cgroup.threads));
  const total = Math.min(hardware, quota);
  if (total < hardware) {
    steps.push(
      `The control group allows ${count(machine.cgroup?.threads ?? total, "CPU")} of ${count(hardware, "hardware thread")}: ${count(total, "thread")}.`,
    );
  }
  const perCore = machine.threadsPerCore ?? (total >= 4 && total % 2 === 0 ? 2 : 1);
  const declared = machine.reserve?.threads;
  const reserve = Math.max(0, Math.min(Math.floor(declared ?? perCore), total - 1));
  const threads = total - reserve;
  steps.push(
    `${count(total, "hardware thread")} − ${reserve} reserved (${whyReserved(declared, reserve, perCore, machine.threadsPerCore === undefined)}) = ${count(threads, "thread")} for builds.`,
  );
  const bound = policy === "strict" ? threads : policy === "burst" ? 2 * threads : total;
  const meaning: Record<Policy, string> = {
    balanced: `all hardware threads: max-jobs × cores ≤ ${bound}`,
    strict: `the budget, for the reserve is a promise: max-jobs × cores ≤ ${bound}`,
    burst: `twice the budget, for builds are seldom parallel throughout: max-jobs × cores ≤ 2 × ${threads} = ${bound}, and cores ≤ ${threads}`,
  };
  steps.push(`Policy ${policy} allows ${meaning[policy]}.`);
  return { values: { totalThreads: total, threads, reserveThreads: reserve, threadBound: bound }, steps };
}

function whyReserved(declared: number | undefined, reserve: number, perCore: number, assumed: boolean): string {
  if (declared !== undefined)
    return reserve < declared ? `${declared} declared, but one thread must be left` : "declared";
  if (reserve === 0) return "one thread must be left for builds";
  if (reserve < perCore) return "less than one core, for one thread must be left for builds";
  return `one core${perCore > 1 ? ` of ${perCore} threads` : ""}${assumed && perCore > 1 ? ", SMT assumed" : ""}`;
}

function memoryBudget(machine: Machine, accounting: MemoryAccounting, coldFraction: number) {
  const steps: string[] = [];
  const limit = machine.cgroup?.memoryBytes;
  const ram = Math.max(1, Math.min(machine.memoryBytes, limit ?? Infinity));
  if (ram < machine.memoryBytes) {
    steps.push(`The control group allows ${formatBytes(ram)} of ${formatBytes(machine.memoryBytes)} memory.`);
  }
  const allowedSwap = machine.cgroup?.swapBytes ?? Infinity;
  const zram = Math.min(machine.zram?.sizeBytes ?? 0, allowedSwap);
  const swap = Math.min(machine.swapBytes ?? 0, allowedSwap - zram);
  const declared = machine.reserve?.memoryBytes;
  // A sixteenth is left at the least, so that no declaration makes a budget of nothing.
  const reserve = Math.max(0, Math.min(declared ?? Math.min(2 * GIB, ram / 2), ram * (15 / 16)));
  const hot = ram - reserve;
  const why =
    declared !== undefined
      ? reserve < declared
        ? "as much as can be of the declared"
        : "declared"
      : reserve < 2 * GIB
        ? "half of a small memory"
        : "default";
  steps.push(
    `${formatBytes(ram)} memory − ${formatBytes(reserve)} reserved (${why}) = ${formatBytes(hot)} that can be in use at once.`,
  );

  const ratio = machine.zram?.ratio ?? zramRatio(machine.zram?.algorithm);
  const nominal = hot + zram + swap;
  const planning = planningCapacity({ hot, zram, ratio, swap, coldFraction });
  if (zram > 0 || swap > 0) {
    steps.push(
      nominalStep(ram, zram, swap, reserve, nominal),
      planningStep({ hot, zram, ratio, swap, coldFraction }, planning, machine),
    );
  }
  const chosen = accounting === "nominal" ? nominal : planning;
  steps.push(`Memory accounting ${accounting}: ${formatBytes(chosen)} for builds.`);
  return {
    values: {
      reserveMemoryBytes: reserve,
      hotBytes: hot,
      nominalBytes: nominal,
      planningBytes: planning,
      memoryBytes: chosen,
    },
    steps,
  };
}

function nominalStep(ram: number, zram: number, swap: number, reserve: number, nominal: number): string {
  const terms = [
    formatBytes(ram),
    ...(zram > 0 ? [`${formatBytes(zram)} zram`] : []),
    ...(swap > 0 ? [`${formatBytes(swap)} disk swap`] : []),
  ];
  const caution = zram > 0 ? " (only if every page in zram compressed to nothing, for zram lives in memory)" : "";
  return `Nominal: ${terms.join(" + ")} − ${formatBytes(reserve)} = ${formatBytes(nominal)}${caution}.`;
}

function planningStep(layout: Parameters<typeof planningCapacity>[0], planning: number, machine: Machine): string {
  const { hot, zram, ratio, swap, coldFraction } = layout;
  const gib = (bytes: number) => formatNumber(bytes / GIB);
  const cold = `${formatNumber(coldFraction * 100)} % of build memory taken as cold`;
  if (zram === 0) {
    return `Planning: ${cold}, which disk swap can hold: min(${gib(hot)} + ${gib(swap)}, ${gib(hot)} / (1 − ${coldFraction})) = ${formatBytes(planning)}.`;
  }
  const gain = formatNumber(1 - 1 / ratio, 2);
  const told =
    machine.zram?.ratio === undefined ? `${machine.zram?.algorithm ?? DEFAULT_ZRAM_ALGORITHM}, assumed` : "declared";
  const full = `${gib(hot)} + ${gib(zram)} × ${gain} = ${gib(hot + zram * (1 - 1 / ratio))}`;
  const coldBound = `${gib(hot)} / (1 − ${coldFraction} × ${gain}) = ${gib(hot / (1 - coldFraction * (1 - 1 / ratio)))}`;
  const overflow =
    swap > 0 && planning > hot + zram * (1 - 1 / ratio) ? ", and what zram cannot hold goes to disk swap" : "";
  return `Planning: zram compresses ${formatNumber(ratio, 2)} to 1 (${told}), so each GiB in it frees ${gain} GiB; ${cold}: min(${full}, ${coldBound})${overflow} = ${formatBytes(planning)}.`;
}

function count(n: number, noun: string): string {
  return `${formatNumber(n)} ${noun}${n === 1 ? "" : "s"}`;
}
