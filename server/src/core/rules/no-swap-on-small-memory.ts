// A host with little memory and no swap at all.
import { setOptions } from "../edits/options.js";
import { code, documentation } from "../catalogue/cite.js";
import { formatBytes, GIB } from "../machine/size.js";
import type { Definition, Host, Model } from "../workspace/model.js";
import type { Rule } from "./rule.js";
import { isTrue } from "./support/sizes.js";
import { spot } from "./support/spot.js";
import { adviceSpot, bestPlace, isEditable, isWithin } from "./support/wholeHost.js";
import { ZRAM_SYSCTL } from "./support/zram.js";

const SMALL = 32 * GIB;
/** Swap that no option of NixOS itself names: disko's partitions, zram-generator, swapspace. */
const OTHER_SWAP = /"swap"|zram|swapfile|services\.swapspace|mkSwap/i;

export const noSwapOnSmallMemory: Rule = {
  id: "no-swap-on-small-memory",
  title: "Little memory, and neither swap nor zram",
  class: "missed-optimization",
  severity: "information",
  confidence: 0.8,
  tier: "P1",
  docs: {
    what: "Finds NixOS hosts of at most 32 GiB whose `swapDevices` are an empty list and that do not switch `zramSwap` on.",
    why: "Without swap a peak of a few seconds kills a compiler, although much of the memory is cold. zram holds such pages compressed, two to three and a half times as many, without a disk.",
    when: "Machines that build from source or run many programs.",
    risk: "Some processor time for compression. If memory runs out all the same the machine slows down before something is killed.",
    rollback: "Remove the lines and reboot.",
    evidence: [
      code("NixOS/nixpkgs", "nixos/modules/config/zram.nix"),
      documentation("Linux kernel, zram", "https://docs.kernel.org/admin-guide/blockdev/zram.html"),
      documentation("Measurements of zram compressors", "https://notes.xeome.dev/notes/Zram"),
    ],
  },
  examples: [
    {
      title: "16 GiB and an empty list of swap devices",
      before: `{
  swapDevices = [ ];
  ⟦nix.settings⟧ = {
    max-jobs = 3;
    cores = 2;
  };
}
`,
      after: `{
  swapDevices = [ ];
  nix.settings = {
    max-jobs = 3;
    cores = 2;
  };
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
      title: "Not known: the swap may stand elsewhere",
      before: "{ boot.tmp.cleanOnBoot = true; nix.settings = { max-jobs = 3; cores = 2; }; }\n",
    },
    {
      title: "Swap on a disk",
      before: '{ swapDevices = [ { device = "/swap"; } ]; nix.settings = { max-jobs = 3; cores = 2; }; }\n',
    },
  ],
  *checkHost(host, { model }) {
    const { budget } = host;
    if (host.platform !== "nixos" || !budget || !lacksSwap(host, model)) return;
    const { memoryBytes, zram, swapBytes } = budget.machine;
    if (memoryBytes > SMALL || (zram?.sizeBytes ?? 0) > 0 || (swapBytes ?? 0) > 0) return;
    const lacking = host.kind === "host" ? new Set(model.ask(lackingSwap)) : undefined;
    const anchor = placeWithin(host, model, lacking);
    if (!anchor) return;
    const unset = ZRAM_SYSCTL.filter(([name]) => host.option(["boot", "kernel", "sysctl", name]).state === "unset");
    yield {
      ...spot(anchor),
      message: `${formatBytes(memoryBytes)} of memory with neither swap nor zram: a short peak of a build ends in a kill. zram keeps cold pages compressed.`,
      fixes: [
        {
          title: "Switch zram on, 75 % of the memory",
          applicability: isWithin(anchor, lacking) ? "safe" : "unsafe",
          preferred: true,
          edits: setOptions(
            host,
            [
              { path: ["zramSwap", "enable"], value: "true" },
              { path: ["zramSwap", "memoryPercent"], value: "75" },
              ...unset.map(([name, value]) => ({ path: ["boot", "kernel", "sysctl", name], value })),
            ],
            anchor,
          ),
        },
      ],
    };
  },
};

const lackingSwap = (model: Model): readonly string[] =>
  model.hosts.filter((host) => host.kind === "host" && lacksSwap(host, model)).map(({ name }) => name);

/** Where zram would be switched on: for hosts that have swap, it is another matter. */
function placeWithin(host: Host, model: Model, lacking: ReadonlySet<string> | undefined): Definition | undefined {
  const usual = adviceSpot(host, model, [], lacking);
  if (usual === undefined || isWithin(usual, lacking)) return usual;
  const own = host.definitions.filter((d) => isEditable(d) && !d.conditional && isWithin(d, lacking));
  return bestPlace(own) ?? usual;
}

/** Proof of absence: an empty list, as hardware scans write it, and no other kind of swap in any file. */
function lacksSwap(host: Host, model: Model): boolean {
  const devices = host.option(["swapDevices"]);
  if (devices.state !== "known" || devices.value.kind !== "list" || devices.value.openTail !== undefined) return false;
  if (devices.value.items.length > 0 || isTrue(host.option(["zramSwap", "enable"]))) return false;
  if (host.option(["zramSwap", "enable"]).state !== "unset") return false;
  return !host.files.some((file) => OTHER_SWAP.test(model.textOf(file) ?? ""));
}
