// A large Rust program is compiled a second time for its tests.
import { attribute } from "../builds/environment.js";
import { documentation, estimate } from "../catalogue/cite.js";
import { setAttribute } from "../edits/packages.js";
import type { Rule } from "./rule.js";
import { argumentText } from "./support/attributes.js";
import { isLarge } from "./support/rust.js";

export const heavyCheckPhase: Rule = {
  id: "heavy-check-phase",
  title: "A large program is compiled again for its tests",
  class: "missed-optimization",
  severity: "hint",
  confidence: 0.5,
  tier: "experimental",
  docs: {
    what: "Finds large Rust packages built from source that leave `doCheck` on, its default.",
    why: "Tests are compiled in a build of their own: about as much work and memory again. Where they run elsewhere (in CI) they need not run here.",
    when: "Programs of about 150 crates and more whose tests run in CI.",
    risk: "A broken build is noticed later. The package is rebuilt. Not applied automatically.",
    rollback: "Remove the line.",
    evidence: [
      documentation("nixpkgs manual, Rust: tests", "https://nixos.org/manual/nixpkgs/stable/#running-package-tests"),
      estimate("a test build doubles the work of compiling"),
    ],
  },
  examples: [
    {
      title: "The default",
      configuration: { packages: { demo: { peakMemory: { median: "1GiB", p95: "2GiB" } } } },
      machine: "none",
      before: `{ lib, rustPlatform }:
rustPlatform.⟦buildRustPackage⟧ {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
}
`,
      after: `{ lib, rustPlatform }:
rustPlatform.buildRustPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
  doCheck = false;
}
`,
    },
    {
      title: "Tests are chosen",
      configuration: { packages: { demo: { peakMemory: { median: "1GiB", p95: "2GiB" } } } },
      machine: "none",
      before: `{ lib, rustPlatform }:
rustPlatform.buildRustPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
  checkFlags = [ "--skip=net" ];
}
`,
    },
  ],
  *checkPackage(pkg, { configuration }) {
    if (pkg.builder !== "rust" || pkg.form !== "definition" || isLarge(pkg, configuration) !== true) return;
    if (attribute(pkg.attributes, ["doCheck"]) !== "absent" || /check|nextest/i.test(argumentText(pkg))) return;
    yield {
      file: pkg.file,
      range: pkg.range,
      message: `\`${pkg.name}\` is compiled again for its tests (\`doCheck\` is on by default), about as much work as the build itself. If CI runs them, switch them off here.`,
      fixes: [
        {
          title: "Set doCheck = false",
          applicability: "unsafe",
          rebuilds: true,
          edits: setAttribute(pkg, ["doCheck"], "false"),
        },
      ],
    };
  },
};
