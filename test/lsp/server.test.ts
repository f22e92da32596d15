// The server over a real connection: what an editor sends and what it gets.
import assert from "node:assert/strict";
import type { Diagnostic } from "vscode-languageserver/node";
import type { Machine } from "../../server/src/core/machine/machine.js";
import {
  BUDGET,
  DECLARE_MACHINE,
  EXPLAIN,
  type DeclareMachineResult,
  type MarkdownResult,
} from "../../server/src/lsp/protocol.js";
import { closeEditors, EDITOR, editsOf, openEditor } from "./harness.js";

const GIB = 2 ** 30;
const COMPUTER: Machine = {
  threads: 4,
  memoryBytes: 8 * GIB,
  provenance: { kind: "local", text: "this computer" },
};

const FLAKE = `{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.box = nixpkgs.lib.nixosSystem { modules = [ ./box.nix ]; };
  };
}
`;
const BOX = `{ ... }:
{
  # Builds run at night.
  nix.settings = {
    max-jobs = 8;
    cores = 6;
  };
}
`;
const DECLARED = '{ "machines": { "box": { "threads": 8, "memory": "32GiB" } } }\n';
const WORKSPACE = `#- flake.nix\n${FLAKE}#- box.nix\n${BOX}#- nix-build-budget.json\n${DECLARED}`;

const rules = (diagnostics: readonly Diagnostic[]) => diagnostics.map(({ code }) => code);

