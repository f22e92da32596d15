// The workspace as rules, editors and the terminal see it: hosts with their option definitions, and packages.
import type { NixVersion } from "../catalogue/nixReleases.js";
import type { AttrSite, Value } from "../evaluate/value.js";
import type { Budget, Machine } from "../machine/machine.js";
import type { AttrsetExpr, Expr, SourceFile } from "../syntax/ast.js";
import type { FilePath, Location, TextRange } from "../text/range.js";

/** Which module system (or none) reads a definition. `module`: a module whose system cannot be told; `plain`: nix.conf text. */
export type Platform = "nixos" | "darwin" | "home-manager" | "flake" | "plain" | "module";

/** One place where something build-related is set. */
export interface Definition {
  readonly file: FilePath;
  /** The whole binding including its semicolon, or the line of a nix.conf text. */
  readonly range: TextRange;
  /** The attribute's name (last element of the path). */
  readonly nameRange: TextRange;
  /** The bound expression as written (with mkDefault and the like), or the text's value. */
  readonly valueRange: TextRange;
  /** The expression inside mkDefault / mkForce / mkIf: what a fix replaces. Undefined for text. */
  readonly valueExpr: Expr | undefined;
  /** Full option path where it is known: `["nix","settings","max-jobs"]`, `["nixConfig","cores"]`; for plain nix.conf `["nix.conf","cores"]`. */
  readonly attrPath: readonly string[];
  /** Path from the file's top (design.md 6): list levels are `[]`, mkIf and the like transparent. */
  readonly pathInFile: readonly string[];
  readonly value: Value;
  /** Of the module system: 50 mkForce, 100 plain, 1000 mkDefault, 1500 option default. */
  readonly priority: number;
  /** True if a condition that is not known decides whether it counts. */
  readonly conditional: boolean;
  readonly platform: Platform;
  readonly hosts: readonly string[];
  /** The module systems of all hosts that take this place: of several, options that one of them lacks must not be set beside it. */
  readonly platforms: readonly Platform[];
  /** Undefined where the definition stands in text (nix.conf, extraOptions, NIX_CONFIG). */
  readonly site: AttrSite | undefined;
  readonly source: SourceFile | undefined;
  /** Set where it came out of text: which option or file holds that text. */
  readonly inText?: {
    readonly carrier: readonly string[];
    readonly nixConf: boolean;
    /** In a nix.conf file: all of the line, with the comment behind it and its end. */
    readonly line?: TextRange;
  };
  /** Of `builders` and of the machines file: its text, with the lines of the workspace's files that it names. */
  readonly machines?: string;
}

/** What a host gets for an option, all its modules considered. */
export type OptionState =
  | { readonly state: "unset" }
  | { readonly state: "known"; readonly value: Value; readonly definitions: readonly [Definition, ...Definition[]] }
  | { readonly state: "unknown"; readonly reason: string; readonly definitions: readonly Definition[] };

/** A Nix, as far as rules must tell one from another. */
export interface NixRelease {
  readonly implementation: "nix" | "determinate" | "lix";
  /** Upstream's version that it is or is made from; undefined where that is not known. */
  readonly version: NixVersion | undefined;
  /** False: that version or a newer one. */
  readonly exact: boolean;
  /** The version that Determinate Nix and Lix count for themselves. */
  readonly own?: NixVersion;
  /** Where it is known from: `nix.package`, `the default of NixOS 25.05`. */
  readonly source: string;
}

