// The example flake: `check` finds what the founding strategy found; with all fixes applied real Nix reads it and gets what
// was promised, and nothing is left but what no fix can settle.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { copyOf, type Folder } from "../support/cli.js";

/** The document's findings in its order, with the confidence that it claims, and where they show in the example. */
const FOUNDING: readonly (readonly [rule: string, confidence: number, files: readonly string[]])[] = [
  ["slow-linker", 0.9, ["packages/rust/ck-search.nix", "packages/rust/codex.nix"]],
  ["cpu-oversubscribed", 0.88, ["modules/nix.nix"]],
  ["few-substitution-connections", 0.87, ["modules/nix.nix"]],
  ["high-codegen-units", 0.85, ["packages/rust/codex.nix"]],
  ["zram-untuned", 0.83, ["modules/memory.nix"]],
  ["tmpfs-holds-builds", 0.82, ["modules/memory.nix"]],
  [
    "node-heap-unset",
    0.78,
    ["packages/npm/brave-search-mcp.nix", "packages/npm/firecrawl-mcp.nix", "packages/npm/mcp-read-website-fast.nix"],
  ],
  [
    "generic-march",
    0.75,
    [
      "overlays/onnxruntime.nix",
      "packages/rust/chezmoi_modify_manager.nix",
      "packages/rust/ck-search.nix",
      "packages/rust/codex.nix",
      "packages/rust/mcp-filesystem-rust.nix",
    ],
  ],
  ["ccache-unused", 0.72, ["modules/nix.nix"]],
];

/** The document's contradictions that show in the code. */
const CONTRADICTIONS: readonly (readonly [rule: string, files: readonly string[]])[] = [
  // `maxCores` is no setting.
  ["unknown-setting", ["modules/nix.nix"]],
  // Limits in nixConfig are proposals.
  ["nixconfig-needs-consent", ["flake.nix", "flake.nix", "flake.nix"]],
  // `ninjaJobs` is nothing that a builder reads.
  ["unknown-ninja-jobs", ["overlays/onnxruntime.nix"]],
  // A job count in a package beats `cores`.
  ["hardcoded-jobs", ["overlays/onnxruntime.nix"]],
];

interface JsonFinding {
  readonly rule: string;
  readonly confidence: number;
  readonly severity: string;
  readonly hosts: readonly string[];
  readonly file: string;
  readonly message: string;
  readonly fixes: readonly { readonly preferred: boolean; readonly applicability: string; readonly title: string }[];
}

const SUPPORT = resolve(import.meta.dirname, "../../../test/support");

