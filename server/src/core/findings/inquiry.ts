// What the rules say of each host, package and file. It is taken over from the analysis before for as long as it stands: these
// are immutable, so it hangs on the configuration, and on what else of the model a rule read.
import type { Configuration } from "../machine/configuration.js";
import type { Draft, Rule, RuleContext } from "../rules/rule.js";
import type { SourceFile } from "../syntax/ast.js";
import type { Host, Model, Package } from "../workspace/model.js";
import type { Finding } from "./finding.js";
import { speakingRules } from "./level.js";
import { toFinding } from "./toFinding.js";
import { WatchedModel } from "./watch.js";

/** What a rule says of one host, package or file. */
interface Answer {
  readonly rule: Rule;
  readonly findings: readonly Finding[];
  /** Whether it holds for a later model too; undefined: always. */
  readonly holds: ((model: Model) => boolean) | undefined;
}

interface Answers {
  readonly configuration: Configuration;
  readonly rules: readonly Rule[];
  /** Of those rules that found something, or may find something once the model is another. */
  answers: readonly Answer[];
}

/** What is asked about, and how. */
interface Kind<Subject> {
  readonly check: "checkHost" | "checkPackage" | "checkFile";
  readonly drafts: (rule: Rule, subject: Subject, context: RuleContext) => Iterable<Draft> | undefined;
  readonly hosts: (subject: Subject) => readonly string[];
}

const HOST: Kind<Host> = {
  check: "checkHost",
  drafts: (rule, host, context) => rule.checkHost?.(host, context),
  hosts: ({ name }) => [name],
};
const PACKAGE: Kind<Package> = {
  check: "checkPackage",
  drafts: (rule, pkg, context) => rule.checkPackage?.(pkg, context),
  hosts: ({ hosts }) => hosts.map(({ name }) => name),
};
const FILE: Kind<SourceFile> = {
  check: "checkFile",
  drafts: (rule, file, context) => rule.checkFile?.(file, context),
  // Which ones a file is part of may change while it stays.
  hosts: () => [],
};

const KNOWN = new WeakMap<Host | Package | SourceFile, Answers>();

export class Inquiry {
  /** Rules that threw, and what. */
  readonly failures = new Map<Rule, string>();
  readonly #watched: WatchedModel;
  readonly #context: RuleContext;
  /** The rules that speak and look at hosts, packages or files. */
  readonly #speaking = new Map<Kind<never>["check"], readonly Rule[]>();

  constructor(
    readonly model: Model,
    readonly configuration: Configuration,
    readonly rules: readonly Rule[],
  ) {
    this.#watched = new WatchedModel(model);
    this.#context = { model: this.#watched, configuration };
  }

  ofHost(host: Host): readonly Answer[] {
    return this.#of(host, HOST);
  }

  ofPackage(pkg: Package): readonly Answer[] {
    return this.#of(pkg, PACKAGE);
  }

  ofFile(file: SourceFile): readonly Answer[] {
    return this.#of(file, FILE);
  }

  #of<Subject extends Host | Package | SourceFile>(subject: Subject, kind: Kind<Subject>): readonly Answer[] {
    const { configuration, rules } = this;
    const known = KNOWN.get(subject);
    if (known?.configuration === configuration && known.rules === rules) {
      if (!known.answers.every((answer) => this.#stands(answer)))
        known.answers = known.answers.flatMap((answer) =>
          this.#stands(answer) ? [answer] : (this.#ask(answer.rule, subject, kind) ?? []),
        );
      return known.answers;
    }
    const answers: Answer[] = [];
    for (const rule of this.#speakingOf(kind.check)) {
      const answer = this.#ask(rule, subject, kind);
      if (answer !== undefined) answers.push(answer);
    }
    KNOWN.set(subject, { configuration, rules, answers });
    return answers;
  }

  #stands({ holds }: Answer): boolean {
    return holds === undefined || holds(this.model);
  }

  #speakingOf(check: Kind<never>["check"]): readonly Rule[] {
    let speaking = this.#speaking.get(check);
    if (speaking === undefined) {
      speaking = speakingRules(this.rules, this.configuration).filter((rule) => rule[check] !== undefined);
      this.#speaking.set(check, speaking);
    }
    return speaking;
  }

  /** Undefined where the rule has nothing to say, and never will. */
  #ask<Subject>(rule: Rule, subject: Subject, kind: Kind<Subject>): Answer | undefined {
    try {
      const drafts = kind.drafts(rule, subject, this.#context);
      if (drafts === undefined) return undefined;
      const findings: Finding[] = [];
      for (const draft of drafts) {
        const finding = toFinding(rule, this.configuration, draft, kind.hosts(subject));
        if (finding) findings.push(finding);
      }
      const holds = this.#watched.readsSoFar();
      return findings.length > 0 || holds ? { rule, findings, holds } : undefined;
    } catch (error) {
      this.#watched.readsSoFar();
      this.failures.set(rule, error instanceof Error ? (error.stack ?? error.message) : String(error));
      return { rule, findings: [], holds: () => false };
    }
  }
}
