// Folders that every user can write to, on any system.

/** Whether a folder, or one above it, is writable for everybody: Nix 2.30 and later builds in none of them. */
export function isWorldWritable(folder: string): boolean {
  return /^\/(private\/)?(tmp|var\/tmp|dev\/shm)(\/|$)/.test(folder);
}
