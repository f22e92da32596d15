// One module, written in every way people write modules: `nix.settings.max-jobs = 4` and something beside it.

export interface Style {
  readonly name: string;
  readonly text: string;
}

const BASE: readonly Style[] = [
  {
    name: "dotted",
    text: `{ config, pkgs, ... }:\n{\n  nix.settings.max-jobs = 4;\n  networking.hostName = "a";\n}\n`,
  },
  {
    name: "nested",
    text: `{ config, pkgs, ... }:\n\n{\n  nix = {\n    gc.automatic = true;\n    settings = {\n      max-jobs = 4;\n      auto-optimise-store = true;\n    };\n  };\n}\n`,
  },
  { name: "half dotted", text: `{\n  nix.settings = {\n    max-jobs = 4;\n  };\n  boot.tmp.useTmpfs = false;\n}\n` },
  {
    name: "dotted inside a set",
    text: `{\n  nix = {\n    settings.max-jobs = 4;\n    settings.sandbox = true;\n  };\n}\n`,
  },
  { name: "mixed", text: `{\n  nix.settings = { sandbox = true; };\n  nix.settings.max-jobs = 4;\n}\n` },
  { name: "one line", text: `{ nix.settings.max-jobs = 4; }\n` },
  { name: "one line, nested", text: `{ nix.settings = { max-jobs = 4; }; }\n` },
  { name: "one line, no blanks", text: `{nix.settings={max-jobs=4;};}` },
  {
    name: "one-line set in a longer file",
    text: `{ lib, ... }: {\n  nix.settings = { sandbox = true; max-jobs = 4; };\n}\n`,
  },
  {
    name: "brace on the first binding's line",
    text: `{ nix.settings.sandbox = true;\n  nix.settings.max-jobs = 4;\n}\n`,
  },
  {
    name: "brace on the last binding's line",
    text: `{\n  nix.settings.sandbox = true;\n  nix.settings.max-jobs = 4; }\n`,
  },
  { name: "two bindings a line", text: `{\n  nix.settings.sandbox = true; nix.settings.max-jobs = 4;\n  x = 1;\n}\n` },
  { name: "mkDefault", text: `{ lib, ... }:\n{\n  nix.settings.max-jobs = lib.mkDefault 4;\n}\n` },
  { name: "mkForce with lib", text: `{ lib, ... }:\nwith lib;\n{\n  nix.settings.max-jobs = mkForce (4);\n}\n` },
  {
    name: "mkForce around the set",
    text: `{ lib, ... }:\n{\n  nix.settings = lib.mkForce {\n    max-jobs = 4;\n  };\n}\n`,
  },
  { name: "mkIf true", text: `{ lib, ... }:\n{\n  nix.settings.max-jobs = lib.mkIf true 4;\n}\n` },
  {
    name: "mkMerge",
    text: `{ lib, ... }:\n{\n  nix.settings = lib.mkMerge [\n    { sandbox = true; }\n    {\n      max-jobs = 4;\n    }\n  ];\n}\n`,
  },
  {
    name: "config and options",
    text: `{ lib, ... }:\n{\n  options = { };\n  config = {\n    nix.settings.max-jobs = 4;\n  };\n}\n`,
  },
  {
    name: "let in front",
    text: `{ lib, ... }:\nlet\n  unrelated = 1;\nin\n{\n  nix.settings.max-jobs = 4;\n  x = unrelated;\n}\n`,
  },
  { name: "value from a let", text: `let\n  jobs = 4; # of this host\nin\n{\n  nix.settings.max-jobs = jobs;\n}\n` },
  {
    name: "value from a let used twice",
    text: `let jobs = 4; in\n{\n  nix.settings.max-jobs = jobs;\n  x = jobs;\n}\n`,
  },
  { name: "computed value", text: `{\n  nix.settings.max-jobs = 2 * 2;\n}\n` },
  {
    name: "set from a let",
    text: `let\n  settings = {\n    max-jobs = 4;\n  };\nin\n{\n  nix.settings = settings;\n}\n`,
  },
  { name: "update of two sets", text: `{\n  nix.settings = { sandbox = true; } // { max-jobs = 4; };\n}\n` },
  {
    name: "comments all over",
    text: `# head\n{\n  # before\n  nix.settings /* name */ . max-jobs /* eq */ = /* value */ 4 /* semi */; # behind\n  # after\n  x = 1; /* long\n  comment */ y = 2;\n}\n# foot\n`,
  },
  {
    name: "long comment behind",
    text: `{\n  nix.settings.max-jobs = 4; /* a comment\n     of two lines */\n  x = 1;\n}\n`,
  },
  { name: "comment before the brace", text: `{\n  nix.settings = {\n    max-jobs = 4;\n    # that is all\n  };\n}\n` },
  { name: "quoted names", text: `{\n  "nix"."settings"."max-jobs" = 4;\n}\n` },
  { name: "rec", text: `rec {\n  x = 1;\n  nix.settings.max-jobs = 4;\n  y = x;\n}\n` },
  { name: "assert", text: `{ lib, ... }:\nassert true;\n{\n  nix.settings.max-jobs = 4;\n}\n` },
  { name: "imports", text: `{ ... }: {\n  imports = [ { nix.settings.max-jobs = 4; } ];\n  x = 1;\n}\n` },
  {
    name: "multi-line neighbours",
    text: `{\n  nix.settings = {\n    substituters = [\n      "https://a"\n    ];\n    max-jobs = 4;\n    trusted-users = [\n      "root"\n    ];\n  };\n}\n`,
  },
  {
    name: "strings with braces",
    text: `{\n  x = "a } b; \${toString 1} {";\n  y = ''\n    } ; # no comment\n  '';\n  nix.settings.max-jobs = 4;\n}\n`,
  },
  {
    name: "four blanks",
    text: `{\n    nix = {\n        settings = {\n            max-jobs = 4;\n        };\n    };\n}\n`,
  },
  { name: "no newline at the end", text: `{\n  nix.settings.max-jobs = 4;\n}` },
  { name: "quoted string elsewhere", text: `{ nix.settings.system-features = [ "kvm" ]; nix.settings.max-jobs = 4; }` },
];

const crlf = (style: Style): Style => ({ name: `${style.name}, CRLF`, text: style.text.replace(/\n/g, "\r\n") });
const tabs = (style: Style): Style => ({
  name: `${style.name}, tabs`,
  text: style.text.replace(/^( {2})+/gm, (blanks) => "\t".repeat(blanks.length / 2)),
});

/** Every style, also with CRLF and with tabs. */
export const MODULE_STYLES: readonly Style[] = [...BASE, ...BASE.map(crlf), ...BASE.map(tabs)];
