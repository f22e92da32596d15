// A zram device so large that its own tables and incompressible pages fill the memory.
import { setOption } from "../edits/options.js";
import { formatBytes } from "../machine/size.js";
import type { Host } from "../workspace/model.js";
import type { Rule } from "./rule.js";
import { strongest } from "./support/parallelism.js";
import { integerOf, isTrue } from "./support/sizes.js";
import { spot } from "./support/spot.js";

const PERCENT = ["zramSwap", "memoryPercent"];
/** Percent of the memory. The kernel's documentation sees little point beyond twice the memory, at a ratio of 2 to 1. */
const MOST = 200;
const MOST_WITHOUT_WRITEBACK = 150;

export const zramOversized: Rule = {
  id: "zram-oversized",
  title: "zram holds more than compressed memory can",
  class: "exceeds-budget",
  severity: "warning",
  confidence: 0.8,
  tier: "P2",
  docs: {
    what: "Finds `zramSwap.memoryPercent` above 200, or above 150 without a `writebackDevice` that takes incompressible pages.",
    why: "zram lives in the memory it extends. At a ratio of 2 to 1 a device of twice the memory fills all of it when it is full; before that point the machine thrashes instead of ending the build.",
    when: "Builds with large peaks; compressed sources and link-time optimization data compress worst.",
    risk: "Less swap: a build that just fitted may be killed.",
    rollback: "Restore the old percentage.",
    evidence: [
      {
        grade: "documentation",
        text: "Kernel, zram: little point in a device of more than twice the memory",
        url: "https://www.kernel.org/doc/html/latest/admin-guide/blockdev/zram.html",
      },
      {
        grade: "source-code",
        text: "NixOS nixos/modules/config/zram.nix: memoryPercent is the uncompressed size and may exceed 100",
        url: "https://github.com/NixOS/nixpkgs/blob/master/nixos/modules/config/zram.nix",
      },
    ],
  },
  examples: [
    {
      title: "Three times the memory",
      before: "{\n  zramSwap = {\n    enable = true;\n    ⟦memoryPercent = 300;⟧\n  };\n}\n",
      after: "{\n  zramSwap = {\n    enable = true;\n    memoryPercent = 100;\n  };\n}\n",
    },
    { title: "150 percent is legal and bearable", before: "{ zramSwap = { enable = true; memoryPercent = 150; }; }\n" },
    {
      title: "With a writeback device",
      before: '{ zramSwap = { enable = true; memoryPercent = 180; writebackDevice = "/dev/disk/by-label/spill"; }; }\n',
    },
  ],
  *checkHost(host) {
    if (!isTrue(host.option(["zramSwap", "enable"]))) return;
    const state = host.option(PERCENT);
    const percent = integerOf(state);
    if (state.state !== "known" || percent === undefined || percent <= MOST_WITHOUT_WRITEBACK) return;
    const writeback = host.option(["zramSwap", "writebackDevice"]);
    const none = writeback.state === "unset" || (writeback.state === "known" && writeback.value.kind === "null");
    if (percent <= MOST && !none) return;
    if (isCapped(host, percent)) return;
    const definition = strongest(state.definitions);
    const memory = host.machine?.memoryBytes;
    const size =
      memory === undefined ? "" : ` = ${formatBytes((percent / 100) * memory)} on ${formatBytes(memory)} of memory`;
    yield {
      ...spot(definition),
      message: `zram of ${percent} %${size}: at a compression of 2 to 1 the full device alone takes ${percent / 2} % of the memory${none ? ", and no writeback device takes what does not compress" : ""}. Set memoryPercent = 100.`,
      fixes: [
        {
          title: "Set zramSwap.memoryPercent = 100",
          applicability: "safe",
          preferred: true,
          edits: setOption(host, PERCENT, "100", definition),
        },
      ],
    };
  },
};

/** True if `memoryMax` keeps the device small enough, or nobody can tell. */
function isCapped(host: Host, percent: number): boolean {
  const state = host.option(["zramSwap", "memoryMax"]);
  if (state.state === "unset" || (state.state === "known" && state.value.kind === "null")) return false;
  const bytes = integerOf(state);
  const memory = host.machine?.memoryBytes;
  if (bytes === undefined || memory === undefined) return true;
  return Math.min(bytes, (percent / 100) * memory) <= (MOST_WITHOUT_WRITEBACK / 100) * memory;
}
