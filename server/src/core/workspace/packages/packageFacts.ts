// What can be read about a package besides its attributes: Cargo.lock, Cargo.toml, CUDA, platforms.
import type { Evaluator, FileAccess } from "../../evaluate/evaluator.js";
import type { Thunk, Value } from "../../evaluate/value.js";
import type { SourceFile } from "../../syntax/ast.js";
import type { FilePath } from "../../text/range.js";
import type { PackageFacts } from "../model.js";

export interface PackageFactsInput {
  readonly attributes: Value;
  readonly argument: Thunk;
  readonly source: SourceFile;
  readonly evaluator: Evaluator;
  readonly access: FileAccess;
}

/** Names that stand in packages which compile for CUDA. */
const CUDA = /\b(cudaPackages\w*|cuda_nvcc|cudatoolkit|nvcc|backendStdenv)\b/;

export function packageFacts(input: PackageFactsInput): PackageFacts {
  const { argument, evaluator, attributes, access } = input;
  const written = argument.expr && input.source.text.slice(argument.expr.start, argument.expr.end);
  const cudaSupport = evaluator.select(attributes, ["cudaSupport"]);
  const lock = cargoFile(input, ["cargoLock", "lockFile"], "Cargo.lock");
  const manifest = cargoFile(input, [], "Cargo.toml");
  const lockText = lock === undefined ? undefined : textAt(lock, access);
  const manifestText = manifest === undefined ? undefined : textAt(manifest, access);
  return {
    crates: lockText?.match(/^\[\[package\]\]/gm)?.length,
    cargoProfile: manifestText === undefined ? undefined : releaseProfile(manifestText),
    cuda: (cudaSupport.kind === "bool" && cudaSupport.value) || (written !== undefined && CUDA.test(written)),
    platforms: platformsOf(evaluator.select(attributes, ["meta", "platforms"]), written),
  };
}

function textAt(path: FilePath, access: FileAccess): string | undefined {
  const text = access.text(path);
  return typeof text === "string" ? text : undefined;
}

/** A cargo file: where an attribute names it, else in the package's source if that lies in the workspace. */
function cargoFile({ evaluator, attributes }: PackageFactsInput, named: string[], name: string): FilePath | undefined {
  if (named.length > 0) {
    const path = evaluator.select(attributes, named);
    if (path.kind === "path" && path.inside) return path.path;
  }
  const root = sourceFolder(evaluator.select(attributes, ["src"]));
  return root === undefined ? undefined : root === "" ? name : `${root}/${name}`;
}

/** The folder of `src = ./.;`, also within a function that filters it (`cleanSource ./.`, `fileset.toSource { root = ./.; }`). */
function sourceFolder(value: Value, depth = 0): FilePath | undefined {
  if (depth > 4) return undefined;
  if (value.kind === "path") return value.inside ? value.path : undefined;
  if (value.kind === "attrs") {
    const inner = ["root", "src", "path", "outPath"].flatMap((name) => value.entries.get(name)?.thunk ?? [])[0];
    return inner === undefined ? undefined : sourceFolder(inner.force(), depth + 1);
  }
  if (value.kind !== "unknown") return undefined;
  if (value.path !== undefined) return value.path;
  for (const inside of value.inside ?? []) {
    const found = sourceFolder(inside.force(), depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `[profile.release]` of a Cargo.toml: the two keys that decide how much memory the last step takes. */
export function releaseProfile(manifest: string): { lto?: string; codegenUnits?: number } | undefined {
  const section = manifest.match(/^\[profile\.release\][^\n]*\n((?:(?!\[)[^\n]*\n?)*)/m)?.[1];
  if (section === undefined) return undefined;
  const lto = section.match(/^\s*lto\s*=\s*"?([\w-]+)"?/m)?.[1];
  const units = section.match(/^\s*codegen-units\s*=\s*(\d+)/m)?.[1];
  return {
    ...(lto === undefined ? {} : { lto: lto === "true" ? "fat" : lto }),
    ...(units === undefined ? {} : { codegenUnits: Number(units) }),
  };
}

function platformsOf(value: Value, written: string | undefined): PackageFacts["platforms"] {
  if (value.kind === "list" && value.openTail === undefined) {
    const names = value.items.map((item) => item.force());
    const every = (end: string) => names.every((name) => name.kind === "string" && name.value.endsWith(end));
    if (names.length === 0 || names.some((name) => name.kind !== "string")) return undefined;
    return every("-linux") ? "linux" : every("-darwin") ? "darwin" : "all";
  }
  const named = written?.match(
    /\bplatforms\s*=\s*(?:with\s+)?(?:lib\.)?(?:platforms\.)?(linux|darwin|unix|all)\s*;/,
  )?.[1];
  if (named === "linux" || named === "darwin") return named;
  return named === undefined ? undefined : "all";
}
