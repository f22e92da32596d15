// Options under `nix.` that set nix.conf: the typed keys of nix.settings, the text options, and the names from before 22.05.
import { code, documentation, issue, tested } from "../cite.js";
import { BOOL, either, enumeration, INT, listOf, option, STRING } from "../define.js";
import type { OptionFact, OptionType } from "../facts.js";

const NIXOS_NIX = code("NixOS/nixpkgs", "nixos/modules/config/nix.nix");
const DARWIN_NIX = code("nix-darwin/nix-darwin", "modules/nix/default.nix");
const HOME_NIX = code("nix-community/home-manager", "modules/misc/nix/default.nix");
const STRINGS = listOf(STRING);
const SYSTEMS = ["nixos", "darwin"] as const;
const EVERYWHERE = ["nixos", "darwin", "home-manager"] as const;

/** A key of nix.settings whose type NixOS and nix-darwin declare; home-manager declares none. */
function typedSetting(
  name: string,
  type: OptionType,
  defaultText: string,
  summary: string,
  details = "",
  platforms: OptionFact["platforms"] = SYSTEMS,
): OptionFact {
  const sources = platforms === SYSTEMS ? [NIXOS_NIX, DARWIN_NIX] : [NIXOS_NIX];
  return option(`nix.settings.${name}`, {
    platforms,
    type,
    default: defaultText,
    setting: name,
    summary,
    details,
    sources,
  });
}

/** An option from before NixOS 22.05; it still evaluates, with a warning. */
function legacy(
  name: string,
  setting: string,
  type: OptionType,
  platforms: OptionFact["platforms"] = SYSTEMS,
): OptionFact {
  return option(`nix.${name}`, {
    platforms,
    type,
    setting,
    renamedTo: ["nix", "settings", setting],
    summary: `Old name of \`nix.settings.${setting}\`.`,
    details: "Renamed in NixOS 22.05. It still works and prints a warning at every evaluation.",
    sources: platforms === SYSTEMS ? [NIXOS_NIX, DARWIN_NIX] : [NIXOS_NIX],
  });
}

