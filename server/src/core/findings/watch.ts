// The model as a rule sees it: what it reads besides its subject is noted, so that it is known how long its word stands.
import type { FilePath } from "../text/range.js";
import type { Answer, Model, Question } from "../workspace/model.js";
import { sameItems } from "../text/sameItems.js";

type Field = "hosts" | "definitions" | "packages" | "flakeLocks" | "sources" | "needs" | "filesRead";

export class WatchedModel implements Model {
  readonly #model: Model;
  /** What was read, by field, path, pattern or question, each with whether a later model answers the same. */
  readonly #reads = new Map<unknown, (later: Model) => boolean>();

  constructor(model: Model) {
    this.#model = model;
  }

  /** Whether a later model answers as this one did since the last call; undefined: nothing was asked. */
  readsSoFar(): ((model: Model) => boolean) | undefined {
    if (this.#reads.size === 0) return undefined;
    const reads = [...this.#reads.values()];
    this.#reads.clear();
    return (later) => reads.every((isSame) => isSame(later));
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
    this.#reads.set(`text ${file}`, (later) => later.textOf(file) === text);
    return text;
  }
  mentions(pattern: RegExp): boolean {
    const found = this.#model.mentions(pattern);
    this.#reads.set(pattern, (later) => later.mentions(pattern) === found);
    return found;
  }

  ask<T extends Answer>(question: Question<T>): T {
    const answer = this.#model.ask(question);
    this.#reads.set(question, (later) => isSameAnswer(later.ask(question), answer));
    return answer;
  }

  #read<F extends Field>(field: F): Model[F] {
    const value = this.#model[field];
    this.#reads.set(field, (later) => later[field] === value);
    return value;
  }
}

function isSameAnswer(a: Answer, b: Answer): boolean {
  return a === b || (Array.isArray(a) && Array.isArray(b) && sameItems(a, b));
}
