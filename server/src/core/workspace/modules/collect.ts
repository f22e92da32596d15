// Values to definitions: walks what a file or module evaluates to and notes every attribute that selectors.ts knows.
import type { Evaluator } from "../../evaluate/evaluator.js";
import { hasAlternatives } from "../../evaluate/select.js";
import type {
  Attr,
  AttrSite,
  AttrsValue,
  FunctionValue,
  ListValue,
  Thunk,
  UnknownValue,
  Value,
} from "../../evaluate/value.js";
import type { AttrName, Expr, SourceFile } from "../../syntax/ast.js";
import type { FilePath, TextRange } from "../../text/range.js";
import { contains } from "../../text/range.js";
import type { Heat } from "../heat.js";
import type { Definition } from "../model.js";
import {
  type MarksOff,
  MISPLACED,
  PLAIN_PRIORITY,
  plainValue,
  presentElements,
  type Property,
  property,
  takenOff,
} from "./properties.js";
import { advance, isPrecondition, leadsOn, mergedAs, type PatternState, selected } from "../selectors.js";
import { syntaxPath } from "../places/syntaxPath.js";

/** Whether a definition counts: for certain, if an unknown condition holds, or never. */
export type Applies = "yes" | "maybe" | "no";

/** A definition before it is known which hosts get it. */
export interface Sighting extends Omit<Definition, "hosts" | "platforms" | "platform" | "conditional"> {
  readonly applies: Applies;
  /** Place in a merged list: 500 mkBefore, 1000 plain, 1500 mkAfter. */
  readonly order: number;
  /** What stands before the option path: definitions of one module share it. */
  readonly prefix: readonly string[];
  /** The sets by type above it (`nix.settings`) that were not defined at normal priority: each is an option as a whole. */
  readonly wholes: readonly Whole[];
  /** The definition of a submodule that it stands in; undefined if there is no such option above it. */
  readonly submodule: object | undefined;
  /** True if its module's place among others is not known. */
  readonly displaced?: boolean;
  /** Set where the value came in from another file: the binding of the file walked that holds it. */
  readonly mirror?: Pick<Definition, "file" | "range" | "nameRange" | "valueRange" | "pathInFile" | "site" | "source">;
}

/** A definition of a whole set: the first `depth` names of the option path lead to it. */
export interface Whole {
  readonly depth: number;
  readonly priority: number;
  /** Whether the set as a whole counts. */
  readonly applies: Applies;
}

/** A place that is not known although options lie below it, so that they may be set there. */
export interface Obscured {
  /** Path from the walk's start. */
  readonly path: readonly string[];
  readonly reason: string;
  readonly priority: number;
  readonly file: FilePath;
}

/** A call of a function that is not known, met on the way. */
export interface CallSighting {
  readonly value: UnknownValue;
  readonly path: readonly string[];
  /** The attribute that holds it, if any. */
  readonly attr: Attr | undefined;
  readonly thunk: Thunk;
}

export interface Collected {
  readonly sightings: readonly Sighting[];
  readonly obscured: readonly Obscured[];
  readonly calls: readonly CallSighting[];
}

export interface CollectInput {
  readonly evaluator: Evaluator;
  /** The file whose value is walked; sites in other files are mirrored into it. */
  readonly file: FilePath;
  readonly root: Thunk;
  /** Path of `root` in the file; undefined where only the syntax can tell (a module written inline). */
  readonly path: readonly string[] | undefined;
  /** What is worth evaluating where no option path leads; undefined: everything. */
  readonly heat?: Heat;
  /** True if an option path may begin anywhere (a file on its own), false if only at `root` (a module). */
  readonly anywhere: boolean;
}

/** Far beyond what people write; keeps generated and self-referring values from running away. */
const MAX_DEPTH = 40;
/** Values that are looked at; of attributes that are only passed by, eight count as one. */
const MAX_VISITS = 40_000;
/** Conditions within conditions at one place. */
const MAX_CHOICES = 12;
/** Names that never lead to settings and cost much. */
const SKIPPED = new Set(["lib", "_module", "meta", "passthru", "pkgs", "__functor", "options"]);

