// Package -> what building it takes: declared, measured, or estimated by its class.
import type { Source } from "../catalogue/source.js";
import type { Configuration } from "../machine/configuration.js";
import { PACKAGE_CLASSES, type PackageClass } from "../machine/schema.js";
import { GIB } from "../machine/size.js";
import type { BuilderKind, Package } from "../workspace/model.js";
import { BUILD_CLASSES, CUDA_KERNELS, HEAVY_PACKAGES, WRAPPERS } from "./buildClasses.js";
import { environment, wholeNumber } from "./environment.js";
import type { Peak } from "./oom.js";
import { ltoChoice } from "./rustProfile.js";

/** What building one package takes: plain data, all that plans are made of. */
export interface BuildEstimate {
  readonly name: string;
  /** Peak memory in bytes with n processes: median baseBytes + n x bytesPerProcess, 95th percentile `spread` times that. */
  readonly baseBytes: number;
  readonly bytesPerProcess: number;
  readonly spread: number;
  /** Processes it never exceeds (its own NIX_BUILD_CORES); undefined: as many as `cores`. */
  readonly mostProcesses?: number;
  /** Core-minutes, and the share of them that runs in parallel, 0 to 1. */
  readonly work: number;
  readonly parallelShare: number;
  /** True if it is declared to be built by itself only. */
  readonly alone?: boolean;
}

export interface PackageEstimate extends BuildEstimate {
  readonly class: PackageClass;
  /** Where the peak comes from: nix-build-budget.json, measured or not, or the class. */
  readonly origin: "measured" | "declared" | "catalogue";
  readonly source: Source;
}

/** Peak memory in bytes with so many cores. */
export function peakWith(build: BuildEstimate, cores: number): Peak {
  const median = build.baseBytes + build.bytesPerProcess * Math.min(cores, build.mostProcesses ?? cores);
  return { median, p95: median * build.spread };
}

/** The packages' estimates, in their order. A peak that `packages` of nix-build-budget.json declares beats the class. */
export function packagePeaks(packages: readonly Package[], configuration: Configuration): PackageEstimate[] {
  return packages.map((pkg) => packageEstimate(pkg, configuration));
}

export function packageEstimate(pkg: Package, configuration: Configuration): PackageEstimate {
  const declaration = configuration.packages.get(pkg.name);
  const chosen = isPackageClass(declaration?.class) ? declaration.class : packageClass(pkg);
  const { base, perProcess, spread, work, parallelShare, source } = BUILD_CLASSES[chosen];
  const estimate: PackageEstimate = {
    name: pkg.name,
    class: chosen,
    baseBytes: base * GIB,
    bytesPerProcess: perProcess * GIB,
    spread,
    mostProcesses: ownCores(pkg),
    work,
    parallelShare,
    alone: declaration?.alone,
    origin: "catalogue",
    source,
  };
  if (!declaration?.peakMemory) return estimate;
  const { medianBytes, p95Bytes } = declaration.peakMemory;
  const origin = declaration.measured ? "measured" : "declared";
  return {
    ...estimate,
    baseBytes: medianBytes,
    bytesPerProcess: 0,
    spread: Math.max(1, p95Bytes / medianBytes),
    origin,
    source: { grade: "documentation", text: `${origin} in nix-build-budget.json` },
  };
}

/** The class by name (known heavy packages), builder, LTO, number of crates and CUDA. */
export function packageClass(pkg: Package): PackageClass {
  if (pkg.builder === "prebuilt") return "prebuilt";
  if (pkg.form === "overrideAttrs" && WRAPPERS.test(pkg.name)) return "prebuilt";
  const heavy = HEAVY_PACKAGES.find(({ name }) => name.test(pkg.name));
  const compilesCuda = pkg.facts.cuda && (pkg.form !== "override" || CUDA_KERNELS.test(pkg.name));
  if (heavy) return compilesCuda && heavy.withCuda ? heavy.withCuda : heavy.class;
  if (compilesCuda) return "cuda";
  return BY_BUILDER[pkg.builder] ?? rustClass(pkg);
}

const BY_BUILDER: Readonly<Record<BuilderKind, PackageClass | undefined>> = {
  rust: undefined,
  crane: undefined,
  naersk: undefined,
  go: "go",
  npm: "npm",
  python: "python",
  c: "c",
  cuda: "cuda",
  haskell: "haskell",
  mozilla: "firefox",
  prebuilt: "prebuilt",
  unknown: "unknown",
};

/** Crates from which a Rust program counts as large, and below which as small. */
const LARGE_CRATES = 300;
const SMALL_CRATES = 100;

function rustClass(pkg: Package): PackageClass {
  const crates = pkg.facts.crates;
  const large = crates !== undefined && crates >= LARGE_CRATES;
  const lto = ltoChoice(pkg)?.value ?? pkg.facts.cargoProfile?.lto;
  if (lto === "fat") return large ? "rust-large-fat-lto" : "rust-fat-lto";
  if (lto === "thin") return large ? "rust-large-thin-lto" : "rust-thin-lto";
  if (large) return "rust-large";
  return crates !== undefined && crates < SMALL_CRATES ? "rust-small" : "rust";
}

/** The package's own cap: Nix sets NIX_BUILD_CORES from `cores`, then the derivation's environment overrides it. */
function ownCores(pkg: Package): number | undefined {
  return wholeNumber(environment(pkg, "NIX_BUILD_CORES")) || undefined;
}

function isPackageClass(name: string | undefined): name is PackageClass {
  return (PACKAGE_CLASSES as readonly (string | undefined)[]).includes(name);
}
