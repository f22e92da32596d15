// What the installed extension does in VS Code, seen through its API.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as vscode from "vscode";

const EXTENSION = "nix-build-budget.nix-build-budget";

function file(path: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, "the workspace is open");
  return vscode.Uri.joinPath(folder.uri, path);
}

function ours(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === "nix-build-budget");
}

function ruleOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === "object" ? code.value : code);
}

/** Resolves as soon as the diagnostics of a document are as wanted; the test's own limit ends the wait. */
async function diagnosticsWhen(
  uri: vscode.Uri,
  wanted: (diagnostics: readonly vscode.Diagnostic[]) => boolean,
): Promise<readonly vscode.Diagnostic[]> {
  return new Promise((resolve) => {
    const look = () => {
      const now = ours(uri);
      if (!wanted(now)) return;
      listener.dispose();
      resolve(now);
    };
    const listener = vscode.languages.onDidChangeDiagnostics(look);
    look();
  });
}

const hasRule = (rule: string) => (all: readonly vscode.Diagnostic[]) => all.some((one) => ruleOf(one) === rule);

/** The quick fixes where a rule's finding is; start-up may cancel the first requests, so they are asked again until they come. */
async function fixesFor(document: vscode.TextDocument, rule: string): Promise<vscode.CodeAction[]> {
  const diagnostic = (await diagnosticsWhen(document.uri, hasRule(rule))).find((one) => ruleOf(one) === rule);
  assert.ok(diagnostic);
  for (;;) {
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      document.uri,
      diagnostic.range,
      vscode.CodeActionKind.QuickFix.value,
    );
    if (actions.some(({ title }) => title === `Ignore ${rule} here`)) return actions;
  }
}

