// Packages as people write them, as files for callPackage and as overlays; each has a `demo`.
import type { Kind } from "./nix.js";
import type { Style } from "./moduleStyles.js";

export interface PackageStyle extends Style {
  readonly kind: Extract<Kind, "package" | "overlay">;
}

const BASE: readonly PackageStyle[] = [
  {
    kind: "package",
    name: "plain",
    text: `{ lib, stdenv, rustPlatform }:\n\nrustPlatform.buildRustPackage {\n  pname = "demo";\n  version = "1";\n  src = "/source";\n  cargoHash = lib.id "x";\n}\n`,
  },
  {
    kind: "package",
    name: "trailing commas, env and inputs there",
    text: `{\n  lib,\n  stdenv, # the compiler\n  rustPlatform,\n}:\n\nrustPlatform.buildRustPackage {\n  pname = "demo";\n  version = "1";\n\n  nativeBuildInputs = [\n    "one"\n    "two" # last\n  ];\n\n  env = {\n    A = "1";\n  };\n\n  meta.license = "mit";\n}\n`,
  },
  {
    kind: "package",
    name: "leading commas, dotted env",
    text: `{ lib\n, stdenv\n, rustPlatform\n}:\n\nrustPlatform.buildRustPackage rec {\n  pname = "demo";\n  version = "1";\n  name = "\${pname}-\${version}";\n  nativeBuildInputs = [ "one" ];\n  env.A = "1";\n}\n`,
  },
  {
    kind: "package",
    name: "ellipsis and finalAttrs",
    text: `{ stdenv, ... }:\nstdenv.mkDerivation (finalAttrs: {\n  pname = "demo";\n  version = "1";\n  nativeBuildInputs = [ ] ++ [ "a" ];\n})\n`,
  },
  {
    kind: "package",
    name: "variable at top level",
    text: `{ rustPlatform }: rustPlatform.buildRustPackage {\n  pname = "demo"; version = "1";\n  MARK = "old";\n  nativeBuildInputs = [];\n}\n`,
  },
  {
    kind: "package",
    name: "conditional env and inputs",
    text: `{ lib, stdenv, rustPlatform }:\nrustPlatform.buildRustPackage {\n  pname = "demo";\n  version = "1";\n  env = lib.optionalAttrs true { A = "1"; };\n  nativeBuildInputs = lib.optionals true [ "one" ];\n}\n`,
  },
  {
    kind: "package",
    name: "one line",
    text: `{ rustPlatform }: rustPlatform.buildRustPackage { pname = "demo"; version = "1"; }\n`,
  },
  {
    kind: "package",
    name: "let in front",
    text: `{ rustPlatform, lib }:\nlet\n  version = "1";\nin\nrustPlatform.buildRustPackage {\n  inherit version;\n  pname = "demo";\n}\n`,
  },
  {
    kind: "overlay",
    name: "overlay, plain set",
    text: `final: prev: {\n  demo = prev.demo.overrideAttrs {\n    doCheck = false;\n  };\n}\n`,
  },
  {
    kind: "overlay",
    name: "overlay, old",
    text: `final: prev: {\n  demo = prev.demo.overrideAttrs (old: {\n    doCheck = false;\n  });\n}\n`,
  },
  {
    kind: "overlay",
    name: "overlay, unnamed parameter",
    text: `final: prev: {\n  demo = prev.demo.overrideAttrs (_: {\n    doCheck = false;\n  });\n}\n`,
  },
  {
    kind: "overlay",
    name: "overlay, two parameters",
    text: `final: prev: {\n  demo = prev.demo.overrideAttrs (finalAttrs: previousAttrs: {\n    doCheck = false;\n  });\n}\n`,
  },
  {
    kind: "overlay",
    name: "overlay, env joined",
    text: `final: prev: {\n  demo = prev.demo.overrideAttrs (o: {\n    env = (o.env or { }) // { A = "1"; };\n    nativeBuildInputs = (o.nativeBuildInputs or [ ]) ++ [ "one" ];\n  });\n}\n`,
  },
  {
    kind: "overlay",
    name: "overlay, env joined over several lines",
    text: `final: prev: {\n  demo = prev.demo.overrideAttrs (oldAttrs: {\n    env = oldAttrs.env // {\n      A = "1";\n    };\n    nativeBuildInputs = oldAttrs.nativeBuildInputs ++ [\n      "one"\n    ];\n  });\n}\n`,
  },
  {
    kind: "overlay",
    name: "overlay, let inside",
    text: `final: prev: {\n  demo = prev.demo.overrideAttrs (old: let n = 1; in {\n    doCheck = false;\n  });\n}\n`,
  },
  {
    kind: "overlay",
    name: "overlay, one line",
    text: `_final: prev: { demo = prev.demo.overrideAttrs (old: { doCheck = false; }); }\n`,
  },
];

const crlf = (style: PackageStyle): PackageStyle => ({
  ...style,
  name: `${style.name}, CRLF`,
  text: style.text.replace(/\n/g, "\r\n"),
});
const tabs = (style: PackageStyle): PackageStyle => ({
  ...style,
  name: `${style.name}, tabs`,
  text: style.text.replace(/^( {2})+/gm, (blanks) => "\t".repeat(blanks.length / 2)),
});

export const PACKAGE_STYLES: readonly PackageStyle[] = [...BASE, ...BASE.map(crlf), ...BASE.map(tabs)];
