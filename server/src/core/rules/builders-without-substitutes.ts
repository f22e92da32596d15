// Remote builders that get every dependency from this machine.
import { setOption } from "../edits/options.js";
import { code, manual } from "../catalogue/cite.js";
import type { Definition, Host } from "../workspace/model.js";
import type { Rule } from "./rule.js";
import { strongest } from "./support/parallelism.js";
import { isTrue } from "./support/sizes.js";
import { spot } from "./support/spot.js";
import { isNixOff } from "./support/wholeHost.js";

export const buildersWithoutSubstitutes: Rule = {
  id: "builders-without-substitutes",
  title: "Remote builders fetch everything through this machine",
  class: "missed-optimization",
  severity: "information",
  confidence: 0.9,
  tier: "P1",
  docs: {
    what: "Finds remote builders (`nix.buildMachines`, `builders`) without `builders-use-substitutes`.",
    why: "By default this machine downloads each dependency and uploads it to the builder. With the setting the builder asks the binary caches itself, mostly over a better line.",
    when: "Builders that reach the caches, which is nearly all of them.",
    risk: "None, unless a builder has no way to the internet: then it waits for the caches first.",
    rollback: "Remove the line.",
    evidence: [
      manual("builders-use-substitutes"),
      code("nix-community/srvos", "nixos/common/nix.nix"),
      code("NixOS/infra", "builders/common/nix.nix"),
    ],
  },
  examples: [
    {
      title: "A builder",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix.distributedBuilds = true;
  ⟦nix.buildMachines⟧ = [
    { hostName = "builder"; system = "x86_64-linux"; maxJobs = 4; supportedFeatures = [ "big-parallel" ]; }
  ];
  nix.settings.cores = 6;
}
`,
      after: `{
  boot.tmp.cleanOnBoot = true;
  nix.distributedBuilds = true;
  nix.buildMachines = [
    { hostName = "builder"; system = "x86_64-linux"; maxJobs = 4; supportedFeatures = [ "big-parallel" ]; }
  ];
  nix.settings.cores = 6;
  nix.settings.builders-use-substitutes = true;
}
`,
    },
    {
      title: "No builders",
      machine: "none",
      before: "{ boot.tmp.cleanOnBoot = true; nix.distributedBuilds = true; nix.settings.cores = 6; }\n",
    },
    {
      title: "Nix left to somebody else",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix = { enable = false; distributedBuilds = true; buildMachines = [ { hostName = "builder"; system = "x86_64-linux"; } ]; };
}
`,
    },
  ],
  *checkHost(host) {
    if ((host.platform !== "nixos" && host.platform !== "darwin") || isNixOff(host)) return;
    // nix-darwin's module for its virtual machine sets it itself.
    if (isTrue(host.option(["nix", "linux-builder", "enable"]))) return;
    if (host.setting("builders-use-substitutes").state !== "unset") return;
    const definition = builders(host);
    if (!definition) return;
    yield {
      ...spot(definition),
      message:
        "These builders get every dependency uploaded from this machine: `builders-use-substitutes` is off by default. With it they ask the binary caches themselves.",
      fixes: [
        {
          title: "Set builders-use-substitutes = true",
          applicability: "safe",
          preferred: true,
          edits: setOption(host, ["nix", "settings", "builders-use-substitutes"], "true", definition),
        },
      ],
    };
  },
};

/** Where builders are named for certain. */
function builders(host: Host): Definition | undefined {
  const machines = host.option(["nix", "buildMachines"]);
  if (machines.state === "known" && machines.value.kind === "list" && machines.value.items.length > 0)
    return strongest(machines.definitions);
  const setting = host.setting("builders");
  const named = setting.state === "known" && setting.value.kind === "string" && /\S/.test(setting.value.value);
  return named ? strongest(setting.definitions) : undefined;
}
