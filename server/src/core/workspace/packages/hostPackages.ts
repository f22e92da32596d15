// `pkgs` of a host: unknown, but for the platform that it is for. A NixOS host is Linux, one of nix-darwin is not.
import type { Evaluator } from "../../evaluate/evaluator.js";
import type { Thunk, Value } from "../../evaluate/value.js";
import type { Platform } from "../model.js";
import { outsideValue } from "../outside.js";

const KERNELS: ReadonlyMap<Platform, "linux" | "darwin"> = new Map([
  ["nixos", "linux"],
  ["darwin", "darwin"],
]);

/** `system`: what the host is made for (`x86_64-linux`), where that is known. Undefined: no more than that it is `pkgs`. */
export function hostPackages(
  platform: Platform,
  system: string | undefined,
  evaluator: Pick<Evaluator, "attrs" | "lib" | "of" | "text">,
): Thunk | undefined {
  const [, cpu, named] = system?.match(/^(x86_64|aarch64)-(linux|darwin)$/) ?? [];
  const kernel = named ?? KERNELS.get(platform);
  if (kernel === undefined) return undefined;
  const bool = (value: boolean): Value => ({ kind: "bool", value });
  const facts: readonly (readonly [string, Value])[] = [
    ["isLinux", bool(kernel === "linux")],
    ["isDarwin", bool(kernel === "darwin")],
    ...(cpu === undefined ? [] : [["isx86_64", bool(cpu === "x86_64")] as const]),
    ...(cpu === undefined ? [] : [["isAarch64", bool(cpu === "aarch64")] as const]),
    ...(cpu === undefined ? [] : [["system", evaluator.text(`${cpu}-${kernel}`)] as const]),
  ];
  const set = (name: readonly string[], known: readonly (readonly [string, Value])[]): Value => {
    const rest = outsideValue(name);
    const entries = known.map(([key, value]): [string, Thunk] => [key, evaluator.of(value)]);
    const value = evaluator.attrs(entries, rest.reason);
    return value.kind === "attrs" ? { ...value, rest: [rest] } : value;
  };
  const platformOf = (name: readonly string[]) => set([...name, "hostPlatform"], facts);
  const stdenv = set(["pkgs", "stdenv"], [...facts, ["hostPlatform", platformOf(["pkgs", "stdenv"])]]);
  const own = facts.filter(([name]) => name === "system");
  return evaluator.of(
    set(["pkgs"], [...own, ["stdenv", stdenv], ["hostPlatform", platformOf(["pkgs"])], ["lib", evaluator.lib]]),
  );
}
