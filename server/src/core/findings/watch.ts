// The model as a rule sees it: what it reads besides its subject is noted, so that it is known how long its word stands.
import type { FilePath } from "../text/range.js";
import type { Answer, Model, Question } from "../workspace/model.js";
import { sameItems } from "../workspace/registry.js";

type Field = "hosts" | "definitions" | "packages" | "flakeLocks" | "sources" | "needs" | "filesRead";

export class WatchedModel implements Model {
  readonly #model: Model;
  #fields = new Map<Field, unknown>();
  #texts = new Map<FilePath, string | undefined>();
  #patterns = new Map<RegExp, boolean>();
  #answers = new Map<Question<Answer>, Answer>();

  constructor(model: Model) {
    this.#model = model;
  }

  /** Whether a later model answers as this one did since the last call; undefined: nothing was asked. */
  readsSoFar(): ((model: Model) => boolean) | undefined {
    const [fields, texts, patterns, answers] = [this.#fields, this.#texts, this.#patterns, this.#answers];
    if (fields.size + texts.size + patterns.size + answers.size === 0) return undefined;
    this.#fields = new Map();
    this.#texts = new Map();
    this.#patterns = new Map();
    this.#answers = new Map();
    return (model) => {
      for (const [field, answer] of fields) if (model[field] !== answer) return false;
      for (const [file, text] of texts) if (model.textOf(file) !== text) return false;
      for (const [pattern, found] of patterns) if (model.mentions(pattern) !== found) return false;
      for (const [question, answer] of answers) if (!isSameAnswer(model.ask(question), answer)) return false;
      return true;
    };
  }

  get hosts() {
    return this.#read("hosts");
  }
  get definitions() {
    return this.#read("definitions");
  }
  get packages() {
    return this.#read("packages");
  }
  get flakeLocks() {
    return this.#read("flakeLocks");
  }
  get sources() {
    return this.#read("sources");
  }
  get needs() {
    return this.#read("needs");
  }
  get filesRead() {
    return this.#read("filesRead");
  }
  textOf(file: FilePath): string | undefined {
    const text = this.#model.textOf(file);
    this.#texts.set(file, text);
    return text;
  }
  mentions(pattern: RegExp): boolean {
    const found = this.#model.mentions(pattern);
    this.#patterns.set(pattern, found);
    return found;
  }

  ask<T extends Answer>(question: Question<T>): T {
    const answer = this.#model.ask(question);
    this.#answers.set(question, answer);
    return answer;
  }

  #read<F extends Field>(field: F): Model[F] {
    this.#fields.set(field, this.#model[field]);
    return this.#model[field];
  }
}

function isSameAnswer(a: Answer, b: Answer): boolean {
  return a === b || (Array.isArray(a) && Array.isArray(b) && sameItems(a, b));
}
