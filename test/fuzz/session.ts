// An editor in the hands of chance: documents opened, typed into, undone, saved and closed, files changed behind its back,
// settings and configuration edited, and questions asked all the while.
import assert from "node:assert/strict";
import type {
  CodeAction,
  CompletionItem,
  Diagnostic,
  Position,
  Range,
  WorkspaceEdit,
} from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { BUDGET, COMMANDS, DECLARE_MACHINE, EXPLAIN, type MarkdownResult } from "../../server/src/lsp/protocol.js";
import { type Editor, editsOf, openEditor } from "../lsp/harness.js";
import { mutated, randomChange, repeated } from "../support/mutations.js";
import type { Pickers } from "../support/random.js";

type Settings = Readonly<Record<string, unknown>>;

const SETTINGS: readonly Settings[] = [
  { machine: "threads=8,memory=16GiB,network=1Gbit/s" },
  { machine: "threads=4,memory=4GiB", policy: "strict", rules: { "unused-ignore": "warning" } },
  { machine: "nonsense", diagnostics: "openFiles" },
  { machine: "none", minimumConfidence: 0.9 },
  { enable: false },
];
/** Members of nix-build-budget.json. */
const MEMBERS = [
  '"policy": "burst"',
  '"exclude": ["modules"]',
  '"exclude": ["**/default.nix"]',
  '"rules": { "cpu-oversubscribed": "off" }',
  '"machines": { "anvil": { "threads": 2, "memory": "2GiB" } }',
  '"minimumConfidence": 2',
  '"policy": ',
] as const;
const CAPABILITIES = { initializationOptions: { commands: Object.values(COMMANDS) } };

export class Session {
  readonly #random: Pickers;
  readonly #editor: Editor;
  readonly #disk: Map<string, string>;
  #settings: Settings;
  readonly #history: { readonly uri: string; readonly text: string }[] = [];
  readonly #asked: Promise<unknown>[] = [];
  /** What was done, for a failure's message. */
  readonly done: string[] = [];

  private constructor(random: Pickers, editor: Editor, disk: Map<string, string>, settings: Settings) {
    this.#random = random;
    this.#editor = editor;
    this.#disk = disk;
    this.#settings = settings;
  }

  static async start(random: Pickers, files: ReadonlyMap<string, string>): Promise<Session> {
    const settings = SETTINGS[0] ?? {};
    const editor = await openEditor({ workspaces: [files], settings, ...CAPABILITIES });
    const session = new Session(random, editor, new Map(files), settings);
    session.#open();
    return session;
  }

