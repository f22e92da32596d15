// Which findings advise something about a package: those that its own rules place inside of it.
import type { PackageRow } from "../builds/matrix.js";
import { RULES } from "../rules/index.js";
import type { Tier } from "../rules/rule.js";
import type { TextRange } from "../text/range.js";
import type { Package } from "../workspace/model.js";
import type { Finding } from "./finding.js";

export interface AdvisedRow extends PackageRow {
  readonly advice: readonly Finding[];
  /** The most urgent of the advice; undefined without any. */
  readonly adviceTier: Tier | undefined;
}

const URGENCY: readonly Tier[] = ["P1", "P2", "experimental"];
const PACKAGE_RULES: ReadonlySet<string> = new Set(RULES.filter((rule) => rule.checkPackage).map((rule) => rule.id));

/** The rows with what is advised for each. A finding belongs to the innermost package around it. */
export function withAdvice(rows: readonly PackageRow[], findings: readonly Finding[]): readonly AdvisedRow[] {
  const byRow = new Map<PackageRow, Finding[]>();
  const extents = rows.flatMap((row) => row.layers.map((pkg) => ({ row, file: pkg.file, extent: extentOf(pkg) })));
  for (const finding of findings) {
    if (!PACKAGE_RULES.has(finding.rule)) continue;
    const [innermost] = extents
      .filter(({ file, extent }) => file === finding.file && contains(extent, finding.range))
      .sort((a, b) => length(a.extent) - length(b.extent));
    if (innermost) byRow.set(innermost.row, [...(byRow.get(innermost.row) ?? []), finding]);
  }
  return rows.map((row) => {
    const advice = byRow.get(row) ?? [];
    return { ...row, advice, adviceTier: URGENCY.find((tier) => advice.some((finding) => finding.tier === tier)) };
  });
}

/** The text that is the package's: from the builder's name to the end of its argument. */
function extentOf({ range, argumentSet }: Package): TextRange {
  if (!argumentSet) return range;
  return { start: Math.min(range.start, argumentSet.start), end: Math.max(range.end, argumentSet.end) };
}

function contains(outer: TextRange, inner: TextRange): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

function length({ start, end }: TextRange): number {
  return end - start;
}
