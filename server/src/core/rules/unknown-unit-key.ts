// Keys of the daemon's unit that systemd does not have.
import { documentation, code } from "../catalogue/cite.js";
import { nearest } from "../catalogue/lookup.js";
import { SERVICE_KEYS, SLICE_KEYS } from "../catalogue/systemdKeys.js";
import { renameDefinition } from "../edits/options.js";
import type { Definition, Host } from "../workspace/model.js";
import type { Draft, Rule } from "./rule.js";
import { spot } from "./support/spot.js";

const UNITS = /^(nix-daemon|nix-build|nix)$/;

export const unknownUnitKey: Rule = {
  id: "unknown-unit-key",
  title: "A key of the daemon's unit that systemd does not have",
  class: "misconfiguration",
  severity: "warning",
  confidence: 0.9,
  tier: "P1",
  docs: {
    what: "Finds keys in `serviceConfig` of nix-daemon, and in `sliceConfig` of its slice, that no version of systemd knows.",
    why: "systemd logs \"Unknown key name … in section 'Service', ignoring\" and starts the unit: the limit that was meant is not there, and nothing on the screen says so.",
    when: "NixOS. Keys that begin with `X-` are free.",
    risk: "The limit takes effect for the first time.",
    rollback: "Rename it back.",
    evidence: [
      code("systemd/systemd", "src/core/load-fragment-gperf.gperf.in", "the table of keys"),
      documentation(
        "systemd.resource-control(5)",
        "https://www.freedesktop.org/software/systemd/man/latest/systemd.resource-control.html",
      ),
    ],
  },
  examples: [
    {
      title: "A slip of the pen",
      machine: "none",
      before: '{ systemd.services.nix-daemon.serviceConfig = { ⟦MemoryHi = "12G";⟧ MemoryMax = "14G"; }; }\n',
      after: '{ systemd.services.nix-daemon.serviceConfig = { MemoryHigh = "12G"; MemoryMax = "14G"; }; }\n',
    },
    {
      title: "Nothing of that kind exists",
      machine: "none",
      before: "{ systemd.services.nix-daemon.serviceConfig = { ⟦IPEgressPriority = 3;⟧ Nice = 5; }; }\n",
    },
    {
      title: "Real keys",
      machine: "none",
      before:
        '{ systemd.services.nix-daemon.serviceConfig = { MemoryHigh = "12G"; CPUWeight = 20; OOMScoreAdjust = 250; }; }\n',
    },
  ],
  *checkHost(host) {
    for (const definition of host.definitions) {
      const [systemd, kind, unit = "", config, key] = definition.attrPath;
      if (systemd !== "systemd" || definition.attrPath.length !== 5 || key === undefined || !UNITS.test(unit)) continue;
      const keys =
        kind === "services" && config === "serviceConfig"
          ? SERVICE_KEYS
          : kind === "slices" && config === "sliceConfig"
            ? SLICE_KEYS
            : undefined;
      if (keys && !keys.has(key) && !key.startsWith("X-")) yield finding(host, definition, key, keys);
    }
  },
};

function finding(host: Host, definition: Definition, key: string, keys: ReadonlySet<string>): Draft {
  const beginnings = [...keys].filter((each) => each.startsWith(key));
  const meant = beginnings.length === 1 ? beginnings[0] : nearest(key, keys);
  const taken =
    meant !== undefined &&
    host.definitions.some((d) => d.attrPath.at(-1) === meant && d.attrPath[2] === definition.attrPath[2]);
  return {
    ...spot(definition),
    message: `systemd has no key \`${key}\` and ignores it: there is no such limit.${meant === undefined ? "" : ` Did you mean \`${meant}\`${taken ? ", which is set already" : ""}?`}`,
    fixes:
      meant === undefined || taken
        ? []
        : [
            {
              title: `Rename to ${meant}`,
              applicability: "unsafe",
              preferred: true,
              edits: renameDefinition(definition, meant),
            },
          ],
  };
}
