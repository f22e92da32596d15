// What a finding about a definition underlines.
import { textLine } from "../../edits/textLines.js";
import type { Location } from "../../text/range.js";
import type { Definition } from "../../workspace/model.js";

/** The line of a text that sets something, the whole binding where it stands on one line, else its attribute path alone. */
export function spot(definition: Definition): Location {
  const { file, range, nameRange, source } = definition;
  const line = definition.inText && textLine(definition)?.whole;
  if (line) return { file, range: line };
  const long = source !== undefined && source.lines.lineOf(range.start) !== source.lines.lineOf(range.end);
  return { file, range: long && nameRange.end > range.start ? { start: range.start, end: nameRange.end } : range };
}
