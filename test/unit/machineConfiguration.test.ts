import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import fc from "fast-check";
import { DEFAULT_CONFIGURATION } from "../../server/src/core/machine/configuration.js";
import { parseConfiguration } from "../../server/src/core/machine/parseConfiguration.js";
import { configurationSchema } from "../../server/src/core/machine/schema.js";
import { GIB } from "../../server/src/core/machine/size.js";

/** Problems as `text: message`, where text is what the range covers. */
function problemsOf(text: string, knownRules?: readonly string[]): string[] {
  return parseConfiguration(text, knownRules).problems.map(
    ({ range, message }) => `${text.slice(range.start, range.end)}: ${message}`,
  );
}

const FULL = `{
  // The founding document's machine.
  "$schema": "https://example.org/nix-build-budget.schema.json",
  "machines": { "shoshin": { "threads": 8, "threadsPerCore": 2, "memory": "16GiB",
    "zram": { "size": "12GiB", "algorithm": "zstd", "ratio": 2.5 }, "swap": "8GiB", "network": "1Gbit/s",
    "cudaCapabilities": ["8.6"], "nixVersion": "2.31", "reserve": { "threads": 2, "memory": "2GiB" } } },
  "policy": "strict", "memoryAccounting": "nominal", "confidenceProfile": "founding", "minimumConfidence": 0.5,
  "targetRisk": 0.01, "coldFraction": 0.4,
  "packages": { "codex": { "class": "rust", "peakMemory": { "median": "6GiB", "p95": "9GiB" }, "measured": true, "linkHeavy": true, "alone": true } },
  "rules": { "slow-linker": "off" }, "exclude": ["vendor/**"], /* trailing commas are fine */
}`;

