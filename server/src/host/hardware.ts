// Reads what this computer says of itself; `core/machine/detect.ts` makes a machine of it. Never throws.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import {
  type Detection,
  detectDarwin,
  detectLinux,
  detectRuntime,
  LINUX_FILES,
  type RuntimeHardware,
  SYSCTL_NAMES,
  ZRAM_FOLDER,
} from "../core/machine/detect.js";
import type { Machine } from "../core/machine/machine.js";

/** This computer's hardware with what was found where; undefined if not even threads and memory can be told. */
export function detectHardware(): Detection | undefined {
  try {
    const runtime: RuntimeHardware = { threads: availableParallelism(), memoryBytes: totalmem() };
    if (!(runtime.threads >= 1 && runtime.memoryBytes > 0)) return undefined;
    if (process.platform === "linux") return detectLinux(readLinuxFiles(), runtime);
    if (process.platform === "darwin") return detectDarwin(sysctl(), runtime);
    return detectRuntime(runtime);
  } catch {
    return undefined;
  }
}

/** This computer as a machine; undefined if it cannot be told. */
export function detectMachine(): Machine | undefined {
  return detectHardware()?.machine;
}

function readLinuxFiles(): Map<string, string> {
  const files = new Map<string, string>();
  const read = (path: string) => {
    const text = readText(path);
    if (text !== undefined) files.set(path, text);
  };
  for (const path of Object.values(LINUX_FILES)) read(path);
  for (const device of readFolder(ZRAM_FOLDER).filter((name) => /^zram\d+$/.test(name))) {
    for (const name of ["disksize", "comp_algorithm"]) read(`${ZRAM_FOLDER}/${device}/${name}`);
  }
  return files;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // Not on this kernel, or not for this user.
  }
}

function readFolder(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** The one program that is run, and only on macOS: it has no files that tell. */
function sysctl(): string {
  try {
    return execFileSync("/usr/sbin/sysctl", [...SYSCTL_NAMES], {
      encoding: "utf8",
      timeout: 2000,
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    return "";
  }
}
