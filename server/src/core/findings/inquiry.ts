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

type Check = "checkHost" | "checkPackage" | "checkFile";

const KNOWN = new WeakMap<Host | Package | SourceFile, Answers>();

export class Inquiry {
  /** Rules that threw, and what. */
  readonly failures = new Map<Rule, string>();
  readonly #watched: WatchedModel;
  readonly #context: RuleContext;
  /** The rules that speak and look at hosts, packages or files. */
  readonly #speaking = new Map<Check, readonly Rule[]>();

  constructor(
    readonly model: Model,
    readonly configuration: Configuration,
    readonly rules: readonly Rule[],
  ) {
    this.#watched = new WatchedModel(model);
    this.#context = { model: this.#watched, configuration };
  }

  ofHost(host: Host): readonly Answer[] {
    return this.#of(host, [host.name], "checkHost", (rule) => rule.checkHost?.(host, this.#context));
  }

  ofPackage(pkg: Package): readonly Answer[] {
    const hosts = pkg.hosts.map(({ name }) => name);
    return this.#of(pkg, hosts, "checkPackage", (rule) => rule.checkPackage?.(pkg, this.#context));
  }

  /** Of no host: which ones a file is part of may change while it stays. */
  ofFile(file: SourceFile): readonly Answer[] {
    return this.#of(file, [], "checkFile", (rule) => rule.checkFile?.(file, this.#context));
  }

  #of(
    subject: Host | Package | SourceFile,
    hosts: readonly string[],
    kind: Check,
    check: (rule: Rule) => Iterable<Draft> | undefined,
  ): readonly Answer[] {
    const { configuration, rules, model } = this;
    const known = KNOWN.get(subject);
    if (known?.configuration === configuration && known.rules === rules) {
      const isOld = ({ holds }: Answer) => holds?.(model) === false;
      if (known.answers.some(isOld))
        known.answers = known.answers.flatMap((answer) =>
          isOld(answer) ? (this.#ask(answer.rule, hosts, check) ?? []) : [answer],
        );
      return known.answers;
    }
    const answers: Answer[] = [];
    for (const rule of this.#speakingOf(kind)) {
      const answer = this.#ask(rule, hosts, check);
      if (answer !== undefined) answers.push(answer);
    }
    KNOWN.set(subject, { configuration, rules, answers });
    return answers;
  }

  #speakingOf(kind: Check): readonly Rule[] {
    let speaking = this.#speaking.get(kind);
    if (speaking === undefined) {
      speaking = speakingRules(this.rules, this.configuration).filter((rule) => rule[kind] !== undefined);
      this.#speaking.set(kind, speaking);
    }
    return speaking;
  }

  /** Undefined where the rule has nothing to say, and never will. */
  #ask(rule: Rule, hosts: readonly string[], check: (rule: Rule) => Iterable<Draft> | undefined): Answer | undefined {
    try {
      const drafts = check(rule);
      if (drafts === undefined) return undefined;
      const findings: Finding[] = [];
      for (const draft of drafts) {
        const finding = toFinding(rule, this.configuration, draft, hosts);
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
