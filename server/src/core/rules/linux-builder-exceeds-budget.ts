// The Linux virtual machine of a Mac that takes more than the Mac has for builds.
import { code } from "../catalogue/cite.js";
import { setOption } from "../edits/options.js";
import { formatBytes } from "../machine/size.js";
import type { Definition } from "../workspace/model.js";
import type { Draft, Rule } from "./rule.js";
import { onMachine, strongest } from "./support/parallelism.js";
import { integerOf, isTrue } from "./support/sizes.js";
import { spot } from "./support/spot.js";

const VIRTUAL = ["nix", "linux-builder", "config", "virtualisation"];
const MEMORY = [
  [...VIRTUAL, "darwin-builder", "memorySize"],
  [...VIRTUAL, "memorySize"],
];
const MIB = 2 ** 20;

export const linuxBuilderExceedsBudget: Rule = {
  id: "linux-builder-exceeds-budget",
  title: "The Linux builder takes more than this Mac has for builds",
  class: "exceeds-budget",
  severity: "warning",
  confidence: 0.7,
  tier: "P1",
  docs: {
    what: "Compares `virtualisation.cores` and `memorySize` of `nix.linux-builder.config` with the Mac's threads and memory less the reserve.",
    why: "The virtual machine runs beside macOS and keeps the memory that it has touched. More than can be spared makes the Mac swap, and its own builds with it.",
    when: "nix-darwin with `nix.linux-builder`, on a Mac that is declared in nix-build-budget.json.",
    risk: "Linux builds take longer. The builder is restarted.",
    rollback: "Restore the number.",
    evidence: [
      code("nix-darwin/nix-darwin", "modules/nix/linux-builder.nix"),
      code("NixOS/nixpkgs", "nixos/modules/profiles/nix-builder-vm.nix", "memory in MiB, 1 core and 3 GiB by default"),
    ],
  },
  examples: [
    {
      title: "All cores and half as much memory again",
      machine: "threads=8,memory=16GiB",
      before: `{
  nix.linux-builder = {
    enable = true;
    config.virtualisation = {
      cores = 4;
      ⟦darwin-builder.memorySize = 24576;⟧
    };
  };
}
`,
      after: `{
  nix.linux-builder = {
    enable = true;
    config.virtualisation = {
      cores = 4;
      darwin-builder.memorySize = 14336;
    };
  };
}
`,
    },
    {
      title: "Within the budget",
      before:
        "{ nix.linux-builder = { enable = true; config.virtualisation = { cores = 6; darwin-builder.memorySize = 8192; }; }; }\n",
    },
  ],
  *checkHost(host) {
    const { budget } = host;
    if (!budget || !isTrue(host.option(["nix", "linux-builder", "enable"]))) return;
    const draft = (definition: Definition, path: readonly string[], message: string, most: number): Draft => ({
      ...spot(definition),
      message: `${message} (${onMachine(host, budget)}).`,
      fixes: [
        {
          title: `Set ${path.at(-1)} = ${most}`,
          applicability: "safe",
          preferred: true,
          edits: setOption(host, path, String(most), definition),
        },
      ],
    });
    const path = [...VIRTUAL, "cores"];
    const cores = host.option(path);
    const count = integerOf(cores);
    if (cores.state === "known" && count !== undefined && count > budget.threads)
      yield draft(
        strongest(cores.definitions),
        path,
        `The Linux builder has ${count} cores; ${budget.threads} threads are there for builds`,
        budget.threads,
      );
    for (const option of MEMORY) {
      const memory = host.option(option);
      const size = integerOf(memory);
      if (memory.state !== "known" || size === undefined || size * MIB <= budget.hotBytes) continue;
      yield draft(
        strongest(memory.definitions),
        option,
        `The Linux builder takes up to ${formatBytes(size * MIB)}; ${formatBytes(budget.hotBytes)} are there for builds`,
        Math.floor(budget.hotBytes / MIB),
      );
    }
  },
};
