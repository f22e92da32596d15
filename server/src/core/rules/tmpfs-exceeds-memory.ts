// A /tmp in memory that may take more than half of what builds have.
import { setOption } from "../edits/options.js";
import { formatBytes } from "../machine/size.js";
import type { Rule } from "./rule.js";
import { onMachine, strongest } from "./support/parallelism.js";
import { fixForHostAlone, reachOf } from "./support/splits.js";
import { spot } from "./support/spot.js";
import { bytesOf, isTrue, sizeLiteral, sizeText } from "./support/sizes.js";

const SIZE = ["boot", "tmp", "tmpfsSize"];

export const tmpfsExceedsMemory: Rule = {
  id: "tmpfs-exceeds-memory",
  title: "/tmp may take more than half of the memory for builds",
  class: "exceeds-budget",
  severity: "warning",
  confidence: 0.7,
  tier: "P2",
  docs: {
    what: "Finds `boot.tmp.tmpfsSize` above half of the memory for builds, with `boot.tmp.useTmpfs` on.",
    why: "What lies in a tmpfs is memory. A size is only an upper bound, but a full /tmp and running compilers then claim more than there is.",
    when: "Builds, test suites or downloads that fill /tmp.",
    risk: "Large files no longer fit into /tmp: `No space left on device`.",
    rollback: "Restore the old size.",
    evidence: [
      {
        grade: "source-code",
        text: "NixOS nixos/modules/system/boot/tmp.nix: a tmpfs of tmpfsSize, 50% unless set",
        url: "https://github.com/NixOS/nixpkgs/blob/master/nixos/modules/system/boot/tmp.nix",
      },
      {
        grade: "documentation",
        text: "Kernel, tmpfs: over-sized instances deadlock the machine, since the OOM handler can't free that memory",
        url: "https://www.kernel.org/doc/html/latest/filesystems/tmpfs.html",
      },
    ],
  },
  examples: [
    {
      title: "Three quarters of the memory",
      before: '{\n  boot.tmp.useTmpfs = true;\n  ⟦boot.tmp.tmpfsSize = "75%";⟧\n}\n',
      after: '{\n  boot.tmp.useTmpfs = true;\n  boot.tmp.tmpfsSize = "7G";\n}\n',
    },
    { title: "Not a tmpfs", before: '{ boot.tmp = { useTmpfs = false; tmpfsSize = "75%"; }; }\n' },
    { title: "A quarter", before: '{ boot.tmp = { useTmpfs = true; tmpfsSize = "25%"; }; }\n' },
  ],
  *checkHost(host, context) {
    const { budget } = host;
    if (!budget || !isTrue(host.option(["boot", "tmp", "useTmpfs"]))) return;
    const state = host.option(SIZE);
    if (state.state !== "known") return;
    const size = bytesOf(state.value, budget.machine.memoryBytes);
    const half = budget.memoryBytes / 2;
    if (size === undefined || size <= half) return;
    const definition = strongest(state.definitions);
    const reach = reachOf(host, budget, [definition], context);
    const fit = sizeLiteral(reach.budget.memoryBytes / 2);
    yield {
      ...spot(definition),
      message: `/tmp may grow to ${sizeText(state.value, size)} of memory, and builds have ${formatBytes(budget.memoryBytes)}: more than half (${onMachine(host, budget)}). Set ${fit}, or keep /tmp on disk.`,
      fixes: [
        {
          title: `Set boot.tmp.tmpfsSize = ${fit}${reach.also}`,
          applicability: reach.applicability,
          preferred: true,
          edits: setOption(host, SIZE, fit, definition),
        },
        fixForHostAlone(host, reach, `Set boot.tmp.tmpfsSize = ${fit}`, [{ path: SIZE, value: fit }]),
        {
          title: "Keep /tmp on disk: boot.tmp.useTmpfs = false",
          applicability: "unsafe",
          edits: setOption(host, ["boot", "tmp", "useTmpfs"], "false"),
        },
      ],
    };
  },
};
