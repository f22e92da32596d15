// Scheduling keys of the daemon's unit that NixOS' own module sets as well.
import { code } from "../catalogue/cite.js";
import { replaceByOption } from "../edits/optionLists.js";
import type { Definition, Host } from "../workspace/model.js";
import type { Draft, Rule } from "./rule.js";
import { spot } from "./support/spot.js";

/** Key of the unit -> the option that sets it, its default, and what the option takes. Source: nixos/modules/services/system/nix-daemon.nix. */
const OPTION_OF_KEY: ReadonlyMap<
  string,
  { readonly option: string; readonly default: string; readonly takes: RegExp }
> = new Map([
  ["CPUSchedulingPolicy", { option: "daemonCPUSchedPolicy", default: "other", takes: /^(other|batch|idle)$/ }],
  ["IOSchedulingClass", { option: "daemonIOSchedClass", default: "best-effort", takes: /^(best-effort|idle)$/ }],
  ["IOSchedulingPriority", { option: "daemonIOSchedPriority", default: "4", takes: /^[0-7]$/ }],
]);

export const daemonSchedulingConflict: Rule = {
  id: "daemon-scheduling-conflict",
  title: "A key of the daemon's unit that has an option of its own",
  class: "misconfiguration",
  severity: "warning",
  confidence: 0.9,
  tier: "P1",
  docs: {
    what: "Finds `CPUSchedulingPolicy`, `IOSchedulingClass` and `IOSchedulingPriority` in the `serviceConfig` of nix-daemon.",
    why: "NixOS sets these keys from `nix.daemonCPUSchedPolicy`, `nix.daemonIOSchedClass` and `nix.daemonIOSchedPriority`. A second definition conflicts with them and the configuration does not evaluate; with mkDefault it loses without a word.",
    when: "NixOS, without mkForce.",
    risk: "None: the option writes the same key.",
    rollback: "Undo the edit.",
    evidence: [code("NixOS/nixpkgs", "nixos/modules/services/system/nix-daemon.nix")],
  },
  examples: [
    {
      title: "Use the option",
      machine: "none",
      before: `{
  nix.settings.max-jobs = 2;
  ⟦systemd.services.nix-daemon.serviceConfig.CPUSchedulingPolicy = "idle";⟧
}
`,
      after: `{
  nix.settings.max-jobs = 2;
  nix.daemonCPUSchedPolicy = "idle";
}
`,
    },
    {
      title: "Forced, and keys that the module leaves alone",
      machine: "none",
      before: `{ lib, ... }:
{
  systemd.services.nix-daemon.serviceConfig = {
    CPUSchedulingPolicy = lib.mkForce "batch";
    MemoryHigh = "12G";
  };
}
`,
    },
  ],
  *checkHost(host) {
    if (host.platform !== "nixos") return;
    for (const definition of host.definitions) {
      if (definition.attrPath.slice(0, 4).join(".") !== "systemd.services.nix-daemon.serviceConfig") continue;
      const key = definition.attrPath.length === 5 ? OPTION_OF_KEY.get(definition.attrPath[4] ?? "") : undefined;
      if (!key || definition.priority < 100) continue;
      const { value } = definition;
      const text = value.kind === "string" || value.kind === "int" ? String(value.value) : undefined;
      const option = host.option(["nix", key.option]);
      if (text === undefined || option.state !== "unset" || text === key.default) continue;
      yield finding(host, definition, key.option, key.takes.test(text) ? text : undefined);
    }
  },
};

function finding(host: Host, definition: Definition, option: string, text: string | undefined): Draft {
  const name = definition.attrPath.at(-1);
  const value = text !== undefined && /^\d$/.test(text) ? text : `"${text}"`;
  const loses = definition.priority > 100;
  return {
    ...spot(definition),
    message: loses
      ? `NixOS sets \`${name}\` itself, from \`nix.${option}\`, with a stronger priority: this line has no effect.`
      : `NixOS sets \`${name}\` itself, from \`nix.${option}\`: the two definitions conflict, and the configuration does not evaluate.`,
    fixes:
      text === undefined
        ? []
        : [
            {
              title: `Set nix.${option} instead`,
              applicability: "safe",
              preferred: true,
              edits: replaceByOption(host, definition, ["nix", option], value),
            },
          ],
  };
}
