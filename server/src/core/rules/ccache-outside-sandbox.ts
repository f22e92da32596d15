// ccache in a sandbox that does not hold its folder: it fails, or caches nothing.
import { code, documentation } from "../catalogue/cite.js";
import { appendWord } from "../edits/optionLists.js";
import { setOption } from "../edits/options.js";
import type { Definition, Host } from "../workspace/model.js";
import type { FixDraft, Rule } from "./rule.js";
import { isTrue } from "./support/sizes.js";
import { spot } from "./support/spot.js";
import { wordsOf, wordsOfSetting } from "./support/words.js";

/** The module's default. Source: nixos/modules/programs/ccache.nix. */
const CACHE_FOLDER = "/var/cache/ccache";

export const ccacheOutsideSandbox: Rule = {
  id: "ccache-outside-sandbox",
  title: "ccache's folder is not in the sandbox",
  class: "misconfiguration",
  severity: "warning",
  confidence: 0.9,
  tier: "P1",
  docs: {
    what: "Finds `programs.ccache.packageNames` without the cache's folder in `extra-sandbox-paths`.",
    why: "Builds see only what the sandbox holds. The module does not add its folder, so the wrapper stops these builds (\"Directory '/var/cache/ccache' does not exist\").",
    when: "NixOS with the sandbox on, which is the default.",
    risk: "A folder that does not exist yet stops every build: activate `programs.ccache` first, then the path. Results depend on a folder of the machine from then on.",
    rollback: "Remove the path.",
    evidence: [
      documentation("NixOS Wiki: CCache", "https://wiki.nixos.org/wiki/CCache"),
      code("NixOS/nixpkgs", "nixos/modules/programs/ccache.nix", "does not set the sandbox path"),
    ],
  },
  examples: [
    {
      title: "Add the folder",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  programs.ccache = {
    enable = true;
    ⟦packageNames = [ "ffmpeg" ];⟧
  };
  nix.settings.cores = 2;
}
`,
      after: `{
  boot.tmp.cleanOnBoot = true;
  programs.ccache = {
    enable = true;
    packageNames = [ "ffmpeg" ];
  };
  nix.settings.cores = 2;
  nix.settings.extra-sandbox-paths = [ "/var/cache/ccache" ];
}
`,
    },
    {
      title: "It is there",
      machine: "none",
      before: `{ config, ... }:
{
  boot.tmp.cleanOnBoot = true;
  programs.ccache = { enable = true; packageNames = [ "ffmpeg" ]; };
  nix.settings.extra-sandbox-paths = [ config.programs.ccache.cacheDir ];
}
`,
    },
  ],
  *checkHost(host) {
    if (host.platform !== "nixos" || !isTrue(host.option(["programs", "ccache", "enable"]))) return;
    const packages = host.option(["programs", "ccache", "packageNames"]);
    const sandbox = host.setting("sandbox");
    if (packages.state !== "known" || !wordsOf(packages.value)?.length || sandbox.state === "unknown") return;
    if (sandbox.state === "known" && !isTrue(sandbox)) return;
    const folder = cacheFolder(host);
    const paths = wordsOfSetting(host, "sandbox-paths");
    if (folder === undefined || !paths || paths.some((path) => covers(path, folder))) return;
    const [definition] = packages.definitions;
    yield {
      ...spot(definition),
      message: `The sandbox does not hold \`${folder}\`: the wrapper stops these builds. Add it to \`nix.settings.extra-sandbox-paths\`, after a first activation has made the folder.`,
      fixes: [
        {
          title: `Let the sandbox hold ${folder}`,
          applicability: "unsafe",
          preferred: true,
          edits: edits(host, folder, definition),
        },
      ],
    };
  },
};

function cacheFolder(host: Host): string | undefined {
  const state = host.option(["programs", "ccache", "cacheDir"]);
  if (state.state === "unset") return CACHE_FOLDER;
  return state.state === "known" && state.value.kind === "string" ? state.value.value : undefined;
}

/** `dst=src?` of a sandbox path. */
function covers(path: string, folder: string): boolean {
  const inside = path.replace(/\?$/, "").split("=")[0]?.replace(/\/$/, "") ?? "";
  return inside === folder || folder.startsWith(`${inside}/`);
}

function edits(host: Host, folder: string, near: Definition): FixDraft["edits"] {
  const extra = host.setting("extra-sandbox-paths");
  if (extra.state === "known") return appendWord(extra.definitions[0], folder);
  return extra.state === "unset"
    ? setOption(host, ["nix", "settings", "extra-sandbox-paths"], `[ "${folder}" ]`, near)
    : undefined;
}
