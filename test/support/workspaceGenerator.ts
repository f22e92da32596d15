// Small workspaces in the shapes that people write: a flake with hosts, modules that import, declare and read options,
// overlays, package files, nix.conf and declared machines. Same seed, same texts.
import { MODULE_STYLES } from "./moduleStyles.js";
import { PACKAGE_STYLES } from "./packageStyles.js";
import { type Pickers, pickers } from "./random.js";

/** Path -> text. */
export function generateWorkspace(seed: number): Map<string, string> {
  const random = pickers(seed);
  const hosts = HOSTS.slice(0, 1 + random.below(HOSTS.length));
  const modules = MODULES.slice(0, 2 + random.below(MODULES.length - 1)).map((name) => `modules/${name}.nix`);
  const files = new Map<string, string>();
  files.set("flake.nix", random.pick(FLAKES)(hosts, random));
  for (const host of hosts) files.set(`hosts/${host}/default.nix`, hostModule(modules, random));
  files.set("hosts/table.nix", table(hosts, random));
  for (const path of modules) files.set(path, random.pick(MODULE_TEXTS)(random, modules));
  files.set("modules/default.nix", index(modules, random));
  files.set("overlays/default.nix", random.pick(OVERLAYS)(random));
  for (const name of PACKAGES.slice(0, 1 + random.below(PACKAGES.length)))
    files.set(`packages/${name}/default.nix`, packageText(name, random));
  files.set(
    "packages/rusty/Cargo.toml",
    '[package]\nname = "rusty"\n[profile.release]\nlto = "fat"\ncodegen-units = 1\n',
  );
  if (random.chance(0.4)) files.set("nix.conf", conf(random));
  if (random.chance(0.7)) files.set("nix-build-budget.json", configuration(hosts, random));
  return files;
}

const HOSTS = ["anvil", "bellows", "crucible"] as const;
const MODULES = ["nix", "users", "builders", "memory", "desktop", "server"] as const;
const PACKAGES = ["rusty", "gopher", "webby", "native", "python-tool"] as const;

const FLAKES: readonly ((hosts: readonly string[], random: Pickers) => string)[] = [
  (hosts) => `{
  description = "Hosts, one by one";
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
  nixConfig.extra-substituters = [ "https://nix-community.cachix.org" ];
  outputs = { self, nixpkgs, ... }@inputs: {
${hosts.map((host) => `    nixosConfigurations.${host} = nixpkgs.lib.nixosSystem {\n      system = "x86_64-linux";\n      specialArgs = { inherit inputs; jobs = 4; };\n      modules = [ ./hosts/${host} ./modules { nixpkgs.overlays = [ (import ./overlays) ]; } ];\n    };`).join("\n")}
    overlays.default = import ./overlays;
    packages.x86_64-linux.rusty = nixpkgs.legacyPackages.x86_64-linux.callPackage ./packages/rusty { };
  };
}
`,
  (hosts) => `{
  inputs = { nixpkgs.url = "github:NixOS/nixpkgs"; home-manager.url = "github:nix-community/home-manager"; };
  nixConfig = { max-jobs = 2; cores = 4; };
  outputs = { nixpkgs, home-manager, self }:
    let
      inherit (nixpkgs) lib;
      hosts = import ./hosts/table.nix;
      mkHost = name: { jobs, cores ? 2, extra ? [ ] }: lib.nixosSystem {
        specialArgs = { inherit jobs cores name; };
        modules = [ (./hosts + "/\${name}") ./modules/default.nix { networking.hostName = name; } ] ++ extra;
      };
    in
    {
      nixosConfigurations = lib.mapAttrs mkHost hosts;
      homeConfigurations.me = home-manager.lib.homeManagerConfiguration { modules = [ ./hosts/${hosts[0]} ]; };
    };
}
`,
  (hosts) => `{
  outputs = inputs@{ nixpkgs, darwin, ... }: {
    nixosConfigurations = nixpkgs.lib.genAttrs [ ${hosts.map((host) => `"${host}"`).join(" ")} ] (name:
      nixpkgs.lib.nixosSystem { modules = [ ./hosts/\${name} ] ++ builtins.attrValues { inherit (inputs) x; }; });
    darwinConfigurations.mac = darwin.lib.darwinSystem {
      modules = builtins.map (file: ./modules + "/\${file}") (builtins.attrNames (builtins.readDir ./modules));
    };
  };
}
`,
  () => `{
  outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } ({ config, ... }: {
    imports = [ ./modules ];
    flake.nixosConfigurations.anvil = inputs.nixpkgs.lib.nixosSystem { modules = [ ./hosts/anvil config.flake.x or { } ]; };
    perSystem = { pkgs, ... }: { packages.rusty = pkgs.callPackage ./packages/rusty { }; };
  });
}
`,
];

