// Settings that decide what is fetched or built elsewhere instead of here: caches and remote builders.
import { code, documentation, issue, releaseNotes, tested } from "../cite.js";
import { setting } from "../define.js";
import type { SettingFact } from "../facts.js";

const NIXOS_NIX_MODULE = code("NixOS/nixpkgs", "nixos/modules/config/nix.nix");

export const CACHE_SETTINGS: readonly SettingFact[] = [
  setting("substituters", {
    aliases: ["binary-caches"],
    type: "list",
    accepts: "URLs of caches separated by blanks; `?priority=N` behind one sets its place, lower is asked first",
    default: "https://cache.nixos.org/",
    daemon: "filtered",
    summary: "The binary caches that are asked before something is built.",
    details: [
      "Every hit is a build you don't have to fit into memory. Caches are asked by priority, lower first; cache.nixos.org has 40. Each further cache costs one request for each path that it doesn't have, so more than three or four slow every update down.",
      "On NixOS lists of several modules are joined, and cache.nixos.org is appended by itself. In a flake's `nixConfig`, in home-manager and in nix.conf a plain `substituters =` **replaces** the default list: use `extra-substituters` there. The daemon takes from an untrusted user only URLs that are in its own `substituters` or `trusted-substituters`.",
    ].join("\n\n"),
    pitfalls: [
      "A list without cache.nixos.org builds nearly everything from source.",
      "A cache without its key in `trusted-public-keys` is asked, and its answers are thrown away.",
    ],
    sources: [
      NIXOS_NIX_MODULE,
      code("NixOS/nix", "src/libstore/daemon.cc", "filter for untrusted users"),
      documentation(
        "Brian McGee on substituter order",
        "https://bmcgee.ie/posts/2023/12/til-how-to-optimise-substitutions-in-nix/",
      ),
    ],
  }),
  setting("trusted-public-keys", {
    aliases: ["binary-cache-public-keys"],
    type: "list",
    accepts: "keys of the form NAME:BASE64, separated by blanks",
    default: "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=",
    summary: "The keys whose signatures are accepted on downloaded packages.",
    details:
      "A cache without its key here is of no use: each of its paths `lacks a valid signature` and is built instead. Use `extra-trusted-public-keys` outside NixOS modules, since a plain definition drops the key of cache.nixos.org.",
    pitfalls: ["Who holds a key in this list can put any program on the machine."],
    sources: [NIXOS_NIX_MODULE],
  }),
  setting("trusted-substituters", {
    aliases: ["trusted-binary-caches"],
    type: "list",
    accepts: "URLs of caches separated by blanks",
    default: "",
    daemon: "file-only",
    summary: "Caches that untrusted users may switch on for themselves.",
    details:
      "They are not asked by default. Put a cache here to let users of a flake's `nixConfig.extra-substituters` profit from it without making them trusted users, which would be root in effect.",
    sources: [code("NixOS/nix", "src/libstore/daemon.cc")],
  }),
  setting("substitute", {
    aliases: ["build-use-substitutes"],
    type: "bool",
    default: "true",
    daemon: "any-user",
    summary: "Whether caches are used at all.",
    details:
      "`false` builds everything from source, the compiler included: days on a laptop. Meant for single commands (`--no-substitute`), never for a machine.",
    pitfalls: ["Left behind after an experiment it rebuilds the world at the next update."],
  }),
  setting("always-allow-substitutes", {
    type: "bool",
    default: "false",
    since: "2.19",
    summary: "Fetches also what is marked as not worth fetching (`allowSubstitutes = false`).",
    details:
      "Saves work on CI machines with a near and complete cache; elsewhere it adds a request for each of many trivial derivations.",
    sources: [releaseNotes("2.19")],
  }),
  setting("narinfo-cache-negative-ttl", {
    type: "seconds",
    default: "3600",
    since: "2.1",
    summary: "How long Nix remembers that a cache lacks a path.",
    details:
      "A path that CI pushes within this hour stays invisible to a machine that asked before, and is built there. With a cache of your own use 60-300 seconds.",
    pitfalls: ["0 repeats every request for everything that is not cached."],
  }),
  setting("narinfo-cache-positive-ttl", {
    type: "seconds",
    default: "2592000",
    since: "2.1",
    summary: "How long Nix remembers that a cache has a path (30 days).",
    details:
      "Shorten it for a cache of your own that collects garbage; else Nix asks for paths that are gone and, without `fallback`, fails.",
  }),
  setting("narinfo-cache-meta-ttl", {
    type: "seconds",
    default: "604800",
    since: "2.34",
    summary: "How long a cache's own description (`nix-cache-info`) is remembered (7 days).",
    details: "Matters when a cache changes its priority. Older versions have a fixed time.",
  }),
  setting("require-sigs", {
    type: "bool",
    default: "true",
    daemon: "trusted",
    summary: "Demands a signature by a trusted key on every fetched path.",
    details:
      "No influence on speed worth naming. `false` lets any cache, or whoever stands between, replace your programs.",
    sources: [NIXOS_NIX_MODULE],
  }),
  setting("builders", {
    type: "string",
    accepts: "machines separated by `;` or newlines, or `@/path/of/a/file`; empty for none",
    default: "@/etc/nix/machines",
    summary: "Remote machines that builds are sent to.",
    details:
      "The strongest way to spare a small laptop: Nix asks remote machines first and builds here only what none of them accepts. NixOS writes `nix.buildMachines` to /etc/nix/machines and sets `builders` to empty unless `nix.distributedBuilds = true`. Set `builders-use-substitutes` with it. Any user may set it to empty, only trusted users to something else.",
    pitfalls: [
      "A machine without `big-parallel` among its features never gets kernels, browsers or CUDA packages: they stay here.",
    ],
    sources: [
      code("NixOS/nixpkgs", "nixos/modules/config/nix-remote-build.nix"),
      code("NixOS/nix", "src/libstore/daemon.cc"),
    ],
  }),
  setting("builders-use-substitutes", {
    type: "bool",
    default: "false",
    summary: "Lets remote builders fetch dependencies from caches by themselves.",
    details:
      "Otherwise this machine downloads each dependency and uploads it to the builder: over a home line the upload takes longer than the build. `true` is right wherever the builder has its own way to the internet.",
    sources: [
      code("NixOS/infra", "builders/common/nix.nix", "set on the project's builders"),
      code("nix-community/srvos", "nixos/common/nix.nix"),
    ],
  }),
  setting("system-features", {
    type: "list",
    default: "nixos-test benchmark big-parallel, with kvm, uid-range or apple-virt where available",
    since: "2.2",
    summary: "What kinds of derivation this machine may build.",
    details: [
      "A derivation with `requiredSystemFeatures` is built only where all of them are listed: `big-parallel` for kernels, browsers and CUDA packages, `kvm` for NixOS tests, `gccarch-skylake` and the like for code tuned to a CPU.",
      "A plain definition **replaces** the defaults; on NixOS since 25.05 it adds to them (24.11 set its own with `mkDefault`). `extra-system-features` adds everywhere. To keep heavy packages off a weak machine that has remote builders, leaving `big-parallel` out on purpose is right.",
    ].join("\n\n"),
    pitfalls: [
      "Without `big-parallel` and without a builder that has it, large packages end in `a 'x86_64-linux' with features {big-parallel} is required`.",
    ],
    sources: [
      NIXOS_NIX_MODULE,
      tested("lib.evalModules: one definition replaces the mkDefault list"),
      issue("NixOS/nix#3806"),
    ],
  }),
  setting("extra-platforms", {
    type: "list",
    default: "i686-linux and x86_64-v1-linux to x86_64-v3-linux, as detected",
    since: "2.1",
    summary: "Further system types that this machine builds for.",
    details:
      "Used with `boot.binfmt.emulatedSystems` to build aarch64 on x86_64. Emulated builds are 5-20 times slower and use as much memory: a remote builder of that type is nearly always better.",
  }),
];
