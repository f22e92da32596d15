// How a Rust package is optimised: flags for rustc beat cargo's variables, which beat Cargo.toml.
import type { Value } from "../evaluate/value.js";
import type { Package } from "../workspace/model.js";
import { environment, wholeNumber } from "./environment.js";

export const LTO_VARIABLE = "CARGO_PROFILE_RELEASE_LTO";
export const UNITS_VARIABLE = "CARGO_PROFILE_RELEASE_CODEGEN_UNITS";

export type Lto = "off" | "thin" | "fat";
/** An option of rustc's `-C` that decides how much memory the last step takes. */
export type CodegenOption = "lto" | "codegen-units";

/** What is chosen, and where: a variable that holds flags, cargo's own variable, or the manifest. */
export interface Choice<T> {
  readonly value: T;
  readonly by: "flags" | "variable" | "manifest";
  /** The variable, unless it is the manifest. */
  readonly variable?: string;
}

/** The link-time optimisation of the release build; undefined if it is not known. */
export function ltoChoice(pkg: Package): Choice<Lto> | undefined {
  const flag = codegenFlag(pkg, "lto");
  if (flag) {
    const value = ltoNamed(flag.value === "" ? "fat" : flag.value);
    return value && { value, by: "flags", variable: flag.variable };
  }
  const variable = environment(pkg, LTO_VARIABLE);
  if (variable !== "absent") {
    const value = variable && ltoOfValue(variable);
    return value && { value, by: "variable", variable: LTO_VARIABLE };
  }
  // A manifest that is not in sight may ask for any.
  const value = pkg.facts.cargoProfile && ltoNamed(pkg.facts.cargoProfile.lto ?? "off");
  return value && { value, by: "manifest" };
}

/** The codegen units that are asked for; undefined where none are, or where it is not known. */
export function unitsChoice(pkg: Package): Choice<number> | undefined {
  const flag = codegenFlag(pkg, "codegen-units");
  if (flag)
    return /^\d{1,4}$/.test(flag.value)
      ? { value: Number(flag.value), by: "flags", variable: flag.variable }
      : undefined;
  const variable = environment(pkg, UNITS_VARIABLE);
  if (variable !== "absent") {
    const value = wholeNumber(variable);
    return value === undefined ? undefined : { value, by: "variable", variable: UNITS_VARIABLE };
  }
  const value = pkg.facts.cargoProfile?.codegenUnits;
  return value === undefined ? undefined : { value, by: "manifest" };
}

/** `-C lto=fat`, `-Clto`, `--codegen lto=thin`, also with quotes around the value. */
export function codegenPattern(option: CodegenOption): RegExp {
  return new RegExp(
    String.raw`(?<=^|[\s"'])(?:-C\s*|--codegen[=\s]\s*)${option.replace("-", "[-_]")}(?:=([\w-]+))?(?=$|[\s"'])`,
    "g",
  );
}

/**
 * The last such option in the flags that rustc gets: of RUSTFLAGS, or of cargo's `build.rustflags` where that is not set, then of
 * NIX_RUSTFLAGS, which nixpkgs' wrapper adds at the end. Undefined where none is in sight.
 */
function codegenFlag(
  pkg: Package,
  option: CodegenOption,
): { readonly value: string; readonly variable: string } | undefined {
  const own = environment(pkg, "RUSTFLAGS") === "absent" ? "CARGO_BUILD_RUSTFLAGS" : "RUSTFLAGS";
  for (const variable of ["NIX_RUSTFLAGS", own]) {
    const found = [...flagsOf(environment(pkg, variable)).matchAll(codegenPattern(option))].at(-1);
    if (found) return { value: found[1] ?? "", variable };
  }
  return undefined;
}

/** Flags as text; what is not known of them is left out. */
function flagsOf(value: Value | "absent" | undefined): string {
  if (value === undefined || value === "absent") return "";
  if (value.kind === "string") return value.value;
  if (value.kind === "list") return value.items.map((item) => flagsOf(item.force())).join(" ");
  return value.kind === "unknown" ? (value.parts ?? []).map((part) => part ?? " ").join("") : "";
}

function ltoOfValue(value: Value): Lto | undefined {
  if (value.kind === "bool") return value.value ? "fat" : "off";
  return value.kind === "string" ? ltoNamed(value.value) : undefined;
}

function ltoNamed(text: string): Lto | undefined {
  if (/^(off|false|n|no)$/.test(text)) return "off";
  return text === "thin" || text === "fat" ? text : /^(true|y|yes|on)$/.test(text) ? "fat" : undefined;
}