export const NIX_OPTIONS: readonly OptionFact[] = [
  option("nix.settings", {
    platforms: EVERYWHERE,
    type: { kind: "submodule" },
    default: "{ }",
    summary: "The content of nix.conf, as an attribute set.",
    details:
      "Any setting may stand in it. Some keys have a type and a default of their own; the rest takes null, a boolean, a number, a string, a path, a package, or a list of these. Keys are printed in alphabetical order, `extra-` keys last, and a later line wins: so an old alias such as `build-cores` is overridden by the declared `cores`. home-manager writes the user's own nix.conf instead, has no defaults, and of it the daemon takes only what any user may set.",
    sources: [NIXOS_NIX, DARWIN_NIX, HOME_NIX],
  }),
  typedSetting(
    "max-jobs",
    either(INT, enumeration("auto")),
    '"auto"',
    "How many derivations are built at the same time.",
    "The default `auto` is one job a thread; with `cores = 0` that allows threads squared processes.",
  ),
  typedSetting(
    "cores",
    INT,
    "0",
    "How many threads each build may use; 0 is all.",
    'An integer: `"auto"` fails the evaluation.',
  ),
  typedSetting("auto-optimise-store", BOOL, "false", "Deduplicates store files while they are added."),
  typedSetting(
    "sandbox",
    either(BOOL, enumeration("relaxed")),
    "true on NixOS, false on macOS",
    "Whether builds are isolated.",
  ),
  typedSetting("extra-sandbox-paths", STRINGS, "[ ]", "Paths of the machine that builds may see."),
  typedSetting(
    "substituters",
    STRINGS,
    '[ "https://cache.nixos.org/" ]',
    "The binary caches that are asked.",
    "cache.nixos.org is appended with `mkAfter`: lists of yours come first and don't replace it.",
  ),
  typedSetting("trusted-substituters", STRINGS, "[ ]", "Caches that untrusted users may switch on."),
  typedSetting("require-sigs", BOOL, "true", "Demands signatures on fetched paths."),
  typedSetting("trusted-public-keys", STRINGS, '[ "cache.nixos.org-1:..." ]', "Keys whose signatures are accepted."),
  typedSetting("trusted-users", STRINGS, '[ "root" ]', "Users whose settings the daemon takes without restriction."),
  typedSetting("allowed-users", STRINGS, '[ "*" ]', "Users that may talk to the daemon."),
  typedSetting(
    "system-features",
    STRINGS,
    '[ "nixos-test" "benchmark" "big-parallel" "kvm" ] and gccarch-* of the platform',
    "What kinds of derivation this machine may build.",
    "",
    ["nixos"],
  ),

  option("nix.extraOptions", {
    platforms: EVERYWHERE,
    type: { kind: "lines" },
    default: '""',
    summary: "Text that is appended to nix.conf.",
    details:
      "It comes last and therefore silently beats `nix.settings`: `cores = 6` in here wins over `nix.settings.cores`. Prefer `nix.settings`.",
    sources: [NIXOS_NIX, DARWIN_NIX, HOME_NIX],
  }),
  option("nix.checkConfig", {
    platforms: EVERYWHERE,
    type: BOOL,
    default: "true",
    summary: "Has Nix read the generated nix.conf at build time.",
    details: "Turns unknown settings and unreadable values into an error before they reach the machine. Keep it.",
    sources: [NIXOS_NIX, DARWIN_NIX, HOME_NIX],
  }),
  option("nix.checkAllErrors", {
    platforms: ["nixos", "darwin"],
    type: BOOL,
    default: "true",
    summary: "Makes warnings of that check errors too.",
    sources: [NIXOS_NIX, DARWIN_NIX],
  }),
  option("nix.enable", {
    platforms: EVERYWHERE,
    type: BOOL,
    default: "true",
    summary: "Whether Nix is configured by this configuration.",
    details:
      "With `false` (Determinate Nix on macOS asks for it) no `nix.*` option has an effect; settings go to /etc/nix/nix.custom.conf.",
    sources: [NIXOS_NIX, DARWIN_NIX],
  }),
  option("nix.package", {
    platforms: EVERYWHERE,
    type: { kind: "package" },
    default: "pkgs.nix",
    summary: "The Nix that runs here; its version decides which settings exist and what their defaults are.",
    details: "home-manager needs it set as soon as `nix.settings` is.",
    sources: [NIXOS_NIX, DARWIN_NIX, HOME_NIX],
  }),
  option("nix.channel.enable", {
    platforms: SYSTEMS,
    type: BOOL,
    default: "true",
    summary: "Whether nix-channel and its search path are set up.",
    sources: [code("NixOS/nixpkgs", "nixos/modules/config/nix-channel.nix"), DARWIN_NIX],
  }),
  option("nix.registry", {
    platforms: EVERYWHERE,
    type: { kind: "attrs" },
    default: "{ }",
    summary: "Names of flakes, as `nix run NAME#...` takes them.",
    details:
      "Pinning `nixpkgs` to the input that the system is built from spares a second evaluation and download of nixpkgs.",
    sources: [code("NixOS/nixpkgs", "nixos/modules/config/nix-flakes.nix"), DARWIN_NIX, HOME_NIX],
  }),
  option("nix.nixPath", {
    platforms: EVERYWHERE,
    type: STRINGS,
    default: '[ "nixpkgs=..." ]',
    summary: "Where `<nixpkgs>` is looked up.",
    sources: [code("NixOS/nixpkgs", "nixos/modules/config/nix-channel.nix"), DARWIN_NIX, HOME_NIX],
  }),

  legacy("maxJobs", "max-jobs", either(INT, enumeration("auto"))),
  legacy("buildCores", "cores", INT),
  legacy("useSandbox", "sandbox", either(BOOL, enumeration("relaxed"))),
  legacy("sandboxPaths", "extra-sandbox-paths", STRINGS),
  legacy("binaryCaches", "substituters", STRINGS),
  legacy("trustedBinaryCaches", "trusted-substituters", STRINGS),
  legacy("binaryCachePublicKeys", "trusted-public-keys", STRINGS),
  legacy("autoOptimiseStore", "auto-optimise-store", BOOL),
  legacy("requireSignedBinaryCaches", "require-sigs", BOOL),
  legacy("trustedUsers", "trusted-users", STRINGS),
  legacy("allowedUsers", "allowed-users", STRINGS),
  legacy("systemFeatures", "system-features", STRINGS, ["nixos"]),
  option("nix.useChroot", {
    platforms: SYSTEMS,
    type: either(BOOL, enumeration("relaxed")),
    setting: "sandbox",
    renamedTo: ["nix", "settings", "sandbox"],
    summary: "Oldest name of `nix.settings.sandbox`.",
    details: "Renamed to `nix.useSandbox` in 20.03, and to `nix.settings.sandbox` in 22.05.",
    sources: [NIXOS_NIX, DARWIN_NIX],
  }),
  option("nix.chrootDirs", {
    platforms: SYSTEMS,
    type: STRINGS,
    setting: "extra-sandbox-paths",
    renamedTo: ["nix", "settings", "extra-sandbox-paths"],
    summary: "Oldest name of `nix.settings.extra-sandbox-paths`.",
    details: "Renamed to `nix.sandboxPaths` in 20.03, and to `nix.settings.extra-sandbox-paths` in 22.05.",
    sources: [NIXOS_NIX, DARWIN_NIX],
  }),
  option("nix.readOnlyStore", {
    platforms: ["nixos"],
    type: BOOL,
    default: "true",
    renamedTo: ["boot", "readOnlyNixStore"],
    summary: "Old name of `boot.readOnlyNixStore`.",
    details: "Renamed in NixOS 22.11.",
    sources: [NIXOS_NIX],
  }),
  option("nixConfig", {
    platforms: [],
    type: { kind: "attrs" },
    summary: "A flake's own settings, for whoever runs a command on it.",
    details:
      "Read only from the flake that a command names, never from its inputs. It configures that one command, not a machine. Everything but prompts, the registry and the lock file's commit message needs consent (`--accept-flake-config` or an interactive yes), and of the rest an untrusted user's daemon takes only `max-jobs`, `cores`, `timeout` and a few more. Values must be literals: a string, integer, boolean, path or list of strings. Once accepted they beat the command line. Settings of a machine belong into its system configuration.",
    sources: [
      code("NixOS/nix", "src/libflake/flake.cc", "types of values"),
      code("NixOS/nix", "src/libflake/config.cc", "consent"),
      tested("Nix 2.8.0: an expression is refused as `a thunk`; accepted cores = 3 beats --cores 5"),
      issue("NixOS/nix#9649"),
      documentation(
        "Nix manual, nix flake, nixConfig",
        "https://nix.dev/manual/nix/latest/command-ref/new-cli/nix3-flake.html",
      ),
    ],
  }),
  option("determinateNix.customSettings", {
    platforms: ["nixos", "darwin"],
    type: { kind: "attrs" },
    default: "{ }",
    summary: "Settings that Determinate Nix's module writes to /etc/nix/nix.custom.conf.",
    details: "The same names as in `nix.settings`. There, `nix.*` options of nix-darwin have no effect.",
    sources: [code("DeterminateSystems/determinate", "modules/nix-darwin/default.nix")],
  }),
];