describe("nix-build-budget.json", () => {
  it("is read in full", () => {
    const { configuration, problems } = parseConfiguration(FULL, ["slow-linker"]);
    assert.deepEqual(problems, []);
    assert.deepEqual(configuration, {
      machines: new Map([
        [
          "shoshin",
          {
            threads: 8,
            threadsPerCore: 2,
            memoryBytes: 16 * GIB,
            zram: { sizeBytes: 12 * GIB, algorithm: "zstd", ratio: 2.5 },
            swapBytes: 8 * GIB,
            networkBitsPerSecond: 1e9,
            architecture: undefined,
            cudaCapabilities: ["8.6"],
            nixVersion: "2.31",
            reserve: { threads: 2, memoryBytes: 2 * GIB },
            provenance: { kind: "declared", text: '"shoshin" of nix-build-budget.json' },
          },
        ],
      ]),
      policy: "strict",
      memoryAccounting: "nominal",
      confidenceProfile: "founding",
      minimumConfidence: 0.5,
      targetRisk: 0.01,
      coldFraction: 0.4,
      packages: new Map([
        [
          "codex",
          {
            class: "rust",
            peakMemory: { medianBytes: 6 * GIB, p95Bytes: 9 * GIB },
            measured: true,
            linkHeavy: true,
            alone: true,
          },
        ],
      ]),
      rules: new Map([["slow-linker", "off"]]),
      exclude: ["vendor/**"],
    });
  });

  it("keeps the defaults for what it does not name", () => {
    assert.deepEqual(parseConfiguration("{}"), { configuration: DEFAULT_CONFIGURATION, problems: [] });
  });

  it("lies over the editor's settings key by key", () => {
    const below = { ...DEFAULT_CONFIGURATION, policy: "burst", targetRisk: 0.2, exclude: ["a"] } as const;
    const { configuration } = parseConfiguration(
      '{ "targetRisk": 0.1, "policy": "wrong", "exclude": ["b"] }',
      [],
      below,
    );
    assert.deepEqual(
      [configuration.policy, configuration.targetRisk, configuration.exclude],
      ["burst", 0.1, ["a", "b"]],
    );
  });

  const wrong: readonly [string, string][] = [
    ['{ "polcy": "strict" }', '"polcy": Unknown key "polcy": did you mean "policy"?'],
    ['{ "policy": "strikt" }', '"strikt": "policy" must be one of balanced, strict, burst (did you mean "strict"?).'],
    ['{ "policy": 3 }', '3: "policy" must be one of balanced, strict, burst.'],
    ['{ "minimumConfidence": 1.5 }', '1.5: "minimumConfidence" must be a number from 0 to 1.'],
    ['{ "targetRisk": 0 }', '0: "targetRisk" must be a number above 0 and below 1.'],
    ['{ "targetRisk": 1 }', '1: "targetRisk" must be a number above 0 and below 1.'],
    ['{ "coldFraction": 1 }', '1: "coldFraction" must be a number from 0 to below 1.'],
    ['{ "exclude": "vendor" }', '"vendor": "exclude" must be a list.'],
    ['{ "exclude": [1] }', '1: "exclude" must be a text.'],
    ['{ "machines": [] }', '[]: "machines" must be an object.'],
    ['{ "machines": { "a": { "threads": 8 } } }', '{ "threads": 8 }: "a" lacks "memory".'],
    [
      '{ "machines": { "a": { "threads": 8, "memory": "16 GBB" } } }',
      '"16 GBB": "memory" must be a size such as "16GiB", or bytes.',
    ],
    ['{ "machines": { "a": { "threads": 8, "memory": 0 } } }', '0: "memory" must be more than 0.'],
    [
      '{ "machines": { "a": { "threads": 2.5, "memory": "1GiB" } } }',
      '2.5: "threads" must be a whole number from 1 to 65536.',
    ],
    [
      '{ "machines": { "a": { "threads": 8, "memory": "1GiB", "netwrk": "1Gbit" } } }',
      '"netwrk": Unknown key "netwrk" in "a": did you mean "network"?',
    ],
    [
      '{ "machines": { "a": { "threads": 8, "memory": "1GiB", "network": "fast" } } }',
      '"fast": "network" must be a rate such as "1Gbit/s".',
    ],
    [
      '{ "machines": { "a": { "threads": 8, "memory": "1GiB", "cudaCapabilities": ["sm_86"] } } }',
      '"sm_86": "cudaCapabilities" must be of the form "8.6".',
    ],
    [
      '{ "machines": { "a": { "threads": 2, "memory": "4GiB", "reserve": { "threads": 2 } } } }',
      "2: The reserve takes all 2 threads; at least one must be left for builds.",
    ],
    [
      '{ "machines": { "a": { "threads": 2, "memory": "4GiB", "reserve": { "memory": "8GiB" } } } }',
      '"8GiB": The reserve takes all 4 GiB of memory; builds need some.',
    ],
    [
      '{ "packages": { "a": { "peakMemory": { "median": "6GiB", "p95": "5GiB" } } } }',
      '"5GiB": The 95th percentile is below the median, 6 GiB.',
    ],
    [
      '{ "packages": { "a": { "peakMemory": { "median": "6GiB" } } } }',
      '{ "median": "6GiB" }: "peakMemory" lacks "p95".',
    ],
    [
      '{ "rules": { "slow-linkr": "off" } }',
      '"slow-linkr": No rule is named "slow-linkr": did you mean "slow-linker"?',
    ],
    [
      '{ "rules": { "slow-linker": "warn" } }',
      '"warn": "slow-linker" must be one of off, hint, information, warning, error (did you mean "warning"?).',
    ],
    ['{ "policy": "strict", "policy": "burst" }', '"policy": "policy" stands here twice; the last one counts.'],
    ["[1]", "[1]: The file must be an object."],
    ["", ": Not valid JSON: a value is expected."],
    ['{ "policy": "burst"', '": Not valid JSON: a closing brace is expected.'],
  ];
  for (const [text, problem] of wrong) {
    it(`says what is wrong in ${text || "an empty file"}`, () => {
      assert.deepEqual(problemsOf(text, ["slow-linker"]), [problem]);
    });
  }

  it("leaves out what is wrong and takes the rest", () => {
    const { configuration } = parseConfiguration(
      '{ "policy": "x", "targetRisk": 0.1, "machines": { "a": { "threads": 8 }, "b": { "threads": 4, "memory": "8GiB" } } }',
    );
    assert.deepEqual([configuration.policy, configuration.targetRisk], ["balanced", 0.1]);
    assert.deepEqual([...configuration.machines.keys()], ["b"]);
  });

  it("goes on after a broken member", () => {
    const { configuration, problems } = parseConfiguration('{ "exclude": , "targetRisk": 0.1 "policy": "burst" }');
    assert.equal(problems.length, 2);
    assert.deepEqual([configuration.targetRisk, configuration.policy], [0.1, "burst"]);
  });

  it("counts a byte order mark in offsets and reads past it", () => {
    const { configuration, problems } = parseConfiguration('\uFEFF{ "policy": "burst", "x": 1 }');
    assert.equal(configuration.policy, "burst");
    assert.deepEqual(problems[0]?.range, { start: 22, end: 25 });
  });

  it("takes names that objects inherit for plain names", () => {
    const { configuration, problems } = parseConfiguration(
      '{ "machines": { "__proto__": { "threads": 4, "memory": "8GiB" }, "constructor": { "threads": 2, "memory": "4GiB" } } }',
    );
    assert.deepEqual(problems, []);
    assert.deepEqual([...configuration.machines.keys()], ["__proto__", "constructor"]);
    assert.equal(problemsOf('{ "toString": 1 }').length, 1);
  });

  it("bears 100,000 brackets", () => {
    assert.deepEqual(
      parseConfiguration("[".repeat(100_000)).problems.map((p) => p.message),
      ["Nested too deeply."],
    );
  });

  it("never throws, and problems lie within the text", () => {
    const words = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ":",
      ",",
      '"policy"',
      '"machines"',
      '"a"',
      "1",
      "true",
      "//",
      "/*",
      '"',
      "\n",
      "\\",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string({ maxLength: 3 })), { maxLength: 40 }), (parts) => {
        const text = parts.join(" ");
        for (const { range } of parseConfiguration(text).problems) {
          assert.ok(range.start >= 0 && range.start <= range.end && range.end <= text.length);
        }
      }),
    );
  });
});

