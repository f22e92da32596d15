// What is known although parts are not; why the rest is not; where values come from; bounds.
import assert from "node:assert/strict";
import type { Thunk, UnknownValue, Value } from "../../server/src/core/evaluate/value.js";
import { evaluateText, shown } from "../support/evaluate.js";

type Files = Readonly<Record<string, string>>;

/** Opens a file's function as with no caller in sight and reads an attribute of what it gives. */
async function attributeOf(text: string, path: string, files: Files = {}): Promise<Value> {
  const { value, evaluator } = await evaluateText(text, files);
  return evaluator.select(evaluator.open(value), path.split("."));
}

async function shownAttribute(text: string, path: string, files: Files = {}): Promise<unknown> {
  const { value, evaluator } = await evaluateText(text, files);
  return shown(evaluator, evaluator.select(evaluator.open(value), path.split(".")));
}

function unknownOf(value: Value): UnknownValue {
  assert.ok(value.kind === "unknown", `known: ${value.kind}`);
  return value;
}

function plain(value: Value | undefined): unknown {
  if (value === undefined || value.kind === "unknown") return undefined;
  return "value" in value ? value.value : value.kind;
}

describe("partial knowledge", () => {
  it("keeps of `known // unknown` no more than what may be overridden", async () => {
    const value = unknownOf(await attributeOf("{ cfg }: { a = 1; } // cfg", "a"));
    assert.deepEqual(value.alternatives?.map(plain), [1n, undefined]);
  });

  it("does not say of what is not known that `tryEval` finds no error in it", async () => {
    for (const tried of ["assert c; 1", "builtins.seq c 1", "builtins.deepSeq { x = [ c ]; } 1"]) {
      const success = unknownOf(await attributeOf(`{ c }: { a = builtins.tryEval (${tried}); }`, "a.success"));
      assert.deepEqual(success.alternatives?.map(plain), [true, false], tried);
      assert.equal(await shownAttribute(`{ c }: { a = ${tried}; }`, "a"), 1, tried);
    }
    const known = "{ c }: { a = builtins.tryEval (builtins.deepSeq { x = 2; } { y = c; }); }";
    assert.equal(await shownAttribute(known, "a.success"), true);
  });

  it("keeps what the right side of `//` is certain of", async () => {
    assert.equal(await shownAttribute("{ cfg }: cfg // { a = 1; }", "a"), 1);
  });

  it("finds nixpkgs' lib in an input that something was merged with, or that may have been changed", async () => {
    const made = [
      "inputs.nixpkgs // { a = 1; }",
      "if inputs.nixpkgs ? x then inputs.nixpkgs // { a = 1; } else inputs.nixpkgs",
    ];
    for (const input of made)
      assert.equal(await shownAttribute(`{ inputs }: { v = (${input}).lib.id 3; }`, "v"), 3, input);
    const doubtful = "{ inputs, c }: { v = ((if c then inputs.nixpkgs else { }).lib or { id = _: 4; }).id 3; }";
    assert.equal((await attributeOf(doubtful, "v")).kind, "unknown");
  });

  it("joins sets by name as far as these are known", async () => {
    const text = "{ cfg, lib }: { v = lib.zipAttrs [ { a = 1; b = 1; } (cfg // { a = 2; }) { a = 3; c = 3; } ]; }";
    assert.deepEqual(await shownAttribute(text, "v.a"), [1, 2, 3]);
    const [b, c] = [await attributeOf(text, "v.b"), await attributeOf(text, "v.c")];
    assert.ok(b.kind === "list" && b.items.length === 1 && b.openTail !== undefined);
    assert.ok(c.kind === "list" && c.items.length === 0 && c.openTail !== undefined);
    const named = '{ cfg, lib }: { v = lib.zipAttrsWithNames [ "a" "d" ] (_: values: values) [ { a = 1; } cfg ]; }';
    assert.equal((await attributeOf(named, "v.d")).kind, "unknown");
  });

  it("knows which attributes a condition cannot touch", async () => {
    const text = "{ lib, c }: { a = 1; b = 2; } // lib.optionalAttrs c { b = 3; }";
    assert.equal(await shownAttribute(text, "a"), 1);
    assert.deepEqual(unknownOf(await attributeOf(text, "b")).alternatives?.map(plain), [2n, 3n]);
  });

  it("gives both branches of an unknown condition, and one value where they agree", async () => {
    const branches = unknownOf(await attributeOf("{ c }: { a = if c then 1 else 2; }", "a"));
    assert.deepEqual(branches.alternatives?.map(plain), [1n, 2n]);
    assert.equal(await shownAttribute("{ c }: { a = if c then 4 else 4; }", "a"), 4);
  });

  it("computes on with alternatives", async () => {
    const value = unknownOf(await attributeOf("{ c }: { a = toString ((if c then 1 else 2) * 10); }", "a"));
    assert.deepEqual(value.alternatives?.map(plain), ["10", "20"]);
  });

  it("takes marks from the lib further out where a set nearer is not known", async () => {
    const own = "{ lib, my, pkgs }: with lib; with my.lib; with pkgs; { a = (mkForce 1).content; b = (toList 1); }";
    assert.equal(await shownAttribute(own, "a"), 1);
    assert.equal((await attributeOf(own, "b")).kind, "unknown");
    assert.equal((await attributeOf("{ my }: with my; { a = (mkForce 1).content; }", "a")).kind, "unknown");
    const redefined =
      "{ lib, my }: with lib; with { mkForce = x: { content = 2; }; }; with my; { a = (mkForce 1).content; }";
    assert.equal((await attributeOf(redefined, "a")).kind, "unknown");
  });

  it("leaves what only a caller could give, or a default stands in for, out of the arguments' set", async () => {
    const text = `{ jobs ? 4, ... }@args: {
      read = args.jobs or 2; asked = if args ? jobs then 1 else 3; other = (args.cores or 7) + 1; named = jobs;
      merged = ({ cores = 5; jobs = 6; } // removeAttrs args [ "cores" ]).jobs;
      twice = ({ cores = 5; } // args // { jobs = 1; }).cores;
      given = ({ cores = 5; } // args // { cores = 8; }).cores;
    }`;
    for (const [name, expected] of [
      ["read", 2],
      ["asked", 3],
      ["other", 8],
      ["named", 4],
      ["merged", 6],
    ] as const) {
      const value = await attributeOf(text, name);
      assert.equal(plain(value), BigInt(expected), name);
      assert.equal(value.assumed, true, name);
    }
    assert.equal(await shownAttribute(text, "given"), 8);
    assert.equal((await attributeOf(text, "given")).assumed, undefined);
  });

  it("lets the known side decide", async () => {
    assert.equal(await shownAttribute("{ c }: { a = c && false; }", "a"), false);
    assert.equal(await shownAttribute("{ c }: { a = c || true; }", "a"), true);
    assert.equal(await shownAttribute("{ c }: { a = c -> true; }", "a"), true);
    assert.equal((await attributeOf("{ c }: { a = c || false; }", "a")).kind, "unknown");
  });

  it("keeps the certain start of a list and names what may follow", async () => {
    const value = await attributeOf("{ lib, c }: { a = [ 1 ] ++ lib.optional c 2 ++ [ 3 ]; }", "a");
    assert.ok(value.kind === "list" && value.openTail !== undefined);
    assert.deepEqual(
      value.items.map((item) => plain(item.force())),
      [1n],
    );
    assert.equal(value.rest?.length, 2);
  });

  it("is not certain of a name that an unknown `with` may give", async () => {
    assert.equal((await attributeOf("{ cfg }: with cfg; { a = x; }", "a")).kind, "unknown");
    assert.equal(await shownAttribute("{ cfg }: let x = 1; in with cfg; { a = x; }", "a"), 1);
  });

  it("does not know whether an unknown set has an attribute", async () => {
    assert.equal((await attributeOf("{ cfg }: { a = cfg ? x; }", "a")).kind, "unknown");
    assert.equal(await shownAttribute("{ cfg }: { a = (cfg // { x = 1; }) ? x; }", "a"), true);
  });

  it("does not take an operand that is not known for a string", async () => {
    const value = unknownOf(await attributeOf("{ n }: { a = n + 1; }", "a"));
    assert.equal(value.error, undefined);
  });
});

