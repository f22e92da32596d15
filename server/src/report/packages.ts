// `packages`: the optimization matrix, one row a package that the workspace builds from source.
import { peakText } from "../core/builds/matrix.js";
import type { AdvisedRow } from "../core/findings/packageAdvice.js";
import { rangeData } from "./checkJson.js";
import { type JsonData, jsonText } from "./jsonText.js";
import { count, createLocate } from "./report.js";
import { printable, type Style } from "./terminal.js";

export interface PackagesReport {
  /** With file names as they are printed. */
  readonly rows: readonly { readonly row: AdvisedRow; readonly file: string }[];
  readonly textOf: (file: string) => string | undefined;
}

export function packagesJson({ rows, textOf }: PackagesReport): string {
  const locate = createLocate(textOf);
  return jsonText({
    version: 1,
    packages: rows.map(({ row, file }): JsonData => {
      const { package: pkg, estimate, parallel } = row;
      return {
        name: pkg.name,
        file,
        range: rangeData(locate(file, pkg.range)),
        builder: pkg.builder,
        form: pkg.form,
        class: estimate.class,
        peakMemory: {
          medianBytes: Math.round(row.peak.median),
          p95Bytes: Math.round(row.peak.p95),
          cores: row.cores,
          origin: estimate.origin,
          source: { ...estimate.source },
        },
        parallel: { knob: parallel.knob ?? null, cap: parallel.cap ?? null, text: parallel.text },
        tier: row.tiers[0]?.tier ?? null,
        adviceTier: row.adviceTier ?? null,
        hosts: row.hosts.map((name): JsonData => {
          const known = row.tiers.find(({ host }) => host === name);
          return { name, tier: known?.tier ?? null, cores: known?.cores ?? null };
        }),
        advice: row.advice.map(
          ({ rule, severity, tier, fixes }): JsonData => ({
            rule,
            severity,
            tier,
            fixes: fixes.map(({ title }) => title),
          }),
        ),
      };
    }),
  });
}

export function packagesText({ rows, textOf }: PackagesReport, style: Style): string {
  if (rows.length === 0) return "No package is built from source here.\n";
  const locate = createLocate(textOf);
  const head = ["PACKAGE", "PLACE", "BUILDER", "CLASS", "PEAK", "TIER", "ADVICE", "CAPPED BY", "HOSTS"];
  const cells = rows.map(({ row, file }) => [
    printable(row.package.name),
    `${printable(file)}:${locate(file, row.package.range).start.line + 1}`,
    row.package.builder,
    row.estimate.class,
    `${peakText(row.peak)} (${row.estimate.origin})`,
    row.tiers[0]?.tier ?? "?",
    row.adviceTier ?? "-",
    capText(row),
    printable(row.hosts.join(", ")) || "-",
  ]);
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((line) => line[i]?.length ?? 0)));
  const line = (words: readonly string[]) =>
    words
      .map((word, i) => word.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd();
  const lines = [style.bold(line(head))];
  for (const [i, words] of cells.entries()) {
    lines.push(line(words));
    for (const title of fixTitles(rows[i]?.row)) lines.push(style.dim(`    fix: ${printable(title)}`));
  }
  const solo = rows.filter(({ row }) => row.tiers[0]?.tier === "solo").length;
  const summary = `${count(rows.length, "package")}${solo > 0 ? `, ${solo} to be built alone` : ""}.`;
  return [
    ...lines,
    "",
    `${summary} Peaks are median to 95th percentile; what is not measured is an estimate.`,
    "",
  ].join("\n");
}

/** `NIX_BUILD_CORES`, `NIX_BUILD_CORES = 2`; what `cores` alone can cap, and what nothing does, says so. */
export function capText({ parallel: { knob, cap } }: AdvisedRow): string {
  if (knob === undefined) return "nothing";
  return cap === undefined ? knob : `${knob}: ${cap}`;
}

/** Of each finding the fix that it prefers; else the first. */
export function fixTitles(row: AdvisedRow | undefined): readonly string[] {
  return (row?.advice ?? []).flatMap(({ fixes }) => (fixes.find((fix) => fix.preferred) ?? fixes[0])?.title ?? []);
}
