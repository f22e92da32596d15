// One row for each package that the workspace builds from source: what it takes, and how much company it bears on its hosts.
import type { Configuration } from "../machine/configuration.js";
import { formatNumber, GIB } from "../machine/size.js";
import type { Host, Model, Package } from "../workspace/model.js";
import { builtOnce, buildsPackage, planOfHost } from "./hostPlan.js";
import type { Peak } from "./oom.js";
import { type ParallelBehaviour, parallelBehaviour } from "./parallelBehaviour.js";
import { type PackageEstimate, packageEstimate, peakWith } from "./peaks.js";
import { type MemoryTier, memoryTier } from "./tiers.js";

/** What a package is to one host whose machine is known. */
export interface HostTier {
  readonly host: string;
  readonly tier: MemoryTier;
  /** `cores` of the host's plan, by which the peak is reckoned. */
  readonly cores: number;
  readonly capacityBytes: number;
}

export interface PackageRow {
  readonly package: Package;
  /** The package itself and the overrides in one chain with it. */
  readonly layers: readonly Package[];
  readonly estimate: PackageEstimate;
  readonly parallel: ParallelBehaviour;
  /** Bytes, with `cores` processes: those of the tightest host's plan, one where no machine is known. */
  readonly peak: Peak;
  readonly cores: number;
  /** Names of all hosts that build it. */
  readonly hosts: readonly string[];
  /** Those of a known machine, the tightest first. */
  readonly tiers: readonly HostTier[];
}

const COMPANY: readonly MemoryTier[] = ["solo", "pair", "free"];

/** Heaviest first, then by name. */
export function packageMatrix(model: Model, configuration: Configuration): readonly PackageRow[] {
  const planned = new Map<Host, number>();
  const coresOn = (host: Host): number | undefined => {
    if (!host.budget) return undefined;
    const cores = planned.get(host) ?? planOfHost(host, host.budget, { model, configuration }).split.cores;
    planned.set(host, cores);
    return cores;
  };
  return builtOnce(model.packages)
    .map((layers) => rowOf(layers, model, configuration, coresOn))
    .sort((a, b) => b.peak.p95 - a.peak.p95 || (a.package.name < b.package.name ? -1 : 1));
}

function rowOf(
  layers: readonly [Package, ...Package[]],
  model: Model,
  configuration: Configuration,
  coresOn: (host: Host) => number | undefined,
): PackageRow {
  const [pkg] = layers;
  const estimate = packageEstimate(pkg, configuration);
  const hosts = model.hosts.filter((host) => buildsPackage(host, pkg));
  const tiers = hosts
    .flatMap((host): HostTier[] => {
      const cores = coresOn(host);
      if (!host.budget || cores === undefined) return [];
      const capacityBytes = host.budget.memoryBytes;
      const tier = estimate.alone ? "solo" : memoryTier(peakWith(estimate, cores), capacityBytes);
      return [{ host: host.name, tier, cores, capacityBytes }];
    })
    .sort((a, b) => COMPANY.indexOf(a.tier) - COMPANY.indexOf(b.tier) || a.capacityBytes - b.capacityBytes);
  const cores = tiers[0]?.cores ?? 1;
  return {
    package: pkg,
    layers,
    estimate,
    parallel: parallelBehaviour(pkg, estimate),
    peak: peakWith(estimate, cores),
    cores,
    hosts: [...new Set(hosts.map(({ name }) => name))],
    tiers: tiers.filter(({ host }, i) => tiers.findIndex((other) => other.host === host) === i),
  };
}

/** `6–9 GiB`: median and 95th percentile. */
export function peakText({ median, p95 }: Peak): string {
  const [low, high] = [median, p95].map((bytes) => formatNumber(bytes / GIB, bytes < GIB / 10 ? 2 : 1));
  return low === high ? `${low} GiB` : `${low}–${high} GiB`;
}