describe("language server", function () {
  this.timeout(20_000);
  afterEach(closeEditors);

  describe("diagnostics", () => {
    it("come for an opened file, with rule, page, source, version and related lines", async () => {
      const editor = await openEditor({ workspaces: [WORKSPACE] });
      const uri = editor.uri("box.nix");
      editor.open(uri, BOX);
      const found = await editor.diagnosticsOf(uri);
      const finding = found.find(({ code }) => code === "cpu-oversubscribed");
      assert.ok(finding, `found ${rules(found)}`);
      assert.equal(finding.source, "nix-build-budget");
      assert.match(finding.codeDescription?.href ?? "", /\/docs\/rules\/cpu-oversubscribed\.md$/);
      assert.match(String(finding.message), /48/);
      const [related] = finding.relatedInformation ?? [];
      assert.equal(related?.location.uri, uri);
      const numbers = [finding.range.start.line, related?.location.range.start.line];
      assert.deepEqual(numbers.toSorted(), [4, 5]);
    });

    it("follow the typing, and those of an older text never come after those of a newer", async () => {
      const editor = await openEditor({ workspaces: [WORKSPACE] });
      const uri = editor.uri("box.nix");
      editor.open(uri, BOX);
      assert.ok(rules(await editor.diagnosticsOf(uri)).includes("cpu-oversubscribed"));
      editor.edit(uri, "max-jobs = 8", "max-jobs = 7");
      editor.edit(uri, "max-jobs = 7", "max-jobs = ");
      const version = editor.edit(uri, "max-jobs = ", "max-jobs = 1");
      assert.ok(!rules(await editor.diagnosticsOf(uri, version)).includes("cpu-oversubscribed"));
      const versions = editor.diagnostics.all
        .filter((params) => params.uri === uri)
        .map((params) => params.version ?? 0);
      assert.deepEqual(
        versions,
        versions.toSorted((a, b) => a - b),
      );
      assert.equal(versions.at(-1), version);
    });

    it("come for files that are not open, and can be limited to open ones", async () => {
      const editor = await openEditor({ workspaces: [WORKSPACE] });
      const uri = editor.uri("box.nix");
      const shown = await editor.diagnostics.latest((params) => params.uri === uri && params.diagnostics.length > 0);
      assert.equal(shown.version, undefined);
      const cleared = editor.diagnostics.next((params) => params.uri === uri);
      editor.changeSettings({ diagnostics: "openFiles" });
      assert.deepEqual((await cleared).diagnostics, []);
    });

    it("go when the file is deleted on disk", async () => {
      const editor = await openEditor({ workspaces: [WORKSPACE] });
      const uri = editor.uri("box.nix");
      await editor.diagnostics.latest((params) => params.uri === uri && params.diagnostics.length > 0);
      const cleared = editor.diagnostics.next((params) => params.uri === uri && params.diagnostics.length === 0);
      editor.remove("box.nix");
      await cleared;
    });

    it("change when another file changes on disk", async () => {
      const editor = await openEditor({ workspaces: [WORKSPACE] });
      const uri = editor.uri("box.nix");
      editor.open(uri, BOX);
      assert.ok(rules(await editor.diagnosticsOf(uri)).includes("cpu-oversubscribed"));
      const calmed = editor.diagnostics.next(
        (params) => params.uri === uri && !rules(params.diagnostics).includes("cpu-oversubscribed"),
      );
      editor.write("nix-build-budget.json", '{ "machines": { "box": { "threads": 64, "memory": "256GiB" } } }\n');
      await calmed;
    });

    it("prefer the unsaved text of another open file to the disk", async () => {
      const editor = await openEditor({ workspaces: [WORKSPACE] });
      const uri = editor.uri("box.nix");
      editor.open(uri, BOX);
      editor.open(editor.uri("nix-build-budget.json"), DECLARED, "jsonc");
      assert.ok(rules(await editor.diagnosticsOf(uri)).includes("cpu-oversubscribed"));
      const calmed = editor.diagnostics.next(
        (params) => params.uri === uri && !rules(params.diagnostics).includes("cpu-oversubscribed"),
      );
      editor.edit(editor.uri("nix-build-budget.json"), '"threads": 8', '"threads": 64');
      await calmed;
      const back = editor.diagnostics.next(
        (params) => params.uri === uri && rules(params.diagnostics).includes("cpu-oversubscribed"),
      );
      editor.closeDocument(editor.uri("nix-build-budget.json"));
      await back;
    });

    it("leave out what .gitignore and exclude globs name", async () => {
      const editor = await openEditor({
        workspaces: [`${WORKSPACE}#- .gitignore\nignored.nix\n#- ignored.nix\n${BOX}#- vendor/a.nix\n${BOX}`],
        settings: { exclude: ["vendor/**"] },
      });
      const uri = editor.uri("box.nix");
      await editor.diagnostics.latest((params) => params.uri === uri && params.diagnostics.length > 0);
      editor.open(editor.uri("ignored.nix"), BOX);
      editor.open(uri, BOX);
      await editor.diagnosticsOf(uri);
      const loud = editor.diagnostics.all
        .filter(({ diagnostics }) => diagnostics.length > 0)
        .map((params) => params.uri);
      assert.deepEqual([...new Set(loud)], [uri]);
    });

    it("leave out ignored files that others import", async () => {
      const workspace = `${WORKSPACE}#- .gitignore\nignored.nix\n#- ignored.nix\n{ nix.settings.kores = 4; }\n`;
      const box = BOX.replace("nix.settings", "imports = [ ./ignored.nix ];\n  nix.settings");
      const editor = await openEditor({ workspaces: [workspace.replace(BOX, box)] });
      const uri = editor.uri("box.nix");
      editor.open(uri, box);
      await editor.hover(uri, { line: 0, character: 0 });
      assert.deepEqual(
        editor.diagnostics.all.filter((params) => params.uri === editor.uri("ignored.nix")),
        [],
      );
    });

    it("leave out what nix-build-budget.json excludes, as soon as it does", async () => {
      const editor = await openEditor({ workspaces: [WORKSPACE] });
      const uri = editor.uri("box.nix");
      await editor.diagnostics.latest((params) => params.uri === uri && params.diagnostics.length > 0);
      for (const [text, shown] of [
        [DECLARED.replace("{", '{ "exclude": ["**"],'), false],
        [DECLARED, true],
      ] as const) {
        const next = editor.diagnostics.next((params) => params.uri === uri);
        editor.write("nix-build-budget.json", text);
        assert.equal((await next).diagnostics.length > 0, shown);
      }
    });

    it("name mistakes in nix-build-budget.json, and the rest of it counts", async () => {
      const editor = await openEditor({
        workspaces: [WORKSPACE.replace('{ "machines"', '{ "polcy": "strict", "machines"')],
      });
      const uri = editor.uri("nix-build-budget.json");
      const shown = await editor.diagnostics.latest((params) => params.uri === uri && params.diagnostics.length > 0);
      assert.deepEqual(rules(shown.diagnostics), ["invalid-configuration"]);
      assert.equal(shown.diagnostics[0]?.severity, 1);
      await editor.diagnostics.latest(
        (params) => params.uri === editor.uri("box.nix") && rules(params.diagnostics).includes("cpu-oversubscribed"),
      );
    });

    it("count characters as editors do: beyond the basic plane, with CRLF, after a byte order mark on disk", async () => {
      const text = '{ ... }:\r\n{\r\n  a = "🧊🧊"; nix.settings.cores = "auto";\r\n}\r\n';
      const editor = await openEditor({ workspaces: [`#- flake.nix\n${FLAKE}#- box.nix\n\uFEFF${text}`] });
      const uri = editor.uri("box.nix");
      const shown = await editor.diagnostics.latest(
        (params) => params.uri === uri && rules(params.diagnostics).includes("cores-auto"),
      );
      editor.open(uri, text);
      const found = (await editor.diagnosticsOf(uri)).find(({ code }) => code === "cores-auto");
      assert.ok(found);
      const onDisk = shown.diagnostics.find(({ code }) => code === "cores-auto");
      assert.deepEqual(found.range, onDisk?.range);
      assert.ok(editor.document(uri).getText(found.range).includes("auto"));
    });
  });

  describe("roots", () => {
    it("work side by side, each with its own machine, and go with their folder", async () => {
      const calm = WORKSPACE.replace('"threads": 8', '"threads": 96').replace("32GiB", "512GiB");
      const editor = await openEditor({ workspaces: [WORKSPACE, calm] });
      const [loud, quiet] = [editor.uri("box.nix", 0), editor.uri("box.nix", 1)];
      editor.open(loud, BOX);
      editor.open(quiet, BOX);
      assert.ok(rules(await editor.diagnosticsOf(loud)).includes("cpu-oversubscribed"));
      assert.ok(!rules(await editor.diagnosticsOf(quiet)).includes("cpu-oversubscribed"));
      editor.closeDocument(loud);
      const cleared = editor.diagnostics.next((params) => params.uri === loud && params.diagnostics.length === 0);
      editor.removeFolder(0);
      await cleared;
    });

    it("a flake inside an undeclared folder is one of its own", async () => {
      const inner = WORKSPACE.replaceAll("#- ", "#- examples/box/");
      const editor = await openEditor({ workspaces: [`${inner}#- README.md\nNothing here.\n`] });
      const uri = editor.uri("examples/box/box.nix");
      editor.open(uri, BOX);
      assert.ok(rules(await editor.diagnosticsOf(uri)).includes("cpu-oversubscribed"));
    });

    it("a flake inside a flake keeps its own findings when the outer one changes", async () => {
      const inner = WORKSPACE.replaceAll("#- ", "#- templates/box/");
      const editor = await openEditor({ workspaces: [`${WORKSPACE}${inner}`] });
      const [outer, nested] = [editor.uri("box.nix"), editor.uri("templates/box/box.nix")];
      editor.open(outer, BOX);
      await editor.diagnosticsOf(outer);
      editor.open(nested, BOX);
      assert.ok(rules(await editor.diagnosticsOf(nested)).includes("cpu-oversubscribed"));
      await editor.diagnosticsOf(outer, editor.edit(outer, "max-jobs = 8", "max-jobs = 1"));
      const shown = editor.diagnostics.all.findLast(({ uri }) => uri === nested);
      assert.ok(rules(shown?.diagnostics ?? []).includes("cpu-oversubscribed"));
    });

    it("untitled documents and files outside of every folder are judged on their own", async () => {
      const editor = await openEditor();
      for (const uri of ["untitled:Untitled-1", "file:///nowhere/module.nix", "vscode-vfs://github/a/b/module.nix"]) {
        editor.open(uri, '{ nix.settings.cores = "auto"; }\n');
        assert.ok(rules(await editor.diagnosticsOf(uri)).includes("cores-auto"), uri);
        const cleared = editor.diagnostics.next((params) => params.uri === uri && params.diagnostics.length === 0);
        editor.closeDocument(uri);
        await cleared;
      }
    });

    it("nix.conf is checked by its own grammar", async () => {
      const editor = await openEditor();
      const uri = "file:///etc/nix/nix.conf";
      editor.open(uri, "# by hand\ncores = auto\n", "nix-conf");
      const found = (await editor.diagnosticsOf(uri)).find(({ code }) => code === "cores-auto");
      assert.equal(found?.range.start.line, 1);
    });
  });

  describe("code actions", () => {
    it("are one quick fix per alternative with one preferred, then ignore and explain", async () => {
      const editor = await openEditor({
        workspaces: [WORKSPACE],
        initializationOptions: { commands: ["nixBuildBudget.explain"] },
      });
      const uri = editor.uri("box.nix");
      editor.open(uri, BOX);
      const diagnostics = [...(await editor.diagnosticsOf(uri))].filter(({ code }) => code === "cpu-oversubscribed");
      const [diagnostic] = diagnostics;
      assert.ok(diagnostic);
      const actions = await editor.codeActions(uri, diagnostic.range, { diagnostics });
      const own = actions.filter((action) => action.diagnostics?.[0]?.code === "cpu-oversubscribed");
      assert.equal(own.filter(({ isPreferred }) => isPreferred).length, 1);
      assert.deepEqual(own[0]?.diagnostics, diagnostics);
      const titles = own.map(({ title }) => title);
      assert.deepEqual(titles.slice(-3), [
        "Ignore cpu-oversubscribed here",
        "Ignore cpu-oversubscribed in this file",
        "Explain cpu-oversubscribed",
      ]);
      const fixed = editor.applied(uri, own.find(({ isPreferred }) => isPreferred)?.edit);
      assert.match(fixed, /# Builds run at night\./);
      editor.edit(uri, BOX, fixed);
      assert.ok(!rules(await editor.diagnosticsOf(uri)).includes("cpu-oversubscribed"));
    });

    it("hide a finding where the comment is put", async () => {
      const editor = await openEditor({ workspaces: [WORKSPACE] });
      const uri = editor.uri("box.nix");
      editor.open(uri, BOX);
      const finding = (await editor.diagnosticsOf(uri)).find(({ code }) => code === "cpu-oversubscribed");
      assert.ok(finding);
      const actions = await editor.codeActions(uri, finding.range);
      for (const title of ["Ignore cpu-oversubscribed here", "Ignore cpu-oversubscribed in this file"]) {
        const text = editor.applied(uri, actions.find((action) => action.title === title)?.edit);
        editor.edit(uri, editor.document(uri).getText(), text);
        assert.deepEqual(
          rules(await editor.diagnosticsOf(uri)).filter((rule) => rule === "cpu-oversubscribed"),
          [],
        );
        editor.edit(uri, text, BOX);
      }
    });

    it("fix all that is safe in the file in one edit, only where that is asked for", async () => {
      const editor = await openEditor({ workspaces: [WORKSPACE] });
      const uri = editor.uri("box.nix");
      editor.open(uri, BOX);
      await editor.diagnosticsOf(uri);
      const whole = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
      assert.ok((await editor.codeActions(uri, whole)).every(({ kind }) => kind === "quickfix"));
      for (const only of [["source"], ["source.fixAll"], ["source.fixAll.nixBuildBudget"]]) {
        const actions = await editor.codeActions(uri, whole, { only });
        assert.deepEqual(
          actions.map(({ kind }) => kind),
          ["source.fixAll.nixBuildBudget"],
        );
        assert.deepEqual(
          actions[0]?.edit?.documentChanges?.map((change) => "textDocument" in change && change.textDocument),
          [{ uri, version: 1 }],
        );
        assert.doesNotMatch(editor.applied(uri, actions[0]?.edit), /max-jobs = 8;\s*cores = 6;/);
      }
      assert.deepEqual(await editor.codeActions(uri, whole, { only: ["refactor"] }), []);
    });

    it("belong to the text as it is now, without waiting for the pause in typing", async () => {
      const editor = await openEditor({ workspaces: [WORKSPACE] });
      const uri = editor.uri("box.nix");
      editor.open(uri, BOX);
      await editor.diagnosticsOf(uri);
      const version = editor.edit(uri, "# Builds", "\n\n# Builds");
      const action = (await editor.codeActions(uri, editor.rangeOf(uri, "max-jobs = 8"))).find(
        ({ isPreferred }) => isPreferred,
      );
      const [change] = action?.edit?.documentChanges ?? [];
      assert.ok(change && "textDocument" in change);
      assert.equal(change.textDocument.version, version);
      assert.doesNotMatch(editor.applied(uri, action?.edit), /max-jobs = 8;\s*cores = 6;/);
    });

    it("offer this computer or a declaration where the machine is unknown, and create the file", async () => {
      const editor = await openEditor({
        workspaces: [`#- flake.nix\n${FLAKE}#- box.nix\n${BOX}`],
        settings: { useThisComputer: false },
        computer: { hostName: "elsewhere", machine: COMPUTER },
      });
      const uri = editor.uri("flake.nix");
      editor.open(uri, FLAKE);
      const hint = (await editor.diagnosticsOf(uri)).find(({ code }) => code === "machine-unknown");
      assert.ok(hint);
      assert.equal(hint.severity, 4);
      const fixes = (await editor.codeActions(uri, hint.range)).filter(({ edit }) =>
        editsOf(edit, editor.uri("nix-build-budget.json")).some(({ newText }) => newText.includes('"box"')),
      );
      assert.equal(fixes.length, 2);
      assert.match(fixes[0]?.title ?? "", /this computer.*4 threads/);
      assert.deepEqual(fixes[0]?.edit?.documentChanges?.[0], {
        kind: "create",
        uri: editor.uri("nix-build-budget.json"),
        options: { ignoreIfExists: true },
      });
    });

    it("are plain changes for an editor that takes no versions, and never create files there", async () => {
      const editor = await openEditor({ workspaces: [`#- flake.nix\n${FLAKE}#- box.nix\n${BOX}`], capabilities: {} });
      const uri = editor.uri("box.nix");
      editor.open(uri, BOX);
      await editor.diagnosticsOf(uri);
      const whole = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
      const actions = await editor.codeActions(uri, whole);
      assert.ok(actions.every(({ edit }) => edit?.documentChanges === undefined));
      assert.ok(
        actions.every(({ edit }) =>
          Object.keys(edit?.changes ?? {}).every((changed) => changed !== editor.uri("nix-build-budget.json")),
        ),
      );
    });
  });

  describe("hover", () => {
    it("tells what a setting is, its value, and the machine's arithmetic", async () => {
      const editor = await openEditor({ workspaces: [WORKSPACE] });
      const uri = editor.uri("box.nix");
      editor.open(uri, BOX);
      const text = await editor.hover(uri, editor.rangeOf(uri, "max-jobs").start);
      assert.match(text, /\*\*max-jobs\*\*/);
      assert.match(text, /default `auto` \(NixOS\)/);
      assert.match(text, /`8`/);
      assert.match(text, /max-jobs = 8 × cores = 6: 48 processes/);
      assert.match(text, /nix\.dev\/manual/);
      assert.match(text, /confidence 0\.90 \(the founding document claims 0\.88\)/);
      assert.doesNotMatch(text, /command:/);
    });

    const MEANINGS: readonly (readonly [binding: string, name: string, meaning: RegExp])[] = [
      ["nix.settings.timeout = 86400;", "timeout", /`86400` = 24 h/],
      ["nix.settings.min-free = 5 * 1024 * 1024 * 1024;", "min-free", / = 5 GiB/],
      ["zramSwap.memoryPercent = 75;", "memoryPercent", /75 % of 32 GiB = 24 GiB of zram/],
      ['boot.tmp.tmpfsSize = "25%";', "tmpfsSize", /8 GiB of memory at most/],
      ["boot.tmp.useTmpfs = true;", "useTmpfs", /half of the memory: 16 GiB/],
      ['systemd.services.nix-daemon.serviceConfig.MemoryMax = "50%";', "MemoryMax", /16 GiB for all builds together/],
      ['systemd.services.nix-daemon.serviceConfig.CPUQuota = "600%";', "CPUQuota", /6 of 8 threads/],
    ];
    for (const [binding, name, meaning] of MEANINGS)
      it(`says what ${binding} comes to`, async () => {
        const text = `{ ... }: { ${binding} }\n`;
        const editor = await openEditor({ workspaces: [WORKSPACE.replace(BOX, text)] });
        const uri = editor.uri("box.nix");
        editor.open(uri, text);
        assert.match(await editor.hover(uri, editor.rangeOf(uri, name).start), meaning);
      });

    it("links to where else a setting is set", async () => {
      const other = "{ lib, ... }: { nix.settings.cores = lib.mkForce 2; }\n";
      const editor = await openEditor({
        workspaces: [`${WORKSPACE.replace("./box.nix", "./box.nix ./other.nix")}#- other.nix\n${other}`],
      });
      const uri = editor.uri("box.nix");
      editor.open(uri, BOX);
      const text = await editor.hover(uri, editor.rangeOf(uri, "cores").start);
      assert.match(text, /other\.nix:1\]\(file:/);
    });

    it("says nothing where there is nothing to say", async () => {
      const editor = await openEditor({ workspaces: [WORKSPACE] });
      const uri = editor.uri("box.nix");
      editor.open(uri, BOX);
      assert.equal(await editor.hover(uri, editor.rangeOf(uri, "# Builds").start), "");
    });
  });

  describe("settings", () => {
    it("turn everything off and on", async () => {
      const editor = await openEditor({ workspaces: [WORKSPACE], settings: { enable: false } });
      const uri = editor.uri("box.nix");
      editor.open(uri, BOX);
      assert.deepEqual(await editor.diagnosticsOf(uri), []);
      assert.equal(await editor.hover(uri, editor.rangeOf(uri, "max-jobs").start), "");
      const loud = editor.diagnostics.next((params) => params.uri === uri && params.diagnostics.length > 0);
      editor.changeSettings({ enable: true });
      await loud;
    });

    it("change severities, and nix-build-budget.json beats them", async () => {
      const configured = WORKSPACE.replace('{ "machines"', '{ "rules": { "cpu-oversubscribed": "error" }, "machines"');
      const editor = await openEditor({
        workspaces: [WORKSPACE, configured],
        settings: { rules: { "cpu-oversubscribed": "hint" } },
      });
      const severities = [0, 1].map(async (folder) => {
        const uri = editor.uri("box.nix", folder);
        editor.open(uri, BOX);
        return (await editor.diagnosticsOf(uri)).find(({ code }) => code === "cpu-oversubscribed")?.severity;
      });
      assert.deepEqual(await Promise.all(severities), [4, 1]);
    });

    it("give a machine to hosts that have none", async () => {
      const editor = await openEditor({
        workspaces: [`#- flake.nix\n${FLAKE}#- box.nix\n${BOX}`],
        settings: { machine: "threads=8,memory=32GiB" },
      });
      const uri = editor.uri("box.nix");
      editor.open(uri, BOX);
      assert.ok(rules(await editor.diagnosticsOf(uri)).includes("cpu-oversubscribed"));
    });

    it("let this computer stand for the only host", async () => {
      const editor = await openEditor({
        workspaces: [`#- flake.nix\n${FLAKE}#- box.nix\n${BOX}`],
        computer: { hostName: "elsewhere", machine: COMPUTER },
      });
      const uri = editor.uri("box.nix");
      editor.open(uri, BOX);
      const found = (await editor.diagnosticsOf(uri)).find(({ code }) => code === "cpu-oversubscribed");
      assert.ok(found);
    });

    it("of the wrong shape are named in the log and count as not set", async () => {
      const editor = await openEditor({
        workspaces: [WORKSPACE],
        settings: { minimumConfidence: "high", policy: "wild" },
      });
      const uri = editor.uri("box.nix");
      editor.open(uri, BOX);
      assert.ok(rules(await editor.diagnosticsOf(uri)).includes("cpu-oversubscribed"));
      assert.equal(editor.log.filter((line) => /nixBuildBudget\.(minimumConfidence|policy)/.test(line)).length, 2);
    });

    it("come with the start for editors that cannot be asked", async () => {
      const editor = await openEditor({
        workspaces: [WORKSPACE],
        capabilities: {},
        initializationOptions: { settings: { rules: { "cpu-oversubscribed": "off" } } },
      });
      const uri = editor.uri("box.nix");
      editor.open(uri, BOX);
      assert.ok(!rules(await editor.diagnosticsOf(uri)).includes("cpu-oversubscribed"));
    });
  });

  describe("status and pages", () => {
    it("tell the machine and the number of findings", async () => {
      const editor = await openEditor({ workspaces: [WORKSPACE] });
      const status = await editor.statuses.latest(({ roots }) => (roots[0]?.findings ?? 0) > 0);
      assert.equal(status.roots[0]?.machine, "8 threads, 32 GiB");
      assert.ok(status.roots[0]?.hosts.some((host) => host.startsWith("box: ")));
    });

    it("show the budget of each host with its arithmetic", async () => {
      const editor = await openEditor({ workspaces: [WORKSPACE] });
      await editor.statuses.latest(({ roots }) => roots.length > 0);
      const { markdown } = await editor.request<MarkdownResult>(BUDGET, { uri: editor.uri("box.nix") });
      assert.match(markdown, /## box/);
      assert.match(markdown, /8 hardware threads − 2 reserved/);
      assert.match(markdown, /max-jobs = 8 × cores = 6: 48 processes/);
    });

    it("show the remote builders with what is planned for them", async () => {
      const box = BOX.replace(
        "{\n",
        '{\n  nix.distributedBuilds = true; nix.buildMachines = [ { hostName = "big.example.org"; system = "x86_64-linux"; maxJobs = 4; } ]; ',
      );
      const workspace = `#- flake.nix\n${FLAKE}#- box.nix\n${box}#- nix-build-budget.json\n${DECLARED}`;
      const editor = await openEditor({ workspaces: [workspace] });
      await editor.statuses.latest(({ roots }) => roots.length > 0);
      const { markdown } = await editor.request<MarkdownResult>(BUDGET, { uri: editor.uri("box.nix") });
      assert.match(
        markdown,
        /Remote builders:\n\n- big\.example\.org: x86_64-linux, maxJobs 4, speedFactor 1[^\n]*\n {2}- nothing/,
      );
    });

    it("explain rules and settings, and say so where nothing is known", async () => {
      const editor = await openEditor();
      const explain = async (name: string) => (await editor.request<MarkdownResult>(EXPLAIN, { name })).markdown;
      assert.match(await explain("cpu-oversubscribed"), /## Why/);
      assert.match(await explain("max-jobs"), /max-jobs/);
      assert.match(await explain("no-such-thing"), /Nothing is known/);
    });

    it("write a machine into nix-build-budget.json", async () => {
      const editor = await openEditor({ workspaces: [`#- flake.nix\n${FLAKE}#- box.nix\n${BOX}`] });
      const { uri, edit } = await editor.request<DeclareMachineResult>(DECLARE_MACHINE, { uri: editor.uri("box.nix") });
      assert.equal(uri, editor.uri("nix-build-budget.json"));
      assert.match(JSON.stringify(edit), /box/);
    });
  });

  describe("whatever comes", () => {
    const GARBAGE: Readonly<Record<string, string>> = {
      empty: "",
      "half a binding": "{ nix.settings.max-jobs = ",
      "a lone quote": '{ a = "',
      "no Nix at all": "\u0000\uFFFD<html>%$§",
      "10,000 brackets": "[".repeat(10_000),
      "10,000 sets": "{ a = ".repeat(10_000),
      "10,000 lets": `${"let a = 1; in ".repeat(10_000)}a`,
      "an import of itself": "import ./self.nix",
      "infinite recursion": "let a = a; in { nix.settings.cores = a; }",
      "lone surrogates": '{ a = "\uD800"; nix.settings.cores = "auto"; }',
    };

    for (const [name, text] of Object.entries(GARBAGE))
      it(`survives ${name}`, async () => {
        const editor = await openEditor({ workspaces: [WORKSPACE] });
        const uri = editor.uri("self.nix");
        editor.open(uri, text);
        await editor.diagnosticsOf(uri);
        await editor.hover(uri, { line: 0, character: 5 });
        await editor.codeActions(uri, { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } });
        // It still answers for others, and nothing went wrong on the way.
        const other = editor.uri("box.nix");
        editor.open(other, BOX);
        assert.ok(rules(await editor.diagnosticsOf(other)).includes("cpu-oversubscribed"));
        assert.deepEqual(editor.log, []);
      });

    it("survives requests about what is not open or lies beyond the text", async () => {
      const editor = await openEditor({ workspaces: [WORKSPACE] });
      assert.equal(await editor.hover(editor.uri("box.nix"), { line: 0, character: 0 }), "");
      const uri = editor.uri("box.nix");
      editor.open(uri, BOX);
      assert.equal(await editor.hover(uri, { line: 999, character: 999 }), "");
      assert.equal(await editor.hover("http://[", { line: 0, character: 0 }), "");
      assert.deepEqual(await editor.codeActions("file://other-computer/x.nix", editor.rangeOf(uri, "cores")), []);
    });

    it("registers for files and settings where the editor can", async () => {
      const editor = await openEditor({ workspaces: [WORKSPACE], capabilities: EDITOR });
      await editor.registrations.latest((method) => method === "workspace/didChangeWatchedFiles");
      await editor.registrations.latest((method) => method === "workspace/didChangeConfiguration");
    });
  });
});
