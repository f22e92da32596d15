// A generated workspace of any size for `npm run bench`: modules, packages, overlays and plain data in the mix of real flakes.
// The same seed gives the same texts.

/** Numbers from 0 (included) to 1, the same for the same seed. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** Path -> text of about `size` files. */
export function generateCorpus(size: number, seed = 1): Map<string, string> {
  const random = createRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const files = new Map<string, string>();
  const hosts = Array.from({ length: Math.max(1, Math.floor(size / 100)) }, (_, i) => `host${i}`);
  const count = (share: number) => Math.floor(size * share);
  const modules = Array.from({ length: count(0.45) }, (_, i) => `modules/group${i % 20}/module${i}.nix`);
  const packages = Array.from({ length: count(0.25) }, (_, i) => `packages/tool${i}/default.nix`);

  files.set("flake.nix", flake(hosts));
  for (const host of hosts) {
    const imports = Array.from({ length: 12 }, () => `    ../../${pick(modules)}`);
    files.set(`hosts/${host}/default.nix`, hostFile(imports, pick([2, 4, 8]), pick([1, 2, 4])));
  }
  for (const [i, path] of modules.entries()) files.set(path, moduleFile(i, random));
  for (const [i, path] of packages.entries()) files.set(path, packageFile(i, pick(BUILDERS)));
  for (let i = 0; files.size < size; i++) files.set(`data/part${i}.nix`, dataFile(i, 10 + Math.floor(random() * 60)));
  return files;
}

function flake(hosts: readonly string[]): string {
  const entries = hosts.map((host) => `        ${host} = nixpkgs.lib.nixosSystem { modules = [ ./hosts/${host} ]; };`);
  return `{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs";
  outputs = { self, nixpkgs, ... }@inputs: {
      nixosConfigurations = {
${entries.join("\n")}
      };
  };
}
`;
}

function hostFile(imports: readonly string[], jobs: number, cores: number): string {
  return `{ config, lib, pkgs, ... }:
{
  imports = [
${imports.join("\n")}
  ];
  nix.settings = {
    max-jobs = lib.mkDefault ${jobs};
    cores = ${cores};
    substituters = [ "https://nix-community.cachix.org" ];
  };
  zramSwap.enable = true;
  boot.tmp.useTmpfs = ${jobs > 4};
}
`;
}

function moduleFile(i: number, random: () => number): string {
  const options = Array.from(
    { length: 3 + Math.floor(random() * 10) },
    (_, k) =>
      `    programs.tool${k}.setting${i} = lib.mkIf cfg.enable "value \${pkgs.tool${k}}/bin/\${toString ${k + i}}";`,
  );
  const budget = random() < 0.15 ? `    nix.settings.min-free = toString (${i} * 1024 * 1024);\n` : "";
  return `{ config, lib, pkgs, ... }:
let
  cfg = config.my.module${i};
  inherit (lib) mkIf mkOption types;
in
{
  options.my.module${i} = {
    enable = lib.mkEnableOption "module ${i}";
    level = mkOption { type = types.int; default = ${i}; description = "A level."; };
  };
  config = mkIf cfg.enable {
${options.join("\n")}
${budget}    systemd.services.unit${i} = {
      wantedBy = [ "multi-user.target" ];
      serviceConfig = { ExecStart = "\${pkgs.hello}/bin/hello --level \${toString cfg.level}"; Nice = ${i % 20}; };
    };
  };
}
`;
}

const BUILDERS = ["stdenv.mkDerivation", "rustPlatform.buildRustPackage", "buildGoModule", "buildNpmPackage"] as const;

function packageFile(i: number, builder: (typeof BUILDERS)[number]): string {
  const input = builder.split(".")[0];
  return `{ lib, ${input}, fetchFromGitHub }:
${builder} rec {
  pname = "tool${i}";
  version = "1.${i}.0";
  src = fetchFromGitHub { owner = "someone"; repo = pname; rev = "v\${version}"; hash = lib.fakeHash; };
  enableParallelBuilding = true;
  meta = { description = "Tool number ${i}"; license = lib.licenses.mit; platforms = lib.platforms.linux; };
}
`;
}

function dataFile(i: number, entries: number): string {
  const lines = Array.from(
    { length: entries },
    (_, k) => `  "entry-${k}" = { id = ${i * k}; tags = [ "a" "b${k}" ]; };`,
  );
  return `{\n${lines.join("\n")}\n}\n`;
}
