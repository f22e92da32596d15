// Options of remote builders and of virtual machines that build.
import { code } from "../cite.js";
import { ANY, BOOL, either, enumeration, INT, listOf, nullOr, option, POSITIVE, STRING } from "../define.js";
import type { OptionFact } from "../facts.js";

const NIXOS_REMOTE = code("NixOS/nixpkgs", "nixos/modules/config/nix-remote-build.nix");
const DARWIN_NIX = code("nix-darwin/nix-darwin", "modules/nix/default.nix");
const DARWIN_BUILDER = code("nix-darwin/nix-darwin", "modules/nix/linux-builder.nix");
const HOME_REMOTE = code("nix-community/home-manager", "modules/misc/nix/remote-build.nix");
const EVERYWHERE = ["nixos", "darwin", "home-manager"] as const;
const SYSTEMS = ["nixos", "darwin"] as const;
const STRINGS = listOf(STRING);
const DETERMINATE = code("DeterminateSystems/determinate", "modules/nix-darwin/default.nix");
const QEMU = code("NixOS/nixpkgs", "nixos/modules/virtualisation/qemu-vm.nix");
const BUILDER_VM = code("NixOS/nixpkgs", "nixos/modules/profiles/nix-builder-vm.nix");

type Draft = Omit<Parameters<typeof option>[1], "platforms" | "sources">;

/** A field of each entry of `nix.buildMachines`, and of Determinate's copy of it. */
function buildMachine(name: string, draft: Draft, platforms: OptionFact["platforms"] = EVERYWHERE): OptionFact[] {
  return [
    option(["nix", "buildMachines", "[]", name], {
      ...draft,
      platforms,
      sources: [NIXOS_REMOTE, DARWIN_NIX, HOME_REMOTE],
    }),
    option(["determinateNix", "buildMachines", "[]", name], { ...draft, platforms: SYSTEMS, sources: [DETERMINATE] }),
  ];
}

/** An option of a virtual machine: of NixOS' own, of the variant that `nixos-rebuild build-vm` makes, and of the Linux builder on macOS. */
function virtualMachine(path: string, draft: Draft, source: OptionFact["sources"][number]): OptionFact[] {
  const names = path.split(".");
  return [
    option(["virtualisation", ...names], { ...draft, platforms: ["nixos"], sources: [source] }),
    option(["virtualisation", "vmVariant", "virtualisation", ...names], {
      ...draft,
      platforms: ["nixos"],
      sources: [source],
    }),
    option(["nix", "linux-builder", "config", "virtualisation", ...names], {
      ...draft,
      platforms: ["darwin"],
      sources: [source, DARWIN_BUILDER],
    }),
  ];
}

