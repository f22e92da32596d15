// Modules that hosts take from elsewhere (flake inputs, nixpkgs' own profiles), and the build-related options that each may set:
// on a host that imports one, these are not unset. Read off the sources of each, at their default branch in late 2026, but for
// Lix' module and the profiles of nixpkgs (their documentation). One that is not listed may set whatever any of them sets, and no
// more: none sets max-jobs, cores or build-dir. Which Nix it is (`nix.package`) is read off elsewhere.

/** One row: the first one that fits a module counts. */
interface ModuleSource {
  /** Repositories by name in lower case, forks among them; with the owner where the name alone says little. */
  readonly from: readonly string[];
  /** Which of their modules; all if absent. */
  readonly modules?: RegExp;
  /** Options that they may set, with all that lies below each. */
  readonly sets: readonly string[];
}

const CACHES = ["substituters", "trusted-substituters", "trusted-public-keys"].flatMap((name) => [
  `nix.settings.${name}`,
  `nix.settings.extra-${name}`,
]);
/** What a server is given so that builds leave it usable. */
const GENTLE = [
  ...[
    "nix.daemonCPUSchedPolicy",
    "nix.daemonIOSchedClass",
    "nix.daemonIOSchedPriority",
    "nix.settings.connect-timeout",
  ],
  ...["nix.settings.min-free", "nix.settings.max-free", "nix.settings.builders-use-substitutes"],
  ...["nix.settings.log-lines", "nix.settings.experimental-features"],
];

const SOURCES: readonly ModuleSource[] = [
  { from: ["srvos"], modules: /^mixins-trusted-nix-caches$/, sets: CACHES },
  {
    from: ["srvos"],
    modules: /^mixins-nix-experimental$/,
    sets: [
      ...["nix.settings.auto-allocate-uids", "nix.settings.system-features"],
      "nix.settings.experimental-features",
    ],
  },
  {
    from: ["srvos"],
    modules: /^roles-nix-remote-builder$/,
    sets: ["nix.gc", "nix.settings.trusted-users"],
  },
  { from: ["srvos"], modules: /^(mixins|roles)-/, sets: [] },
  { from: ["srvos"], modules: /^hardware-/, sets: ["powerManagement.cpuFreqGovernor"] },
  {
    from: ["srvos"],
    sets: [
      ...GENTLE,
      ...["systemd.services.nix-daemon.serviceConfig.OOMScoreAdjust", "nix.daemonIOLowPriority", "nix.channel"],
      ...["nix.optimise", "nix.settings.fallback", "nix.settings.trusted-users", "boot.tmp.cleanOnBoot"],
      ...["documentation", "programs.fish"],
    ],
  },
  { from: ["clan-core"], sets: [...GENTLE, ...CACHES, "boot.kernelParams"] },
  {
    from: ["determinate"],
    sets: [
      ...CACHES,
      ...["nix.enable", "nix.settings.netrc-file", "determinateNix.buildMachines", "determinateNix.distributedBuilds"],
      ...["ExecStart", "KillMode", "LimitNOFILE", "LimitSTACK", "TasksMax"].map(
        (key) => `systemd.services.nix-daemon.serviceConfig.${key}`,
      ),
    ],
  },
  {
    from: ["nix-rosetta-builder"],
    sets: ["nix.buildMachines", "nix.distributedBuilds", "nix.settings.builders-use-substitutes"],
  },
  { from: ["jovian-nixos"], sets: ["zramSwap", "boot.kernel.sysctl.vm.max_map_count"] },
  { from: ["musnix"], sets: ["boot.kernel.sysctl.vm.swappiness", "powerManagement.cpuFreqGovernor"] },
  { from: ["nix-bitcoin"], sets: ["boot.kernel.sysctl.vm.swappiness"] },
  { from: ["nix-citizen"], sets: ["boot.kernel.sysctl.vm.max_map_count"] },
  { from: ["nix-gaming"], sets: ["boot.kernel.sysctl.vm.max_map_count"] },
  { from: ["jetpack-nixos"], sets: ["nixpkgs.config.cudaSupport", "nixpkgs.config.cudaCapabilities"] },
  // Swap devices and file systems stand in `disko.devices`, from which the module makes the options.
  { from: ["disko"], sets: ["swapDevices", "fileSystems"] },
  {
    from: ["nixos-hardware", "nixos-apple-silicon"],
    sets: ["powerManagement.cpuFreqGovernor", "boot.kernelParams"],
  },
  { from: ["nixos-wsl"], sets: ["systemd.oomd.enable", "powerManagement"] },
  {
    from: ["microvm.nix"],
    modules: /^microvm$/,
    sets: ["systemd.services.nix-daemon.enable", "systemd.sockets.nix-daemon.enable", "nix.enable"],
  },
  { from: ["buildbot-nix"], sets: ["nix.settings.allowed-users", "nix.settings.extra-allowed-users"] },
  {
    from: ["nuschtos/nixos-modules"],
    sets: [
      ...[
        "builders-use-substitutes",
        "connect-timeout",
        "experimental-features",
        "trusted-users",
        "system-features",
      ].map((name) => `nix.settings.${name}`),
      ...["nix.buildMachines", "nix.distributedBuilds"],
    ],
  },
  { from: ["github-nix-ci", "hercules-ci-agent"], sets: ["nix.settings.trusted-users"] },
  {
    from: ["nixos-dgx-spark"],
    sets: [...CACHES, "nixpkgs.config.cudaSupport", "nixpkgs.config.cudaCapabilities", "boot.kernelParams"],
  },
  {
    from: [
      "niri-flake",
      "catppuccin/nix",
      "chaotic-cx/nyx",
      "lix-project/nixos-module",
      "nixos-raspberrypi",
      "nixpkgs-xr",
    ],
    sets: CACHES,
  },
  { from: ["xddxdd/nur-packages"], sets: [...CACHES, "nix.settings.extra-platforms"] },
  {
    from: [
      // Homes, secrets, disks and boot
      ...[
        "home-manager",
        "nix-darwin",
        "sops-nix",
        "agenix",
        "ragenix",
        "agenix-rekey",
        "impermanence",
        "preservation",
      ],
      ...["lanzaboote", "nixos-generators", "nixos-facter-modules", "microvm.nix", "ucodenix"],
      // Looks and desktops
      ...[
        "stylix",
        "hyprland",
        "nixos-cosmic",
        "plasma-manager",
        "noctalia-shell",
        "dankmaterialshell",
        "ags",
        "anyrun",
      ],
      // Programs
      ...["nixvim", "nvf", "spicetify-nix", "nixcord", "zen-browser-flake", "nix-flatpak", "nix-snapd", "nix-homebrew"],
      ...[
        "mac-app-util",
        "nix-minecraft",
        "aagl-gtk-on-nix",
        "wrapper-manager",
        "xremap/nix-flake",
        "lan-mouse",
        "voxtype",
      ],
      ...["direnv-instant", "nix-monitored", "nixos-vscode-server", "nix-index-database", "envfs", "nix-ld"],
      // Services and packages
      ...["nixos-mailserver", "ethereum.nix", "proxmox-nixos", "attic", "comin", "colmena", "kolide/nix-agent"],
      ...[
        "nix-topology",
        "nur",
        "nixpkgs",
        "authentik-nix",
        "arion",
        "nix-snapshotter",
        "declarative-flatpak",
        "nixos-cli",
      ],
    ],
    sets: [],
  },
];

