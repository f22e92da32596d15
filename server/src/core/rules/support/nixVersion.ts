// Rules whose truth changes with the version of Nix ask here.
import type { Severity } from "../../machine/configuration.js";
import type { Host } from "../../workspace/model.js";

/**
 * Whether the host's Nix is at least that version of upstream's; undefined if nobody can tell, as for what Lix took over from
 * versions after it was forked. A bound from below answers with true alone.
 */
export function atLeast({ nix }: Host, major: number, minor: number): boolean | undefined {
  if (nix?.version === undefined) return undefined;
  const [itsMajor, itsMinor] = nix.version;
  const reached = itsMajor > major || (itsMajor === major && itsMinor >= minor);
  return reached || nix.exact ? reached : undefined;
}

/** The host's Nix and where that is known from, for messages: `Nix 2.28 (the default of NixOS 25.05)`. */
export function nixName({ nix }: Host): string {
  return nix?.version === undefined ? "Nix" : `Nix ${nix.version.join(".")} (${nix.source})`;
}

const LOWER: Readonly<Record<Severity, Severity>> = {
  error: "warning",
  warning: "information",
  information: "hint",
  hint: "hint",
};

/** What holds from some version on is told one step lower where the version is not known. */
export function ifVersionKnown(isKnown: boolean | undefined, severity: Severity): Severity {
  return isKnown === undefined ? LOWER[severity] : severity;
}
