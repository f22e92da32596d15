// Completion over a real connection: what is offered while somebody types, and what the text is after it is taken.
import assert from "node:assert/strict";
import {
  CompletionItemKind,
  CompletionItemTag,
  type CompletionItem,
  InsertTextFormat,
  type TextEdit,
} from "vscode-languageserver/node";
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

  it("offers the words of a list that it does not have yet, quoted and half-quoted", async () => {
    const { editor, uri } = await openBox();
    const asked = async (typed: string) => {
      const box = BOX.replace("# here", `experimental-features = [ "nix-command" ${typed} ];`);
      editor.edit(uri, editor.document(uri).getText(), box);
      return editor.completion(uri, typed);
    };
    const items = await asked("fl");
    assert.ok(labels(items).includes('"flakes"') && !labels(items).includes('"nix-command"'), String(labels(items)));
    assert.match(taken(editor, uri, itemNamed(items, '"flakes"')), /\[ "nix-command" "flakes" \];/);
    const open = await asked('"fl');
    assert.match(taken(editor, uri, itemNamed(open, '"flakes"')), /\[ "nix-command" "flakes" \];/);
    editor.edit(uri, '"fl', '"fl"');
    const closed = await editor.completion(uri, '"fl');
    assert.match(taken(editor, uri, itemNamed(closed, '"flakes"')), /\[ "nix-command" "flakes" \];/);
    assert.match(JSON.stringify(itemNamed(closed, '"cgroups"').documentation), /Sets no limits/);
    editor.edit(
      uri,
      editor.document(uri).getText(),
      '{\n  nix.settings.system-features = [\n    "kvm"\n    b\n  ];\n}\n',
    );
    assert.ok(labels(await editor.completion(uri, "\n    b")).includes('"big-parallel"'));
    const conf = editor.uri("nix.conf");
    editor.open(conf, "experimental-features = nix-command fl\n", "nix-conf");
    const inConf = await editor.completion(conf, "fl");
    assert.ok(labels(inConf).includes("flakes") && !labels(inConf).includes("nix-command"));
  });

  it("offers the fields of a builder, with values that fit its own machine", async () => {
    const machines =
      '{ "machines": { "box": { "threads": 8, "memory": "16GiB" }, "big": { "threads": 32, "memory": "64GiB" } } }\n';
    const { editor, uri } = await openBox({ workspaces: [WORKSPACE.replace(DECLARED, machines)] });
    const entry = (typed: string) => `{\n  nix.buildMachines = [ { hostName = "big.example.org"; ${typed} } ];\n}\n`;
    const asked = async (typed: string, at = typed) => {
      editor.edit(uri, editor.document(uri).getText(), entry(typed));
      return editor.completion(uri, at);
    };
    const names = await asked("max");
    assert.ok(labels(names).includes("maxJobs") && !labels(names).includes("hostName"), String(labels(names)));
    const jobs = await asked("maxJobs = ;", "maxJobs = ");
    assert.deepEqual(labels(jobs), ["30", "7"]);
    assert.match(JSON.stringify(jobs[0]?.documentation), /32 threads of big.example.org − 2 reserved = 30/);
    assert.deepEqual(labels(await asked("speedFactor = ;", "speedFactor = ")), ["4"]);
    assert.ok(labels(await asked('systems = [ "x" ];', 'systems = [ "x')).includes('"x86_64-linux"'));
    assert.ok(labels(await asked("supportedFeatures = [ b ];", "supportedFeatures = [ b")).includes('"big-parallel"'));
  });

  it("marks old names and offers them last, if the editor can show that", async () => {
    const tags = { tagSupport: { valueSet: [CompletionItemTag.Deprecated as CompletionItemTag] } };
    const { editor, uri } = await openBox({
      capabilities: { ...EDITOR, textDocument: { completion: { completionItem: tags } } },
    });
    editor.edit(uri, "# here", "build-");
    const old = itemNamed(await editor.completion(uri, "build-"), "build-max-jobs");
    assert.deepEqual(old.tags, [CompletionItemTag.Deprecated]);
    assert.match(old.sortText ?? "", /^3/);
    assert.equal(old.labelDetails?.description, "now max-jobs");
    const plain = await openBox();
    plain.editor.edit(plain.uri, "# here", "build-");
    assert.ok(!labels(await plain.editor.completion(plain.uri, "build-")).includes("build-max-jobs"));
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
