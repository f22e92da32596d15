// Equal calls of one function are evaluated once (evaluate/recall.ts); those that only look equal are not.
import assert from "node:assert/strict";
import { evaluateWithLib } from "../support/evaluate.js";

describe("calls of a function", () => {
  it("take no steps where an equal one was made before", async () => {
    const fibonacci = "let f = n: if n < 2 then n else f (n - 1) + f (n - 2); in f 70";
    assert.equal(await evaluateWithLib(fibonacci), 190392490709135);
  });

  it("are told apart by what the function's variables are bound to", async () => {
    const text = `let
      count = step: let up = n: if n == 0 then 0 else step + up (n - 1); in up 50;
      name = text: let times = n: if n == 0 then text else lib.toUpper text + times (n - 1); in times 20;
      first = list: let pick = n: if n == 0 then builtins.head list else pick (n - 1); in pick 50;
      apply = f: let nth = n: if n == 0 then f 1 else nth (n - 1); in nth 50;
    in [
      (count 1) (count 2) (count 1)
      (builtins.stringLength (name "ab")) (builtins.stringLength (name "abc"))
      (first [ 1 ]) (first [ 2 ])
      (apply (x: x + 1)) (apply (x: x + 2))
    ]`;
    assert.deepEqual(await evaluateWithLib(text), [50, 100, 50, 42, 63, 1, 2, 2, 3]);
  });

  it("are told apart by the formals that are given", async () => {
    const text = `let
      long = n: if n == 0 then 0 else long (n - 1);
      f = { a, b ? 2, ... }: long 50 + a * 10 + b;
      g = { a, ... }@args: long 50 + a + args.c or 0;
    in [ (f { a = 1; }) (f { a = 1; b = 3; }) (f { a = 1; c = 4; }) (g { a = 1; }) (g { a = 1; c = 5; }) ]`;
    assert.deepEqual(await evaluateWithLib(text), [12, 13, 12, 1, 6]);
  });

  it("do not fail for an argument that hangs on the call itself", async () => {
    const text = `let
      f = n: if lib.foldl' (a: b: a + b) 0 (lib.range 1 40) == 820 then { lazy = n; known = 1; } else n;
      warm = f 3;
      own = f own.known;
    in [ warm.lazy own.lazy ]`;
    assert.deepEqual(await evaluateWithLib(text), [3, 1]);
  });
});
