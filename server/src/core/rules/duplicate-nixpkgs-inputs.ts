// A flake that locks nixpkgs several times over.
import { documentation, estimate } from "../catalogue/cite.js";
import { insertAttributes } from "../edits/insert.js";
import type { AttrBinding, AttrsetExpr, SourceFile } from "../syntax/ast.js";
import { joinInsertions } from "../text/edit.js";
import { type FlakeLock, locksOf } from "../workspace/flakeLock.js";
import { baseName } from "../workspace/paths.js";
import type { FixDraft, Rule } from "./rule.js";

const MANY = 3;
/** Inputs whose own cache holds packages built with the nixpkgs that they lock; with another one they would be built here. */
const WITH_CACHE =
  /^(hyprland.*|hypr.*|devenv|cachix|chaotic|nyx|niri.*|nix-gaming|nixpkgs-wayland|helix|ghostty|zed.*|lanzaboote|microvm|nixos-raspberrypi|raspberry-pi.*|jovian.*|lix.*|determinate|nix|attic|emacs-overlay|neovim-nightly.*|nix-cachyos.*|cosmic.*|llm-agents.*|crane|fenix|rust-overlay|apple-silicon.*|nixified.*|walker|anyrun|yazi|wezterm)$/;

export const duplicateNixpkgsInputs: Rule = {
  id: "duplicate-nixpkgs-inputs",
  title: "Several copies of nixpkgs are locked and evaluated",
  class: "missed-optimization",
  severity: "hint",
  confidence: 0.5,
  tier: "experimental",
  docs: {
    what: "Counts the inputs in flake.lock that bring a nixpkgs of their own, and finds three or more.",
    why: "Each copy that is used is downloaded, copied to the store and evaluated by itself, with some hundred megabytes of memory, and its packages share nothing with those of the others. `inputs.nixpkgs.follows` makes them one.",
    when: "Inputs whose packages no cache has. Those known to publish a cache are left alone: with another nixpkgs theirs would be built here.",
    risk: "The input is built with a nixpkgs that it was not tested with, and its packages get other hashes. Not applied automatically.",
    rollback: "Remove the line and lock again.",
    evidence: [
      documentation(
        "Nix manual, flake inputs: follows",
        "https://nix.dev/manual/nix/latest/command-ref/new-cli/nix3-flake.html#flake-inputs",
      ),
      estimate("a few hundred megabytes of memory for each evaluated copy"),
    ],
  },
  examples: [
    {
      title: "Three copies besides its own",
      machine: "none",
      before: `#- flake.nix
{
  ⟦inputs⟧ = {
    nixpkgs.url = "github:NixOS/nixpkgs";
    alpha.url = "github:example/alpha";
    beta.url = "github:example/beta";
    gamma.url = "github:example/gamma";
  };
  outputs = { self, nixpkgs, ... }: { };
}
#- flake.lock
{
  "nodes": {
    "root": { "inputs": { "nixpkgs": "nixpkgs", "alpha": "alpha", "beta": "beta", "gamma": "gamma" } },
    "nixpkgs": {},
    "alpha": { "inputs": { "nixpkgs": "nixpkgs_2" } },
    "beta": { "inputs": { "nixpkgs": "nixpkgs_3" } },
    "gamma": { "inputs": { "nixpkgs": "nixpkgs_4" } }
  },
  "root": "root",
  "version": 7
}
`,
      after: `#- flake.nix
{
  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs";
    alpha.url = "github:example/alpha";
    alpha.inputs.nixpkgs.follows = "nixpkgs";
    beta.url = "github:example/beta";
    beta.inputs.nixpkgs.follows = "nixpkgs";
    gamma.url = "github:example/gamma";
    gamma.inputs.nixpkgs.follows = "nixpkgs";
  };
  outputs = { self, nixpkgs, ... }: { };
}
#- flake.lock
{
  "nodes": {
    "root": { "inputs": { "nixpkgs": "nixpkgs", "alpha": "alpha", "beta": "beta", "gamma": "gamma" } },
    "nixpkgs": {},
    "alpha": { "inputs": { "nixpkgs": "nixpkgs_2" } },
    "beta": { "inputs": { "nixpkgs": "nixpkgs_3" } },
    "gamma": { "inputs": { "nixpkgs": "nixpkgs_4" } }
  },
  "root": "root",
  "version": 7
}
`,
    },
    {
      title: "One of them is known for a cache of its own, which holds what its nixpkgs gives",
      machine: "none",
      before: `#- flake.nix
{
  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs";
    alpha.url = "github:example/alpha";
    beta.url = "github:example/beta";
    hyprland.url = "github:hyprwm/Hyprland";
  };
  outputs = { self, nixpkgs, ... }: { };
}
#- flake.lock
{
  "nodes": {
    "root": { "inputs": { "nixpkgs": "nixpkgs", "alpha": "alpha", "beta": "beta", "hyprland": "hyprland" } },
    "nixpkgs": {},
    "alpha": { "inputs": { "nixpkgs": "nixpkgs_2" } },
    "beta": { "inputs": { "nixpkgs": "nixpkgs_3" } },
    "hyprland": { "inputs": { "nixpkgs": "nixpkgs_4" } }
  },
  "root": "root",
  "version": 7
}
`,
    },
    {
      title: "They follow",
      machine: "none",
      before: `#- flake.nix
{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs";
  inputs.alpha = { url = "github:example/alpha"; inputs.nixpkgs.follows = "nixpkgs"; };
  outputs = { self, nixpkgs, ... }: { };
}
#- flake.lock
{
  "nodes": {
    "root": { "inputs": { "nixpkgs": "nixpkgs", "alpha": "alpha" } },
    "nixpkgs": {},
    "alpha": { "inputs": { "nixpkgs": ["nixpkgs"] } }
  },
  "root": "root",
  "version": 7
}
`,
    },
  ],
  *checkFile(source, { model }) {
    const { root } = source;
    if (baseName(source.path) !== "flake.nix" || root?.kind !== "attrset") return;
    const lock = locksOf(model.flakeLocks).get(source.path);
    const own = lock === undefined ? [] : inputsWithNixpkgs(lock);
    if (own.length < MANY) return;
    const written = own.filter((name) => edits(source, root, [name]) !== undefined);
    const binding = root.bindings.find((each): each is AttrBinding => each.kind === "binding" && isInputs(each));
    const [at] = binding?.path ?? [];
    if (!at || written.length < MANY) return;
    yield {
      file: source.path,
      range: { start: at.start, end: at.end },
      message: `${written.length} inputs bring a nixpkgs of their own: ${written.join(", ")}. Each copy that is used is downloaded and evaluated by itself.`,
      fixes: [
        {
          title: `Let ${written.join(", ")} follow this flake's nixpkgs`,
          applicability: "unsafe",
          rebuilds: true,
          edits: edits(source, root, written),
        },
      ],
    };
  },
};

function isInputs({ path: [first] }: AttrBinding): boolean {
  return first?.kind === "name" && first.text === "inputs";
}

/** Inputs of the flake itself that lock a nixpkgs of their own, where the flake has one that they could follow. */
function inputsWithNixpkgs(lock: FlakeLock): readonly string[] {
  const { inputs } = lock;
  if (!("nixpkgs" in inputs)) return [];
  return Object.entries(inputs).flatMap(([name, node]) => {
    const nixpkgs = typeof node === "string" ? lock.node([name])?.inputs?.nixpkgs : undefined;
    return typeof nixpkgs === "string" && nixpkgs !== inputs.nixpkgs && !WITH_CACHE.test(name) ? [name] : [];
  });
}

/** `inputs.NAME.inputs.nixpkgs.follows` for each; undefined where one is there already, or has no place. */
function edits(source: SourceFile, root: AttrsetExpr, names: readonly string[]): FixDraft["edits"] {
  const each = names.map((name) =>
    insertAttributes(source, root, [{ path: ["inputs", name, "inputs", "nixpkgs", "follows"], value: '"nixpkgs"' }]),
  );
  return each.every((one) => one !== undefined) ? joinInsertions(each.flat()) : undefined;
}
