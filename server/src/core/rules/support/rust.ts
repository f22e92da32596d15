// How a Rust package is optimised: its own variables beat its Cargo.toml.
import { setEnv } from "../../edits/packages.js";
import type { Configuration } from "../../machine/configuration.js";
import { joinInsertions } from "../../text/edit.js";
import type { Package } from "../../workspace/model.js";
import type { FixDraft } from "../rule.js";
import { environment } from "./attributes.js";

const VARIABLE = "CARGO_PROFILE_RELEASE_LTO";
const UNITS = "CARGO_PROFILE_RELEASE_CODEGEN_UNITS";

export type Lto = "off" | "thin" | "fat";

/** Where the optimisation is asked for. */
export function ltoVariable(pkg: Package): Lto | "absent" | undefined {
  const variable = environment(pkg, VARIABLE);
  if (variable === undefined || variable === "absent") return variable;
  if (variable.kind === "bool") return variable.value ? "fat" : "off";
  return variable.kind === "string" ? kindOf(variable.value) : undefined;
}

/** The link-time optimisation of the release build; undefined if it is not known. */
export function ltoOf(pkg: Package): Lto | undefined {
  const variable = ltoVariable(pkg);
  if (variable !== "absent") return variable;
  // A manifest that is not in sight may ask for any.
  return pkg.facts.cargoProfile && kindOf(pkg.facts.cargoProfile.lto ?? "off");
}

/** Crates from which on link-time optimisation takes memory worth speaking of. Ours. */
const MANY_CRATES = 150;

/** Whether the program is large enough for its last step to matter; undefined where no lock file and no declaration tells. */
export function isLarge(pkg: Package, { packages }: Configuration): boolean | undefined {
  const declared = packages.get(pkg.name);
  if (declared?.peakMemory || declared?.linkHeavy !== undefined) return declared.linkHeavy ?? true;
  return pkg.facts.crates === undefined ? undefined : pkg.facts.crates >= MANY_CRATES;
}

function kindOf(text: string): Lto | undefined {
  if (text === "off" || text === "false" || text === "n" || text === "no") return "off";
  return text === "thin" || text === "fat" ? text : text === "true" ? "fat" : undefined;
}

/** Fixes that choose an optimisation, the first preferred. Without any, few codegen units of Cargo.toml would cost memory: they go up with it. */
export function ltoFixes(pkg: Package, kinds: readonly Lto[]): FixDraft[] {
  const isFew = (pkg.facts.cargoProfile?.codegenUnits ?? 16) < 16 && environment(pkg, UNITS) === "absent";
  return kinds.map((kind, i) => ({
    title: kind === "off" ? "Build without link-time optimisation" : `Use ${kind} link-time optimisation`,
    applicability: "unsafe",
    preferred: i === 0,
    rebuilds: true,
    edits: kind === "off" && isFew ? withoutLto(pkg) : setEnv(pkg, VARIABLE, `"${kind}"`),
  }));
}

/** Both variables. An override's `env` takes one at a time. */
function withoutLto(pkg: Package): FixDraft["edits"] {
  const lto = pkg.form === "definition" ? setEnv(pkg, VARIABLE, '"off"') : undefined;
  const units = setEnv(pkg, UNITS, '"16"');
  return lto && units && joinInsertions([...lto, ...units]);
}