describe("functions with no caller in sight", () => {
  it("get lib, also through pkgs and inputs", async () => {
    for (const text of [
      "{ lib, ... }: { a = lib.max 1 2; }",
      "{ pkgs, ... }: { a = pkgs.lib.max 1 2; }",
      "{ inputs, ... }: { a = inputs.nixpkgs.lib.max 1 2; }",
      "{ nixpkgs, ... }: { a = (import nixpkgs { }).lib.max 1 2; }",
      "{ nixpkgs, system }: { a = nixpkgs.legacyPackages.${system}.lib.max 1 2; }",
      "{ a = (import <nixpkgs/lib>).max 1 2; }",
    ])
      assert.equal(await shownAttribute(text, "a"), 2, text);
  });

  it("take defaults, and say that they are assumed", async () => {
    const value = await attributeOf("{ jobs ? 4 }: { a = if jobs > 2 then jobs * 2 else 1; b = 1; }", "a");
    assert.equal(plain(value), 8n);
    assert.equal(value.assumed, true);
    const other = await attributeOf("{ jobs ? 4 }: { a = jobs; b = 1; }", "b");
    assert.equal(other.assumed, undefined);
  });

  it("mark everything read out of an assumed set or list", async () => {
    const value = await attributeOf("{ o ? { x.y = [ 1 ]; } }: { a = builtins.head (map (v: v) o.x.y); }", "a");
    assert.equal(plain(value), 1n);
    assert.equal(value.assumed, true);
  });

  it("assume that arguments beyond the formals are absent", async () => {
    const value = await attributeOf("{ a ? 1, ... }@args: { b = args.doCheck or true; }", "b");
    assert.equal(plain(value), true);
    assert.equal(value.assumed, true);
  });

  it("say who decides", async () => {
    const value = unknownOf(await attributeOf("{ config, ... }: { a = config.my.jobs; }", "a"));
    assert.equal(value.reason, "`config` is decided by the host");
    assert.deepEqual(value.name, ["config", "my", "jobs"]);
  });
});

