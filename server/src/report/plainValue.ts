// A value as plain data, for reports; or why it is not known.
import type { Json, Value } from "../core/evaluate/value.js";

export type PlainValue =
  | { readonly known: true; readonly value: Json; readonly assumed?: true }
  | { readonly known: false; readonly reason: string };

/** Levels of lists and sets. Deeper data is no setting. */
const MAX_DEPTH = 100;

class NotKnown extends Error {}

/** `printed` names a path of the workspace as it is to be printed. */
export function plainValue(value: Value, printed: (path: string) => string): PlainValue {
  let assumed = false;
  const convert = (part: Value, depth: number): Json => {
    if (depth > MAX_DEPTH) throw new NotKnown("nested too deeply");
    assumed ||= part.assumed === true;
    switch (part.kind) {
      case "null":
        return null;
      case "bool":
      case "int":
      case "float":
      case "string":
        return part.value;
      case "path":
        return { _path: part.inside ? printed(part.path) : part.path };
      case "list":
        if (part.openTail !== undefined) throw new NotKnown(part.openTail);
        return part.items.map((item) => convert(item.force(), depth + 1));
      case "attrs":
        if (part.open !== undefined) throw new NotKnown(part.open);
        return Object.fromEntries(
          [...part.entries].map(([name, { thunk }]) => [name, convert(thunk.force(), depth + 1)]),
        );
      case "function":
        throw new NotKnown("a function");
      case "unknown":
        throw new NotKnown(part.reason);
    }
  };
  try {
    const data = convert(value, 0);
    return assumed ? { known: true, value: data, assumed: true } : { known: true, value: data };
  } catch (error) {
    if (error instanceof NotKnown) return { known: false, reason: error.message };
    throw error;
  }
}
