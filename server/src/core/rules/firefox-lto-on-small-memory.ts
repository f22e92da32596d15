// Firefox with the optimisations of its release builds, on a machine that can't hold them.
import { attribute } from "../builds/environment.js";
import { code, documentation } from "../catalogue/cite.js";
import { insertAttributes } from "../edits/insert.js";
import { formatBytes, GIB } from "../machine/size.js";
import type { Package } from "../workspace/model.js";
import type { FixDraft, Rule } from "./rule.js";
import { buildersOf } from "./support/attributes.js";

/** What distributions reserve for Firefox with both optimisations. */
const NEEDED = 26 * GIB;
const NAME = /^(firefox|librewolf|thunderbird|floorp)(-\w+)*-unwrapped(-\w+)?$/;
const SWITCHES = ["ltoSupport", "pgoSupport"];

export const firefoxLtoOnSmallMemory: Rule = {
  id: "firefox-lto-on-small-memory",
  title: "Firefox with LTO and PGO on little memory",
  class: "exceeds-budget",
  severity: "information",
  confidence: 0.8,
  tier: "P1",
  docs: {
    what: "Finds Firefox and its like built from source (`buildMozillaMach`, or an override of `firefox-unwrapped`) with `ltoSupport` or `pgoSupport` left on, with less than 26 GiB for builds.",
    why: "Link-time optimisation over C++ and Rust together peaks at about 26 GB in distributions' builds; profile-guided optimisation builds everything twice. Both are on by default on 64-bit Linux.",
    when: "Only if it is built here: an override of anything makes it so. Without overrides it comes from the cache, or take `firefox-bin`.",
    risk: "The browser is some per cent slower. It is rebuilt.",
    rollback: "Remove the two attributes.",
    evidence: [
      code("NixOS/nixpkgs", "pkgs/build-support/build-mozilla-mach/default.nix", "both are arguments of the package"),
      documentation(
        "Mozilla: memory for building Firefox",
        "https://firefox-source-docs.mozilla.org/setup/linux_build.html",
      ),
    ],
  },
  examples: [
    {
      title: "An override that leaves both on",
      before: `final: prev: {
  firefox-unwrapped = prev.⟦firefox-unwrapped⟧.override {
    crashreporterSupport = false;
  };
}
`,
      after: `final: prev: {
  firefox-unwrapped = prev.firefox-unwrapped.override {
    crashreporterSupport = false;
    ltoSupport = false;
    pgoSupport = false;
  };
}
`,
    },
    {
      title: "Both are off",
      before:
        "final: prev: { firefox-unwrapped = prev.firefox-unwrapped.override { ltoSupport = false; pgoSupport = false; }; }\n",
    },
  ],
  *checkPackage(pkg, { model }) {
    if ((pkg.builder !== "mozilla" && !NAME.test(pkg.name)) || /-bin\b/.test(pkg.name)) return;
    const on = SWITCHES.filter((name) => attribute(pkg.attributes, [name]) === "absent");
    const [tightest] = buildersOf(pkg, model);
    if (on.length === 0 || !tightest || tightest.budget.memoryBytes >= NEEDED) return;
    // Arguments of the package can't be seen from its attributes.
    if (pkg.form !== "override" && SWITCHES.some((name) => pkg.source.text.includes(name))) return;
    yield {
      file: pkg.file,
      range: pkg.range,
      message: `\`${pkg.name}\` is built here with ${on.map((name) => `\`${name}\``).join(" and ")}, on by default; that peaks at about 26 GB and builds twice. ${formatBytes(tightest.budget.memoryBytes)} are there.`,
      fixes: [
        {
          title: `Set ${on.map((name) => `${name} = false`).join(" and ")}`,
          applicability: "unsafe",
          preferred: true,
          rebuilds: true,
          edits: edits(pkg, on),
        },
      ],
    };
  },
};

/** Only where `override` has a set already: `overrideAttrs` can't reach arguments. */
function edits(pkg: Package, names: readonly string[]): FixDraft["edits"] {
  if (pkg.form !== "override" || !pkg.argumentSet) return undefined;
  return insertAttributes(
    pkg.source,
    pkg.argumentSet,
    names.map((name) => ({ path: [name], value: "false" })),
  );
}
