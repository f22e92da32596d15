// The terminal command's contract: usage, exit codes, formats, paths, fixes, bad input.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { type Folder, folderWith } from "../support/cli.js";

const OVERSUBSCRIBED = `#- flake.nix
{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.demo = nixpkgs.lib.nixosSystem { modules = [ ./hosts/demo.nix ]; };
  };
}
#- hosts/demo.nix
{
  # how it builds
  nix.settings.max-jobs = 8; # many
  nix.settings.cores = 8;
}
`;
const EIGHT = ["--machine", "threads=8,memory=16GiB"];

interface JsonFinding {
  rule: string;
  file: string;
  severity: string;
  confidence: number;
  hosts: string[];
  fixes: { applicability: string; preferred: boolean; edits: { file: string; newText: string }[] }[];
}

describe("nix-build-budget", () => {
  let folder: Folder;
  const setUp = (fixture: string) => {
    folder = folderWith(fixture);
  };
  afterEach(() => folder.remove());

  const findings = async (args: readonly string[], cwd?: string): Promise<JsonFinding[]> => {
    const { stdout } = await folder.run(["check", "--format", "json", ...args], { cwd });
    return JSON.parse(stdout).findings;
  };
  const rulesFound = async (args: readonly string[], cwd?: string) =>
    (await findings(args, cwd)).map(({ rule }) => rule).sort();

  describe("usage", () => {
    beforeEach(() => setUp(""));

    for (const [args, message] of [
      [["chek"], /unknown command "chek"; did you mean check\?/],
      [
        ["ponder"],
        /unknown command "ponder"\. There are: check, settings, machine, packages, plan, rules, explain, lsp/,
      ],
      [["--frobnicate"], /unknown flag --frobnicate/],
      [["check", "--formt", "json"], /unknown flag --formt; did you mean --format\?/],
      [["check", "--format", "xml"], /--format must be one of text, json, sarif, github: "xml"/],
      [["check", "--format"], /--format needs a value/],
      [["check", "--fix=yes"], /--fix takes no value/],
      [["check", "--fail-on", "fatal"], /--fail-on must be one of error, warning, information, hint/],
      [["check", "--min-confidence", "2"], /--min-confidence must be a number from 0 to 1/],
      [["check", "--min-confidence", "high"], /--min-confidence must be a number/],
      [["check", "--fix", "--diff"], /give one of them/],
      [["check", "--unsafe-fixes"], /needs --fix or --diff/],
      [["check", "nowhere"], /no such file or folder: nowhere/],
      [["check", "--machine", "threads=8"], /lacks memory/],
      [["check", "--machine", "thread=8,memory=1GiB"], /did you mean "threads"\?/],
      [["check", "--machine", "toaster"], /no machine "toaster"; none is declared/],
      [["settings", "--format", "sarif"], /--format must be one of text, json/],
      [["rules", "extra"], /unexpected argument "extra"/],
      [["explain"], /RULE-OR-SETTING is missing/],
      [["explain", "max-job"], /did you mean max-jobs\?/],
      [["lsp"], /--stdio/],
    ] as const)
      it(`refuses ${args.join(" ")}`, async () => {
        const { code, stdout, stderr } = await folder.run(args);
        assert.equal(code, 2);
        assert.equal(stdout, "");
        assert.match(stderr, message);
        assert.doesNotMatch(stderr, /\n {4}at /, "a stack trace is no message");
      });

    it("shows help on stdout where it is asked for, on stderr where nothing is", async () => {
      const help = await folder.run(["--help"]);
      assert.equal(help.code, 0);
      assert.match(help.stdout, /check .*\n.*settings/);
      const nothing = await folder.run([]);
      assert.equal(nothing.code, 2);
      assert.equal(nothing.stderr, help.stdout);
      for (const command of ["check", "settings", "machine", "rules", "explain", "lsp"]) {
        const { code, stdout } = await folder.run([command, "--help"]);
        assert.equal(code, 0);
        assert.match(stdout, new RegExp(`Usage: nix-build-budget ${command}`));
      }
    });

    it("tells its version", async () => {
      assert.match((await folder.run(["--version"])).stdout, /^\d+\.\d+\.\d+\n$/);
    });
  });

  describe("check", () => {
    it("gives exit code 1 for findings at or above --fail-on, else 0", async () => {
      setUp(OVERSUBSCRIBED);
      assert.equal((await folder.run(["check", ...EIGHT])).code, 1);
      assert.equal((await folder.run(["check", ...EIGHT, "--fail-on", "error"])).code, 0);
      assert.equal((await folder.run(["check", "--machine", "threads=64,memory=256GiB"])).code, 0);
    });

    it("reports per host, with the machine and its budget", async () => {
      setUp(OVERSUBSCRIBED);
      const { stdout } = await folder.run(["check", "--format", "json", ...EIGHT]);
      const { hosts, version, filesRead } = JSON.parse(stdout);
      assert.equal(version, 1);
      assert.equal(filesRead, 2);
      const demo = hosts.find(({ name }: { name: string }) => name === "demo");
      assert.equal(demo.machine.threads, 8);
      assert.deepEqual(demo.budget.threads, 6);
      const [finding] = await findings(EIGHT);
      assert.equal(finding?.rule, "cpu-oversubscribed");
      assert.deepEqual(finding?.hosts, ["demo"]);
    });

    it("prints paths relative to the working folder, whatever PATH is", async () => {
      setUp(OVERSUBSCRIBED);
      for (const [args, cwd, file] of [
        [[], "", "hosts/demo.nix"],
        [["hosts/demo.nix"], "", "hosts/demo.nix"],
        [["demo.nix"], "hosts", "demo.nix"],
        [[".."], "hosts", "demo.nix"],
        [["../flake.nix", "."], "hosts", "demo.nix"],
      ] as const)
        assert.deepEqual([...new Set((await findings([...EIGHT, ...args], cwd)).map((each) => each.file))], [file]);
      assert.deepEqual(await findings([...EIGHT, "flake.nix"]), [], "only what is asked for is reported");
    });

    it("leaves out what .gitignore and exclude name", async () => {
      setUp(`${OVERSUBSCRIBED}#- vendor/a.nix
{ nix.settings.maxCores = 3; }
#- ignored/a.nix
{ nix.settings.maxCores = 3; }
#- nix-build-budget.json
{ "exclude": ["vendor/**"] } // with a comment
#- .gitignore
ignored/
`);
      assert.deepEqual(await rulesFound(EIGHT), ["cpu-oversubscribed"]);
      assert.deepEqual(await rulesFound([...EIGHT, "ignored/a.nix"]), ["unknown-setting"]);
    });

    it("checks a lone file and a folder without a flake", async () => {
      setUp("#- sub/a.nix\n{ nix.settings.maxCores = 3; }\n#- nix.conf\nmax-jobs = 8\ncores = 8\n");
      assert.deepEqual(await rulesFound(["sub/a.nix"]), ["machine-unknown", "unknown-setting"]);
      assert.deepEqual(await rulesFound(EIGHT), ["cpu-oversubscribed", "unknown-setting"]);
    });

    it("takes machine, policy and levels from nix-build-budget.json; --machine yields to what is declared", async () => {
      setUp(`${OVERSUBSCRIBED}#- nix-build-budget.json
{ "machines": { "demo": { "threads": 64, "memory": "256GiB" }, "small": { "threads": 4, "memory": "8GiB" } } }
`);
      assert.deepEqual(await rulesFound(EIGHT), []);
      assert.deepEqual(await rulesFound(["--machine", "small"]), []);
      folder.write("nix-build-budget.json", '{ "machines": { "small": { "threads": 4, "memory": "8GiB" } } }');
      assert.ok((await rulesFound(["--machine", "small"])).includes("cpu-oversubscribed"));
      folder.write("nix-build-budget.json", '{ "rules": { "cpu-oversubscribed": "error" } }');
      assert.equal((await findings(EIGHT)).find(({ rule }) => rule === "cpu-oversubscribed")?.severity, "error");
    });

    it("filters by --min-confidence, downward too", async () => {
      setUp(OVERSUBSCRIBED);
      assert.deepEqual(await findings([...EIGHT, "--min-confidence", "0.95"]), []);
      assert.ok((await findings([...EIGHT, "--min-confidence", "0"])).length > 0);
    });

    it("prints SARIF and annotations", async () => {
      setUp(OVERSUBSCRIBED);
      const sarif = JSON.parse((await folder.run(["check", "--format", "sarif", ...EIGHT])).stdout);
      assert.equal(sarif.runs[0].results[0].ruleId, "cpu-oversubscribed");
      const github = (await folder.run(["check", "--format", "github", ...EIGHT])).stdout;
      assert.match(github, /^::warning file=hosts\/demo\.nix,line=\d+,/);
    });

    it("colours by FORCE_COLOR and not into a pipe", async () => {
      setUp(OVERSUBSCRIBED);
      const coloured = async (env: NodeJS.ProcessEnv) =>
        (await folder.run(["check", ...EIGHT], { env })).stdout.includes("\u001b[");
      assert.equal(await coloured({}), false);
      assert.equal(await coloured({ FORCE_COLOR: "1" }), true);
      assert.equal(await coloured({ FORCE_COLOR: "0" }), false);
      assert.equal(await coloured({ NO_COLOR: "1" }), false);
    });
  });

  describe("fixes", () => {
    it("writes safe fixes, keeps comments, and reports what remains", async () => {
      setUp(OVERSUBSCRIBED);
      const { code } = await folder.run(["check", "--fix", ...EIGHT]);
      assert.equal(code, 0);
      const text = folder.read("hosts/demo.nix");
      assert.match(text, /# how it builds\n {2}nix\.settings\.max-jobs = \d; # many\n/);
      assert.deepEqual(await findings(EIGHT), []);
    });

    it("leaves unsafe fixes to --unsafe-fixes", async () => {
      setUp("{ nix.settings.maxCores = 3; }\n");
      assert.equal((await folder.run(["check", "--fix"])).code, 1);
      assert.equal(folder.read("module.nix"), "{ nix.settings.maxCores = 3; }\n");
      assert.equal((await folder.run(["check", "--fix", "--unsafe-fixes"])).code, 0);
      assert.equal(folder.read("module.nix"), "{ nix.settings.cores = 3; }\n");
    });

    it("prints a diff that git applies and takes back, and writes nothing", async () => {
      setUp(OVERSUBSCRIBED);
      const before = folder.read("hosts/demo.nix");
      const { stdout, code } = await folder.run(["check", "--diff", ...EIGHT]);
      assert.equal(code, 0, "nothing would remain");
      assert.equal(folder.read("hosts/demo.nix"), before);
      execFileSync("git", ["apply", "-"], { cwd: folder.path, input: stdout });
      const after = folder.read("hosts/demo.nix");
      assert.notEqual(after, before);
      execFileSync("git", ["apply", "-R", "-"], { cwd: folder.path, input: stdout });
      assert.equal(folder.read("hosts/demo.nix"), before);
      await folder.run(["check", "--fix", ...EIGHT]);
      assert.equal(folder.read("hosts/demo.nix"), after, "--fix does what --diff shows");
    });

    it("keeps line ends, a byte order mark, a missing final newline and the file's mode", async () => {
      setUp("");
      folder.write("a.nix", "\ufeff{\r\n  nix.settings.maxCores = 3;\r\n}");
      chmodSync(join(folder.path, "a.nix"), 0o640);
      const [finding] = await findings([]);
      assert.ok(finding);
      const { stdout } = await folder.run(["check", "--diff", "--unsafe-fixes"]);
      await folder.run(["check", "--fix", "--unsafe-fixes"]);
      const fixed = "\ufeff{\r\n  nix.settings.cores = 3;\r\n}";
      assert.equal(folder.read("a.nix"), fixed);
      execFileSync("git", ["apply", "-R", "-"], { cwd: folder.path, input: stdout });
      assert.equal(folder.read("a.nix"), "\ufeff{\r\n  nix.settings.maxCores = 3;\r\n}");
    });
  });

  describe("settings", () => {
    it("lists definitions with values, hosts and paths", async () => {
      setUp(`${OVERSUBSCRIBED}#- other.nix
{ pkgs, lib, config, ... }: {
  nix.settings.min-free = lib.mkDefault (5 * 1024 * 1024 * 1024);
  nix.settings.cores = config.foo.bar;
  hardware.facter.reportPath = ./facter.json;
}
`);
      const { stdout } = await folder.run(["settings", "--format", "json"]);
      const { definitions, version } = JSON.parse(stdout);
      assert.equal(version, 1);
      const of = (name: string, file: string) =>
        definitions.find(
          (each: { attrPath: string[]; file: string }) => each.attrPath.at(-1) === name && each.file === file,
        );
      assert.deepEqual(of("max-jobs", "hosts/demo.nix"), {
        file: "hosts/demo.nix",
        range: { start: { line: 2, character: 2 }, end: { line: 2, character: 28 } },
        attrPath: ["nix", "settings", "max-jobs"],
        pathInFile: ["nix", "settings", "max-jobs"],
        value: { known: true, value: 8 },
        hosts: ["demo"],
        priority: 100,
      });
      assert.deepEqual(of("min-free", "other.nix").value, { known: true, value: 5368709120 });
      assert.equal(of("min-free", "other.nix").priority, 1000);
      assert.equal(of("cores", "other.nix").value.known, false);
      assert.notEqual(of("cores", "other.nix").value.reason, "");
      assert.deepEqual(of("reportPath", "other.nix")?.value, { known: true, value: { _path: "facter.json" } });
      const elsewhere = await folder.run(["settings", "../other.nix", "--format", "json"], { cwd: "hosts" });
      assert.ok(elsewhere.stdout.includes('"_path": "../facter.json"'));
    });

    it("prints all digits of large integers", async () => {
      setUp("{ nix.settings.max-free = 9223372036854775807; }\n");
      assert.ok((await folder.run(["settings", "--format", "json"])).stdout.includes("9223372036854775807"));
      assert.ok((await folder.run(["settings"])).stdout.includes("nix.settings.max-free = 9223372036854775807"));
    });
  });

  describe("machine, rules, explain", () => {
    beforeEach(() => setUp(""));

    it("shows this computer's budget with the arithmetic", async () => {
      const { stdout, code } = await folder.run(["machine", "--format", "json"]);
      assert.equal(code, 0);
      const { machine, budget } = JSON.parse(stdout);
      assert.ok(machine.threads >= 1 && machine.memoryBytes > 0 && budget.threads >= 1);
      assert.match((await folder.run(["machine"])).stdout, /reserved/);
    });

    it("lists the rules as data", async () => {
      const { rules } = JSON.parse((await folder.run(["rules", "--format", "json"])).stdout);
      const rule = rules.find(({ id }: { id: string }) => id === "slow-linker");
      assert.equal(rule.claimedConfidence, 0.9);
      assert.ok(rule.docs.why && rule.examples.length > 0);
      assert.match((await folder.run(["rules"])).stdout, /^slow-linker /m);
    });

    for (const name of [
      "slow-linker",
      "max-jobs",
      "build-cores",
      "boot.tmp.useTmpfs",
      "nix.settings.cores",
      "enableParallelBuilding",
    ])
      it(`explains ${name}`, async () => {
        const { stdout, code } = await folder.run(["explain", name]);
        assert.equal(code, 0);
        assert.ok(stdout.length > 100);
      });
  });

  describe("bad input", () => {
    const cases: Readonly<Record<string, string | Uint8Array>> = {
      "empty.nix": "",
      "comment.nix": "# nothing\n",
      "syntax.nix": "{ nix.settings.cores = ; }}}",
      "half.nix": "{\n  nix.settings.\n}\n",
      "string.nix": '{ nix.settings.cores = "${',
      "latin.nix": Uint8Array.from([0x7b, 0xe9, 0x7d]),
      "nul.nix": "{ nix.settings.cores = 3; }\u0000\u0000",
      "deep-lists.nix": `{ nix.settings.cores = ${"[".repeat(10_000)}${"]".repeat(10_000)}; }`,
      "deep-parens.nix": `{ nix.settings.cores = ${"(".repeat(10_000)}1${")".repeat(10_000)}; }`,
      "deep-sets.nix": `${"{ nix = ".repeat(10_000)}1${"; }".repeat(10_000)}`,
      "deep-open.nix": `{ nix.settings.cores = ${"{ a = ".repeat(10_000)}`,
      "deep-functions.nix": `{ nix.settings.cores = ${"x: ".repeat(10_000)}1; }`,
      "deep-operators.nix": `{ nix.settings.cores = ${"1 + ".repeat(10_000)}1; }`,
      "deep-if.nix": `{ nix.settings.cores = ${"if true then ".repeat(10_000)}1${" else 2".repeat(10_000)}; }`,
      "deep-let.nix": `{ nix.settings.cores = ${"let x = 1; in ".repeat(10_000)}x; }`,
      "endless.nix": "let f = x: f (x + 1); in { nix.settings.cores = f 1; }",
      "exponential.nix": `let ${Array.from({ length: 60 }, (_, i) => `x${i + 1} = x${i} + x${i};`).join(" ")} x0 = 1; in { nix.settings.cores = x60; }`,
      "list-bomb.nix": `let ${Array.from({ length: 40 }, (_, i) => `x${i + 1} = x${i} ++ x${i};`).join(" ")} x0 = [ 1 ]; in { nix.settings.cores = builtins.length x40; }`,
      "string-bomb.nix": `let ${Array.from({ length: 60 }, (_, i) => `x${i + 1} = x${i} + x${i};`).join(" ")} x0 = "ab"; in { nix.settings.cores = builtins.stringLength x60; }`,
      "recursion.nix": "let x = x; in { nix.settings.cores = x; nix.settings.max-jobs = rec { a = b; b = a; }.a; }",
      "cycle-a.nix": "{ imports = [ ./cycle-b.nix ]; nix.settings.cores = import ./cycle-b.nix; }",
      "cycle-b.nix":
        "{ imports = [ ./cycle-a.nix ]; nix.settings.max-jobs = (import ./cycle-a.nix).nix.settings.cores; }",
      "missing.nix":
        "{ imports = [ ./nowhere.nix ../../../../etc/passwd /etc/nixos ]; nix.settings.cores = import ./nowhere.nix; }",
      "crlf.nix": "{\r\n  nix.settings.cores = 3;\r\n}\r\n",
      "bom.nix": "\ufeff{ nix.settings.cores = 3; }\n",
    };

    for (const [name, content] of Object.entries(cases))
      it(`survives ${name}`, async () => {
        setUp("");
        folder.write(name, content);
        const { code, stdout, stderr } = await folder.run(["check", "--format", "json", ...EIGHT]);
        assert.ok(code <= 1, stderr);
        assert.equal(stderr, "");
        JSON.parse(stdout);
      });

    it("reads the sound files among all of these", async () => {
      setUp("");
      for (const [name, content] of Object.entries(cases)) folder.write(name, content);
      const { code, stdout, stderr } = await folder.run(["settings", "--format", "json"]);
      assert.equal(code, 0, stderr);
      assert.equal(stderr, "");
      const known = JSON.parse(stdout).definitions.filter(({ value }: { value: { known: boolean } }) => value.known);
      const files = new Set(known.map(({ file }: { file: string }) => file));
      assert.ok(files.has("crlf.nix") && files.has("bom.nix"), [...files].join());
    });

    it("survives a generated file of 1.4 MB", async () => {
      setUp("");
      const entry = (i: number) =>
        `  "pkg-${i}" = { version = "1.${i}"; sha256 = "${"0".repeat(52)}"; deps = [ "a" "b" ]; };\n`;
      folder.write(
        "big.nix",
        `{\n${Array.from({ length: 13_000 }, (_, i) => entry(i)).join("")}  nix.settings.maxCores = 4;\n}\n`,
      );
      assert.deepEqual(await rulesFound(EIGHT), ["unknown-setting"]);
    });

    it("names mistakes of nix-build-budget.json in that file and goes on", async () => {
      setUp(`${OVERSUBSCRIBED}#- nix-build-budget.json
{ "polcy": "strict", "machines": { "demo": { "threads": "many" } },
`);
      const found = await findings(EIGHT);
      assert.ok(found.some(({ rule, file }) => rule === "invalid-configuration" && file === "nix-build-budget.json"));
      assert.ok(found.some(({ rule }) => rule === "cpu-oversubscribed"));
    });

    it("survives loops of symbolic links, unreadable files and folders, and sparse giants", async () => {
      setUp(OVERSUBSCRIBED);
      symlinkSync(".", join(folder.path, "loop"));
      symlinkSync("self.nix", join(folder.path, "self.nix"));
      symlinkSync("/etc", join(folder.path, "etc"));
      folder.write("secret.nix", "{ }");
      chmodSync(join(folder.path, "secret.nix"), 0);
      folder.write("locked/x.nix", "{ }");
      chmodSync(join(folder.path, "locked"), 0);
      folder.write("giant.nix", "");
      truncateSync(join(folder.path, "giant.nix"), 5 * 2 ** 30);
      try {
        assert.deepEqual(await rulesFound(EIGHT), ["cpu-oversubscribed"]);
      } finally {
        chmodSync(join(folder.path, "locked"), 0o755);
      }
      assert.ok(existsSync(join(folder.path, "loop")));
    });

    it("says which file it could not write", async () => {
      setUp("{ nix.settings.maxCores = 3; }\n");
      symlinkSync("module.nix", join(folder.path, "again.nix"));
      chmodSync(folder.path, 0o555);
      const { code, stderr } = await folder.run(["check", "--fix", "--unsafe-fixes"]);
      chmodSync(folder.path, 0o755);
      // The superuser may write all the same.
      if (process.getuid?.() === 0) assert.equal(code, 0);
      else {
        assert.equal(code, 2);
        assert.match(stderr, /module\.nix was not written: permission denied/);
      }
    });
  });
});