/** A host with all its modules, or one file that no host reaches (then `name` is "(workspace)"). */
export interface Host {
  readonly name: string;
  readonly kind: "host" | "file";
  readonly platform: Platform;
  /** Files whose modules make it up; the first is its own. */
  readonly files: readonly FilePath[];
  /** Where it is declared: `nixosConfigurations.x = …`, or the file's first line. */
  readonly declaration: Location;
  readonly definitions: readonly Definition[];
  readonly machine: Machine | undefined;
  readonly budget: Budget | undefined;
  /** The Nix that reads its settings, where the workspace or the machine tells. */
  readonly nix: NixRelease | undefined;
  /** The release branch of the nixpkgs that it is built with, `24.11`; undefined for others, and where nobody can tell. */
  readonly nixos: string | undefined;
  /**
   * What this host gets for an option. Legacy spellings (`nix.maxJobs`) and `nix.extraOptions` text count for the setting they set.
   * "unset" only where no file in sight could set it; a lone file whose workspace sets the option elsewhere says "unknown".
   * A list that a module from elsewhere may add to has an open end.
   */
  option(path: readonly string[]): OptionState;
  /** Names of the hosts of its platform that set an option, neither by force nor as a default: where they share a place, one more definition clashes. */
  setBy(path: readonly string[]): ReadonlySet<string>;
  /** A Nix setting by canonical name, from wherever this host's platform takes it (`nix.settings`, `nixConfig`, nix.conf). */
  setting(name: string): OptionState;
}

export type BuilderKind =
  | "rust"
  | "crane"
  | "naersk"
  | "go"
  | "npm"
  | "python"
  | "c"
  | "cuda"
  | "haskell"
  | "mozilla"
  | "prebuilt"
  | "unknown";

/** A package that this workspace builds from source, or overrides so that it must be. */
export interface Package {
  /** pname where known, else the attribute or file it is bound to. */
  readonly name: string;
  readonly file: FilePath;
  /** What a finding about the package underlines: the builder's name in the call, or the overridden package's name. */
  readonly range: TextRange;
  readonly builder: BuilderKind;
  readonly form: "definition" | "overrideAttrs" | "override";
  /** The builder's argument; attributes by `select`. For overrideAttrs the result of the override function. */
  readonly attributes: Value;
  /** The set literal that fixes insert into, if there is one. */
  readonly argumentSet: AttrsetExpr | undefined;
  /** `old` of `overrideAttrs (old: …)`, `finalAttrs` of a definition. */
  readonly parameter: string | undefined;
  readonly source: SourceFile;
  /** Scopes in which package inputs can be named: the file's own formals (`{ stdenv, mold-wrapped }:`) where it is a callPackage file. */
  readonly formalsOwner: Expr | undefined;
  /** Hosts that build it; empty if none in sight does. */
  readonly hosts: readonly Host[];
  readonly facts: PackageFacts;
}
export interface PackageFacts {
  /** Packages in Cargo.lock, where one can be read. */
  readonly crates?: number;
  /** `[profile.release]` of Cargo.toml. */
  readonly cargoProfile?: { readonly lto?: string; readonly codegenUnits?: number };
  readonly cuda: boolean;
  /** Only Linux, only Darwin, or both as far as `meta.platforms` tells; undefined if it doesn't. */
  readonly platforms?: "linux" | "darwin" | "all";
}

/** Told apart by `===`, lists by their items. */
export type Answer = string | number | boolean | undefined | readonly unknown[];
/** Something about the whole workspace; always the same function for the same question. */
export type Question<T> = (model: Model) => T;

export interface ModelData {
  readonly hosts: readonly Host[];
  /** Every definition, each once, with all its hosts. What `settings` prints. */
  readonly definitions: readonly Definition[];
  readonly packages: readonly Package[];
  /** Texts of the flake.lock files beside flakes, by the flake's path. */
  readonly flakeLocks: ReadonlyMap<FilePath, string>;
  /** Files that name something build-related, and flakes, as parsed. */
  readonly sources: ReadonlyMap<FilePath, SourceFile>;
  /** Paths that were asked for and are not loaded: the host loads them and calls again. */
  readonly needs: readonly FilePath[];
  readonly filesRead: number;
}

export interface Model extends ModelData {
  /** The text of any file in sight. */
  textOf(file: FilePath): string | undefined;
  /** True if the text of some Nix file matches. */
  mentions(pattern: RegExp): boolean;
  /** The answer of a question, worked out once. */
  ask<T extends Answer>(question: Question<T>): T;
}
