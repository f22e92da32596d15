// What building a package takes and what would help: its row of the matrix, for hovers and code lenses.
import { type Analysis } from "../core/analyze.js";
import { packageMatrix, peakText } from "../core/builds/matrix.js";
import { type AdvisedRow, withAdvice } from "../core/findings/packageAdvice.js";
import type { FilePath, TextRange } from "../core/text/range.js";
import type { Package } from "../core/workspace/model.js";
import { capText, fixTitles } from "../report/packages.js";
import { findingsShown } from "./diagnostics.js";
import type { View } from "./workspaceState.js";

const known = new WeakMap<Analysis, readonly AdvisedRow[]>();

/** The matrix of a root, with the advice that the editor shows; worked out once an analysis. */
export function packageRows(view: View): readonly AdvisedRow[] {
  let rows = known.get(view.analysis);
  if (!rows) {
    const { model, configuration } = view.analysis;
    rows = withAdvice(packageMatrix(model, configuration), findingsShown(view));
    known.set(view.analysis, rows);
  }
  return rows;
}

/** The row of the package whose builder or name stands at an offset, and where. */
export function packageAt(
  view: View,
  file: FilePath,
  offset: number,
): { readonly row: AdvisedRow; readonly range: TextRange } | undefined {
  for (const row of packageRows(view)) {
    if (row.package.file !== file) continue;
    const range = row.layers.flatMap(placesOf).find(({ start, end }) => start <= offset && offset <= end);
    if (range) return { row, range };
  }
  return undefined;
}

/** The builder's name in the call, and the whole `pname = …` or `name = …`. */
function placesOf({ range, argumentSet }: Package): readonly TextRange[] {
  const names = (argumentSet?.bindings ?? []).flatMap((binding) => {
    const [first, ...further] = binding.kind === "binding" ? binding.path : [];
    const named = first?.kind === "name" && further.length === 0 && /^p?name$/.test(first.text);
    return named ? [{ start: binding.start, end: binding.end }] : [];
  });
  return [range, ...names];
}

export function packageMarkdown(row: AdvisedRow): string {
  const { package: pkg, estimate, parallel, tiers, hosts } = row;
  const onHosts = tiers.map(({ host, tier, cores }) => `${host}: ${tier} (cores ${cores})`).join(", ");
  const lines = [
    `Peak memory ${peakText(row.peak)}, median to 95th percentile, ${estimate.origin}: ${estimate.source.text}`,
    `Parallel: ${parallel.text}${parallel.knob === undefined ? "" : `; capped by \`${capText(row)}\``}`,
    tiers.length > 0 ? `Memory tier on ${onHosts}` : `Memory tier not known: ${whyNoTier(hosts)}`,
    ...(row.adviceTier ? [`Advice: ${row.adviceTier}`, ...fixTitles(row).map((title) => `  - ${title}`)] : []),
  ];
  const head = `**${pkg.name}** · ${pkg.builder} · class ${estimate.class}`;
  return `${head}\n\n${lines.map((line) => (line.startsWith("  ") ? line : `- ${line}`)).join("\n")}`;
}

function whyNoTier(hosts: readonly string[]): string {
  return hosts.length === 0 ? "no host in sight builds it" : `the machine of ${hosts.join(", ")} is not declared`;
}
