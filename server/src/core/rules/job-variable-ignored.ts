// CARGO_BUILD_JOBS and GOFLAGS=-p: the builder's own command line beats them.
import { code, documentation } from "../catalogue/cite.js";
import { replaceText } from "../edits/definitions.js";
import { setEnv } from "../edits/packages.js";
import { both, moveToEnv, removeItems } from "../edits/packageMove.js";
import type { AttrBinding } from "../syntax/ast.js";
import type { Package } from "../workspace/model.js";
import type { Draft, FixDraft, Rule } from "./rule.js";
import { listsOf, numberText, overriddenFrom, ownVariable, plainText } from "./support/packageText.js";

export const jobVariableIgnored: Rule = {
  id: "job-variable-ignored",
  title: "A number of jobs that the builder overrides",
  class: "misconfiguration",
  severity: "information",
  confidence: 0.9,
  tier: "P2",
  docs: {
    what: "Finds `CARGO_BUILD_JOBS` in packages of buildRustPackage and `-p=N` in `GOFLAGS` of Go packages.",
    why: "buildRustPackage runs `cargo build -j $NIX_BUILD_CORES`, and buildGoModule `go install -p $NIX_BUILD_CORES`. What stands on the command line beats the variable, so the cap is not there. `env.NIX_BUILD_CORES` caps such a package.",
    when: "Not with crane and naersk: there `CARGO_BUILD_JOBS` counts.",
    risk: "The package is built again, with the cap that was meant.",
    rollback: "Undo the edit.",
    evidence: [
      code("NixOS/nixpkgs", "pkgs/build-support/rust/hooks/cargo-build-hook.sh"),
      code("NixOS/nixpkgs", "pkgs/build-support/go/module.nix"),
      documentation("Cargo: build.jobs", "https://doc.rust-lang.org/cargo/reference/config.html#buildjobs"),
    ],
  },
  examples: [
    {
      title: "Rust",
      machine: "none",
      before: `{ rustPlatform }:
rustPlatform.buildRustPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = "";
  ⟦CARGO_BUILD_JOBS = "2";⟧
}
`,
      after: `{ rustPlatform }:
rustPlatform.buildRustPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = "";
  env.NIX_BUILD_CORES = 2;
}
`,
    },
    {
      title: "Go",
      machine: "none",
      before: `{ buildGoModule }:
buildGoModule {
  pname = "demo";
  version = "1";
  src = ./src;
  vendorHash = null;
  ⟦GOFLAGS = [ "-p=2" "-trimpath" ];⟧
}
`,
      after: `{ buildGoModule }:
buildGoModule {
  pname = "demo";
  version = "1";
  src = ./src;
  vendorHash = null;
  GOFLAGS = [ "-trimpath" ];
  env.NIX_BUILD_CORES = 2;
}
`,
    },
    {
      title: "Go, in one string under `env`",
      machine: "none",
      before: `{ buildGoModule }:
buildGoModule {
  pname = "demo";
  version = "1";
  src = ./src;
  vendorHash = null;
  env = { ⟦GOFLAGS = "-trimpath -p=2";⟧ };
}
`,
      after: `{ buildGoModule }:
buildGoModule {
  pname = "demo";
  version = "1";
  src = ./src;
  vendorHash = null;
  env = { GOFLAGS = "-trimpath"; NIX_BUILD_CORES = 2; };
}
`,
    },
    {
      title: "Go, nothing else in the string",
      machine: "none",
      before: `{ buildGoModule }:
buildGoModule {
  pname = "demo";
  version = "1";
  src = ./src;
  vendorHash = null;
  ⟦GOFLAGS = "-p=2";⟧
}
`,
      after: `{ buildGoModule }:
buildGoModule {
  pname = "demo";
  version = "1";
  src = ./src;
  vendorHash = null;
  env.NIX_BUILD_CORES = 2;
}
`,
    },
    {
      title: "crane hands it on",
      machine: "none",
      before: '{ craneLib }: craneLib.buildPackage { src = ./src; env.CARGO_BUILD_JOBS = "2"; }\n',
    },
  ],
  *checkPackage(pkg) {
    if (pkg.builder === "rust" && !/crane|naersk/i.test(overriddenFrom(pkg))) {
      const cargo = ownVariable(pkg, "CARGO_BUILD_JOBS");
      if (cargo) yield finding(pkg, cargo.binding, "cargo build -j", cargoEdits(pkg, cargo.binding, cargo.inEnv));
    }
    const go = pkg.builder === "go" ? ownVariable(pkg, "GOFLAGS") : undefined;
    if (go && goJobs(go.binding)) yield finding(pkg, go.binding, "go install -p", goEdits(pkg, go.binding, go.inEnv));
  },
};