export const BUILDER_OPTIONS: readonly OptionFact[] = [
  option("nix.distributedBuilds", {
    platforms: EVERYWHERE,
    type: BOOL,
    default: "false",
    summary: "Whether builds are sent to `nix.buildMachines`.",
    details:
      "With `false` the module sets `builders` to empty: the machines are written to /etc/nix/machines **and ignored**.",
    sources: [NIXOS_REMOTE, DARWIN_NIX, HOME_REMOTE],
  }),
  ...(["nix", "determinateNix"] as const).map((root) =>
    option([root, "buildMachines"], {
      platforms: root === "nix" ? EVERYWHERE : SYSTEMS,
      type: listOf({ kind: "submodule" }),
      default: "[ ]",
      summary: "Machines that builds are sent to.",
      details:
        "Needs `distributedBuilds = true`. Nix tries them first, by free jobs and `speedFactor`, and builds here only what none accepts. `builders-use-substitutes = true` lets them fetch dependencies by themselves. home-manager knows `systems` only, and writes a setting that the daemon takes from trusted users only.",
      sources:
        root === "nix"
          ? [NIXOS_REMOTE, DARWIN_NIX, HOME_REMOTE]
          : [code("DeterminateSystems/determinate", "modules/nix-darwin/default.nix")],
    }),
  ),
  ...buildMachine("hostName", { type: STRING, summary: "Name by which ssh reaches the machine.", details: "" }),
  ...buildMachine("protocol", {
    type: nullOr(enumeration("ssh", "ssh-ng")),
    default: '"ssh"',
    summary: "How Nix talks to the machine.",
    details:
      "With `null` the host name is written as it is. `ssh-ng` shows the build's log live and copies more efficiently; it needs the user to be trusted there.",
  }),
  ...buildMachine(
    "system",
    {
      type: nullOr(STRING),
      default: "null",
      summary: "The one system type it builds for.",
      details: "This or `systems` is needed.",
    },
    SYSTEMS,
  ),
  ...buildMachine("systems", { type: STRINGS, default: "[ ]", summary: "The system types it builds for." }),
  ...buildMachine("sshUser", { type: nullOr(STRING), default: "null", summary: "User name over there." }),
  ...buildMachine("sshKey", { type: nullOr(STRING), default: "null", summary: "Path of root's private key for it." }),
  ...buildMachine("publicHostKey", {
    type: nullOr(STRING),
    default: "null",
    summary: "The machine's host key, in base64.",
  }),
  ...buildMachine("maxJobs", {
    type: INT,
    default: "1",
    summary: "How many builds Nix sends there at once.",
    details:
      "Each of them uses that machine's own `cores`. Set it by that machine's memory, as `max-jobs` here: 8 threads with 16 GB hold 2-3 heavy builds, not 8.",
  }),
  ...buildMachine("speedFactor", {
    type: either(POSITIVE, { kind: "float" }),
    default: "1",
    summary: "Preference among machines: the higher, the earlier it is chosen.",
    details: "Relative to the others. NixOS takes positive numbers, nix-darwin and home-manager integers.",
  }),
  ...buildMachine("supportedFeatures", {
    type: STRINGS,
    default: "[ ]",
    summary: "System features the machine offers.",
    details:
      "Empty by default: without `big-parallel` it never receives kernels, browsers or CUDA packages, and they are built here. List `kvm` and `nixos-test` for NixOS tests.",
  }),
  ...buildMachine("mandatoryFeatures", {
    type: STRINGS,
    default: "[ ]",
    summary: "Features without which a derivation is not sent there.",
    details: "Reserves a machine: with `big-parallel` in here it gets nothing but large packages.",
  }),

  option("nix.linux-builder.enable", {
    platforms: ["darwin"],
    type: BOOL,
    default: "false",
    summary: "macOS: runs a Linux virtual machine as a remote builder.",
    details: "Its threads and memory are taken from this Mac while it runs.",
    sources: [DARWIN_BUILDER],
  }),
  option("nix.linux-builder.maxJobs", {
    platforms: ["darwin"],
    type: POSITIVE,
    default: "the machine's virtualisation.cores",
    summary: "How many builds the virtual machine gets at once.",
    details: "Each uses up to all of the machine's cores: jobs × cores inside it counts against its memory.",
    sources: [DARWIN_BUILDER],
  }),
  option("nix.linux-builder.speedFactor", {
    platforms: ["darwin"],
    type: POSITIVE,
    default: "1",
    summary: "Preference among remote builders.",
    sources: [DARWIN_BUILDER],
  }),
  option("nix.linux-builder.supportedFeatures", {
    platforms: ["darwin"],
    type: STRINGS,
    default: '[ "kvm" "benchmark" "big-parallel" ]',
    summary: "System features the virtual machine offers.",
    sources: [DARWIN_BUILDER],
  }),
  option("nix.linux-builder.mandatoryFeatures", {
    platforms: ["darwin"],
    type: STRINGS,
    default: "[ ]",
    summary: "Features a derivation must ask for to be sent there.",
    sources: [DARWIN_BUILDER],
  }),
  option("nix.linux-builder.systems", {
    platforms: ["darwin"],
    type: STRINGS,
    default: "the machine's own system",
    summary: "System types it builds for.",
    sources: [DARWIN_BUILDER],
  }),
  option("nix.linux-builder.protocol", {
    platforms: ["darwin"],
    type: STRING,
    default: '"ssh-ng"',
    summary: "How Nix talks to the virtual machine.",
    sources: [DARWIN_BUILDER],
  }),
  option("nix.linux-builder.ephemeral", {
    platforms: ["darwin"],
    type: BOOL,
    default: "false",
    summary: "Starts the virtual machine with an empty disk each time.",
    sources: [DARWIN_BUILDER],
  }),
  option("nix.linux-builder.config", {
    platforms: ["darwin"],
    type: { kind: "submodule" },
    default: "{ }",
    summary: "NixOS configuration of the virtual machine.",
    details: "Changing it rebuilds the machine, for which a Linux builder must be at hand.",
    sources: [DARWIN_BUILDER],
  }),

  ...virtualMachine(
    "cores",
    {
      type: POSITIVE,
      default: "1",
      summary: "How many threads the virtual machine gets.",
      details: "Taken from the host while it runs. Leave the host its reserve: at most its threads minus two.",
    },
    QEMU,
  ),
  ...virtualMachine(
    "memorySize",
    {
      type: POSITIVE,
      default: "1024",
      summary: "How much memory the virtual machine gets, in MiB.",
      details: "`32 * 1024` on a 16 GB host cannot run; 8192 is a sensible upper end there.",
    },
    QEMU,
  ),
  ...virtualMachine(
    "diskSize",
    {
      type: either(POSITIVE, enumeration("auto")),
      default: "1024",
      summary: "Size of the virtual machine's disk, in MiB.",
    },
    QEMU,
  ),
  ...virtualMachine(
    "darwin-builder.memorySize",
    {
      type: INT,
      default: "3072",
      summary: "How much memory the Linux builder on macOS gets, in MiB.",
      details: "It must hold jobs × cores × about 2 GiB, and the Mac must keep its own reserve.",
    },
    BUILDER_VM,
  ),
  ...virtualMachine(
    "darwin-builder.diskSize",
    { type: INT, default: "20480", summary: "Size of the Linux builder's disk, in MiB." },
    BUILDER_VM,
  ),
  ...virtualMachine(
    "darwin-builder.*",
    { type: ANY, summary: "A further property of the Linux builder on macOS: port, working directory, min-free." },
    BUILDER_VM,
  ),
  option("determinateNix.distributedBuilds", {
    platforms: SYSTEMS,
    type: BOOL,
    default: "false",
    summary: "Whether builds are sent to `determinateNix.buildMachines`.",
    sources: [DETERMINATE],
  }),
  option("determinateNix.determinateNixd.builder.state", {
    platforms: SYSTEMS,
    type: nullOr(enumeration("disabled", "enabled")),
    default: "null",
    summary: "macOS: whether determinate-nixd runs its Linux builder.",
    details: "It takes threads and memory from this Mac while it builds.",
    sources: [DETERMINATE],
  }),
  option("determinateNix.determinateNixd.builder.memoryBytes", {
    platforms: SYSTEMS,
    type: POSITIVE,
    default: "8589934592",
    summary: "How much memory that Linux builder gets, in bytes.",
    details: "It must hold jobs × cores × about 2 GiB, and the Mac must keep its own reserve.",
    sources: [DETERMINATE],
  }),
  option("determinateNix.determinateNixd.builder.cpuCount", {
    platforms: SYSTEMS,
    type: POSITIVE,
    default: "1",
    summary: "How many threads that Linux builder gets.",
    sources: [DETERMINATE],
  }),
  option("determinateNix.determinateNixd.garbageCollector.strategy", {
    platforms: SYSTEMS,
    type: nullOr(enumeration("automatic", "disabled")),
    default: "null",
    summary: "Whether determinate-nixd collects garbage by itself.",
    sources: [DETERMINATE],
  }),
  ...["*", "*.*", "*.*.*"].map((rest) =>
    option(`determinateNix.determinateNixd.${rest}`, {
      platforms: SYSTEMS,
      type: ANY,
      summary: "Configuration of determinate-nixd.",
      sources: [DETERMINATE],
    }),
  ),
];
