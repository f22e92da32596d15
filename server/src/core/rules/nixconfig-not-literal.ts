// nixConfig is read without evaluating: anything but literals stops Nix.
import type { AttrBinding, AttrName, AttrsetExpr, Expr } from "../syntax/ast.js";
import type { Definition } from "../workspace/model.js";
import { replaceValue } from "../edits/options.js";
import type { Draft, Rule } from "./rule.js";
import { isFlakeConfiguration } from "./support/settingOf.js";
import { spot } from "./support/spot.js";

export const nixconfigNotLiteral: Rule = {
  id: "nixconfig-not-literal",
  title: "`nixConfig` takes literals only",
  class: "misconfiguration",
  severity: "error",
  confidence: 0.98,
  tier: "P1",
  docs: {
    what: "Finds values in a flake's `nixConfig` that are not literal: operators, calls, `let`, `if`, variables, interpolated strings, and types that no setting takes (attribute sets, floats, lists with anything but strings).",
    why: "Nix reads `nixConfig` before it evaluates anything. A value that would have to be computed is an error (\"flake configuration setting 'cores' is a thunk\"), and no command works on the flake any more.",
    when: "Always.",
    risk: "None: the flake does not work as it is. The fix writes the value that the expression has.",
    rollback: "Undo the edit.",
    evidence: [
      {
        grade: "tested",
        text: 'Nix 2.8: `cores = 1 + 2;` is a thunk, `cores = 2.5;` is a float; `cores = [ "3" ];` is accepted',
      },
      {
        grade: "source-code",
        text: "NixOS/nix src/libflake/flake.cc `forceTrivialValue`",
        url: "https://github.com/NixOS/nix/blob/master/src/libflake/flake.cc",
      },
    ],
  },
  examples: [
    {
      title: "Arithmetic is not read",
      machine: "none",
      before: `#- flake.nix
{
  ⟦nixConfig.timeout = 60 * 60;⟧
  outputs = { self }: { };
}
`,
      after: `#- flake.nix
{
  nixConfig.timeout = 3600;
  outputs = { self }: { };
}
`,
    },
    {
      title: "A module's option of the same name is evaluated",
      machine: "none",
      before: "{ lib, ... }: { flake-file.nixConfig.connect-timeout = lib.mkForce (2 + 3); }\n",
    },
    {
      title: "A type that no setting has: nothing to insert",
      machine: "none",
      before: `#- flake.nix
{
  ⟦nixConfig.connect-timeout = 2.5;⟧
  outputs = { self }: { };
}
`,
    },
    {
      title: "In a `rec` set, a name bound to a literal further up is that literal",
      machine: "none",
      before: `#- flake.nix
{
  nixConfig = rec {
    extra-substituters = [ "https://nix-community.cachix.org" ];
    extra-trusted-substituters = extra-substituters;
  };
  outputs = { self }: { };
}
`,
    },
    {
      title: "A name bound further down is not there yet",
      machine: "none",
      before: `#- flake.nix
{
  nixConfig = rec {
    ⟦extra-trusted-substituters = extra-substituters;⟧
    extra-substituters = [ "https://nix-community.cachix.org" ];
  };
  outputs = { self }: { };
}
`,
    },
    {
      title: "Strings, numbers, booleans, paths and lists of strings",
      machine: "none",
      before: `#- flake.nix
{
  nixConfig = {
    extra-substituters = [ "https://nix-community.cachix.org" ];
    connect-timeout = 5;
    fallback = true;
    bash-prompt = ''dev'';
  };
  outputs = { self }: { };
}
`,
    },
  ],
  *checkHost(host) {
    for (const definition of host.definitions) {
      if (!isFlakeConfiguration(definition) || definition.pathInFile.length !== 2) continue;
      const { binding, set } = definition.site ?? {};
      if (binding?.kind !== "binding") continue;
      const why = notLiteral(binding.value, set?.kind === "attrset" && set.recursive ? boundBefore(set, binding) : []);
      if (why) yield finding(definition, binding.path, why);
    }
  },
};

/** What a `rec` set binds by the time that Nix comes to `binding`: names of these are their values, not yet to be computed. */
function boundBefore({ bindings }: AttrsetExpr, binding: AttrBinding): readonly AttrBinding[] {
  return bindings.flatMap((one) =>
    one.kind === "binding" && one.path.length === 1 && one.start < binding.start ? [one] : [],
  );
}

/** The expression that a name stands for, with what was bound before that in turn. */
function boundTo(name: string, bound: readonly AttrBinding[]): readonly [Expr, readonly AttrBinding[]] | undefined {
  const i = bound.findIndex(({ path: [first] }) => first?.kind === "name" && first.text === name);
  const found = bound[i];
  return found && [found.value, bound.slice(0, i)];
}

/** Why Nix refuses the expression; undefined if it takes it, or if the code is only half typed. */
function notLiteral(expr: Expr, bound: readonly AttrBinding[]): string | undefined {
  switch (expr.kind) {
    case "integer":
    case "error":
      return undefined;
    case "string":
    case "path":
      return expr.parts.some((part) => part.kind === "interpolation") ? "is an interpolated string" : undefined;
    case "variable": {
      const value = boundTo(expr.name, bound);
      const isLiteral = value ? notLiteral(...value) === undefined : expr.name === "true" || expr.name === "false";
      return isLiteral ? undefined : "is a variable";
    }
    case "float":
      return "is a float, which no setting takes";
    case "attrset":
      return "is an attribute set, which no setting takes";
    case "function":
      return "is a function";
    case "list":
      return expr.items.every((item) => isText(item, bound))
        ? undefined
        : expr.items.some((item) => item.kind === "error")
          ? undefined
          : "is a list with something else than literal strings";
    default:
      return "would have to be evaluated";
  }
}

/** True for a literal string, and for a name of one. */
function isText(expr: Expr, bound: readonly AttrBinding[]): boolean {
  if (expr.kind !== "variable") return expr.kind === "string" && notLiteral(expr, bound) === undefined;
  const value = boundTo(expr.name, bound);
  return value !== undefined && isText(...value);
}

function finding(definition: Definition, path: readonly AttrName[], why: string): Draft {
  const literal = literalOf(definition);
  const name = path.at(-1);
  return {
    ...spot(definition),
    message: `The value of \`${name?.kind === "name" ? name.text : definition.attrPath[1]}\` ${why}. nixConfig is read without evaluation: Nix stops here.`,
    fixes:
      literal === undefined
        ? []
        : [
            {
              title: `Write ${literal}`,
              applicability: "safe",
              preferred: true,
              edits: replaceValue(definition, literal),
            },
          ],
  };
}

/** The value as a literal, where it is known and of a type that Nix takes. */
function literalOf(definition: Definition): string | undefined {
  const { value } = definition;
  if (value.assumed) return undefined;
  switch (value.kind) {
    case "int":
      return value.value < 0n ? undefined : String(value.value);
    case "bool":
      return String(value.value);
    case "string":
      return /^[^"\\$\n\r]*$/.test(value.value) ? `"${value.value}"` : undefined;
    default:
      return undefined;
  }
}