  /** Some edits, with questions in between that nobody waits for. */
  async burst(): Promise<void> {
    const steps: readonly (readonly [string, () => void])[] = [
      ["type", () => this.#type()],
      ["type", () => this.#type()],
      ["change", () => this.#change()],
      ["change", () => this.#change()],
      ["paste", () => this.#paste()],
      ["undo", () => this.#undo()],
      ["undo", () => this.#undo()],
      ["line ends", () => this.#lineEnds()],
      ["open", () => this.#open()],
      ["close", () => this.#close()],
      ["save", () => this.#save()],
      ["disk", () => this.#changeDisk()],
      ["configuration", () => this.#configuration()],
      ["settings", () => this.#changeSettings()],
    ];
    for (let i = 0; i < 8; i++) {
      const [name, step] = this.#random.pick(steps);
      this.done.push(name);
      step();
      for (let more = this.#random.below(3); more > 0; more--) this.#ask();
      // Now and then the server comes to it in between.
      if (this.#random.chance(0.3)) await this.settle();
    }
    await this.settle();
  }

  /** Everything sent has been worked off, the answers to the editor's own answers too. */
  async settle(): Promise<void> {
    for (let round = 0; round < 3; round++) {
      await this.#editor.request<MarkdownResult>(BUDGET, { uri: this.#editor.uri("") });
      for (const { uri } of this.#editor.documents) await this.#editor.hover(uri, { line: 0, character: 0 });
    }
    await Promise.all(this.#asked.splice(0));
    assert.deepEqual(this.#editor.errors, []);
  }

  /** What is underlined, as lines that do not name the folder on disk. */
  shown(): string[] {
    const last = new Map<string, readonly Diagnostic[]>();
    for (const { uri, diagnostics } of this.#editor.diagnostics.all) last.set(uri, diagnostics);
    const folder = this.#editor.uri("");
    return [...last]
      .flatMap(([uri, diagnostics]) => diagnostics.map((one) => `${uri} ${JSON.stringify(one)}`))
      .map((line) => line.replaceAll(folder, "").replaceAll(this.#editor.folders[0] ?? "", ""))
      .sort();
  }

  /** What a new server shows of the same documents and files. */
  async shownAfresh(): Promise<string[]> {
    const editor = await openEditor({ workspaces: [this.#disk], settings: this.#settings, ...CAPABILITIES });
    const fresh = new Session(this.#random, editor, this.#disk, this.#settings);
    for (const document of this.#editor.documents)
      editor.open(document.uri.replace(this.#editor.uri(""), editor.uri("")), document.getText(), document.languageId);
    await fresh.settle();
    const shown = fresh.shown();
    await editor.close();
    return shown;
  }

  /** Takes one of the fixes that are offered; what it is for must be gone afterwards. */
  async fix(): Promise<void> {
    const document = this.#document();
    if (!document) return;
    const all = { start: { line: 0, character: 0 }, end: document.positionAt(document.getText().length) };
    const actions = (await this.#editor.codeActions(document.uri, all)).filter(
      ({ edit, diagnostics }) => edit && diagnostics?.length === 1,
    );
    if (actions.length === 0) return;
    const action: CodeAction = this.#random.pick(actions);
    const [diagnostic] = action.diagnostics ?? [];
    assert.ok(diagnostic);
    const count = () => this.shown().filter((line) => line.includes(JSON.stringify(diagnostic.message))).length;
    const before = count();
    this.done.push(`${diagnostic.code}: ${action.title}`);
    this.#apply(action.edit);
    await this.settle();
    assert.ok(count() < before, `${diagnostic.code} is there still after ${action.title}`);
  }

  #apply(edit: WorkspaceEdit | undefined): void {
    for (const change of edit?.documentChanges ?? []) {
      if (!("textDocument" in change)) continue;
      const { uri, version } = change.textDocument;
      const isOpen = this.#editor.documents.some((document) => document.uri === uri);
      if (version !== null) assert.equal(version, this.#editor.document(uri).version);
      if (!isOpen) this.#openFile(this.#pathOf(uri), this.#disk.get(this.#pathOf(uri)) ?? "");
      // From the end, so that none moves the places of the others.
      const edits = editsOf(edit, uri).toSorted((a, b) => compare(b.range.start, a.range.start));
      this.#edit(
        uri,
        edits.map(({ range, newText: text }) => ({ range, text })),
      );
    }
  }

  // Edits -----------------------------------------------------------------------------------------------------------

  #document(): TextDocument | undefined {
    const { documents } = this.#editor;
    return documents.length > 0 ? this.#random.pick(documents) : undefined;
  }

  #edit(uri: string, changes: { range: Range; text: string }[]): void {
    this.#history.push({ uri, text: this.#editor.document(uri).getText() });
    this.#editor.change(uri, changes);
  }

  #replace(document: TextDocument, start: number, end: number, text: string): void {
    this.#edit(document.uri, [{ range: { start: document.positionAt(start), end: document.positionAt(end) }, text }]);
  }

  #type(): void {
    const document = this.#document();
    if (!document) return;
    let at = this.#random.below(document.getText().length + 1);
    for (const character of this.#random.pick([
      "nix.settings.cores = 99;",
      "zramSwap.enable = true;",
      "x = ''${",
      "\n\t",
    ])) {
      this.#replace(document, at, at, character);
      at += character.length;
    }
  }

  #change(): void {
    const document = this.#document();
    if (!document) return;
    const { start, end, text } = randomChange(document.getText(), this.#random);
    this.#replace(document, start, end, text);
  }

  #paste(): void {
    const document = this.#document();
    if (!document) return;
    const at = this.#random.below(document.getText().length + 1);
    this.#replace(document, at, at, repeated(this.#random, 1 + this.#random.below(2000)));
  }

  #undo(): void {
    const last = this.#history.pop();
    const document = this.#editor.documents.find(({ uri }) => uri === last?.uri);
    if (!last || !document) return;
    this.#editor.change(document.uri, [{ text: last.text }]);
  }

  #lineEnds(): void {
    const document = this.#document();
    if (!document) return;
    const text = document.getText();
    const other = text.includes("\r") ? text.replaceAll("\r\n", "\n") : text.replaceAll("\n", "\r\n");
    this.#replace(document, 0, text.length, other);
  }

  #open(): void {
    const path = this.#random.pick([...this.#disk.keys(), "new.nix", "modules/new.nix"]);
    const text = this.#disk.get(path) ?? "{ nix.settings.max-jobs = 64; }";
    this.#openFile(path, this.#random.chance(0.8) ? text : mutated(text, this.#random));
  }

  #openFile(path: string, text: string): void {
    const uri = this.#editor.uri(path);
    if (this.#editor.documents.some((document) => document.uri === uri)) return;
    const language = path.endsWith(".nix") ? "nix" : path.endsWith(".conf") ? "nix-conf" : "jsonc";
    this.#editor.open(uri, text, language);
  }

  #close(): void {
    const document = this.#document();
    if (document && this.#editor.documents.length > 1) this.#editor.closeDocument(document.uri);
  }

  // Disk and settings -----------------------------------------------------------------------------------------------

  #pathOf(uri: string): string {
    return decodeURIComponent(uri.slice(this.#editor.uri("").length + (this.#editor.uri("").endsWith("/") ? 0 : 1)));
  }

  #save(): void {
    const document = this.#document();
    if (document) this.#write(this.#pathOf(document.uri), document.getText());
  }

  #changeDisk(): void {
    const path = this.#random.pick([...this.#disk.keys()]);
    const text = this.#disk.get(path) ?? "";
    const fate = this.#random.below(10);
    if (fate < 2) {
      this.#disk.delete(path);
      this.#editor.remove(path);
    } else
      this.#write(fate < 4 ? path.replace(/[^/]*$/, "new.nix") : path, fate < 4 ? text : mutated(text, this.#random));
  }

  #write(path: string, text: string): void {
    // What UTF-8 can't say does not come back from disk.
    const written = Buffer.from(text).toString();
    this.#disk.set(path, written);
    this.#editor.write(path, written);
  }

  #configuration(): void {
    const text = `{ ${this.#random.pick(MEMBERS)}${this.#random.pick(["", ", ", ", // x\n"])}${this.#random.pick(MEMBERS)} }`;
    const uri = this.#editor.uri("nix-build-budget.json");
    const document = this.#editor.documents.find((one) => one.uri === uri);
    if (document) this.#replace(document, 0, document.getText().length, text);
    else this.#write("nix-build-budget.json", text);
  }

  #changeSettings(): void {
    this.#settings = this.#random.pick(SETTINGS);
    this.#editor.changeSettings(this.#settings);
  }

  // Questions -------------------------------------------------------------------------------------------------------

  #ask(): void {
    const document = this.#document();
    if (!document) return;
    const { uri } = document;
    const length = document.getText().length;
    const place = (): Position => document.positionAt(this.#random.below(length + 1));
    const [editor, textDocument] = [this.#editor, { uri }];
    const completion = async (): Promise<unknown> => {
      const items = await editor.request<CompletionItem[] | null>("textDocument/completion", {
        textDocument,
        position: place(),
      });
      return items?.[0] && editor.resolve(items[0]);
    };
    const [a, b] = [place(), place()].toSorted(compare);
    const range = { start: a ?? place(), end: b ?? place() };
    const questions: readonly (() => Promise<unknown>)[] = [
      () => editor.hover(uri, place()),
      completion,
      () => editor.codeActions(uri, range),
      () => editor.codeActions(uri, range, { only: ["source.fixAll"] }),
      () => editor.request("textDocument/codeLens", { textDocument }),
      () => editor.request(BUDGET, {}),
      () => editor.request(EXPLAIN, { name: this.#random.pick(["cores", "cpu-oversubscribed", "", "constructor"]) }),
      () => editor.request(DECLARE_MACHINE, { uri }),
    ];
    const question = this.#random.pick(questions)();
    question.catch(() => {}); // Told by `settle`.
    this.#asked.push(question);
  }
}

function compare(a: Position, b: Position): number {
  return a.line - b.line || a.character - b.character;
}
