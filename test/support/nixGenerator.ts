// Random Nix expressions from a grammar with types, so that most of them evaluate. Same seed, same expressions.

import { type Pickers, pickers } from "./random.js";

type Type = "int" | "bool" | "string" | "list" | "attrs" | "function" | "any";

interface Variable {
  readonly name: string;
  readonly type: Type;
}

export interface GeneratorOptions {
  /** Names whose values only the oracle knows. */
  readonly unknowns?: readonly Variable[];
  /** Functions of lib may be used. */
  readonly lib?: boolean;
}

const NAMES = ["a", "b", "c", "d", "x", "y", "foo", "bar-baz", "type", "x'"];
const STRINGS = ["", "a", "foo", "x86_64-linux", "a-b.c", "1.2.3", "0", "ä€😀", "$", "a b", "\\n", "foo/bar", "''"];

export class NixGenerator {
  readonly #random: Pickers;
  readonly #lib: boolean;
  readonly #unknowns: readonly Variable[];

  constructor(seed: number, options: GeneratorOptions = {}) {
    this.#random = pickers(seed);
    this.#lib = options.lib ?? false;
    this.#unknowns = options.unknowns ?? [];
  }

  /** One expression of plain data. */
  next(): string {
    const type = this.#pick(["int", "bool", "string", "list", "attrs", "attrs", "any"] as const);
    return this.#expr(type, 2 + this.#below(4), this.#unknowns);
  }

