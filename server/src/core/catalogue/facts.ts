// The shape of the catalogue's tables. The tables themselves stand in settings*.ts, options*.ts and builderAttributes.ts.
import type { Source } from "./source.js";

/** Whether a flake's `nixConfig` or a client may set it (facts: `nixConfig` gate and daemon). */
export type DaemonAccess = "any-user" | "trusted" | "filtered" | "file-only" | "client";
/** `jobs`: unsigned or `auto`; `bytes`: unsigned with K/M/G/T since 2.23. */
export type SettingType =
  | "unsigned"
  | "signed"
  | "jobs"
  | "bytes"
  | "seconds"
  | "bool"
  | "sandbox"
  | "string"
  | "path"
  | "list";

/** A value together with the version or platform from which it holds. */
export interface DefaultFact {
  readonly value: string;
  /** First Nix version with it, as "2.31"; absent: since ever. */
  readonly since?: string;
  readonly platform?: "nixos" | "darwin" | "nix";
}

/** A setting of nix.conf (also `nix.settings.NAME`, `nixConfig.NAME`). */
export interface SettingFact {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly type: SettingType;
  /** Accepted values in words. */
  readonly accepts: string;
  readonly defaults: readonly DefaultFact[];
  /** First release that knows it; `removed`: first that doesn't any more. */
  readonly since: string;
  readonly removed?: string;
  readonly renamedTo?: string;
  /** Implementations that know it; absent: upstream Nix and those derived from it. */
  readonly only?: "determinate" | "lix";
  readonly daemon: DaemonAccess;
  /** False for the few that an accepted-by-default `nixConfig` may set. */
  readonly needsConsent: boolean;
  /** One line. */
  readonly summary: string;
  /** What it means for the machine, in Markdown; may be several paragraphs. */
  readonly details: string;
  readonly pitfalls: readonly string[];
  readonly sources: readonly Source[];
}

export type OptionType =
  | { readonly kind: "bool" | "string" | "lines" | "float" | "path" | "package" | "attrs" | "any" | "submodule" }
  | { readonly kind: "int"; readonly min?: number; readonly max?: number }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  | { readonly kind: "either"; readonly types: readonly OptionType[] }
  | { readonly kind: "null-or"; readonly type: OptionType }
  | { readonly kind: "list"; readonly element: OptionType };

/** A module option. `*` in a path stands for any one name, `[]` for a list level. */
export interface OptionFact {
  readonly path: readonly string[];
  readonly platforms: readonly ("nixos" | "darwin" | "home-manager")[];
  readonly type: OptionType;
  /** As Nix text; absent where there is none. */
  readonly default?: string;
  /** The setting of nix.conf that it writes (`nix.settings.cores`, `nix.buildCores` -> cores). */
  readonly setting?: string;
  readonly renamedTo?: readonly string[];
  /** Gone without a successor: why. */
  readonly removed?: string;
  readonly since?: string;
  readonly summary: string;
  readonly details: string;
  readonly pitfalls: readonly string[];
  readonly sources: readonly Source[];
}

/** An attribute of package builders (`enableParallelBuilding`, `CARGO_BUILD_JOBS`, `ninjaFlags`). `name` may end in `*`. */
export interface BuilderAttributeFact {
  readonly name: string;
  /** Builders for which it works; empty: all. */
  readonly builders: readonly string[];
  /** True if it is an environment variable and belongs under `env`. */
  readonly environment: boolean;
  readonly summary: string;
  readonly details: string;
  readonly pitfalls: readonly string[];
  readonly sources: readonly Source[];
}

/** A claim about builds and what is known about it; rules and hovers cite these. */
export interface EvidenceFact {
  readonly id: string;
  readonly title: string;
  /** The claim as the founding document, or common practice, makes it. */
  readonly claim?: string;
  /** 0-1, what the founding document claimed. */
  readonly claimedConfidence?: number;
  /** 0-1, what the sources support for a rule of that kind. */
  readonly confidence: number;
  /** Markdown. */
  readonly verdict: string;
  readonly preconditions: readonly string[];
  readonly sources: readonly Source[];
}
