// zram without the kernel settings that make it worth while.
import { setOption, setOptions } from "../edits/options.js";
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
    what: "Finds `zramSwap.enable = true` with the kernel's swap settings left at values made for disks; with less confidence, since somebody chose them, a weak compressor (lzo, lz4) and a device of less than half of the memory.",
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
      title: "A size that somebody chose",
      machine: "none",
      configuration: { minimumConfidence: 0.6 },
      before: `{
  zramSwap = {
    enable = true;
    ⟦memoryPercent = 25;⟧
  };
  boot.kernel.sysctl."vm.page-cluster" = 0;
}
`,
      after: `{
  zramSwap = {
    enable = true;
    memoryPercent = 75;
  };
  boot.kernel.sysctl."vm.page-cluster" = 0;
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
    yield* kernelUntuned(host, enable.definitions[0]);
    yield* weakDevice(host);
  },
};

function* kernelUntuned(host: Host, definition: Definition): Iterable<Draft> {
  const unset = ZRAM_SYSCTL.filter(([name]) => host.option(["boot", "kernel", "sysctl", name]).state === "unset");
  if (!unset.some(([name]) => name === "vm.page-cluster")) return;
  const entries = unset.map(([name, value]) => ({ path: ["boot", "kernel", "sysctl", name], value }));
  const avoids = unset.some(([name]) => name === "vm.swappiness") ? " and avoids swap, as if it were a disk" : "";
  yield {
    ...spot(definition),
    message: `zram is on, but not tuned for builds: the kernel still reads 8 pages ahead (\`vm.page-cluster = 3\`)${avoids}.`,
    fixes: [
      { title: "Tune zram", applicability: "safe", preferred: true, edits: setOptions(host, entries, definition) },
    ],
  };
}

/** What somebody chose: less sure than what nobody did. */
function* weakDevice(host: Host): Iterable<Draft> {
  const advise = (definition: Definition, what: string, name: string, value: string): Draft => ({
    ...spot(definition),
    confidence: 0.6,
    message: `zram is on, but not tuned for builds: ${what}.`,
    fixes: [
      {
        title: `Set ${name} = ${value}`,
        applicability: "safe",
        preferred: true,
        edits: setOption(host, ["zramSwap", name], value, definition),
      },
    ],
  });
  const algorithm = host.option(["zramSwap", "algorithm"]);
  const compressor = algorithm.state === "known" && algorithm.value.kind === "string" ? algorithm.value.value : "";
  if (algorithm.state === "known" && /^(lzo|lzo-rle|lz4)$/.test(compressor))
    yield advise(algorithm.definitions[0], `${compressor} compresses less than zstd`, "algorithm", '"zstd"');
  const percent = host.option(["zramSwap", "memoryPercent"]);
  if (percent.state === "known" && percent.value.kind === "int" && percent.value.value < 50n)
    yield advise(
      percent.definitions[0],
      `${percent.value.value} % of the memory is a small device`,
      "memoryPercent",
      "75",
    );
}
