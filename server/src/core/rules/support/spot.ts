// What a finding about a definition underlines.
import type { Location } from "../../text/range.js";
import type { Definition } from "../../workspace/model.js";

/** The whole binding where it stands on one line, else its attribute path alone. */
export function spot({ file, range, nameRange, source }: Definition): Location {
  const long = source !== undefined && source.lines.lineOf(range.start) !== source.lines.lineOf(range.end);
  return { file, range: long && nameRange.end > range.start ? { start: range.start, end: nameRange.end } : range };
}
