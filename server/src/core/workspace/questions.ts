// What rules may ask of a whole workspace. They ask instead of reading, since what a rule says stands as long as the answers do.
import type { Answer, Model, ModelData, Question } from "./model.js";
import type { Snapshot, SnapshotFile } from "./snapshot.js";

/** Whether a text matches, kept for as long as the text stands. */
const MATCHES = new WeakMap<RegExp, WeakMap<SnapshotFile, boolean>>();

/** A model with its answers. */
export function answering(data: ModelData, { files }: Snapshot): Model {
  const answers = new Map<Question<Answer>, Answer>();
  const model: Model = {
    ...data,
    textOf(path) {
      const file = files.get(path);
      return file && "text" in file ? file.text : undefined;
    },
    mentions(pattern) {
      const known = MATCHES.get(pattern) ?? new WeakMap<SnapshotFile, boolean>();
      MATCHES.set(pattern, known);
      for (const [path, file] of files) {
        if (!path.endsWith(".nix") || !("text" in file)) continue;
        const matches = known.get(file) ?? pattern.test(file.text);
        known.set(file, matches);
        if (matches) return true;
      }
      return false;
    },
    ask<T extends Answer>(question: Question<T>): T {
      if (!answers.has(question)) answers.set(question, question(model));
      return answers.get(question) as T;
    },
  };
  return model;
}