describe("calls of unknown functions", () => {
  it("keep their name and their arguments", async () => {
    const text = '{ pkgs }: { p = pkgs.rustPlatform.buildRustPackage { RUSTFLAGS = "x"; }; }';
    const value = unknownOf(await attributeOf(text, "p"));
    assert.deepEqual(value.callee, ["pkgs", "rustPlatform", "buildRustPackage"]);
    const [argument] = value.inside ?? [];
    const set = argument?.force();
    assert.ok(set?.kind === "attrs");
    assert.equal(plain(set.entries.get("RUSTFLAGS")?.thunk.force()), "x");
  });

  it("accumulate arguments, through overrides too", async () => {
    const text = "{ pkgs }: { p = (pkgs.callPackage ./x.nix { }).overrideAttrs (old: { A = 1; }); }";
    const value = unknownOf(await attributeOf(text, "p"));
    assert.deepEqual(value.callee, ["pkgs", "callPackage", "overrideAttrs"]);
    assert.deepEqual(
      value.inside?.map((thunk: Thunk) => thunk.force().kind),
      ["path", "attrs", "function"],
    );
  });

  it("keep what a builtin could not work on", async () => {
    const value = unknownOf(await attributeOf("{ hosts }: { p = map (h: { cores = 2; }) hosts; }", "p"));
    assert.equal(value.inside?.length, 2);
  });
});

describe("provenance", () => {
  it("points at the literal in a let of another file", async () => {
    const files = { "values.nix": "let n = 6; in { cores = n; }" };
    const value = await attributeOf("{ a = (import ./values.nix).cores; }", "a", files);
    assert.equal(value.origin?.file, "values.nix");
    const { start, end } = value.origin?.range ?? { start: 0, end: 0 };
    assert.equal(files["values.nix"].slice(start, end), "6");
  });

  it("names every operand of a computed value", async () => {
    const text = "let a = 2; b = 3; in { c = a * b + 1; }";
    const value = await attributeOf(text, "c");
    assert.deepEqual(
      value.sources?.map(({ range }) => text.slice(range.start, range.end)),
      ["2", "3", "1"],
    );
  });

  it("reaches through builtins and strings", async () => {
    const text = 'let gib = 1024; in { c = "${toString (gib * 4)}M"; }';
    const value = await attributeOf(text, "c");
    assert.equal(plain(value), "4096M");
    assert.deepEqual(
      value.sources?.map(({ range }) => text.slice(range.start, range.end)),
      ["1024", "4"],
    );
  });

  it("keeps every site of a merged attribute", async () => {
    const { value } = await evaluateText("{ a = { b = 1; }; a.c = 2; }");
    assert.ok(value.kind === "attrs");
    const sites = value.entries.get("a")?.sites ?? [];
    assert.deepEqual(
      sites.map(({ depth }) => depth),
      [0, 0],
    );
    const inner = value.entries.get("a")?.thunk.force();
    assert.ok(inner?.kind === "attrs");
    assert.deepEqual(
      inner.entries.get("c")?.sites.map(({ depth }) => depth),
      [1],
    );
    assert.equal(inner.entries.get("b")?.sites[0]?.depth, 0);
  });
});

