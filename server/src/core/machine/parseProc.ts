// Texts that operating systems give about themselves -> numbers. Memory in bytes. All total: a text that is not as expected
// gives undefined or an empty list.

/** `MemTotal` and the like of /proc/meminfo. */
export function parseMeminfo(text: string, field: string): number | undefined {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(text);
  return match ? Number(match[1]) * 1024 : undefined;
}

export interface SwapArea {
  readonly path: string;
  readonly bytes: number;
  readonly zram: boolean;
}

/** /proc/swaps: a heading, then path, type, size in KiB, use and priority. */
export function parseSwaps(text: string): SwapArea[] {
  return text
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const match = /^(\S+)\s+(?:partition|file)\s+(\d+)\s/.exec(line);
      const path = match?.[1];
      return path ? [{ path, bytes: Number(match[2]) * 1024, zram: /(^|\/)zram\d+$/.test(path) }] : [];
    });
}

/** The algorithm in force in /sys/block/zramN/comp_algorithm: `lzo lz4 [zstd]`. */
export function parseChosen(text: string): string | undefined {
  return /\[([^\]\s]+)\]/.exec(text)?.[1] ?? (/^\S+$/.test(text.trim()) ? text.trim() : undefined);
}

/** How many CPUs a list such as `0-3,8,10-11` names; undefined where it is none. */
export function countCpuList(text: string): number | undefined {
  let count = 0;
  for (const part of text.trim().split(",")) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (!match) return undefined;
    const last = Number(match[2] ?? match[1]);
    if (last < Number(match[1])) return undefined;
    count += last - Number(match[1]) + 1;
  }
  return count;
}

/** CPUs that /proc/self/status lets the process use. */
export function parseAllowedCpus(status: string): number | undefined {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1];
  return list === undefined ? undefined : countCpuList(list);
}

/** CPUs of a cgroup v2 `cpu.max`: `200000 100000` -> 2; `max 100000` -> no limit. */
export function parseCpuMax(text: string): number | undefined {
  const match = /^(\d+) (\d+)$/.exec(text.trim());
  return match ? quota(Number(match[1]), Number(match[2])) : undefined;
}

/** CPUs of cgroup v1's cpu.cfs_quota_us (-1: no limit) and cpu.cfs_period_us. */
export function parseCpuQuota(quotaText: string, periodText: string): number | undefined {
  return quota(Number(quotaText.trim() || NaN), Number(periodText.trim() || NaN));
}

function quota(microseconds: number, period: number): number | undefined {
  return microseconds > 0 && period > 0 ? microseconds / period : undefined;
}

/** Bytes of memory.max, memory.swap.max (v2: `max` for none) or memory.limit_in_bytes (v1: a huge number for none). */
export function parseMemoryLimit(text: string): number | undefined {
  const trimmed = text.trim();
  if (!/^\d+$/.test(trimmed)) return undefined;
  const bytes = Number(trimmed);
  // v1's "none" is the largest multiple of the page size in 63 bits.
  return bytes < 2 ** 60 ? bytes : undefined;
}

/** The kernel of WSL names its maker in /proc/version. */
export function isWsl(version: string): boolean {
  return /microsoft|WSL/i.test(version);
}

/** `name: value` lines of macOS' sysctl, numbers only. */
export function parseSysctl(text: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const line of text.split("\n")) {
    const match = /^([\w.]+)\s*[:=]\s*(\d+)\s*$/.exec(line);
    if (match?.[1]) values.set(match[1], Number(match[2]));
  }
  return values;
}
