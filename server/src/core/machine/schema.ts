// The keys of nix-build-budget.json, each once: the parser and the JSON schema that editors use both come from this table.
import { DEFAULT_CONFIGURATION } from "./configuration.js";

/** What a value may be. `size` is bytes or a text that `parseSize` reads; `rate` a text that `parseRate` reads. */
export type Shape = { readonly description: string; readonly default?: unknown } & (
  | { readonly kind: "object"; readonly keys: Readonly<Record<string, Shape>>; readonly required?: readonly string[] }
  | { readonly kind: "map"; readonly values: Shape; readonly names: string }
  | { readonly kind: "list"; readonly items: Shape }
  | { readonly kind: "choice"; readonly values: readonly string[] }
  | { readonly kind: "text"; readonly pattern?: string; readonly example?: string }
  | { readonly kind: "boolean" }
  | {
      readonly kind: "integer" | "number";
      readonly minimum: number;
      readonly maximum?: number;
      readonly below?: number;
    }
  | { readonly kind: "size"; readonly minimum?: number }
  | { readonly kind: "rate" }
);

/** Build classes that a package may be declared as; `builds/buildClasses.ts` holds what each takes. */
export const PACKAGE_CLASSES = [
  "rust",
  "rust-small",
  "rust-large",
  "rust-thin-lto",
  "rust-fat-lto",
  "rust-large-thin-lto",
  "rust-large-fat-lto",
  "go",
  "npm",
  "python",
  "c",
  "c-heavy",
  "cuda",
  "onnxruntime",
  "onnxruntime-cuda",
  "torch",
  "firefox",
  "chromium",
  "webkitgtk",
  "llvm",
  "haskell",
  "prebuilt",
  "unknown",
] as const;
export type PackageClass = (typeof PACKAGE_CLASSES)[number];

const size = (description: string, minimum?: number): Shape => ({ kind: "size", description, minimum });
const integer = (description: string, minimum: number, maximum?: number): Shape => ({
  kind: "integer",
  description,
  minimum,
  maximum,
});

const MACHINE: Shape = {
  kind: "object",
  description: "Hardware of the host of this name.",
  required: ["threads", "memory"],
  keys: {
    threads: integer("Hardware threads (logical CPUs), as `nproc` prints.", 1, 65536),
    threadsPerCore: integer("2 with SMT (hyper-threading), else 1.", 1, 8),
    memory: size("RAM, as in `16GiB`: MemTotal of /proc/meminfo.", 1),
    zram: {
      kind: "object",
      description: "Compressed swap in memory.",
      required: ["size"],
      keys: {
        size: size("Uncompressed size of the device (disksize), as in `12GiB`."),
        algorithm: { kind: "text", description: "Kernel compression algorithm: zstd, lz4, lzo-rle …" },
        ratio: {
          kind: "number",
          description: "Uncompressed to compressed size. Without it: 2.5 for zstd, 2.1 for lz4.",
          minimum: 1,
          maximum: 100,
        },
      },
    },
    swap: size("Disk swap, without zram."),
    network: { kind: "rate", description: "Download rate, as in `1Gbit/s`." },
    architecture: {
      kind: "text",
      description: "Processor family as GCC and rustc name it, as in `skylake`, `znver4` or `x86-64-v3`.",
      pattern: "^[a-z0-9][a-z0-9._-]*$",
      example: "skylake",
    },
    cudaCapabilities: {
      kind: "list",
      description: 'Compute capabilities of the GPUs, as in `["8.6"]`.',
      items: { kind: "text", description: "A compute capability.", pattern: "^[0-9]+\\.[0-9]+[a-z]?$", example: "8.6" },
    },
    nixVersion: {
      kind: "text",
      description:
        "Version of Nix on this host, as in `2.31`. Needed where neither `nix.package` nor flake.lock tells it.",
      pattern: "^[0-9]+\\.[0-9]+",
      example: "2.31",
    },
    reserve: {
      kind: "object",
      description: "What builds must leave for everything else. Default: one core and 2 GiB.",
      keys: {
        threads: integer("Hardware threads kept free of builds.", 0, 65535),
        memory: size("Memory kept free of builds."),
      },
    },
  },
};

const PACKAGE: Shape = {
  kind: "object",
  description: "What is known of the package of this name.",
  keys: {
    class: {
      kind: "choice",
      description: "Build class, where it cannot be told from the builder.",
      values: PACKAGE_CLASSES,
    },
    peakMemory: {
      kind: "object",
      description: "Peak memory of one build: its median and the size that 95 of 100 builds stay under.",
      required: ["median", "p95"],
      keys: { median: size("Median peak.", 1), p95: size("95th percentile of the peak, at least the median.", 1) },
    },
    measured: { kind: "boolean", description: "True if the peak was measured, not estimated." },
    alone: {
      kind: "boolean",
      description:
        "True if it is only ever built by itself (`nix build --max-jobs 1`): plans and their risk do not count it among concurrent builds.",
    },
    linkHeavy: { kind: "boolean", description: "True if linking takes a large part of the build." },
  },
};

