// nix.extraOptions is appended to nix.conf: its lines beat nix.settings without a word.
import { code, tested } from "../catalogue/cite.js";
import { canonicalSettingName } from "../catalogue/lookup.js";
import { removeDefinition } from "../edits/options.js";
import type { Value } from "../evaluate/value.js";
import type { Definition, Host } from "../workspace/model.js";
import type { Draft, Rule } from "./rule.js";
import { settingDefinitions } from "./support/settingOf.js";
import { spot } from "./support/spot.js";
import { wordsOf } from "./support/words.js";

export const extraOptionsOverride: Rule = {
  id: "extra-options-override",
  title: "A line of `nix.extraOptions` that overrides `nix.settings`",
  class: "misconfiguration",
  severity: "warning",
  confidence: 0.9,
  tier: "P1",
  docs: {
    what: "Finds settings that stand both in `nix.settings` and in the text of `nix.extraOptions`.",
    why: "The text is put at the end of nix.conf, and the later line wins: what `nix.settings` says has no effect, whatever its priority, and of a list nothing is left.",
    when: "NixOS and nix-darwin.",
    risk: "Without the line the value of `nix.settings` holds.",
    rollback: "Undo the edit.",
    evidence: [
      code("NixOS/nixpkgs", "nixos/modules/config/nix.nix", "extraOptions come last"),
      tested("Nix 2.8: of two lines for one setting the later one counts"),
    ],
  },
  examples: [
    {
      title: "Two values",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings.cores = 2;
  nix.extraOptions = ''
    ⟦cores = 6⟧
    keep-outputs = true
  '';
}
`,
      after: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings.cores = 2;
  nix.extraOptions = ''
    keep-outputs = true
  '';
}
`,
    },
    {
      title: "Different settings",
      machine: "none",
      before: '{ boot.tmp.cleanOnBoot = true; nix.settings.cores = 2; nix.extraOptions = "max-jobs = 3"; }\n',
    },
  ],
  *checkHost(host) {
    if (host.platform !== "nixos" && host.platform !== "darwin") return;
    const definitions = [...settingDefinitions(host)];
    for (const { definition, name } of definitions) {
      if (definition.inText?.carrier.join(".") !== "nix.extraOptions") continue;
      const canonical = canonicalSettingName(name);
      const beaten = definitions.filter(
        (each) =>
          !each.definition.inText &&
          each.definition.attrPath[0] === "nix" &&
          each.definition.pathInFile.at(-1) !== "[]" &&
          canonicalSettingName(each.name) === canonical,
      );
      const draft = finding(
        host,
        definition,
        canonical,
        beaten.map((each) => each.definition),
      );
      if (draft) yield draft;
    }
  },
};

function finding(host: Host, line: Definition, name: string, beaten: readonly Definition[]): Draft | undefined {
  const [first] = beaten;
  if (!first || name.startsWith("extra-")) return undefined;
  const same = beaten.every((each) => isSame(each.value, line.value));
  const system = host.platform === "nixos" ? "NixOS" : "nix-darwin";
  return {
    ...spot(line),
    severity: same ? "information" : "warning",
    message: same
      ? `\`${name}\` is set in \`nix.settings\` as well, to the same value: this line is not needed, and would beat any change there.`
      : `${system} puts this line at the end of nix.conf, where it beats \`nix.settings.${name}\`: that has no effect.`,
    related: beaten.map((each) => ({ ...spot(each), message: same ? "the same value" : "has no effect" })),
    fixes: [
      {
        title: "Remove the line",
        applicability: same ? "safe" : "unsafe",
        preferred: true,
        edits: removeDefinition(line),
      },
    ],
  };
}

function isSame(a: Value, b: Value): boolean {
  const text = (value: Value): string | undefined =>
    value.kind === "int" || value.kind === "bool" ? String(value.value) : wordsOf(value)?.toSorted().join(" ");
  const first = text(a);
  return first !== undefined && first === text(b);
}