interface Here {
  readonly path: readonly string[];
  readonly states: readonly PatternState[];
  readonly attr: Attr | undefined;
  /** Site of the innermost attribute that stands in the walked file, with the path to it. */
  readonly own: AttrSite | undefined;
  readonly priority: number;
  readonly order: number;
  readonly applies: Applies;
  readonly marksOff: MarksOff;
  /** As in a sighting, but with the depth in `path`. */
  readonly wholes: readonly Whole[];
  readonly submodule: object | undefined;
  /** How many alternatives and calls were gone through since the last attribute. */
  readonly choices: number;
  /** True where only a part of the value is walked: what a call swallowed, what may be added to a list. */
  readonly isPart: boolean;
}

export function collect(input: CollectInput): Collected {
  const walk = new Walk(input);
  const path = input.path ?? [];
  walk.visit(input.root, {
    path,
    states: [],
    attr: undefined,
    own: undefined,
    priority: PLAIN_PRIORITY,
    order: 1000,
    applies: "yes",
    marksOff: "none",
    wholes: [],
    submodule: undefined,
    choices: 0,
    isPart: false,
  });
  return walk;
}

class Walk implements Collected {
  readonly sightings: Sighting[] = [];
  readonly obscured: Obscured[] = [];
  readonly calls: CallSighting[] = [];
  /** Values on the way from the root to here: a set that holds itself is entered once. */
  readonly #above = new Set<Value | object>();
  /** Paths at which a value was seen: many alternatives share their parts. */
  readonly #seen = new Map<Value, Set<string>>();
  readonly #start: number;
  #visits = 0;

  constructor(readonly input: CollectInput) {
    this.#start = input.path?.length ?? 0;
  }

  visit(thunk: Thunk, here: Here): void {
    if (this.#visits >= MAX_VISITS || here.path.length - this.#start > MAX_DEPTH) return;
    if (here.states.length === 0 && this.#isCold(thunk)) return;
    this.#value(thunk.force(), thunk, here);
  }

  #value(value: Value, thunk: Thunk, here: Here): void {
    const key = value.kind === "function" ? (value.definition?.expr ?? value) : value;
    if (this.#above.has(key) || value === this.input.evaluator.lib) return;
    if (++this.#visits > MAX_VISITS || here.choices > MAX_CHOICES || this.#isKnown(value, here)) return;
    this.#above.add(key);
    switch (value.kind) {
      case "attrs":
        this.#attrs(value, thunk, here);
        break;
      case "list":
        this.#list(value, thunk, here);
        break;
      case "function":
        this.#function(value, here);
        break;
      case "unknown":
        this.#unknown(value, thunk, here);
        break;
      default:
        this.#emit(value, thunk, here);
    }
    this.#above.delete(key);
  }

  /** Nothing build-related is written there: where no option path leads there either, it is not worth evaluating. */
  #isCold({ expr, source }: Thunk): boolean {
    const { heat, file } = this.input;
    return heat !== undefined && expr !== undefined && source?.path === file && !heat.covers(expr);
  }

  #isKnown(value: Value, { path, choices }: Here): boolean {
    if (choices === 0 || (value.kind !== "attrs" && value.kind !== "unknown")) return false;
    const key = path.join("\0");
    const paths = this.#seen.get(value) ?? new Set();
    this.#seen.set(value, paths);
    return paths.size === paths.add(key).size;
  }

  #attrs(value: AttrsValue, thunk: Thunk, here: Here): void {
    const mark = property(value);
    if (mark !== undefined) {
      if (mark.kind !== "other") this.#marked(mark, thunk, here);
      return;
    }
    // nixpkgs fails on an order of a submodule: its function of a definition takes no other attributes.
    if (here.marksOff === "order" && mergedAs(here.states) === "submodule") {
      this.#unknown(MISPLACED, thunk, here);
      return;
    }
    const within = inWhole(here);
    this.#emit(value, thunk, within);
    this.#visits += value.entries.size >> 3;
    for (const [name, attr] of value.entries) this.#entry(name, attr, within);
    if (value.open !== undefined) this.#obscure(value.open, within);
    for (const rest of value.rest ?? []) this.#value(rest, thunk, partOf(within));
  }

