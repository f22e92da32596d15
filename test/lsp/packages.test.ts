// Packages in the editor: the row that a hover shows, and the lens over each package for which there is advice.
import assert from "node:assert/strict";
import type { CodeLens } from "vscode-languageserver/node";
import { closeEditors, openEditor } from "./harness.js";

const FLAKE = `{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.box = nixpkgs.lib.nixosSystem { modules = [ ./box.nix ]; };
  };
}
`;
const BOX = `{ pkgs, ... }:
{
  environment.systemPackages = [
    (pkgs.callPackage ./codex.nix { })
    (pkgs.callPackage ./tiny.nix { })
  ];
}
`;
const CODEX = `{ rustPlatform }:
rustPlatform.buildRustPackage {
  pname = "codex";
  version = "1";
  src = ./src;
  env.CARGO_PROFILE_RELEASE_LTO = "off";
}
`;
const TINY = `{ buildGoModule }:
buildGoModule {
  pname = "tiny";
  version = "1";
  src = ./src;
}
`;
const DECLARED = JSON.stringify({
  machines: { box: { threads: 8, memory: "16GiB" } },
  packages: { codex: { peakMemory: { median: "6GiB", p95: "9GiB" }, measured: true, linkHeavy: true } },
});
const WORKSPACE = `#- flake.nix\n${FLAKE}#- box.nix\n${BOX}#- codex.nix\n${CODEX}#- tiny.nix\n${TINY}#- nix-build-budget.json\n${DECLARED}\n`;
const COMMANDS = ["nixBuildBudget.explain", "nixBuildBudget.showFixes"];

describe("packages in the editor", function () {
  this.timeout(20_000);
  afterEach(closeEditors);

  async function open(file: string, text: string, commands: readonly string[] = COMMANDS) {
    const editor = await openEditor({ workspaces: [WORKSPACE], initializationOptions: { commands } });
    const uri = editor.uri(file);
    editor.open(uri, text);
    const lenses = () => editor.request<CodeLens[]>("textDocument/codeLens", { textDocument: { uri } });
    return { editor, uri, lenses };
  }

  for (const place of ["buildRustPackage", "pname", '"codex"'])
    it(`a hover over ${place} shows the row`, async () => {
      const { editor, uri } = await open("codex.nix", CODEX);
      const text = await editor.hover(uri, editor.rangeOf(uri, place).start);
      assert.match(text, /\*\*codex\*\* · rust · class rust/);
      assert.match(text, /Peak memory 6–9 GiB, .*measured/);
      assert.match(text, /box: solo/);
      assert.match(text, /NIX_BUILD_CORES/);
      assert.match(text, /Link with mold/);
    });

  it("a hover over another attribute shows no row", async () => {
    const { editor, uri } = await open("codex.nix", CODEX);
    assert.doesNotMatch(await editor.hover(uri, editor.rangeOf(uri, "./src").start), /Peak memory/);
  });

  it("a lens stands over a package with advice and leads to its quick fixes", async () => {
    const { editor, uri, lenses } = await open("codex.nix", CODEX);
    const [lens, ...others] = await lenses();
    assert.deepEqual(others, []);
    assert.match(lens?.command?.title ?? "", /^codex: solo · 6–9 GiB · \d+ fix(es)?$/);
    assert.deepEqual(lens?.range, editor.rangeOf(uri, "buildRustPackage"));
    assert.equal(lens?.command?.command, "nixBuildBudget.showFixes");
    const [where, position] = lens?.command?.arguments ?? [];
    assert.equal(where, uri);
    const actions = await editor.codeActions(uri, { start: position, end: position });
    assert.ok(actions.some(({ edit }) => edit));
  });

  it("a lens explains where the client shows no fixes, and is a title alone where it can do neither", async () => {
    const explaining = await open("codex.nix", CODEX, ["nixBuildBudget.explain"]);
    assert.equal((await explaining.lenses())[0]?.command?.command, "nixBuildBudget.explain");
    const plain = await open("codex.nix", CODEX, []);
    assert.equal((await plain.lenses())[0]?.command?.command, "");
  });

  it("no lens stands over a package without advice, nor where the setting turns them off", async () => {
    assert.deepEqual(await (await open("tiny.nix", TINY)).lenses(), []);
    const { editor, uri, lenses } = await open("codex.nix", CODEX);
    assert.equal((await lenses()).length, 1);
    const analysed = editor.diagnostics.next((params) => params.uri === uri);
    editor.changeSettings({ codeLens: { enabled: false }, rules: { "slow-linker": "hint" } });
    await analysed;
    assert.deepEqual(await lenses(), []);
  });
});
