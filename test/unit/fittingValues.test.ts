// Values that fit a machine, with the arithmetic that is shown beside them.
import assert from "node:assert/strict";
import { type FittingValue, fittingValues } from "../../server/src/core/rules/support/fittingValues.js";
import { analyse } from "../support/analysis.js";
import { fixtureFiles } from "../support/fixture.js";

async function valuesFor(path: readonly string[], module: string, machine = "threads=8,memory=16GiB") {
  const { model, configuration } = await analyse({ files: fixtureFiles(module), machine });
  const [host] = model.hosts;
  assert.ok(host?.budget, "a host with a budget");
  return fittingValues(path, host, host.budget, { model, configuration });
}
const texts = (values: readonly FittingValue[]) => values.map(({ text }) => text);
const setting = (name: string) => ["nix", "settings", name];
const daemon = (name: string) => ["systemd", "services", "nix-daemon", "serviceConfig", name];
const MODULE = "{ boot.tmp.cleanOnBoot = true; nix.settings = { ¦ }; }";
const moduleWith = (text: string) => MODULE.replace("¦", text);

describe("values that fit the machine", () => {
  it("of max-jobs and cores are those of the plan, then its alternatives", async () => {
    const jobs = await valuesFor(setting("max-jobs"), moduleWith("keep-going = true;"));
    const cores = await valuesFor(setting("cores"), moduleWith("keep-going = true;"));
    assert.equal(jobs[0]?.text, "3");
    assert.equal(cores[0]?.text, "2");
    assert.match(jobs[0]?.arithmetic.join("\n") ?? "", /3 jobs × 2 cores = 6 of 6 threads/);
    assert.equal(new Set(texts(jobs)).size, jobs.length);
    assert.ok(texts(jobs).includes("1"), "few big packages");
  });

  it("go with the other number where that is written", async () => {
    const [first] = await valuesFor(setting("max-jobs"), moduleWith("cores = 6;"));
    assert.equal(first?.text, "1");
    assert.match(first?.arithmetic[0] ?? "", /With cores = 6: 6 threads for builds \/ 6 = 1, so 1\./);
    const [cores] = await valuesFor(setting("cores"), moduleWith("max-jobs = 4;"));
    assert.equal(cores?.text, "1");
  });

  it("are the same under every name of a setting", async () => {
    for (const path of [
      ["nix", "buildCores"],
      ["nix.conf", "cores"],
      ["nixConfig", "build-cores"],
    ])
      assert.equal((await valuesFor(path, moduleWith("keep-going = true;")))[0]?.text, "2", path.join("."));
  });

  it("of memory limits keep the reserve", async () => {
    const module = moduleWith("keep-going = true;");
    assert.deepEqual(texts(await valuesFor(daemon("MemoryMax"), module)), ['"14G"']);
    assert.deepEqual(texts(await valuesFor(daemon("MemoryHigh"), module)), ['"11G"']);
    assert.deepEqual(texts(await valuesFor(daemon("CPUQuota"), module)), ['"600%"']);
    assert.deepEqual(texts(await valuesFor(["boot", "tmp", "tmpfsSize"], module)), ['"7G"']);
    assert.deepEqual(texts(await valuesFor(daemon("MemorySwapMax"), module)), []);
    assert.deepEqual(texts(await valuesFor(daemon("MemorySwapMax"), module, "threads=8,memory=16GiB,swap=8GiB")), [
      '"8G"',
    ]);
  });

  it("of zram tell what builds would have", async () => {
    const values = await valuesFor(["zramSwap", "memoryPercent"], moduleWith("keep-going = true;"));
    assert.deepEqual(texts(values), ["50", "75", "100"]);
    assert.match(values[1]?.arithmetic[0] ?? "", /75 % of 16 GiB = 12 GiB/);
  });

  it("of downloads depend on the line", async () => {
    const module = moduleWith("keep-going = true;");
    assert.deepEqual(texts(await valuesFor(setting("http-connections"), module)), ["25"]);
    const fast = "threads=8,memory=16GiB,network=1Gbit/s";
    assert.deepEqual(texts(await valuesFor(setting("http-connections"), module, fast)), ["64", "128"]);
  });

  it("of max-free are multiples of min-free", async () => {
    const values = await valuesFor(setting("max-free"), moduleWith("min-free = 1073741824;"));
    assert.deepEqual(texts(values), ["4294967296", "2147483648"]);
  });

  it("are none where the machine has no say", async () => {
    for (const name of ["substituters", "sandbox", "no-such-setting"])
      assert.deepEqual(await valuesFor(setting(name), moduleWith("keep-going = true;")), []);
  });
});