/** Of these eighty sources, what any sets that isn't a machine's own (disks, hardware): what an unknown one may set too. */
export const SET_BY_ANY: readonly string[] = [
  ...new Set(SOURCES.filter(({ from }) => !from.includes("disko")).flatMap(({ sets }) => sets)),
];

/** Modules of nixpkgs that are in no host unless it imports them. */
const NIXPKGS_MODULES: readonly (readonly [file: RegExp, sets: readonly string[]])[] = [
  [/\/(nix-builder-vm|macos-builder)\.nix$/, ["nix.settings", "virtualisation"]],
  [/\/(perlless|image-based-appliance|bashless)\.nix$/, ["nix", "documentation"]],
  [/\/hardened\.nix$/, ["boot.kernel.sysctl", "boot.kernelParams", "nix.settings.allowed-users"]],
  [/\/(minimal|docker-container|lxc-container|headless)\.nix$/, ["documentation", "boot.kernelParams"]],
  [/\/installer\/scan\//, []],
  [
    /\/(installer|netboot)\//,
    ["boot.kernel.sysctl", "boot.kernelParams", "swapDevices", "fileSystems", "documentation"],
  ],
  [/\/virtualisation\//, ["virtualisation", "swapDevices", "fileSystems", "boot.kernelParams", "documentation"]],
  [/^\/nixos\/modules\/|^\/(profiles|services|programs|hardware|misc|config|security|system|tasks)\//, []],
];

/** What NixOS' installer writes down of the machine that it runs on. */
const GENERATED = [
  "swapDevices",
  "fileSystems",
  "nixpkgs.hostPlatform",
  "powerManagement.cpuFreqGovernor",
  "nix.maxJobs",
];

/** Options that the module of a flake input may set; undefined if it is not listed. `from`: `owner/name`, or the input's name. */
export function setByInput(from: string, module: string): readonly string[] | undefined {
  const name = from.toLowerCase();
  const short = name.split("/").at(-1) ?? "";
  const isFrom = (place: string) => (place.includes("/") ? place === name || place === `${name}/nix` : place === short);
  return SOURCES.find(({ from: places, modules }) => places.some(isFrom) && (modules?.test(module) ?? true))?.sets;
}

/** Options that a module file of nixpkgs may set. `file`: its path below nixos/modules. */
export function setByNixpkgs(file: string): readonly string[] {
  return NIXPKGS_MODULES.find(([pattern]) => pattern.test(file))?.[1] ?? SET_BY_ANY;
}

/** Options that a module file outside the workspace may set. */
export function setByFile(path: string): readonly string[] {
  return /(^|\/)hardware-configuration\.nix$/.test(path) ? GENERATED : SET_BY_ANY;
}
