// How large a Rust package is, and fixes that choose its link-time optimisation.
import { environment } from "../../builds/environment.js";
import { type Choice, type Lto, LTO_VARIABLE, UNITS_VARIABLE } from "../../builds/rustProfile.js";
import { replaceCodegenFlag } from "../../edits/packageFlags.js";
import { setEnv } from "../../edits/packages.js";
import type { Configuration } from "../../machine/configuration.js";
import { joinInsertions } from "../../text/edit.js";
import type { Package } from "../../workspace/model.js";
import type { FixDraft } from "../rule.js";

/** Crates from which on link-time optimisation takes memory worth speaking of. Ours. */
const MANY_CRATES = 150;

/** Whether the program is large enough for its last step to matter; undefined where no lock file and no declaration tells. */
export function isLarge(pkg: Package, { packages }: Configuration): boolean | undefined {
  const declared = packages.get(pkg.name);
  if (declared?.peakMemory || declared?.linkHeavy !== undefined) return declared.linkHeavy ?? true;
  return pkg.facts.crates === undefined ? undefined : pkg.facts.crates >= MANY_CRATES;
}

/** Fixes that choose an optimisation, the first preferred, where the present one is chosen. */
export function ltoFixes(pkg: Package, present: Choice<Lto>, kinds: readonly Lto[]): FixDraft[] {
  const { by, variable } = present;
  return kinds.map((kind, i) => ({
    title: kind === "off" ? "Build without link-time optimisation" : `Use ${kind} link-time optimisation`,
    applicability: "unsafe",
    preferred: i === 0,
    rebuilds: true,
    edits:
      by === "flags" && variable !== undefined
        ? replaceCodegenFlag(pkg, variable, "lto", kind)
        : kind === "off"
          ? withoutLto(pkg)
          : setEnv(pkg, LTO_VARIABLE, `"${kind}"`),
  }));
}

/** Without LTO, few codegen units of Cargo.toml would cost memory: they go up with it. An override's `env` takes one at a time. */
function withoutLto(pkg: Package): FixDraft["edits"] {
  const isFew = (pkg.facts.cargoProfile?.codegenUnits ?? 16) < 16 && environment(pkg, UNITS_VARIABLE) === "absent";
  if (!isFew) return setEnv(pkg, LTO_VARIABLE, '"off"');
  const lto = pkg.form === "definition" ? setEnv(pkg, LTO_VARIABLE, '"off"') : undefined;
  const units = setEnv(pkg, UNITS_VARIABLE, '"16"');
  return lto && units && joinInsertions([...lto, ...units]);
}
