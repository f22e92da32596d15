// systemd-oomd is on, and no slice tells it to act.
import { code, documentation } from "../catalogue/cite.js";
import { setOption } from "../edits/options.js";
import type { Rule } from "./rule.js";
import { isTrue } from "./support/sizes.js";
import { spot } from "./support/spot.js";

const SWITCHES = ["enableRootSlice", "enableSystemSlice", "enableUserSlices", "enableUserServices"];
const MANAGED = /ManagedOOM/;

export const oomdWatchesNothing: Rule = {
  id: "oomd-watches-nothing",
  title: "systemd-oomd runs and watches nothing",
  class: "misconfiguration",
  severity: "hint",
  confidence: 0.6,
  tier: "P2",
  docs: {
    what: "Finds `systemd.oomd.enable = true` where none of `enableRootSlice`, `enableSystemSlice`, `enableUserSlices` is set and no unit has a `ManagedOOM…` key.",
    why: "NixOS runs oomd by default and lets it watch nothing. Whoever switches it on in so many words counts on it when memory runs out; it will not act.",
    when: "NixOS.",
    risk: "oomd kills whole control groups under memory pressure: with `enableUserSlices` a terminal with all that runs in it may go. `enableSystemSlice` may kill any service, the daemon with all its builds too; a `ManagedOOMMemoryPressure` on the daemon's slice alone is the milder way.",
    rollback: "Remove the line.",
    evidence: [
      code("NixOS/nixpkgs", "nixos/modules/system/boot/systemd/oomd.nix"),
      documentation(
        "systemd-oomd.service(8)",
        "https://www.freedesktop.org/software/systemd/man/latest/systemd-oomd.service.html",
      ),
    ],
  },
  examples: [
    {
      title: "Nothing is watched",
      machine: "none",
      before: "{\n  systemd.oomd = {\n    ⟦enable = true;⟧\n  };\n}\n",
      after: "{\n  systemd.oomd = {\n    enable = true;\n    enableUserSlices = true;\n  };\n}\n",
    },
    {
      title: "The slices of users are",
      machine: "none",
      before: "{ systemd.oomd = { enable = true; enableUserSlices = true; }; }\n",
    },
  ],
  *checkHost(host, { model }) {
    const enabled = host.option(["systemd", "oomd", "enable"]);
    if (host.platform !== "nixos" || enabled.state !== "known" || !isTrue(enabled)) return;
    if (SWITCHES.some((name) => host.option(["systemd", "oomd", name]).state !== "unset")) return;
    if (model.mentions(MANAGED)) return;
    const [definition] = enabled.definitions;
    yield {
      ...spot(definition),
      message:
        "oomd watches nothing until a slice is handed to it: with `enable` alone it never acts. `enableUserSlices` lets it kill in users' sessions; a `ManagedOOMMemoryPressure` on the daemon's unit only there.",
      fixes: [
        {
          title: "Set enableUserSlices = true",
          applicability: "unsafe",
          preferred: true,
          edits: setOption(host, ["systemd", "oomd", "enableUserSlices"], "true", definition),
        },
      ],
    };
  },
};