  #marked(mark: Exclude<Property, { readonly kind: "other" }>, thunk: Thunk, here: Here): void {
    const marksOff = takenOff(mark.kind, here.marksOff);
    if (marksOff === undefined) {
      this.#unknown(MISPLACED, thunk, here);
      return;
    }
    const below = { ...here, marksOff };
    switch (mark.kind) {
      case "if":
        return this.visit(mark.content, { ...below, applies: both(here.applies, mark.applies) });
      case "merge":
        for (const content of mark.contents) this.visit(content, below);
        return;
      case "override":
        return this.visit(mark.content, { ...below, priority: mark.priority });
      case "order":
        return this.visit(mark.content, { ...below, order: mark.priority });
    }
  }

  #entry(name: string, attr: Attr, here: Here): void {
    const states = this.#advance(here, name);
    if (states.length === 0 && (SKIPPED.has(name) || !this.input.anywhere || this.#isCold(attr.thunk))) return;
    const own = attr.sites.find((site) => site.source.path === this.input.file);
    // What another file holds is reported there; only what is handed on to an option is followed across.
    if (own === undefined && attr.sites.length > 0 && states.length === 0) return;
    this.visit(attr.thunk, {
      ...here,
      path: [...here.path, name],
      states,
      attr,
      own: own ?? here.own,
      choices: 0,
      isPart: false,
    });
  }

  #advance(here: Here, element: string): readonly PatternState[] {
    const index = here.path.length;
    return advance(here.states, element, index, this.input.anywhere || index === this.#start);
  }

  #list(value: ListValue, thunk: Thunk, here: Here): void {
    this.#emit(value, thunk, here);
    const states = this.#advance(here, "[]");
    const below = { ...here, path: [...here.path, "[]"], states, attr: undefined, choices: 0, isPart: false };
    for (const item of value.items) this.visit(item, below);
    for (const rest of value.rest ?? []) this.#value(rest, thunk, partOf(here));
  }

  #function(value: FunctionValue, here: Here): void {
    // Builtins and library functions have no file to speak of.
    if (value.definition === undefined) return;
    const opened = this.input.evaluator.open(value);
    if (opened.kind !== "function") this.#value(opened, this.input.evaluator.of(opened), here);
  }

  #unknown(value: UnknownValue, thunk: Thunk, here: Here): void {
    if (value.callee !== undefined) this.calls.push({ value, path: here.path, attr: here.attr, thunk });
    const choice = selected(here.states, here.path.length);
    if (choice !== undefined && !(choice.whole && hasAlternatives(value))) {
      this.#emit(value, thunk, here);
      if (!leadsOn(here.states) && value.callee === undefined) return;
    }
    const maybe = chosen(here);
    for (const alternative of value.alternatives ?? []) this.#value(alternative, thunk, maybe);
    if (value.alternatives === undefined || value.inside !== undefined) this.#obscure(value.reason, here);
    const inner = leadsOn(here.states) ? maybe : { ...here, choices: here.choices + 1 };
    for (const inside of value.inside ?? []) this.visit(inside, { ...inner, isPart: true });
  }

  #obscure(reason: string, here: Here): void {
    // A module's top holds every option; elsewhere only what lies on the way to one matters.
    const isTop = here.path.length === this.#start || here.path.at(-1) === "config" || here.path.at(-1) === "[]";
    if (here.applies === "no" || !(isTop || leadsOn(here.states))) return;
    const file = here.own?.source.path ?? this.input.file;
    const priority = Math.min(here.priority, ...here.wholes.map((whole) => whole.priority));
    this.obscured.push({ path: here.path.slice(this.#start), reason, priority, file });
  }

  #emit(value: Value, thunk: Thunk, here: Here): void {
    const choice = selected(here.states, here.path.length);
    if (choice === undefined || here.isPart) return;
    // What a lone file says of its desktop tells nothing about the host that it may belong to.
    if (this.input.anywhere && isPrecondition(here.path.slice(choice.anchor))) return;
    const isSet = value.kind === "attrs";
    const deep = isSet && here.states.some(({ node }) => node.deep === true);
    if (isSet && !choice.whole && (choice.loose || (deep && value.entries.size > 0))) return;
    const isElement = here.path.at(-1) === "[]";
    const site = isElement
      ? here.own
      : (here.attr?.sites.find((s) => s.source.path === this.input.file) ?? here.attr?.sites[0]);
    if (site === undefined) return;
    // A set that is only the path of longer bindings (`nix.settings.cores = 1`) has no text of its own.
    if (choice.whole && isSet && !isElement && !endsPath(site)) return;
    const place = placeOf(site, isElement ? thunk : undefined);
    const crossed = site.source.path !== this.input.file;
    const mirror = crossed && here.own ? { ...placeOf(here.own, undefined), pathInFile: here.path } : undefined;
    this.sightings.push({
      ...place,
      valueExpr: innermost(site, thunk, place.valueRange),
      attrPath: here.path.slice(choice.anchor),
      pathInFile: crossed || this.input.path === undefined ? syntaxPath(site.source, place.nameRange) : here.path,
      value: definedValue(value, choice.whole, this.input.evaluator),
      priority: here.priority,
      order: here.order,
      applies: here.applies,
      prefix: here.path.slice(0, choice.anchor),
      wholes:
        here.wholes.length === 0 || choice.anchor === 0
          ? here.wholes
          : here.wholes.map((whole) => ({ ...whole, depth: whole.depth - choice.anchor })),
      submodule: here.submodule,
      mirror,
    });
  }
}