describe("examples/shoshin", function () {
  this.timeout(60_000);
  let folder: Folder;
  let found: readonly JsonFinding[];
  const check = async (...args: readonly string[]): Promise<readonly JsonFinding[]> =>
    JSON.parse((await folder.run(["check", "--format", "json", ...args])).stdout).findings;
  const filesOf = (findings: readonly JsonFinding[], rule: string) =>
    findings.filter((finding) => finding.rule === rule).map(({ file }) => file);

  before(async () => {
    folder = copyOf("examples/shoshin");
    found = await check();
  });
  after(() => folder.remove());

  it("shows the nine findings of the founding document, in its order, with its confidence", () => {
    const nine = new Set(FOUNDING.map(([rule]) => rule));
    const order = [...new Set(found.map(({ rule }) => rule))].filter((rule) => nine.has(rule));
    assert.deepEqual(
      order,
      FOUNDING.map(([rule]) => rule),
    );
    for (const [rule, confidence, files] of FOUNDING) {
      assert.deepEqual(filesOf(found, rule).sort(), files, rule);
      for (const finding of found.filter((each) => each.rule === rule)) {
        assert.equal(finding.confidence, confidence);
        assert.deepEqual(finding.hosts, ["shoshin"]);
        assert.ok(
          finding.fixes.some(({ preferred }) => preferred),
          rule,
        );
      }
    }
  });

  it("shows the contradictions that are visible in the code, and nothing else", () => {
    for (const [rule, files] of CONTRADICTIONS) assert.deepEqual(filesOf(found, rule), files, rule);
    const expected = new Set([...FOUNDING, ...CONTRADICTIONS].map(([rule]) => rule));
    assert.deepEqual(
      found.filter(({ rule }) => !expected.has(rule)).map(({ rule }) => rule),
      [],
    );
  });

  it("weighs 2 x 6 against the budget of 6 and proposes 3 x 2, as the document does", () => {
    const finding = found.find(({ rule }) => rule === "cpu-oversubscribed");
    assert.match(finding?.message ?? "", /max-jobs = 2 × cores = 6 .*12 .*6/);
    assert.match(finding?.fixes.find(({ preferred }) => preferred)?.title ?? "", /max-jobs = 3, cores = 2/);
  });

  describe("with all fixes applied", () => {
    let remaining: readonly JsonFinding[];
    before(async () => {
      const { stdout } = await folder.run(["check", "--fix", "--unsafe-fixes", "--format", "json"]);
      remaining = JSON.parse(stdout).findings;
    });

    it("is silent but for what no fix can settle", async () => {
      assert.deepEqual(await check(), remaining, "what --fix reports is what a new run finds");
      assert.deepEqual(
        remaining.filter(({ fixes }) => fixes.some(({ preferred }) => preferred)),
        [],
      );
      assert.deepEqual([...new Set(remaining.map(({ rule }) => rule))].sort(), [
        "concurrent-peaks-exceed-memory",
        "nixconfig-needs-consent",
        "unknown-setting",
      ]);
    });

    it("is Nix that real Nix parses", () => {
      const files = readdirSync(folder.path, { recursive: true, encoding: "utf8" }).filter((file) =>
        file.endsWith(".nix"),
      );
      assert.ok(files.length > 20);
      for (const file of files) nix(["--parse", join(folder.path, file)]);
    });

    it("evaluates to what was promised", () => {
      assert.deepEqual(
        evaluate(
          "{ inherit (config.nix.settings) max-jobs cores timeout http-connections max-substitution-jobs extra-sandbox-paths; }",
        ),
        {
          "max-jobs": 3,
          cores: 2,
          timeout: 86400,
          "http-connections": 128,
          "max-substitution-jobs": 128,
          "extra-sandbox-paths": ["/var/cache/ccache"],
        },
      );
      assert.deepEqual(
        evaluate("{ inherit (config) zramSwap; inherit (config.boot) tmp kernel; inherit (config.programs) ccache; }"),
        {
          zramSwap: { enable: true, algorithm: "zstd", memoryPercent: 75 },
          tmp: { useTmpfs: false, cleanOnBoot: true },
          kernel: {
            sysctl: {
              "vm.swappiness": 180,
              "vm.page-cluster": 0,
              "vm.watermark_boost_factor": 0,
              "vm.watermark_scale_factor": 125,
            },
          },
          ccache: { enable: true, packageNames: ["onnxruntime"] },
        },
      );
    });

    it("builds its packages with what was promised", () => {
      assert.deepEqual(
        evaluate(
          "mapAttrs (_: p: { inherit (p) env; inputs = p.nativeBuildInputs or [ ]; }) { inherit (pkgs) codex firecrawl-mcp onnxruntime claude-code; }",
        ),
        {
          codex: {
            env: {
              CARGO_PROFILE_RELEASE_LTO: "off",
              CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "4",
              RUSTFLAGS: "-C link-arg=-fuse-ld=mold -C target-cpu=skylake",
            },
            inputs: ["pkg-config", "mold-wrapped"],
          },
          "firecrawl-mcp": { env: { NODE_OPTIONS: "--max-old-space-size=3072" }, inputs: [] },
          onnxruntime: {
            env: { KEPT: "yes", NIX_BUILD_CORES: 4, NIX_CFLAGS_COMPILE: " -march=skylake" },
            inputs: ["mold-wrapped"],
          },
          "claude-code": { env: {}, inputs: [] },
        },
      );
    });

    /** With the flake's own outputs, on stubs of nixpkgs and the module system: `config` of the host, and `pkgs`. */
    function evaluate(expression: string): unknown {
      return JSON.parse(
        nix([
          "--eval",
          "--strict",
          "--json",
          "--expr",
          `with import ${SUPPORT}/shoshin.nix ${folder.path}; ${expression}`,
        ]),
      );
    }

    function nix(args: readonly string[]): string {
      const env = { ...process.env, NIX_PATH: "", NIX_STATE_DIR: join(tmpdir(), "nix-state") };
      return execFileSync("nix-instantiate", args, { encoding: "utf8", env, stdio: ["ignore", "pipe", "pipe"] });
    }
  });
});