describe("files", () => {
  const files: Files = {
    "sub/default.nix": "{ x = 1; }",
    "sub/text.txt": "hello\n",
    "data.json": '{"jobs": 3}',
    "loop.nix": "import ./loop.nix",
  };

  it("of the workspace are imported, read and listed", async () => {
    assert.equal(await shownAttribute("{ a = (import ./sub).x; }", "a", files), 1);
    assert.equal(await shownAttribute("{ a = builtins.readFile ./sub/text.txt; }", "a", files), "hello\n");
    assert.equal(await shownAttribute("{ lib }: { a = (lib.importJSON ./data.json).jobs; }", "a", files), 3);
    assert.deepEqual(await shownAttribute("{ a = builtins.readDir ./sub; }", "a", files), {
      "default.nix": "regular",
      "text.txt": "regular",
    });
    assert.equal(await shownAttribute("{ a = builtins.pathExists ./nope.nix; }", "a", files), false);
    assert.equal(await shownAttribute('{ a = (import (toString ./sub + "/default.nix")).x; }', "a", files), 1);
  });

  it("outside it are unknown", async () => {
    assert.equal((await attributeOf("{ a = import /etc/x.nix; }", "a")).kind, "unknown");
    assert.equal((await attributeOf("{ a = builtins.pathExists /etc; }", "a")).kind, "unknown");
    assert.equal((await attributeOf("{ a = import ../x.nix; }", "a")).kind, "unknown");
  });

  it("that import themselves end", async () => {
    assert.equal(unknownOf(await attributeOf("{ a = import ./loop.nix; }", "a", files)).reason, "infinite recursion");
  });

  it("that name nothing known are told by the path their text stands for", async () => {
    const value = unknownOf(await attributeOf('{ a = "${./sub}/default.nix"; }', "a", files));
    assert.equal(value.path, "sub/default.nix");
  });
});

describe("bounds", () => {
  it("of depth give unknown, not a full stack", async () => {
    const { value, evaluator } = await evaluateText("let f = n: 1 + f (n + 1); in f 0", {}, { steps: 1e9, depth: 1e9 });
    assert.equal(shown(evaluator, value), "<too deep>");
  });

  it("of steps end what never would", async () => {
    const text = "builtins.length (builtins.genList (x: x) 1000000000)";
    assert.equal((await evaluateText(text, {}, { steps: 1000, depth: 400 })).value.kind, "unknown");
    const loop = "let f = n: f (n + 1); in builtins.foldl' (a: b: a + f b) 0 [ 1 ]";
    assert.equal((await evaluateText(loop, {}, { steps: 10_000, depth: 1e9 })).value.kind, "unknown");
  });

  it("leave nothing behind that a later, shallower question would find", async () => {
    const text =
      "let xs = builtins.genList (i: if i == 0 then 0 else 1 + builtins.elemAt xs (i - 1)) 60; in { deep = builtins.elemAt xs 59; xs = xs; }";
    const { value, evaluator } = await evaluateText(text, {}, { steps: 1e6, depth: 100 });
    assert.equal(evaluator.select(value, ["deep"]).kind, "unknown");
    const list = evaluator.select(value, ["xs"]);
    assert.ok(list.kind === "list");
    const values = list.items.map((item) => plain(item.force()));
    assert.equal(values[59], 59n);
  });

  it("of text length hold too", async () => {
    const text = 'builtins.foldl\' (a: b: a + a) "xxxxxxxxxxxxxxxx" (builtins.genList (x: x) 60)';
    assert.equal((await evaluateText(text)).value.kind, "unknown");
  });

  it("poll for cancellation", async () => {
    const bounds = { steps: 1e9, depth: 400, cancelled: () => true };
    const { value } = await evaluateText("builtins.foldl' (a: b: a + b) 0 (builtins.genList (x: x) 50000)", {}, bounds);
    assert.equal(unknownOf(value).reason, "cancelled");
  });
});