describe("the extension in VS Code", () => {
  let document: vscode.TextDocument;

  before(async () => {
    document = await vscode.workspace.openTextDocument(file("hosts/shoebox.nix"));
    await vscode.window.showTextDocument(document);
  });

  afterEach(async () => {
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand("workbench.action.files.revert");
  });

  it("is installed from the package and starts with a Nix file", async () => {
    const extension = vscode.extensions.getExtension(EXTENSION);
    assert.ok(extension);
    await extension.activate();
    assert.equal(document.languageId, "nix");
  });

  it("shows the finding with its rule, page, arithmetic and related lines", async () => {
    const found = await diagnosticsWhen(document.uri, hasRule("cpu-oversubscribed"));
    const finding = found.find((one) => ruleOf(one) === "cpu-oversubscribed");
    assert.match(finding?.message ?? "", /48/);
    assert.equal(
      document.getText(finding?.range).includes("8") || document.getText(finding?.range).includes("6"),
      true,
    );
    assert.ok(
      typeof finding?.code === "object" && finding.code.target.path.endsWith("/docs/rules/cpu-oversubscribed.md"),
    );
    assert.ok((finding?.relatedInformation ?? []).length > 0);
  });

  it("finds what is typed, for text that was not saved", async () => {
    await diagnosticsWhen(document.uri, hasRule("cpu-oversubscribed"));
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, rangeOf(document, "max-jobs = 8;"), "max-jobs = 1;");
    await vscode.workspace.applyEdit(edit);
    await diagnosticsWhen(document.uri, (all) => !hasRule("cpu-oversubscribed")(all));
    assert.ok(document.isDirty);
  });

  it("offers one preferred fix, and it settles the finding", async () => {
    const fixes = await fixesFor(document, "cpu-oversubscribed");
    const preferred = fixes.filter(({ isPreferred }) => isPreferred);
    assert.equal(preferred.length, 1);
    assert.ok(preferred[0]?.edit);
    await vscode.workspace.applyEdit(preferred[0].edit);
    await diagnosticsWhen(document.uri, (all) => !hasRule("cpu-oversubscribed")(all));
    assert.match(document.getText(), /# Builds run at night\./);
    assert.doesNotMatch(document.getText(), /max-jobs = 8;[^}]*cores = 6;/);
  });

  it("applies all safe fixes at once", async () => {
    await diagnosticsWhen(document.uri, hasRule("cpu-oversubscribed"));
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      document.uri,
      new vscode.Range(0, 0, document.lineCount, 0),
      "source.fixAll.nixBuildBudget",
    );
    assert.equal(actions.length, 1);
    assert.ok(actions[0]?.edit);
    await vscode.workspace.applyEdit(actions[0].edit);
    await diagnosticsWhen(document.uri, (all) => !hasRule("cpu-oversubscribed")(all));
  });

  it("hides a finding by a comment", async () => {
    const fixes = await fixesFor(document, "cpu-oversubscribed");
    const ignore = fixes.find(({ title }) => title === "Ignore cpu-oversubscribed here");
    assert.ok(ignore?.edit);
    await vscode.workspace.applyEdit(ignore.edit);
    await diagnosticsWhen(document.uri, (all) => !hasRule("cpu-oversubscribed")(all));
    assert.match(document.getText(), /# nix-build-budget: ignore cpu-oversubscribed/);
  });

  it("explains a setting on hover, with the machine's arithmetic", async () => {
    await diagnosticsWhen(document.uri, hasRule("cpu-oversubscribed"));
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      "vscode.executeHoverProvider",
      document.uri,
      rangeOf(document, "max-jobs").start.translate(0, 2),
    );
    const text = hovers
      .flatMap(({ contents }) => contents.map((one) => (typeof one === "string" ? one : one.value)))
      .join("\n");
    assert.match(text, /max-jobs/);
    assert.match(text, /max-jobs = 8 × cores = 6: 48 processes/);
    assert.match(text, /shoebox/);
  });

  it("leads from the line over a package to its quick fixes", async () => {
    const demo = await vscode.workspace.openTextDocument(file("packages/demo.nix"));
    const [finding] = await diagnosticsWhen(demo.uri, hasRule("duplicate-cargo-jobs"));
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      "vscode.executeCodeLensProvider",
      demo.uri,
      10,
    );
    const command = lenses.map((lens) => lens.command).find((one) => one?.title.startsWith("demo: "));
    assert.equal(command?.command, "nixBuildBudget.showFixes");
    await vscode.commands.executeCommand(command.command, ...(command.arguments ?? []));
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.uri.toString(), demo.uri.toString());
    assert.deepEqual(editor?.selection.active, finding?.range.start);
  });

  it("opens the budget of the machine as a document", async () => {
    await vscode.commands.executeCommand("nixBuildBudget.showBudget");
    const budget = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === "nix-build-budget");
    const text = (
      budget ?? (await vscode.workspace.openTextDocument(vscode.Uri.parse("nix-build-budget:/Build budget.md")))
    ).getText();
    assert.match(text, /shoebox/);
    assert.match(text, /8 hardware threads/);
  });

  it("works for a document that was never saved", async () => {
    const untitled = await vscode.workspace.openTextDocument({
      language: "nix",
      content: '{ nix.settings.cores = "auto"; }\n',
    });
    await vscode.window.showTextDocument(untitled);
    await diagnosticsWhen(untitled.uri, hasRule("cores-auto"));
  });

  it("shows mistakes in nix-build-budget.json", async () => {
    const configuration = await vscode.workspace.openTextDocument(file("nix-build-budget.json"));
    assert.equal(configuration.languageId, "jsonc");
    await vscode.window.showTextDocument(configuration);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(configuration.uri, rangeOf(configuration, '"machines"'), '"machine"');
    await vscode.workspace.applyEdit(edit);
    await diagnosticsWhen(configuration.uri, hasRule("invalid-configuration"));
    // Told once: the schema leaves unknown keys to the server, which knows the name that was meant.
    assert.equal(vscode.languages.getDiagnostics(configuration.uri).length, 1);
    await vscode.commands.executeCommand("workbench.action.files.revert");
    await diagnosticsWhen(configuration.uri, (all) => all.length === 0);
  });

  it("takes the server up again after a restart", async () => {
    await diagnosticsWhen(document.uri, hasRule("cpu-oversubscribed"));
    const before = serverProcess();
    await vscode.commands.executeCommand("nixBuildBudget.restart");
    await diagnosticsWhen(document.uri, hasRule("cpu-oversubscribed"));
    assert.notEqual(serverProcess(), before);
  });

  it("starts the server anew when it dies", async () => {
    await diagnosticsWhen(document.uri, hasRule("cpu-oversubscribed"));
    const before = serverProcess();
    const gone = diagnosticsWhen(document.uri, (all) => all.length === 0);
    process.kill(before, "SIGKILL");
    await gone;
    await diagnosticsWhen(document.uri, hasRule("cpu-oversubscribed"));
    assert.notEqual(serverProcess(), before);
  });
});

/** The server's process: a child of the extension host, which runs the tests too. */
function serverProcess(): number {
  const processes = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n");
  const server = processes
    .map((line) => line.trim().split(/\s+/))
    .find(
      ([, parent, ...command]) =>
        parent === String(process.pid) && command.some((word) => word.endsWith("dist/cli.js")),
    );
  assert.ok(server, "the server runs as a process of its own");
  return Number(server[0]);
}

function rangeOf(document: vscode.TextDocument, text: string): vscode.Range {
  const start = document.getText().indexOf(text);
  assert.ok(start >= 0, `${text} is in ${document.uri.path}`);
  return new vscode.Range(document.positionAt(start), document.positionAt(start + text.length));
}
