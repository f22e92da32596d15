// Settings of evaluation, of flakes and of who may do what.
import { code, documentation, issue, releaseNotes, tested } from "../cite.js";
import { setting } from "../define.js";
import type { SettingFact } from "../facts.js";

const DETERMINATE_SETTINGS = code("DeterminateSystems/nix-src", "src/libexpr/include/nix/expr/eval-settings.hh");
const FLAKE_CONFIG = code("NixOS/nix", "src/libflake/config.cc", "which settings need consent");

export const EVALUATION_SETTINGS: readonly SettingFact[] = [
  setting("accept-flake-config", {
    type: "bool",
    default: "false",
    since: "2.5",
    daemon: "client",
    summary: "Takes every flake's `nixConfig` without asking.",
    details:
      "A flake's `nixConfig` may name a `post-build-hook`, caches with their keys, or `sandbox = false`. With this setting and a trusted user, running any flake is giving it root. An accepted `nixConfig` also beats `--cores` and `--max-jobs` on the command line. Use `--accept-flake-config` for the single command instead; NixOS' own builders set `false` explicitly.",
    pitfalls: ["Together with `trusted-users` it hands root to every flake that you look at."],
    sources: [
      issue("NixOS/nix#9649", "with a demonstration"),
      code("NixOS/infra", "builders/common/nix.nix", "explicitly false"),
      FLAKE_CONFIG,
    ],
  }),
  setting("experimental-features", {
    type: "list",
    default: "",
    since: "2.4",
    daemon: "client",
    summary: "Switches unfinished features on: `nix-command`, `flakes`, `cgroups`, ...",
    details:
      "`use-cgroups` needs `cgroups`, `auto-allocate-uids` the feature of its name. It is never handed from a client to the daemon: features of the daemon belong into the system's configuration.",
    sources: [code("NixOS/nix", "src/libstore/remote-store.cc", "never forwarded")],
  }),
  setting("trusted-users", {
    type: "list",
    accepts: "user names, and groups as `@NAME`; `*` is everybody",
    default: "root",
    daemon: "file-only",
    summary: "Users whose settings the daemon takes without restriction.",
    details:
      "Only theirs reach the daemon for `http-connections`, `max-substitution-jobs`, `builders`, `system-features` and most others; `max-jobs`, `cores` and `timeout` are taken from every user. A trusted user is root in effect.",
    pitfalls: [
      "Adding yourself so that a flake's `nixConfig` works gives that flake root as well: prefer `trusted-substituters`.",
    ],
    sources: [code("NixOS/nix", "src/libstore/daemon.cc"), code("NixOS/nix", "src/nix/unix/daemon.cc")],
  }),
  setting("allowed-users", {
    type: "list",
    accepts: "user names, and groups as `@NAME`; `*` is everybody",
    default: "*",
    daemon: "file-only",
    summary: "Users that may talk to the daemon at all.",
    details:
      "Anybody in this list may start builds with any `max-jobs` and `cores`: on a shared machine the limits on nix-daemon's unit are what counts.",
    sources: [code("NixOS/nix", "src/nix/unix/daemon.cc")],
  }),
  setting("eval-cache", {
    type: "bool",
    default: "true",
    since: "2.4",
    daemon: "client",
    summary: "Remembers results of evaluating flakes.",
    details:
      "Makes repeated `nix build` and `nix run` of an unchanged flake start at once. Of no use with `--impure` or with a dirty work tree.",
    sources: [releaseNotes("2.31", "write-ahead log for the cache")],
  }),
  setting("max-call-depth", {
    type: "unsigned",
    default: "10000",
    since: "2.20",
    daemon: "client",
    summary: "How deep function calls may nest in an evaluation.",
    details: "Raised, a runaway recursion takes more memory before it ends, and may overflow the stack.",
    sources: [releaseNotes("2.20")],
  }),
  setting("allow-import-from-derivation", {
    type: "bool",
    default: "true",
    daemon: "client",
    summary: "Lets an evaluation wait for builds (import from derivation).",
    details:
      "Each such import stops the evaluation until something is built: builds run one after another instead of in parallel. `false` on CI finds them.",
  }),
  setting("trace-import-from-derivation", {
    type: "bool",
    default: "false",
    since: "2.30",
    daemon: "client",
    summary: "Warns at each import from derivation.",
    details: "Shows which imports make an evaluation slow, without forbidding them.",
    sources: [releaseNotes("2.30")],
  }),
  setting("tarball-ttl", {
    type: "seconds",
    default: "3600",
    since: "1.9",
    daemon: "client",
    summary: "How long a fetched tarball without a hash is taken as fresh.",
    details:
      "Concerns `fetchTarball` and unlocked flake references. Raise it on a slow line; `--refresh` asks again at once.",
  }),
  setting("lazy-trees", {
    type: "bool",
    default: "false",
    only: "determinate",
    since: "2.28",
    daemon: "client",
    summary: "Determinate Nix: copies source trees to the store only when they are needed.",
    details:
      "Saves time and disk space on large flakes. Upstream Nix doesn't know the name and warns; upstream 2.35 does something like it without a setting.",
    sources: [DETERMINATE_SETTINGS, releaseNotes("2.35", "lazier sources")],
  }),
  setting("eval-cores", {
    type: "unsigned",
    accepts: "a whole number; 0 stands for all threads",
    default: "1",
    only: "determinate",
    since: "2.31",
    daemon: "client",
    summary: "Determinate Nix: how many threads evaluate.",
    details:
      "Concerns `nix search`, `nix flake check`, `nix flake show` and `nix eval --json`. `0` uses all threads and more memory: leave room, since builds may run at the same time. Upstream Nix doesn't know the name and warns.",
    sources: [
      DETERMINATE_SETTINGS,
      documentation(
        "Determinate Nix 3.11 release notes",
        "https://determinate.systems/blog/changelog-determinate-nix-3111/",
      ),
    ],
  }),
  ...["bash-prompt", "bash-prompt-prefix", "bash-prompt-suffix"].map((name) =>
    setting(name, {
      type: "string",
      default: "",
      since: name === "bash-prompt-prefix" ? "2.9" : "2.4",
      daemon: "client",
      needsConsent: false,
      summary: "The prompt of `nix develop` shells.",
      details: "One of the few settings that a flake's `nixConfig` may set without being asked.",
      sources: [FLAKE_CONFIG],
    }),
  ),
  setting("flake-registry", {
    type: "string",
    accepts: "URL or path of a registry; empty for none",
    default: "https://channels.nixos.org/flake-registry.json",
    since: "2.4",
    daemon: "client",
    needsConsent: false,
    summary: "Where names such as `nixpkgs` in commands are looked up.",
    details:
      "A flake's `nixConfig` may set it without being asked. Pinning it to a local file spares a download an hour.",
    sources: [FLAKE_CONFIG],
  }),
  setting("commit-lock-file-summary", {
    aliases: ["commit-lockfile-summary"],
    type: "string",
    default: "",
    since: "2.6",
    daemon: "client",
    needsConsent: false,
    summary: "Commit message for updates of flake.lock.",
    details: "Called `commit-lockfile-summary` before; both names work. No influence on resources.",
    sources: [FLAKE_CONFIG, tested("both spellings are in the list of settings that need no consent")],
  }),
];
