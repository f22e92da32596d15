// Options that a module system has taken out: defining them stops the evaluation.
import { code } from "../catalogue/cite.js";
import { findOption } from "../catalogue/lookup.js";
import { replaceByOption } from "../edits/optionLists.js";
import { type Edits, moveDefinition, removeDefinition } from "../edits/options.js";
import type { Definition, Host } from "../workspace/model.js";
import type { Draft, FixDraft, Rule } from "./rule.js";
import { standsInModule } from "./support/inModule.js";
import { spot } from "./support/spot.js";

export const removedOption: Rule = {
  id: "removed-option",
  title: "An option that no longer exists",
  class: "misconfiguration",
  severity: "error",
  confidence: 1,
  tier: "P1",
  docs: {
    what: "Finds options that NixOS or nix-darwin have removed: `nix.daemonNiceLevel`, `zramSwap.numDevices` and `environment.noXlibs` on NixOS; `nix.daemonCPUSchedPolicy`, `nix.daemonIOSchedClass`, `nix.gc.dates` and other options of NixOS on nix-darwin.",
    why: "A removed option is an assertion that fails: the configuration cannot be built. Where the release is older, the next update stops there.",
    when: "Always on macOS, where these options never came back; on NixOS since the release that removed them.",
    risk: "The new options do not mean quite the same: a nice level is a number, a scheduling policy a word. Look at the value.",
    rollback: "Undo the edit.",
    evidence: [
      code("NixOS/nixpkgs", "nixos/modules/services/system/nix-daemon.nix", "mkRemovedOptionModule"),
      code("NixOS/nixpkgs", "nixos/modules/config/zram.nix"),
      code("nix-darwin/nix-darwin", "modules/nix/default.nix", "mkRemovedOptionModule"),
    ],
  },
  examples: [
    {
      title: "Scheduling options of NixOS on macOS",
      machine: "none",
      before: `#- darwin.nix
{
  nix.settings.max-jobs = 4;
  ⟦nix.daemonIOSchedClass = "idle";⟧
}
`,
      after: `#- darwin.nix
{
  nix.settings.max-jobs = 4;
  nix.daemonIOLowPriority = true;
}
`,
    },
    {
      title: "A nice level",
      machine: "none",
      before: "{\n  boot.tmp.cleanOnBoot = true;\n  ⟦nix.daemonNiceLevel = 10;⟧\n}\n",
      after: '{\n  boot.tmp.cleanOnBoot = true;\n  nix.daemonCPUSchedPolicy = "batch";\n}\n',
    },
    {
      title: "Devices of zram",
      machine: "none",
      before: "{ zramSwap = { enable = true; ⟦numDevices = 2;⟧ }; }\n",
      after: "{ zramSwap = { enable = true; swapDevices = 2; }; }\n",
    },
    {
      title: "On NixOS the scheduling options are there",
      machine: "none",
      before: '{ boot.tmp.cleanOnBoot = true; nix.daemonCPUSchedPolicy = "batch"; }\n',
    },
  ],
  *checkHost(host) {
    if (host.platform !== "nixos" && host.platform !== "darwin") return;
    for (const definition of host.definitions) {
      if (definition.inText || !standsInModule(definition)) continue;
      // Whether a lone file is for nix-darwin or for home-manager on macOS cannot be told where both have the option.
      const elsewhere = host.kind === "file" ? findOption(definition.attrPath, "home-manager") : undefined;
      if (elsewhere?.removed === undefined && elsewhere?.path.includes("*") === false) continue;
      const removed = findOption(definition.attrPath, host.platform)?.removed;
      if (removed !== undefined) yield finding(host, definition, removed);
    }
  },
};

function finding(host: Host, definition: Definition, removed: string): Draft {
  const path = definition.attrPath.join(".");
  const system = host.platform === "darwin" ? "nix-darwin" : "NixOS";
  return {
    ...spot(definition),
    severity: definition.conditional ? "warning" : "error",
    message: `${system} has no \`${path}\` any more: the configuration does not evaluate.${removed.startsWith("Use") ? ` ${removed}` : ""}`,
    fixes: fixes(host, definition),
  };
}

function fixes(host: Host, definition: Definition): readonly FixDraft[] {
  const { value } = definition;
  const [first, ...others] = successors(
    definition.attrPath.join("."),
    host.platform,
    value.kind === "string" ? value.value : "",
  );
  const drafts = [first, ...others].flatMap((successor): FixDraft[] => {
    if (!successor || host.option(successor.path).state !== "unset") return [];
    const title = `Use ${successor.path.join(".")}${successor.value === undefined ? "" : ` = ${successor.value}`}`;
    const edits: Edits =
      successor.value === undefined
        ? moveDefinition(definition, successor.path)
        : replaceByOption(host, definition, successor.path, successor.value);
    return [{ title, applicability: "unsafe", preferred: successor === first, edits }];
  });
  return [...drafts, { title: "Remove it", applicability: "unsafe", edits: removeDefinition(definition) }];
}

/** What takes an option's place; without a value its own is kept. */
function successors(
  path: string,
  platform: Host["platform"],
  text: string,
): readonly { readonly path: readonly string[]; readonly value?: string }[] {
  switch (`${platform} ${path}`) {
    case "nixos nix.daemonNiceLevel":
      return [{ path: ["nix", "daemonCPUSchedPolicy"], value: '"batch"' }];
    case "nixos zramSwap.numDevices":
      return [{ path: ["zramSwap", "swapDevices"] }];
    case "darwin nix.daemonNiceLevel":
    case "darwin nix.daemonCPUSchedPolicy":
      return text === "other" ? [] : [{ path: ["nix", "daemonProcessType"], value: '"Background"' }];
    case "darwin nix.daemonIOSchedClass":
      return text === "idle" ? [{ path: ["nix", "daemonIOLowPriority"], value: "true" }] : [];
    default:
      return [];
  }
}
