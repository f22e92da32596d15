// Rules whose truth changes with the version of Nix ask here.
import type { Host } from "../../workspace/model.js";

/** Whether the host's Nix is at least that version; undefined if its version is not known. */
export function atLeast(host: Host, major: number, minor: number): boolean | undefined {
  if (!host.nixVersion) return undefined;
  const [hostMajor, hostMinor] = host.nixVersion;
  return hostMajor > major || (hostMajor === major && hostMinor >= minor);
}
