// Values for an entry of `nix.buildMachines` that fit the machine which it names: what completion offers there.
import { budgetOfBuilder, coresOfBuilder } from "../../builds/remote.js";
import type { Host } from "../../workspace/model.js";
import type { RuleContext } from "../rule.js";
import type { FittingValue } from "./fittingValues.js";

/** None where the machine is not declared. `hosts` are those that read the entry. */
export function builderValues(
  path: readonly string[],
  hostName: string,
  hosts: readonly Host[],
  { model, configuration }: RuleContext,
): readonly FittingValue[] {
  const budget = path.includes("buildMachines") ? budgetOfBuilder(hostName, configuration) : undefined;
  if (budget === undefined) return [];
  const { threads, totalThreads, reserveThreads } = budget;
  switch (path.at(-1)) {
    case "maxJobs": {
      const own = coresOfBuilder(hostName, model, budget);
      const ofBudget = `${totalThreads} threads of ${hostName} − ${reserveThreads} reserved = ${threads} for builds`;
      const many = (cores: number, why: string): FittingValue => {
        const jobs = Math.max(1, Math.floor(threads / cores));
        return { text: String(jobs), arithmetic: [`${ofBudget}.`, `${threads} / ${cores} = ${jobs}: ${why}.`] };
      };
      if (own !== undefined) return [many(own, `its own configuration sets cores = ${own}`)];
      return [
        many(1, "many small builds of one core each"),
        many(Math.min(4, threads), `few builds of ${Math.min(4, threads)} cores each`),
      ];
    }
    case "speedFactor": {
      const [first, ...others] = new Set(hosts.flatMap(({ budget: own }) => (own ? [own.totalThreads] : [])));
      if (first === undefined || others.length > 0) return [];
      const factor = Math.max(1, Math.round(totalThreads / first));
      return [
        {
          text: String(factor),
          arithmetic: [
            `${totalThreads} threads of ${hostName} / ${first} of this machine ≈ ${factor}. Only the order among builders counts.`,
          ],
        },
      ];
    }
    default:
      return [];
  }
}