function hostModule(modules: readonly string[], random: Pickers): string {
  const imports = modules.filter(() => random.chance(0.6)).map((path) => `    ../../${path}`);
  return `# A machine in the cellar.
{ config, lib, pkgs, jobs ? 3, ... }:
{
  imports = [
${imports.join("\n")}
    ${random.pick(["", "../table.nix", "./hardware-configuration.nix", "../../modules"])}
  ];
  nix.settings = {
    max-jobs = ${random.pick(['"auto"', "8", "jobs", "lib.mkDefault (2 * jobs)", "config.my.jobs", "builtins.length [ 1 2 ]"])};
    cores = ${random.pick(["0", "6", "config.my.level", "lib.mkForce 4", '"4"'])};
  };
  my.level = ${random.pick(["3", "lib.mkIf config.zramSwap.enable 2", "lib.mkMerge [ 1 (lib.mkForce 2) ]"])};
  ${random.pick(["zramSwap.enable = true;", "zramSwap = { enable = true; memoryPercent = 150; };", "boot.tmp.useTmpfs = true;", "# nix-build-budget: ignore all -- tried"])}
  services.foo.text = ''
    keeps \${pkgs.hello}/bin/hello
      --jobs "$NIX_BUILD_CORES" ''\${not} this
  '';
}
`;
}

function table(hosts: readonly string[], random: Pickers): string {
  const entries = hosts.map(
    (host) =>
      `  ${host} = { jobs = ${1 + random.below(9)}; ${random.pick(["", "cores = 8;", "extra = [ { nix.settings.cores = 2; } ];"])} };`,
  );
  return `{\n${entries.join("\n")}\n}\n`;
}

function index(modules: readonly string[], random: Pickers): string {
  if (random.chance(0.3))
    return `{ lib, ... }:\n{\n  imports = map (name: ./. + "/\${name}") (lib.filter (lib.hasSuffix ".nix") (lib.remove "default.nix" (builtins.attrNames (builtins.readDir ./.))));\n}\n`;
  const paths = modules.map((path) => `./${path.split("/")[1]}`);
  return `{ imports = [ ${paths.join(" ")} ]; }\n`;
}

const MODULE_TEXTS: readonly ((random: Pickers, modules: readonly string[]) => string)[] = [
  (random) => random.pick(MODULE_STYLES).text,
  (random) => `{ config, lib, pkgs, ... }:
let
  cfg = config.my;
  inherit (lib) mkOption mkEnableOption mkIf types;
in
{
  options.my = {
    enable = mkEnableOption "all of it";
    jobs = mkOption { type = types.ints.positive; default = ${1 + random.below(8)}; };
    level = mkOption { type = types.nullOr types.int; default = null; };
    hosts = mkOption { type = types.attrsOf (types.submodule { options.speed = mkOption { type = types.int; default = 1; }; }); default = { }; };
  };
  config = mkIf (cfg.enable || true) {
    nix.settings.max-jobs = lib.mkDefault cfg.jobs;
    nix.buildMachines = lib.mapAttrsToList (hostName: { speed, ... }: { inherit hostName; maxJobs = 4; speedFactor = speed; }) cfg.hosts;
    my.hosts.far.speed = ${random.below(5)};
  };
}
`,
  (random) => `{ config, ... }:
{
  nix.extraOptions = ''
    max-jobs = ${random.below(20)}
    cores = \${toString config.my.jobs}
    # a comment
    keep-outputs = true
  '' + "\\nbuilders-use-substitutes = true";
  systemd.services.nix-daemon.serviceConfig = { MemoryMax = "${random.pick(["90%", "12G", "infinity"])}"; CPUQuota = "${100 * random.below(12)}%"; };
  nix.daemonCPUSchedPolicy = "idle";
  environment.sessionVariables.NIX_CONFIG = "cores = 4";
}
`,
  (random, modules) => `{ lib, ... }@args:
{
  imports = [ ./${random.pick(modules).split("/")[1]} ./missing.nix (import ./users.nix) ];
  disabledModules = [ ./${random.pick(modules).split("/")[1]} ];
  nix.settings = lib.mkMerge [
    { cores = args.config.nix.settings.max-jobs; }
    (lib.mkIf (args ? jobs) { max-jobs = lib.mkForce args.jobs; })
    (lib.optionalAttrs ${random.chance(0.5)} { sandbox = "relaxed"; trusted-users = lib.mkAfter [ "@wheel" ]; })
  ];
}
`,
  (random) => `{ pkgs, lib, ... }:
with lib;
{
  swapDevices = [ { device = "/swap"; size = ${random.below(64)} * 1024; } ];
  boot.kernel.sysctl = { "vm.swappiness" = mkDefault 180; "vm.dirty_ratio" = 20; };
  boot.tmp = rec { useTmpfs = true; tmpfsSize = "\${toString (${random.below(80)} + 10)}%"; cleanOnBoot = !useTmpfs; };
  environment.systemPackages = [ (pkgs.callPackage ../packages/rusty { }) pkgs.ccacheStdenv ];
  programs.ccache = { enable = true; packageNames = [ "linux" ]; };
}
`,
];