function finding(pkg: Package, binding: AttrBinding, command: string, edits: FixDraft["edits"]): Draft {
  return {
    file: pkg.file,
    range: { start: binding.start, end: binding.end },
    // What an override in sight overrides may be built by something else after all.
    ...(pkg.form === "definition" ? {} : { confidence: 0.8 }),
    message: `This caps nothing: the builder runs \`${command} $NIX_BUILD_CORES\`, and its command line beats the variable. \`env.NIX_BUILD_CORES\` caps this package.`,
    fixes: [{ title: "Cap it with NIX_BUILD_CORES", applicability: "unsafe", preferred: true, rebuilds: true, edits }],
  };
}

function cargoEdits(pkg: Package, binding: AttrBinding, inEnv: boolean): FixDraft["edits"] {
  const jobs = numberText(binding.value);
  return jobs === undefined || ownVariable(pkg, "NIX_BUILD_CORES") ? undefined : exchange(pkg, binding, inEnv, jobs);
}

/** `env.NIX_BUILD_CORES` in the variable's place. */
function exchange(pkg: Package, binding: AttrBinding, inEnv: boolean, jobs: string): FixDraft["edits"] {
  const name = binding.path.at(-1);
  if (name?.kind !== "name") return undefined;
  if (!inEnv) return moveToEnv(pkg, name.text, "NIX_BUILD_CORES", jobs);
  const range = { start: name.start, end: binding.value.end };
  return [{ file: pkg.file, range, newText: `NIX_BUILD_CORES = ${jobs}` }];
}

/** The item `-p=2` of GOFLAGS with its list, and the number; for a string the number alone. */
function goJobs(binding: AttrBinding) {
  const text = plainText(binding.value);
  const inText = text === undefined ? undefined : /(?:^|\s)-p=(\d+)(?=\s|$)/.exec(text)?.[1];
  if (inText !== undefined) return { jobs: inText };
  for (const list of listsOf(binding.value))
    for (const item of list.items) {
      const jobs = /^-p=(\d+)$/.exec(plainText(item) ?? "")?.[1];
      if (jobs !== undefined) return { jobs, list, item };
    }
  return undefined;
}

function goEdits(pkg: Package, binding: AttrBinding, inEnv: boolean): FixDraft["edits"] {
  const found = goJobs(binding);
  if (!found || ownVariable(pkg, "NIX_BUILD_CORES")) return undefined;
  if (!found.list) {
    const written = pkg.source.text.slice(binding.value.start, binding.value.end);
    const others = written.replace(/(?<=["'\s])-p=\d+ *(?=["'\s])/, "").replace(/ +(?="$|''$)/, "");
    if (/^["'\s]*$/.test(others)) return exchange(pkg, binding, inEnv, found.jobs);
    return both([replaceText(pkg.file, binding.value, others)], setEnv(pkg, "NIX_BUILD_CORES", found.jobs));
  }
  return both(removeItems(pkg.source, found.list, [found.item]), setEnv(pkg, "NIX_BUILD_CORES", found.jobs));
}