  #below(n: number): number {
    return this.#random.below(n);
  }
  #pick<T>(items: readonly T[]): T {
    return this.#random.pick(items);
  }
  #chance(p: number): boolean {
    return this.#below(1000) < p * 1000;
  }

  #expr(type: Type, depth: number, scope: readonly Variable[]): string {
    if (type === "any")
      return this.#expr(this.#pick(["int", "bool", "string", "list", "attrs"] as const), depth, scope);
    const fitting = scope.filter((v) => v.type === type || v.type === "any");
    if (fitting.length > 0 && this.#chance(depth <= 0 ? 0.6 : 0.25)) return this.#pick(fitting).name;
    if (depth <= 0) return this.#leaf(type);
    const general = this.#below(14);
    if (general === 0) return this.#let(type, depth, scope);
    if (general === 1) return this.#if(type, depth, scope);
    if (general === 2) return this.#call(type, depth, scope);
    if (general === 3) return this.#select(type, depth, scope);
    if (general === 4) return this.#oddity(type, depth, scope);
    const e = (t: Type) => this.#expr(t, depth - 1, scope);
    return this.#pick(this.#forms(type, e, depth, scope))();
  }

  #forms(
    type: Exclude<Type, "any">,
    e: (t: Type) => string,
    depth: number,
    scope: readonly Variable[],
  ): (() => string)[] {
    const f = (p: Type, r: Type) => this.#lambda(p, r, depth - 1, scope);
    const shared = this.#lib ? this.#libForms(type, e, f) : [];
    switch (type) {
      case "int":
        return [
          ...shared,
          () => `(${e("int")} ${this.#pick(["+", "-", "*", "/"])} ${e("int")})`,
          () => `(- ${e("int")})`,
          () => `(builtins.length ${e("list")})`,
          () => `(builtins.stringLength ${e("string")})`,
          () =>
            `(builtins.${this.#pick(["add", "sub", "mul", "div", "bitAnd", "bitOr", "bitXor"])} ${e("int")} ${e("int")})`,
          () => `(builtins.foldl' (acc: el: acc + 1) ${e("int")} ${e("list")})`,
          () => `(builtins.compareVersions ${e("string")} ${e("string")})`,
          () => `(builtins.length (builtins.attrNames ${e("attrs")}))`,
          () => `(builtins.${this.#pick(["ceil", "floor"])} ${this.#pick(["1.5", "(-2.5)", "3", "0.0"])})`,
        ];
      case "bool":
        return [
          ...shared,
          () => `(${e("bool")} ${this.#pick(["&&", "||", "->"])} ${e("bool")})`,
          () => `(!${e("bool")})`,
          () => `(${e("any")} ${this.#pick(["==", "!="])} ${e("any")})`,
          () => `(${e("int")} ${this.#pick(["<", "<=", ">", ">=", "==", "!="])} ${e("int")})`,
          () => `(${e("string")} ${this.#pick(["<", "<=", ">", ">="])} ${e("string")})`,
          () => `(${e("attrs")} ? ${this.#attrPath()})`,
          () => `(builtins.elem ${e("any")} ${e("list")})`,
          () =>
            `(builtins.is${this.#pick(["Null", "Int", "String", "List", "Attrs", "Bool", "Function", "Float", "Path"])} ${e("any")})`,
          () => `(builtins.${this.#pick(["any", "all"])} ${f("any", "bool")} ${e("list")})`,
          () => `(builtins.hasAttr ${e("string")} ${e("attrs")})`,
          () => `(builtins.tryEval ${e("any")}).success`,
          () => `(builtins.lessThan ${e("int")} ${e("int")})`,
          () => `(${e("list")} == ${e("list")})`,
          () => `(${e("attrs")} == ${e("attrs")})`,
        ];
      case "string":
        return [
          ...shared,
          () => `"${this.#pick(["", "x", "a-"])}\${${e("string")}}${this.#pick(["", "y"])}\${toString ${e("int")}}"`,
          () => `''\n  ${this.#pick(["a", "  b", `\${${e("string")}}`])}\n    \${${e("string")}}\n  ''`,
          () => `(${e("string")} + ${e("string")})`,
          () => `(toString ${e("any")})`,
          () => `(builtins.substring ${this.#below(5)} ${this.#below(7) - 1} ${e("string")})`,
          () => `(builtins.concatStringsSep ${e("string")} (map toString ${e("list")}))`,
          () => `(builtins.replaceStrings [ ${e("string")} "a" ] [ ${e("string")} "b" ] ${e("string")})`,
          () => `(builtins.typeOf ${e("any")})`,
          () => `(builtins.toJSON ${e("any")})`,
          () => `(builtins.head (builtins.attrNames (${e("attrs")} // { z = 1; })))`,
          () => `(builtins.parseDrvName ${e("string")}).${this.#pick(["name", "version"])}`,
          () => `(baseNameOf ${e("string")})`,
          () => `(dirOf ${e("string")})`,
        ];
      case "list":
        return [
          ...shared,
          () => `[ ${Array.from({ length: this.#below(4) }, () => this.#item(e("any"))).join(" ")} ]`,
          () => `(${e("list")} ++ ${e("list")})`,
          () => `(map ${f("any", "any")} ${e("list")})`,
          () => `(builtins.filter ${f("any", "bool")} ${e("list")})`,
          () => `(builtins.genList ${f("int", "any")} ${this.#below(4)})`,
          () => `(builtins.attrNames ${e("attrs")})`,
          () => `(builtins.attrValues ${e("attrs")})`,
          () => `(builtins.concatMap ${f("any", "list")} ${e("list")})`,
          () => `(builtins.concatLists [ ${e("list")} ${e("list")} ])`,
          () => `(builtins.sort (p: q: p < q) [ ${e("int")} ${e("int")} ${e("int")} ])`,
          () => `(builtins.tail ([ 1 ] ++ ${e("list")}))`,
          () => `(builtins.catAttrs "a" [ ${e("attrs")} ${e("attrs")} ])`,
          () => `(builtins.split "${this.#pick(["-", "\\\\.", "[a-z]", "(o+)", "[[:digit:]]+"])}" ${e("string")})`,
          () => `(builtins.splitVersion ${e("string")})`,
          () => `(builtins.foldl' (acc: el: acc ++ [ el ]) [ ] ${e("list")})`,
          () => `(builtins.partition ${f("any", "bool")} ${e("list")}).${this.#pick(["right", "wrong"])}`,
          () =>
            `(map (item: item.key) (builtins.genericClosure { startSet = [ { key = ${this.#below(3)}; } ]; operator = i: if i.key > 4 then [ ] else [ { key = i.key + 1; } { key = i.key * 2; } ]; }))`,
        ];
      case "attrs":
        return [
          ...shared,
          () => this.#set(depth, scope),
          () => this.#set(depth, scope),
          () => `(${e("attrs")} // ${e("attrs")})`,
          () =>
            `(builtins.mapAttrs (name: value: ${this.#expr("any", depth - 1, [...scope, { name: "name", type: "string" }, { name: "value", type: "any" }])}) ${e("attrs")})`,
          () =>
            `(builtins.listToAttrs [ { name = ${e("string")}; value = ${e("any")}; } { name = ${e("string")}; value = ${e("any")}; } ])`,
          () => `(builtins.intersectAttrs ${e("attrs")} ${e("attrs")})`,
          () => `(removeAttrs ${e("attrs")} [ "a" ${e("string")} ])`,
          () => `(builtins.groupBy (el: builtins.typeOf el) ${e("list")})`,
          () => `(builtins.zipAttrsWith (n: vs: builtins.length vs) [ ${e("attrs")} ${e("attrs")} ])`,
          () => `(builtins.tryEval ${e("any")})`,
          () => `(builtins.fromJSON (builtins.toJSON ${e("attrs")}))`,
          () => `(builtins.functionArgs ({ a, b ? 1, ... }: a))`,
        ];
      case "function":
        return [() => f("any", "any")];
    }
  }

  #libForms(type: Type, e: (t: Type) => string, f: (p: Type, r: Type) => string): (() => string)[] {
    switch (type) {
      case "int":
        return [
          () => `(lib.${this.#pick(["max", "min", "mod"])} ${e("int")} ${e("int")})`,
          () => `(lib.count ${f("any", "bool")} ${e("list")})`,
          () => `(lib.foldr (el: acc: acc + 1) 0 ${e("list")})`,
          () => `(lib.attrByPath [ "a" "b" ] ${e("int")} ${e("attrs")})`,
        ];
      case "bool":
        return [
          () =>
            `(lib.${this.#pick(["hasPrefix", "hasSuffix", "hasInfix", "versionOlder", "versionAtLeast"])} ${e("string")} ${e("string")})`,
          () => `(lib.hasAttrByPath [ "a" ${e("string")} ] ${e("attrs")})`,
          () => `(lib.mutuallyExclusive ${e("list")} ${e("list")})`,
        ];
      case "string":
        return [
          () => `(lib.optionalString ${e("bool")} ${e("string")})`,
          () => `(lib.concatMapStringsSep ${e("string")} toString ${e("list")})`,
          () =>
            `(lib.${this.#pick(["toUpper", "toLower", "escapeShellArg", "trim", "escapeNixString", "escapeRegex"].map((n) => (n === "escapeNixString" ? `strings.${n}` : n)))} ${e("string")})`,
          () => `(lib.${this.#pick(["removePrefix", "removeSuffix"])} ${e("string")} ${e("string")})`,
          () => `(lib.boolToString ${e("bool")})`,
          () => `(lib.concatStrings (map toString ${e("list")}))`,
          () => `(lib.generators.toKeyValue { } { a = ${e("int")}; b = ${e("bool")}; })`,
        ];
      case "list":
        return [
          () => `(lib.optional ${e("bool")} ${e("any")})`,
          () => `(lib.optionals ${e("bool")} ${e("list")})`,
          () => `(lib.unique ${e("list")})`,
          () => `(lib.flatten [ ${e("list")} ${e("any")} ])`,
          () => `(lib.${this.#pick(["take", "drop"])} ${this.#below(4)} ${e("list")})`,
          () => `(lib.mapAttrsToList (n: v: { inherit n v; }) ${e("attrs")})`,
          () => `(lib.splitString "${this.#pick(["-", ".", "a", "/"])}" ${e("string")})`,
          () => `(lib.reverseList ${e("list")})`,
          () => `(lib.imap0 (i: v: [ i v ]) ${e("list")})`,
          () => `(lib.remove ${e("any")} ${e("list")})`,
          () => `(lib.zipListsWith (p: q: [ p q ]) ${e("list")} ${e("list")})`,
          () => `(lib.subtractLists ${e("list")} ${e("list")})`,
          () => `(lib.toList ${e("any")})`,
          () => `(lib.collect builtins.isInt ${e("attrs")})`,
        ];
      case "attrs":
        return [
          () => `(lib.optionalAttrs ${e("bool")} ${e("attrs")})`,
          () => `(lib.recursiveUpdate ${e("attrs")} ${e("attrs")})`,
          () => `(lib.filterAttrs (n: v: ${e("bool")}) ${e("attrs")})`,
          () => `(lib.genAttrs [ "a" ${e("string")} ] ${f("string", "any")})`,
          () => `(lib.mapAttrs' (n: v: lib.nameValuePair (n + ${e("string")}) v) ${e("attrs")})`,
          () => `(lib.mkIf ${e("bool")} ${e("any")})`,
          () => `(lib.${this.#pick(["mkDefault", "mkForce", "mkBefore", "mkAfter"])} ${e("any")})`,
          () => `(lib.mergeAttrsList [ ${e("attrs")} ${e("attrs")} ])`,
          () => `(lib.setAttrByPath [ "p" ${e("string")} ] ${e("any")})`,
          () => `(lib.foldl' lib.recursiveUpdate { } [ ${e("attrs")} ${e("attrs")} ])`,
          () =>
            `(removeAttrs (lib.fix (lib.extends (final: prev: { b = ${e("int")}; c = prev.a or 0; }) (self: ${e("attrs")}))) [ ])`,
        ];
      default:
        return [];
    }
  }

  #leaf(type: Exclude<Type, "any">): string {
    switch (type) {
      case "int":
        return String(this.#pick([0, 1, 2, 3, 7, 10, 64, 1024, 4294967296]));
      case "bool":
        return this.#pick(["true", "false"]);
      case "string":
        return JSON.stringify(this.#pick(STRINGS)).replaceAll("\\\\n", "\\n").replaceAll('"$"', '"\\$"');
      case "list":
        return this.#pick(["[ ]", "[ 1 2 ]", '[ "a" "b" ]', "[ null true ]", "[ [ 1 ] [ ] ]"]);
      case "attrs":
        return this.#pick([
          "{ }",
          "{ a = 1; }",
          '{ a = "x"; b = { c = 2; }; }',
          "{ a.b.c = true; a.b.d = 1; }",
          "{ foo = [ 1 ]; }",
        ]);
      case "function":
        return this.#pick(["(v: v)", "(v: [ v ])", "toString"]);
    }
  }

  #item(text: string): string {
    return /^[[({"]|^[\w'-]+$/.test(text) ? text : `(${text})`;
  }

  #attrPath(): string {
    return this.#pick(["a", "b", "a.b", "foo", '"bar-baz"', 'a."b".c', "${toString 1}", "x'"]);
  }

  #name(): string {
    return this.#pick(NAMES);
  }

  #set(depth: number, scope: readonly Variable[]): string {
    const recursive = this.#chance(0.25);
    const names = [...new Set(Array.from({ length: 1 + this.#below(4) }, () => this.#name()))];
    const inner = recursive ? scope.filter((v) => !names.includes(v.name)) : scope;
    const bindings = names.map((name, i) => {
      // A recursive set sees the names before it, which keeps most of them from being circular.
      const seen = recursive
        ? [
            ...inner,
            ...names
              .slice(0, i)
              .filter((n) => /^[a-z']+$/.test(n))
              .map((n): Variable => ({ name: n, type: "any" })),
          ]
        : inner;
      const value = () => this.#expr("any", depth - 2, seen);
      switch (this.#below(6)) {
        case 0:
          return `${name}.${this.#pick(["p", "q", "a"])} = ${value()}; ${this.#chance(0.5) ? `${name}.r${i} = ${value()};` : ""}`;
        case 1:
          return `\${${this.#chance(0.2) ? "null" : `"dyn${i}"`}} = ${value()}; ${name} = ${value()};`;
        case 2:
          return `${name} = { u = ${value()}; }; ${this.#chance(0.5) ? `${name}.w = ${value()};` : ""}`;
        case 3:
          return `inherit (${this.#chance(0.5) ? "{ inherit" : "rec { inherit"} (${"{ k = 1; }"}) k; ${name} = ${value()}; }) ${name};`;
        default:
          return `${name} = ${value()};`;
      }
    });
    return `${recursive ? "(rec " : "("}{ ${bindings.join(" ")} })`;
  }

  #lambda(parameter: Type, result: Type, depth: number, scope: readonly Variable[]): string {
    const name = `p${this.#below(3)}`;
    return `(${name}: ${this.#expr(result, depth - 1, [...scope.filter((v) => v.name !== name), { name, type: parameter }])})`;
  }

  #let(type: Type, depth: number, scope: readonly Variable[]): string {
    const name = `v${this.#below(4)}`;
    const bound = this.#pick(["int", "bool", "string", "list", "attrs"] as const);
    const outer = scope.filter((v) => v.name !== name);
    const value = this.#expr(bound, depth - 1, outer);
    const body = this.#expr(type, depth - 1, [...outer, { name, type: bound }]);
    switch (this.#below(4)) {
      case 0:
        return `(with { ${name} = ${value}; }; ${body})`;
      case 1:
        return `(let inherit ({ ${name} = ${value}; }) ${name}; in ${body})`;
      case 2:
        return `(with { ${name} = 1; }; with { ${name} = ${value}; }; ${body})`;
      default:
        return `(let ${name} = ${value}; unused = throw "never"; in ${body})`;
    }
  }

  #if(type: Type, depth: number, scope: readonly Variable[]): string {
    const e = (t: Type) => this.#expr(t, depth - 1, scope);
    return this.#chance(0.15)
      ? `(assert ${e("bool")}; ${e(type)})`
      : `(if ${e("bool")} then ${e(type)} else ${e(type)})`;
  }

  #call(type: Type, depth: number, scope: readonly Variable[]): string {
    const e = (t: Type) => this.#expr(t, depth - 1, scope);
    const own = scope.filter((v) => !["m", "n", "all"].includes(v.name));
    const body = this.#expr(type, depth - 1, [...own, { name: "m", type: "int" }, { name: "n", type: "any" }]);
    switch (this.#below(5)) {
      case 0:
        return `(({ m, n ? m + 1 }: ${body}) { m = ${e("int")}; })`;
      case 1:
        return `(({ m, n ? ${e("any")}, ... }@all: ${body}) { m = ${e("int")}; extra = 1; })`;
      case 2:
        return `((m: n: ${body}) ${this.#item(e("int"))} ${this.#item(e("any"))})`;
      case 3:
        return `({ __functor = self: m: let n = self.extra; in ${body}; extra = ${e("any")}; } ${this.#item(e("int"))})`;
      default:
        return `(let go = k: m: n: if k <= 0 then ${body} else go (k - 1) m n; in go ${this.#below(4)} ${this.#item(e("int"))} ${this.#item(e("any"))})`;
    }
  }

  #select(type: Type, depth: number, scope: readonly Variable[]): string {
    const e = (t: Type) => this.#expr(t, depth - 1, scope);
    switch (this.#below(4)) {
      case 0:
        return `(${this.#item(e("attrs"))}.${this.#attrPath()} or ${this.#item(e(type))})`;
      case 1:
        return `{ v = ${e(type)}; }.v`;
      case 2:
        return `(builtins.getAttr "v" ({ v = 0; } // { v = ${e(type)}; }))`;
      default:
        return `(builtins.elemAt [ ${this.#item(e(type))} ] 0)`;
    }
  }

  /** Rare forms of any type: errors that are caught, sequencing, null. */
  #oddity(type: Type, depth: number, scope: readonly Variable[]): string {
    const e = (t: Type) => this.#expr(t, depth - 1, scope);
    switch (this.#below(5)) {
      case 0:
        return `(builtins.seq ${this.#item(e("any"))} ${this.#item(e(type))})`;
      case 1:
        return `(builtins.deepSeq ${this.#item(e("any"))} ${this.#item(e(type))})`;
      case 2:
        return `(let t = builtins.tryEval (${this.#chance(0.5) ? 'throw "x"' : e(type)}); in if t.success then t.value else ${e(type)})`;
      case 3:
        return `(throw "no")`;
      default:
        return `(if null == ${this.#pick(["null", "1"])} then ${e(type)} else ${e(type)})`;
    }
  }
}