describe("JSON schema of nix-build-budget.json", () => {
  const schema = configurationSchema();
  const validate = new Ajv({ allowUnionTypes: true }).compile(schema);

  it("is the file that the extension contributes", () => {
    const file = readFileSync(new URL("../../../schemas/nix-build-budget.schema.json", import.meta.url), "utf8");
    assert.deepEqual(JSON.parse(file), schema, "run: npm run generate");
  });

  it("names a default for every policy key", () => {
    const properties = schema["properties"] as Record<string, { default?: unknown; description?: string }>;
    for (const key of [
      "policy",
      "memoryAccounting",
      "confidenceProfile",
      "minimumConfidence",
      "targetRisk",
      "coldFraction",
    ] as const) {
      assert.equal(properties[key]?.default, DEFAULT_CONFIGURATION[key], key);
    }
    assert.ok(Object.values(properties).every((property) => (property.description ?? "").length > 10));
  });

  it("leaves unknown keys to the parser, so that an editor shows them once", () => {
    const text = { polcy: 1 };
    assert.equal(validate(text), true);
    assert.match(parseConfiguration(JSON.stringify(text)).problems[0]?.message ?? "", /policy/);
  });

  // What the schema can say, it must say as the parser does.
  const plain: readonly unknown[] = [
    {},
    { policy: "strict" },
    { policy: "strikt" },
    { targetRisk: 0 },
    { targetRisk: 0.05 },
    { targetRisk: 1 },
    { coldFraction: 0 },
    { coldFraction: 1 },
    { minimumConfidence: 1 },
    { minimumConfidence: -0.1 },
    { exclude: ["a"] },
    { exclude: [1] },
    { rules: { a: "off" } },
    { rules: { a: "no" } },
    { machines: { a: { threads: 1, memory: 1 } } },
    { machines: { a: { threads: 0, memory: 1 } } },
    { machines: { a: { threads: 1.5, memory: 1 } } },
    { machines: { a: { threads: 1, memory: 0 } } },
    { machines: { a: { threads: 1, memory: -1 } } },
    { machines: { a: { threads: 1, memory: 1.5 } } },
    { machines: { a: { threads: 1 } } },
    { machines: { a: { threads: 1, memory: "1GiB", zram: {} } } },
    { machines: { a: { threads: 1, memory: "1GiB", zram: { size: 0, ratio: 0.5 } } } },
    { machines: { a: { threads: 1, memory: "1GiB", cudaCapabilities: ["8.6", "9.0a"] } } },
    { machines: { a: { threads: 1, memory: "1GiB", cudaCapabilities: ["86"] } } },
    { machines: { a: { threads: 1, memory: "1GiB", nixVersion: "2" } } },
    ...["16GiB", "16 GB", "16Gi", "16g", ".5K", "12 bytes", "12B", "GiB", "", "-1", "1e3", "16 GBB", "16Gib"].map(
      (memory) => ({
        machines: { a: { threads: 1, memory } },
      }),
    ),
    ...["1Gbit/s", "100 Mbps", "2.5Gbit", "1 bits/s", "1GB/s", "fast"].map((network) => ({
      machines: { a: { threads: 1, memory: 1, network } },
    })),
    { packages: { a: { class: "rust" } } },
    { packages: { a: { class: "rost" } } },
    { packages: { a: { peakMemory: { median: 1 } } } },
    { packages: { a: { measured: "yes" } } },
  ];
  for (const value of plain) {
    const text = JSON.stringify(value);
    it(`agrees with the parser on ${text}`, () => {
      assert.equal(validate(value), parseConfiguration(text).problems.length === 0);
    });
  }
});
