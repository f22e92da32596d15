// Completion over a real connection: what is offered while somebody types, and what the text is after it is taken.
import assert from "node:assert/strict";
import { CompletionItemKind, type CompletionItem, InsertTextFormat, type TextEdit } from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { closeEditors, EDITOR, type Editor, type Options, openEditor } from "./harness.js";

const FLAKE = `{
  nixConfig = {
    # of the flake
  };
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.box = nixpkgs.lib.nixosSystem { modules = [ ./box.nix ]; };
  };
}
`;
const BOX = `{ lib, ... }:
{
  nix.settings = {
    cores = 2;
    # here
  };
}
`;
const DECLARED = '{ "machines": { "box": { "threads": 8, "memory": "16GiB" } } }\n';
const WORKSPACE = `#- flake.nix\n${FLAKE}#- box.nix\n${BOX}#- nix-build-budget.json\n${DECLARED}`;
const SNIPPETS = {
  ...EDITOR,
  textDocument: { completion: { completionItem: { snippetSupport: true } } },
};

const labels = (items: readonly CompletionItem[]) => items.map(({ label }) => label);

async function openBox(options: Partial<Options> = {}): Promise<{ editor: Editor; uri: string }> {
  const editor = await openEditor({ workspaces: [WORKSPACE], ...options });
  const uri = editor.uri("box.nix");
  editor.open(uri, BOX);
  return { editor, uri };
}

function itemNamed(items: readonly CompletionItem[], label: string): CompletionItem {
  const item = items.find((one) => one.label === label);
  assert.ok(item, `${label} is not among ${labels(items)}`);
  return item;
}

function taken(editor: Editor, uri: string, item: CompletionItem): string {
  return TextDocument.applyEdits(editor.document(uri), [item.textEdit as TextEdit]);
}

describe("completion", function () {
  this.timeout(20_000);
  afterEach(closeEditors);

  it("offers the settings that are not set yet, those that settle the budget first", async () => {
    const { editor, uri } = await openBox();
    editor.edit(uri, "# here", "max-");
    const items = await editor.completion(uri, "max-");
    assert.equal(items[0]?.label, "max-jobs");
    assert.ok(!labels(items).includes("cores"), "cores is set");
    assert.ok(labels(items).includes("extra-substituters"));
    assert.match(taken(editor, uri, itemNamed(items, "max-jobs")), /cores = 2;\n {4}max-jobs\n/);
  });

  it("writes the assignment where the editor knows snippets, and only there", async () => {
    const { editor, uri } = await openBox({ capabilities: SNIPPETS });
    editor.edit(uri, "# here", "max-");
    const item = itemNamed(await editor.completion(uri, "max-"), "max-jobs");
    assert.equal(item.insertTextFormat, InsertTextFormat.Snippet);
    assert.equal((item.textEdit as TextEdit).newText, "max-jobs = $0;");
    editor.edit(uri, "max-", "max- = 4;");
    const renamed = itemNamed(await editor.completion(uri, "max-"), "max-jobs");
    assert.match(taken(editor, uri, renamed), /max-jobs = 4;/);
  });

  it("sends an item's page when it is looked at", async () => {
    const { editor, uri } = await openBox();
    editor.edit(uri, "# here", "max-");
    const item = itemNamed(await editor.completion(uri, "max-"), "max-jobs");
    assert.equal(item.documentation, undefined);
    assert.match(item.detail ?? "", /default `auto`/);
    const resolved = await editor.resolve(item);
    assert.match(JSON.stringify(resolved.documentation), /built at the same time[^]*max-jobs × cores/);
    assert.equal(resolved.label, item.label);
  });

  it("offers the values that fit the host, with the arithmetic", async () => {
    const { editor, uri } = await openBox();
    editor.edit(uri, "# here", "max-jobs = ");
    const items = await editor.completion(uri, "max-jobs = ");
    assert.equal(items[0]?.label, "3");
    assert.equal(items[0]?.preselect, true);
    assert.match(JSON.stringify(items[0]?.documentation), /3 jobs × 2 cores = 6 of 6 threads/);
    assert.ok(labels(items).includes('"auto"'));
    assert.match(taken(editor, uri, items[0] as CompletionItem), /max-jobs = 3\n/);
  });

  it("replaces a quoted value whole", async () => {
    const { editor, uri } = await openBox();
    editor.edit(
      uri,
      "{ lib, ... }:\n{",
      '{ lib, ... }:\n{\n  systemd.services.nix-daemon.serviceConfig.MemoryMax = "9G";',
    );
    const [first] = await editor.completion(uri, 'MemoryMax = "9');
    assert.equal(first?.label, '"14G"');
    assert.match(taken(editor, uri, first as CompletionItem), /MemoryMax = "14G";\n/);
  });

  it("leads from set to set, where only a dot was typed, and in a file that names nothing yet", async () => {
    const { editor, uri } = await openBox();
    editor.edit(uri, "{ lib, ... }:\n{", "{ lib, ... }:\n{\n  nix.");
    assert.equal(itemNamed(await editor.completion(uri, "{\n  nix."), "settings").kind, CompletionItemKind.Module);
    const other = editor.uri("other.nix");
    editor.open(other, "{\n  zram\n}\n");
    assert.ok(labels(await editor.completion(other, "zram")).includes("zramSwap"));
  });

  it("knows nixConfig and nix.conf, which read other settings in other words", async () => {
    const { editor } = await openBox();
    const flake = editor.uri("flake.nix");
    editor.open(flake, FLAKE.replace("# of the flake", "ma"));
    const inFlake = labels(await editor.completion(flake, "    ma"));
    assert.ok(inFlake.includes("max-jobs") && !inFlake.includes("trusted-users"), String(inFlake));
    const conf = editor.uri("nix.conf");
    editor.open(conf, "max-jobs = \n", "nix-conf");
    assert.ok(labels(await editor.completion(conf, "max-jobs = ")).includes("auto"));
  });

  it("keeps silent where options of others stand", async () => {
    const { editor, uri } = await openBox();
    editor.edit(uri, "{ lib, ... }:\n{", "{ lib, ... }:\n{\n  services.nginx.");
    assert.deepEqual(await editor.completion(uri, "services.nginx."), []);
  });

  it("can be switched off", async () => {
    const { editor, uri } = await openBox({ settings: { completion: { enabled: false } } });
    editor.edit(uri, "# here", "max-");
    assert.deepEqual(await editor.completion(uri, "max-"), []);
  });
});