export const CONFIGURATION: Shape & { readonly kind: "object" } = {
  kind: "object",
  description: "Hardware and policy that Nix Build Budget measures build settings against.",
  keys: {
    $schema: { kind: "text", description: "Schema of this file, for editors." },
    machines: { kind: "map", description: "Machines by host name.", names: "host", values: MACHINE },
    policy: {
      kind: "choice",
      description:
        "How much max-jobs × cores may be: `balanced` all hardware threads, `strict` what the reserve leaves, `burst` twice that.",
      values: ["balanced", "strict", "burst"],
      default: DEFAULT_CONFIGURATION.policy,
    },
    memoryAccounting: {
      kind: "choice",
      description: "`planning` counts what zram really adds to memory, `nominal` its whole size.",
      values: ["planning", "nominal"],
      default: DEFAULT_CONFIGURATION.memoryAccounting,
    },
    confidenceProfile: {
      kind: "choice",
      description:
        "Which confidence decides where two are known: the `reviewed` one or the one first claimed (`founding`).",
      values: ["reviewed", "founding"],
      default: DEFAULT_CONFIGURATION.confidenceProfile,
    },
    minimumConfidence: {
      kind: "number",
      description: "Findings with less confidence are not shown (0 to 1).",
      minimum: 0,
      maximum: 1,
      default: DEFAULT_CONFIGURATION.minimumConfidence,
    },
    targetRisk: {
      kind: "number",
      description: "Highest bearable probability that concurrent builds run out of memory (above 0, below 1).",
      minimum: 0.000001,
      below: 1,
      default: DEFAULT_CONFIGURATION.targetRisk,
    },
    coldFraction: {
      kind: "number",
      description:
        "Share of a build's memory that may be swapped out while it runs (0 to below 1): an estimate, used by planning accounting.",
      minimum: 0,
      below: 1,
      default: DEFAULT_CONFIGURATION.coldFraction,
    },
    packages: { kind: "map", description: "Packages by name.", names: "package", values: PACKAGE },
    rules: {
      kind: "map",
      description: "Severity of a rule by its id, or `off`.",
      names: "rule",
      values: {
        kind: "choice",
        description: "Severity, or `off`.",
        values: ["off", "hint", "information", "warning", "error"],
      },
    },
    exclude: {
      kind: "list",
      description: "Globs of files that are not looked at.",
      items: { kind: "text", description: "A glob relative to this file's folder, as in `vendor/**`." },
      default: DEFAULT_CONFIGURATION.exclude,
    },
  },
};

/** Size texts, as a pattern for editors; `parseSize` is what decides. */
const SIZE_PATTERN = "^\\s*([0-9]+(\\.[0-9]+)?|\\.[0-9]+)\\s*([KMGTPkmgtp][iI]?[bB]?|[bB](ytes?)?)?\\s*$";
const RATE_PATTERN = "^\\s*[0-9]+(\\.[0-9]+)?\\s*[KMGTkmgt]?([bB]its?/s|[bB]it|[bB]ps)\\s*$";

/** JSON Schema (draft 7) of a shape. Unknown keys are left to the server, which names the nearest: an editor would show them twice. */
export function jsonSchema(shape: Shape): Record<string, unknown> {
  const common = { description: shape.description, ...(shape.default === undefined ? {} : { default: shape.default }) };
  switch (shape.kind) {
    case "object":
      return {
        type: "object",
        ...common,
        properties: Object.fromEntries(Object.entries(shape.keys).map(([key, value]) => [key, jsonSchema(value)])),
        ...(shape.required ? { required: shape.required } : {}),
      };
    case "map":
      return { type: "object", ...common, additionalProperties: jsonSchema(shape.values) };
    case "list":
      return { type: "array", ...common, items: jsonSchema(shape.items) };
    case "choice":
      return { type: "string", ...common, enum: shape.values };
    case "text":
      return { type: "string", ...common, ...(shape.pattern ? { pattern: shape.pattern } : {}) };
    case "boolean":
      return { type: "boolean", ...common };
    case "integer":
    case "number":
      return {
        type: shape.kind,
        ...common,
        minimum: shape.minimum,
        ...(shape.maximum === undefined ? {} : { maximum: shape.maximum }),
        ...(shape.below === undefined ? {} : { exclusiveMaximum: shape.below }),
      };
    case "size":
      return { type: ["string", "integer"], ...common, pattern: SIZE_PATTERN, minimum: shape.minimum ?? 0 };
    case "rate":
      return { type: "string", ...common, pattern: RATE_PATTERN };
  }
}

/** The schema that the extension contributes as `nix-build-budget.schema.json`. */
export function configurationSchema(): Record<string, unknown> {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Nix Build Budget",
    ...jsonSchema(CONFIGURATION),
  };
}
