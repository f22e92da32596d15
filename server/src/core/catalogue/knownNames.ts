// Names that Nix knows and the catalogue says nothing about. `unknown-setting` must not fire on them.
// Taken from the sources: NixOS/nix at every release from 2.0 to 2.36, DeterminateSystems/nix-src 3.22, Lix 2.96.

/** Upstream Nix, any release since 2.0. */
const UPSTREAM = [
  "abort-on-warn",
  "access-tokens",
  "allow-dirty",
  "allow-dirty-locks",
  "allow-new-privileges",
  "allow-symlinked-store",
  "allow-unsafe-native-code-during-evaluation",
  "allowed-impure-host-deps",
  "allowed-uris",
  "build-hook",
  "build-hook-kill-timeout",
  "build-impersonate-linux-26",
  "darwin-log-sandbox-violations",
  "debugger-on-trace",
  "debugger-on-warn",
  "diff-hook",
  "eval-attrset-update-layer-rhs-threshold",
  "eval-profile-file",
  "eval-profiler",
  "eval-profiler-frequency",
  "eval-system",
  "external-builders",
  "filetransfer-retry-delay",
  "filetransfer-retry-delay-rate-limited",
  "filetransfer-retry-jitter",
  "filetransfer-retry-max-delay",
  "filter-syscalls",
  "gc-check-reachability",
  "hashed-mirrors",
  "ignore-gc-delete-failure",
  "ignore-try",
  "ignored-acls",
  "impersonate-linux-26",
  "impure-env",
  "json-log-path",
  "lint-absolute-path-literals",
  "lint-short-path-literals",
  "lint-url-literals",
  "log-format",
  "netrc-file",
  "nix-path",
  "nix-shell-always-looks-for-shell-nix",
  "nix-shell-shebang-arguments-relative-to-script",
  "plugin-files",
  "pre-build-hook",
  "print-missing",
  "pure-eval",
  "require-drop-supplementary-groups",
  "restrict-eval",
  "run-diff-hook",
  "sandbox-build-dir",
  "secret-key-files",
  "show-trace",
  "ssl-cert-file",
  "store",
  "system",
  "trace-function-calls",
  "trace-verbose",
  "trust-tarballs-from-git-forges",
  "upgrade-nix-store-path-url",
  "use-case-hack",
  "use-registries",
  "use-roots-daemon",
  "use-sqlite-wal",
  "use-xdg-base-directories",
  "user-agent-suffix",
  "warn-dirty",
  "warn-short-path-literals",
] as const;

const DETERMINATE = ["build-provenance-tags", "host-name", "lazy-locks", "nix-219-compat"] as const;

const LIX = [
  "builtin-builder-sandbox-paths",
  "deprecated-features",
  "enable-core-dumps",
  "extra-local-jobs",
  "pasta-path",
  "repl-overlays",
  "temp-dir",
  "warn-import-from-derivation",
] as const;

/** Directives of nix.conf that are no settings. */
const DIRECTIVES = ["include", "!include"] as const;

export type Implementation = "nix" | "determinate" | "lix";

/** Name -> the implementation that knows it ("nix": all). */
export const KNOWN_NAMES: ReadonlyMap<string, Implementation> = new Map<string, Implementation>([
  ...[...UPSTREAM, ...DIRECTIVES].map((name): [string, Implementation] => [name, "nix"]),
  ...DETERMINATE.map((name): [string, Implementation] => [name, "determinate"]),
  ...LIX.map((name): [string, Implementation] => [name, "lix"]),
]);

/** Of the known names, those that hold a list or map, so that `extra-NAME` exists as well. */
export const KNOWN_LISTS: ReadonlySet<string> = new Set([
  "access-tokens",
  "allowed-impure-host-deps",
  "allowed-uris",
  "builtin-builder-sandbox-paths",
  "deprecated-features",
  "hashed-mirrors",
  "ignored-acls",
  "impure-env",
  "nix-path",
  "plugin-files",
  "repl-overlays",
  "secret-key-files",
]);
