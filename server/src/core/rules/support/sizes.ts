// Sizes as mounts and systemd write them: `14G`, `50%`, plain bytes.
import type { Value } from "../../evaluate/value.js";
import { formatBytes, GIB, parseSize } from "../../machine/size.js";
import type { OptionState } from "../../workspace/model.js";

/** Bytes of a size, a percentage taken of `whole`. Undefined where it is no size, or `infinity`. */
export function bytesOf(value: Value, whole: number): number | undefined {
  if (value.kind === "int") return value.value > 0n ? Number(value.value) : undefined;
  if (value.kind !== "string") return undefined;
  const percentage = /^\s*(\d+(?:\.\d+)?)%\s*$/.exec(value.value)?.[1];
  return percentage === undefined ? parseSize(value.value) : (Number(percentage) / 100) * whole;
}

/** Nix text of a size of at most so many bytes: whole GiB from 4 GiB on, else MiB. */
export function sizeLiteral(bytes: number): string {
  return bytes >= 4 * GIB ? `"${Math.floor(bytes / GIB)}G"` : `"${Math.max(1, Math.floor(bytes / 2 ** 20))}M"`;
}

/** The value in words: `"50%" (8 GiB)`. */
export function sizeText(value: Value, bytes: number): string {
  if (value.kind === "string")
    return /%/.test(value.value) ? `"${value.value}" (${formatBytes(bytes)})` : `"${value.value}"`;
  return formatBytes(bytes);
}

/** True for `true`, and for the words that nix.conf takes for it. */
export function saysTrue(value: Value): boolean {
  return (value.kind === "bool" && value.value) || (value.kind === "string" && /^(true|yes|1)$/.test(value.value));
}

/** A known integer, as far as it is exact. */
export function integerOf(state: OptionState): number | undefined {
  if (state.state !== "known" || state.value.kind !== "int") return undefined;
  const number = Number(state.value.value);
  return Number.isSafeInteger(number) ? number : undefined;
}

export function isTrue(state: OptionState): boolean {
  return state.state === "known" && state.value.kind === "bool" && state.value.value;
}
