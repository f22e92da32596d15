// max-jobs x cores as a host really gets them: defaults, words and quotas resolved to numbers of its machine.
import type { Budget } from "../../machine/machine.js";
import type { Definition, Host, OptionState } from "../../workspace/model.js";
import type { Related } from "../rule.js";
import { spot } from "./spot.js";
import { isNixOff } from "./wholeHost.js";

/** One of the two settings: how it is written, and the number that it comes to on this machine. */
export interface Count {
  readonly setting: "max-jobs" | "cores";
  /** `cores = 6`, `cores = 0 (all 8 threads)`, `cores (not set: all 8 threads)`. */
  readonly text: string;
  readonly value: number;
  /** True if the text names a number that is not 0: what a fix that wants the same number may leave alone. */
  readonly literal: boolean;
  /** Undefined where the default holds. */
  readonly definition: Definition | undefined;
}

export interface Parallelism {
  readonly jobs: Count;
  readonly cores: Count;
  /** Most build processes at once. */
  readonly product: number;
}

/** Undefined where one of the two is not known, or where Nix builds nothing here (`max-jobs = 0`, `nix.enable = false`). */
export function parallelismOf(host: Host, budget: Budget): Parallelism | undefined {
  if (isNixOff(host)) return undefined;
  const jobs = countOf(host, "max-jobs", budget);
  const cores = countOf(host, "cores", budget);
  if (!jobs || !cores || jobs.value === 0) return undefined;
  return { jobs, cores, product: jobs.value * cores.value };
}

/** What one of the two settings comes to; undefined where nobody can tell. */
export function countOf(host: Host, setting: Count["setting"], budget: Budget): Count | undefined {
  const state = host.setting(setting);
  if (state.state === "unset") {
    const all = setting === "cores" ? allCores(host, budget) : allThreads(budget);
    // `cores` is 0 unless somebody sets it, whichever module system it is; the default of `max-jobs` differs between them.
    const isSameEverywhere = setting === "cores" && (host.platform === "plain" || host.platform === "module");
    if (host.platform === "nixos" || host.platform === "darwin" || isSameEverywhere)
      return {
        setting,
        text: `${setting} (not set: ${all.text})`,
        value: all.value,
        literal: false,
        definition: undefined,
      };
    // A flake's nixConfig and home-manager leave it to the system, which is not in sight; nor is a module of unknown kind.
    if (host.platform !== "plain") return undefined;
    return { setting, text: `${setting} (not set: 1)`, value: 1, literal: false, definition: undefined };
  }
  const number = numberOf(state);
  if (state.state !== "known" || number === undefined) return undefined;
  const definition = strongest(state.definitions);
  if (number !== "auto" && (number > 0 || setting === "max-jobs"))
    return { setting, text: `${setting} = ${number}`, value: number, literal: true, definition };
  const all = number === "auto" ? allThreads(budget) : allCores(host, budget);
  const written = number === "auto" ? '"auto"' : "0";
  return { setting, text: `${setting} = ${written} (${all.text})`, value: all.value, literal: false, definition };
}

interface All {
  readonly value: number;
  readonly text: string;
}

function allThreads({ totalThreads }: Budget): All {
  return { value: totalThreads, text: totalThreads === 1 ? "1" : `all ${totalThreads} threads` };
}

/**
 * `cores = 0`: all threads, or those of the daemon's CPU quota, rounded up. `max-jobs = auto` ignores the quota.
 * Source: Nix src/libutil/current-process.cc, getMaxCPU.
 */
function allCores(host: Host, budget: Budget): All {
  const percent = cpuQuota(host);
  const threads = percent === undefined ? budget.totalThreads : Math.max(1, Math.ceil(percent / 100));
  if (threads >= budget.totalThreads) return allThreads(budget);
  return { value: threads, text: `${threads} of ${budget.totalThreads} threads, by CPUQuota` };
}

export const CPU_QUOTA: readonly string[] = ["systemd", "services", "nix-daemon", "serviceConfig", "CPUQuota"];

/** nix-daemon's CPUQuota in percent of one thread; undefined where there is none, or it is not known. */
export function cpuQuota(host: Host): number | undefined {
  const state = host.option(CPU_QUOTA);
  if (state.state !== "known" || state.value.kind !== "string") return undefined;
  const digits = /^\s*(\d+(?:\.\d+)?)%\s*$/.exec(state.value.value)?.[1];
  return digits === undefined || Number(digits) === 0 ? undefined : Number(digits);
}

function numberOf(state: OptionState): number | "auto" | undefined {
  if (state.state !== "known") return undefined;
  const { value } = state;
  if (value.kind === "string" && value.value === "auto") return "auto";
  // Text of nix.conf may be read as text; elsewhere a quoted number is for `quoted-number`.
  if (value.kind === "string" && state.definitions.every((d) => d.inText))
    return /^\d{1,9}$/.test(value.value) ? Number(value.value) : undefined;
  return value.kind === "int" && value.value >= 0n && value.value < 2n ** 31n ? Number(value.value) : undefined;
}

export function strongest(definitions: readonly [Definition, ...Definition[]]): Definition {
  return definitions.reduce((best, each) => (each.priority < best.priority ? each : best));
}

/** The other number's line, where it is written elsewhere. */
export function relatedLine({ definition, text }: Count): readonly Related[] {
  return definition ? [{ ...spot(definition), message: text }] : [];
}

/** `shoshin, machine "shoshin" of nix-build-budget.json: 8 threads, 2 reserved`. */
export function onMachine(host: Host, { machine, totalThreads, reserveThreads }: Budget): string {
  const name = host.kind === "host" ? `${host.name}, ` : "";
  return `${name}machine ${machine.provenance.text}: ${totalThreads} threads, ${reserveThreads} reserved`;
}