/** Within a set that is one option its attributes are marked for themselves, and only the set's own definition counts as a whole. */
function inWhole(here: Here): Here {
  const kind = mergedAs(here.states);
  if (kind === undefined) return here;
  const { priority, path, wholes, applies } = here;
  return {
    ...here,
    priority: PLAIN_PRIORITY,
    order: 1000,
    marksOff: "none",
    wholes: priority === PLAIN_PRIORITY ? wholes : [...wholes, { depth: path.length, priority, applies }],
    submodule: kind === "submodule" ? {} : here.submodule,
  };
}

function definedValue(value: Value, isWhole: boolean, evaluator: Evaluator): Value {
  if (isWhole) return plainValue(value, evaluator);
  return value.kind === "list" ? presentElements(value) : value;
}

function chosen(here: Here): Here {
  return { ...here, applies: both(here.applies, "maybe"), choices: here.choices + 1 };
}

function partOf(here: Here): Here {
  return { ...chosen(here), isPart: true };
}

export function both(a: Applies, b: Applies): Applies {
  return a === "no" || b === "no" ? "no" : a === "maybe" || b === "maybe" ? "maybe" : "yes";
}

/** True if the attribute is the last of its binding's path, so the binding's value is the attribute's. */
function endsPath(site: AttrSite): boolean {
  return site.binding.kind === "inherit" || site.depth === site.binding.path.length - 1;
}

type Place = Pick<Definition, "file" | "range" | "nameRange" | "valueRange" | "site" | "source">;

function placeOf(site: AttrSite, element: Thunk | undefined): Place {
  const { binding, source } = site;
  const name: AttrName | undefined = binding.kind === "binding" ? binding.path[site.depth] : binding.names[site.depth];
  const nameRange = span(name ?? binding);
  const common = { file: source.path, site, source };
  if (element?.expr !== undefined && element.source === source) {
    const range = span(element.expr);
    return { ...common, range, nameRange: range, valueRange: range };
  }
  const value: TextRange = binding.kind === "binding" ? binding.value : nameRange;
  return { ...common, range: span(binding), nameRange, valueRange: span(value) };
}

function span({ start, end }: TextRange): TextRange {
  return { start, end };
}

/** The expression that makes the value, within the binding: inside mkDefault, mkIf and the like. */
function innermost(site: AttrSite, thunk: Thunk, valueRange: TextRange): Expr | undefined {
  if (site.binding.kind !== "binding") return undefined;
  const { expr } = thunk;
  if (expr !== undefined && isSame(thunk.source, site.source) && contains(valueRange, expr)) return expr;
  return undefined;
}

function isSame(a: SourceFile | undefined, b: SourceFile): boolean {
  return a !== undefined && a.path === b.path;
}
