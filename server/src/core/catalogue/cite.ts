// Short ways to write a source, so that the tables stay readable. URLs are built here and nowhere else.
import type { Source } from "./source.js";

/** `owner/repo#number`: an issue or pull request on GitHub, which redirects between the two. */
export function issue(reference: string, text?: string): Source {
  const [repository, number] = reference.split("#");
  return {
    grade: "issue",
    text: text === undefined ? reference : `${reference}: ${text}`,
    url: `https://github.com/${repository}/issues/${number}`,
  };
}

/** A file read in the source code of a repository on GitHub. */
export function code(repository: string, path: string, text?: string): Source {
  return {
    grade: "source-code",
    text: text === undefined ? `${repository} ${path}` : `${repository} ${path}: ${text}`,
    url: `https://github.com/${repository}/blob/HEAD/${path}`,
  };
}

/** A setting's entry in the Nix reference manual. */
export function manual(setting: string): Source {
  return {
    grade: "documentation",
    text: `Nix manual, ${setting}`,
    url: `https://nix.dev/manual/nix/latest/command-ref/conf-file.html#conf-${setting}`,
  };
}

/** Nix release notes; `version` as "2.31". */
export function releaseNotes(version: string, text?: string): Source {
  return {
    grade: "documentation",
    text: `Nix ${version} release notes${text === undefined ? "" : `: ${text}`}`,
    url: `https://nix.dev/manual/nix/latest/release-notes/rl-${version}.html`,
  };
}

export function documentation(text: string, url?: string): Source {
  return url === undefined ? { grade: "documentation", text } : { grade: "documentation", text, url };
}

/** Tried with the real tools; the text says with which. */
export function tested(text: string): Source {
  return { grade: "tested", text };
}

/** Our own figure, without a source. */
export function estimate(text: string): Source {
  return { grade: "estimate", text };
}
