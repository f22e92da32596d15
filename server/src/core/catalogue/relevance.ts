// Which files are worth parsing: a text without any of these words sets nothing that the catalogue knows.

/** Words of which every file holds one that sets something the catalogue knows; matched as parts of words. */
const WORDS = [
  // nix.settings, nixConfig, nix.conf, machine tables
  "max-jobs",
  "maxJobs",
  "cores",
  "settings",
  "nixConfig",
  "substituters",
  "nix.",
  "nix =",
] as const;

export function relevantWords(): readonly string[] {
  return WORDS;
}

const ANY_WORD = new RegExp(WORDS.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"));

/** Whether the text holds one of the words; one pass over it. */
export function mayMatter(text: string): boolean {
  return ANY_WORD.test(text);
}
