// max-jobs and cores as a host really gets them, defaults and words resolved to numbers.
import type { Budget } from "../../machine/machine.js";
import type { Host, OptionState } from "../../workspace/model.js";

/** How many builds may run at once; undefined if it is not known. `auto` is all threads, unset the platform's default. */
export function jobsOf(host: Host, budget: Budget): number | undefined {
  const state = host.setting("max-jobs");
  if (state.state === "unset") return host.platform === "nixos" || host.platform === "darwin" ? budget.totalThreads : 1;
  const number = numberOf(state);
  return (
    number ??
    (state.state === "known" && state.value.kind === "string" && state.value.value === "auto"
      ? budget.totalThreads
      : undefined)
  );
}

/** Threads one build may use; undefined if it is not known. 0 and unset are all threads. */
export function coresOf(host: Host, budget: Budget): number | undefined {
  const state = host.setting("cores");
  if (state.state === "unset") return budget.totalThreads;
  const number = numberOf(state);
  return number === 0 ? budget.totalThreads : number;
}

/** A known, sensible count; as a number or as text that nix.conf would read as one. */
function numberOf(state: OptionState): number | undefined {
  if (state.state !== "known") return undefined;
  const { value } = state;
  if (value.kind === "int" && value.value >= 0n && value.value < 2n ** 31n) return Number(value.value);
  if (value.kind === "string" && /^\d{1,9}$/.test(value.value)) return Number(value.value);
  return undefined;
}
