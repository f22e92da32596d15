// Modules that a host takes from elsewhere: which options they may set, so that "unset" is said of no option that one of them sets.
import { SET_BY_ANY, setByFile, setByInput, setByNixpkgs } from "../../catalogue/inputModules.js";
import type { FlakeLock, LockNode } from "../flakeLock.js";
import type { OptionName } from "../settings/spellings.js";
import type { Unresolved } from "./unresolved.js";

/** Why a module from elsewhere may set an option; undefined if none could. */
export type OutsideSetter = (option: OptionName) => string | undefined;

/** `lock`: of the flake that has the host. */
export function outsideSetter(unresolved: readonly Unresolved[], lock: FlakeLock | undefined): OutsideSetter {
  const modules = unresolved
    .filter(({ outside }) => outside)
    .map((one) => ({ name: nameOf(one), sets: optionsOf(one, lock) }));
  return setterAmong(modules);
}

const OF_INPUTS = new WeakMap<FlakeLock, OutsideSetter>();

/** The same for a file on its own: hosts that take it may take any module of the flake's inputs, as far as these are known. */
export function inputSetter(lock: FlakeLock | undefined): OutsideSetter {
  if (lock === undefined) return () => undefined;
  let setter = OF_INPUTS.get(lock);
  if (setter === undefined) {
    const modules = Object.keys(lock.inputs).flatMap((input) => {
      const node = lock.node([input]);
      const sets = node && setByInput(placeOf(node), "");
      return sets === undefined || sets.length === 0 ? [] : [{ name: `a module of the input ${input}`, sets }];
    });
    setter = setterAmong(modules);
    OF_INPUTS.set(lock, setter);
  }
  return setter;
}

function setterAmong(modules: readonly { readonly name: string; readonly sets: readonly string[] }[]): OutsideSetter {
  // Of those that may set the same, the first is named.
  const first = new Map<readonly string[], string>();
  for (const { name, sets } of modules) if (!first.has(sets)) first.set(sets, name);
  const distinct = [...first].map(([sets, name]) => ({ name, sets }));
  return (option) => {
    const setter = distinct.find(({ sets }) => reachOf(sets).has(option));
    return setter && `${setter.name} may set it`;
  };
}

/** Options with all that lies in them, and the sets that hold them. */
class Reach {
  readonly #options: ReadonlySet<string>;
  readonly #leading: ReadonlySet<string>;
  readonly #answers = new WeakMap<OptionName, boolean>();

  constructor(options: readonly string[]) {
    this.#options = new Set(options);
    this.#leading = new Set(options.flatMap(leadingTo));
  }

  has(option: OptionName): boolean {
    let answer = this.#answers.get(option);
    if (answer === undefined) {
      const path = option.path.join(".");
      answer = this.#leading.has(path) || leadingTo(path).some((above) => this.#options.has(above));
      this.#answers.set(option, answer);
    }
    return answer;
  }
}

const REACHES = new WeakMap<readonly string[], Reach>();

function reachOf(options: readonly string[]): Reach {
  let reach = REACHES.get(options);
  if (reach === undefined) {
    reach = new Reach(options);
    REACHES.set(options, reach);
  }
  return reach;
}

/** `a`, `a.b` and `a.b.c` for `a.b.c`. */
function leadingTo(path: string): string[] {
  const found = [path];
  for (let dot = path.indexOf("."); dot >= 0; dot = path.indexOf(".", dot + 1)) found.push(path.slice(0, dot));
  return found;
}

function nameOf({ name = [], file = "", reason }: Unresolved): string {
  return name.length > 0 || file !== "" ? `the module ${name.join(".")}${file}` : `a module (${reason})`;
}

/** Options that a module may set. */
function optionsOf({ name, file, sets }: Unresolved, lock: FlakeLock | undefined): readonly string[] {
  if (sets !== undefined) return sets;
  if (name === undefined) return setByFile(file ?? "");
  const [first, ...more] = name;
  if (first === "modulesPath") return setByNixpkgs(file ?? "");
  if (first !== "inputs") return setByInput(first ?? "", name.at(-1) ?? "") ?? SET_BY_ANY;
  const inputs = more.filter((_, i) => i === 0 || (i % 2 === 0 && more[i - 1] === "inputs"));
  const own = inputs[0] === "self" ? inputs.slice(1) : inputs;
  const input = own.at(-1) ?? "";
  const node = lock?.node(own);
  const known = setByInput(node === undefined ? input : placeOf(node), more.at(-1) ?? "");
  if (file !== undefined && input.startsWith("nixpkgs")) return setByNixpkgs(file.replace(/^\/nixos\/modules/, ""));
  // The `nixosModules` of nixpkgs itself (notDetected, readOnlyPkgs) set nothing build-related.
  return known ?? (/^nixpkgs(-|$)/.test(input) ? [] : SET_BY_ANY);
}

/** `owner/name` of a locked input, however it was fetched; its address where that has no such form. */
function placeOf({ locked, original }: LockNode): string {
  const from = locked ?? original;
  if (from?.owner !== undefined && from.repo !== undefined) return `${from.owner}/${from.repo}`;
  const [owner, name] = (original?.url ?? from?.url ?? "").replace(/^[\w+]+:\/\/[^/]*\/(f\/)?/, "").split(/[/?]/);
  return `${owner ?? ""}/${name?.replace(/\.git$/, "") ?? ""}`;
}
