// zram without the kernel settings that make it worth while.
import { setOptions, type OptionEdit } from "../edits/options.js";
import type { Definition, Host } from "../workspace/model.js";
import type { Draft, Rule } from "./rule.js";
import { spot } from "./support/spot.js";
import { ZRAM_SYSCTL } from "./support/zram.js";

export const zramUntuned: Rule = {
  id: "zram-untuned",
  title: "zram with settings made for disks",
  class: "missed-optimization",
  severity: "warning",
  confidence: 0.75,
  claimedConfidence: 0.83,
  tier: "P2",
  docs: {
    what: "Finds `zramSwap.enable = true` with the kernel's swap settings left at values made for disks, with a weak compressor (lzo, lz4), or with a device of less than half of the memory.",
    why: "The kernel reads 8 pages ahead from swap (`vm.page-cluster = 3`) and avoids swapping (`vm.swappiness = 60`), both because disks are slow. zram is memory: reading ahead only costs time (41 us against 5.7 us a read with zstd), and swapping early leaves room for the page cache. zstd, the default of NixOS, holds 28-53 % more than lz4 at a third of its speed.",
    when: "Hosts whose builds come near the memory there is. Not together with zswap.",
    risk: "The machine swaps earlier. If memory runs out all the same, it thrashes longer before something is killed.",
    rollback: "Remove the lines and reboot, or `swapoff /dev/zram0`.",
    evidence: [
      {
        grade: "source-code",
        text: "nix-community/infra modules/nixos/common/default.nix uses these four values",
        url: "https://github.com/nix-community/infra/blob/master/modules/nixos/common/default.nix",
      },
      {
        grade: "documentation",
        text: "Collected measurements of zram compressors and page-cluster",
        url: "https://notes.xeome.dev/notes/Zram",
      },
      {
        grade: "documentation",
        text: "Kernel: vm.swappiness up to 200 since 5.8, page-cluster",
        url: "https://www.kernel.org/doc/html/latest/admin-guide/sysctl/vm.html",
      },
      {
        grade: "issue",
        text: "NixOS/nixpkgs#195522: zram reduces the memory there is; use fewer cores",
        url: "https://github.com/NixOS/nixpkgs/issues/195522",
      },
    ],
  },
  examples: [
    {
      title: "The kernel's defaults are left",
      machine: "none",
      before: `{
  zramSwap = {
    ⟦enable = true;⟧
    memoryPercent = 75;
  };
}
`,
      after: `{
  zramSwap = {
    enable = true;
    memoryPercent = 75;
  };
  boot.kernel.sysctl = {
    "vm.swappiness" = 180;
    "vm.page-cluster" = 0;
    "vm.watermark_boost_factor" = 0;
    "vm.watermark_scale_factor" = 125;
  };
}
`,
    },
    {
      title: "Beside what the kernel is told already",
      machine: "none",
      before: `{
  ⟦zramSwap.enable = true;⟧
  boot.kernel.sysctl = {
    "fs.inotify.max_user_watches" = 524288; # editors
    "vm.swappiness" = 100;
  };
}
`,
      after: `{
  zramSwap.enable = true;
  boot.kernel.sysctl = {
    "fs.inotify.max_user_watches" = 524288; # editors
    "vm.swappiness" = 100;
    "vm.page-cluster" = 0;
    "vm.watermark_boost_factor" = 0;
    "vm.watermark_scale_factor" = 125;
  };
}
`,
    },
    {
      title: "Tuned",
      machine: "none",
      before: `{
  zramSwap.enable = true;
  boot.kernel.sysctl = { "vm.swappiness" = 100; "vm.page-cluster" = 0; };
}
`,
    },
  ],
  *checkHost(host) {
    const enable = host.option(["zramSwap", "enable"]);
    if (enable.state !== "known" || enable.value.kind !== "bool" || !enable.value.value) return;
    const draft = finding(host, enable.definitions[0]);
    if (draft) yield draft;
  },
};

/** What can be tuned: the words of the message, and the edits that do it. */
function untuned(host: Host): { readonly words: string[]; readonly entries: OptionEdit[] } {
  const words: string[] = [];
  const entries: OptionEdit[] = [];
  const algorithm = host.option(["zramSwap", "algorithm"]);
  if (
    algorithm.state === "known" &&
    algorithm.value.kind === "string" &&
    /^(lzo|lzo-rle|lz4)$/.test(algorithm.value.value)
  ) {
    words.push(`${algorithm.value.value} compresses less than zstd`);
    entries.push({ path: ["zramSwap", "algorithm"], value: '"zstd"' });
  }
  const percent = host.option(["zramSwap", "memoryPercent"]);
  if (percent.state === "known" && percent.value.kind === "int" && percent.value.value < 50n) {
    words.push(`${percent.value.value} % of the memory is a small device`);
    entries.push({ path: ["zramSwap", "memoryPercent"], value: "75" });
  }
  const unset = ZRAM_SYSCTL.filter(([name]) => host.option(["boot", "kernel", "sysctl", name]).state === "unset");
  if (unset.some(([name]) => name === "vm.page-cluster")) {
    words.push("the kernel still reads 8 pages ahead (`vm.page-cluster = 3`) and avoids swap, as if it were a disk");
    for (const [name, value] of unset) entries.push({ path: ["boot", "kernel", "sysctl", name], value });
  }
  return { words, entries };
}

function finding(host: Host, definition: Definition): Draft | undefined {
  const { words, entries } = untuned(host);
  if (words.length === 0) return undefined;
  return {
    ...spot(definition),
    message: `zram is on, but not tuned for builds: ${words.join("; ")}.`,
    fixes: [
      { title: "Tune zram", applicability: "safe", preferred: true, edits: setOptions(host, entries, definition) },
    ],
  };
}