const OVERLAYS: readonly ((random: Pickers) => string)[] = [
  () => PACKAGE_STYLES.find(({ kind }) => kind === "overlay")?.text ?? "",
  (random) => random.pick(PACKAGE_STYLES.filter(({ kind }) => kind === "overlay")).text,
  () => `final: prev:
{
  rusty = final.callPackage ../packages/rusty { };
  webby = (prev.webby.override { nodejs = final.nodejs_22; }).overrideAttrs (old: {
    NODE_OPTIONS = "--max-old-space-size=32768";
    makeFlags = (old.makeFlags or [ ]) ++ [ "-j16" ];
  });
  python3 = prev.python3.override { packageOverrides = pyfinal: pyprev: { torch = pyprev.torch.overridePythonAttrs { doCheck = false; }; }; };
}
`,
];

function packageText(name: string, random: Pickers): string {
  const styles = PACKAGE_STYLES.filter(({ kind }) => kind === "package");
  if (random.chance(0.4)) return random.pick(styles).text;
  const builder = random.pick([
    "rustPlatform.buildRustPackage",
    "buildGoModule",
    "buildNpmPackage",
    "stdenv.mkDerivation",
  ]);
  const [open, close] = random.pick([
    ["rec {", "}"],
    ["(finalAttrs: {", "})"],
    ["{", "}"],
  ] as const);
  return `{ lib, ${builder.split(".")[0]}, fetchFromGitHub, }:
${builder} ${open}
  pname = "${name}";
  version = "1.0.${random.below(30)}";
  src = fetchFromGitHub { owner = "someone"; repo = "${name}"; rev = "v1"; hash = lib.fakeHash; };
  ${random.pick(['CARGO_PROFILE_RELEASE_CODEGEN_UNITS = "1";', 'env.RUSTFLAGS = "-C target-cpu=native";', "enableParallelBuilding = false;", 'buildPhase = "make -j8";', 'NIX_CFLAGS_COMPILE = [ "-O3" "-march=native" ];'])}
  meta.platforms = lib.platforms.linux;
${close}
`;
}

function conf(random: Pickers): string {
  return `# the daemon's\nmax-jobs = ${random.pick(["auto", "4", "x", ""])}\ncores=${random.below(9)}\ninclude extra.conf\n!include missing.conf\nextra-experimental-features = nix-command flakes # both\n`;
}

function configuration(hosts: readonly string[], random: Pickers): string {
  const machine = random.pick([
    '"threads": 8, "memory": "16GiB"',
    '"threads": 8, "memory": "16GiB", "zram": { "size": "12GiB" }, "reserve": { "threads": 2 }',
    '"threads": 64, "memory": "128GiB", "network": "1Gbit/s"',
  ]);
  return `{\n  // what stands in the cellar\n  "machines": { ${hosts.map((host) => `"${host}": { ${machine} }`).join(", ")} },\n  "policy": "${random.pick(["strict", "balanced", "burst"])}",\n  "packages": { "rusty": { "peakMemory": { "median": "6GiB", "p95": "9GiB" } } }\n}\n`;
}
