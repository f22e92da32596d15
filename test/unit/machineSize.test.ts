import assert from "node:assert/strict";
import fc from "fast-check";
import { formatBytes, formatNumber, GIB, MIB, parseRate, parseSize } from "../../server/src/core/machine/size.js";

describe("sizes", () => {
  const sizes: readonly [string, number | undefined][] = [
    ["16GiB", 17_179_869_184],
    ["16 GiB", 17_179_869_184],
    ["16Gi", 17_179_869_184],
    ["16G", 17_179_869_184],
    ["16g", 17_179_869_184],
    ["16GB", 16_000_000_000],
    ["16 GB", 16_000_000_000],
    ["512MiB", 536_870_912],
    ["1.5GiB", 1_610_612_736],
    [".5K", 512],
    ["2TiB", 2_199_023_255_552],
    ["1024", 1024],
    ["12 bytes", 12],
    ["0", 0],
    ["", undefined],
    ["GiB", undefined],
    ["-1GiB", undefined],
    ["16 GBB", undefined],
    ["16 Gbit", undefined],
    ["1e3", undefined],
    ["16GiB of", undefined],
    ["99999999PiB", undefined],
  ];
  for (const [text, bytes] of sizes) {
    it(`reads "${text}" as ${bytes}`, () => assert.equal(parseSize(text), bytes));
  }

  it("reads rates in powers of 1000", () => {
    assert.equal(parseRate("1Gbit/s"), 1_000_000_000);
    assert.equal(parseRate("100 Mbps"), 100_000_000);
    assert.equal(parseRate("2.5Gbit"), 2_500_000_000);
    assert.equal(parseRate("1GB/s"), undefined);
    assert.equal(parseRate("fast"), undefined);
  });

  it("prints at most one decimal and never 1024 of a unit", () => {
    assert.equal(formatBytes(16 * GIB), "16 GiB");
    assert.equal(formatBytes(16.47 * GIB), "16.5 GiB");
    assert.equal(formatBytes(512 * MIB), "512 MiB");
    assert.equal(formatBytes(GIB - 1), "1 GiB");
    assert.equal(formatBytes(1023 * MIB), "1023 MiB");
    assert.equal(formatBytes(0), "0 bytes");
    assert.equal(formatBytes(2048 * GIB), "2 TiB");
    assert.equal(formatNumber(0.6), "0.6");
    assert.equal(formatNumber(21.199, 2), "21.2");
  });

  it("reads back what it prints, within the rounding", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 44 }), (bytes) => {
        const again = parseSize(formatBytes(bytes));
        assert.ok(again !== undefined);
        assert.ok(
          Math.abs(again - bytes) <= Math.max(1, bytes * 0.05 + 1),
          `${bytes} -> ${formatBytes(bytes)} -> ${again}`,
        );
      }),
    );
  });
});
