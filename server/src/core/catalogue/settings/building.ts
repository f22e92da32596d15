// Settings that decide how much is built at once, for how long, and what is kept of a build.
import { code, documentation, issue, releaseNotes, tested } from "../cite.js";
import { setting } from "../define.js";
import type { SettingFact } from "../facts.js";

const CORES_VS_JOBS = documentation(
  "Nix manual, tuning cores and jobs",
  "https://nix.dev/manual/nix/latest/advanced-topics/cores-vs-jobs.html",
);

export const BUILDING_SETTINGS: readonly SettingFact[] = [
  setting("max-jobs", {
    aliases: ["build-max-jobs"],
    type: "jobs",
    default: [{ value: "1" }, { value: "auto", platform: "nixos" }, { value: "auto", platform: "darwin" }],
    daemon: "any-user",
    summary: "How many derivations are built at the same time on this machine.",
    details: [
      "Each of these builds gets `cores` of its own, and nothing limits the whole machine: the peak is **max-jobs × cores** processes. NixOS and nix-darwin default to `auto` × `0`, which is the number of threads *squared* (64 on 8 threads).",
      "`auto` is the number of hardware threads; it ignores a `CPUQuota=` on the daemon. `0` builds nothing here but `preferLocalBuild` derivations and leaves the rest to remote builders. Downloads are not limited by it since Nix 2.16 (`max-substitution-jobs` does that).",
      "On a 16 GB laptop the number of *heavy* packages that fit into memory together decides: with Rust, C++ or CUDA packages of 6-10 GB each that is one. Many small packages finish sooner with more jobs and fewer cores. It is no part of a derivation's hash: changing it rebuilds nothing.",
    ].join("\n\n"),
    pitfalls: [
      "A low value alone does not bound memory: with `max-jobs = 1` and `cores = 0` one webkitgtk build exhausted 32 GB.",
      "`0` without a reachable remote builder ends in `unable to start any build`.",
      'A quoted number (`"2"`) fails the evaluation of a NixOS configuration; so does a K/M/G suffix everywhere.',
      "In an accepted `nixConfig` it beats even `--max-jobs` on the command line.",
    ],
    sources: [
      CORES_VS_JOBS,
      code("NixOS/nix", "src/libstore/globals.cc", "parser of max-jobs; `auto` is hardware_concurrency"),
      issue("NixOS/nixpkgs#198668", "the default of threads squared"),
      issue("NixOS/nixpkgs#431552", "webkitgtk with one job and all cores"),
      releaseNotes("2.3"),
      releaseNotes("2.16"),
    ],
  }),
  setting("cores", {
    aliases: ["build-cores"],
    type: "unsigned",
    accepts: "a whole number; 0 stands for all threads. `auto` is an error here",
    default: "0",
    daemon: "any-user",
    summary: "How many threads each single build may use (`NIX_BUILD_CORES`).",
    details: [
      "Every derivation gets this number in `NIX_BUILD_CORES`; make, ninja, cargo, go and ghc take their `-j` from it. It counts hardware *threads*, not physical cores. With `max-jobs` builds at once, up to **max-jobs × cores** processes run.",
      "`0` means all threads. Where nothing sets it, plain Nix up to 2.30 took the detected number for its default, and takes 0 since 2.31; NixOS and nix-darwin write 0. Since Nix 2.31 Nix itself puts the detected number there; up to 2.30 an explicit `0` reached the builder as `0`, and stdenv replaced it by `nproc`. With a systemd `CPUQuota=` on nix-daemon and cgroup v2, `0` becomes the quota: `600%` gives 6.",
      "This is the memory knob for C++ and Rust: plan about 2 GiB for each process, so at most 7 of them in 14 GiB. Changing it rebuilds nothing. One package can be held lower by `env.NIX_BUILD_CORES`, which does change that package's hash.",
    ].join("\n\n"),
    pitfalls: [
      '`cores = "auto"` is an error: only `max-jobs` knows `auto`. Write `0`.',
      "Linkers such as mold and lld, npm and nvcc `--threads` do not look at it.",
      "`maxCores` and `max-cores` do not exist.",
      "In an accepted `nixConfig` it beats even `--cores` on the command line.",
    ],
    sources: [
      CORES_VS_JOBS,
      releaseNotes("2.31", "cores = 0 is resolved by Nix"),
      code("NixOS/nix", "src/libutil/unix/current-process.cc", "getMaxCPU reads the cgroup's cpu.max"),
      tested("Nix 2.8.0: cores = 0 reaches the builder as 0; cores = auto is refused"),
    ],
  }),
  setting("timeout", {
    aliases: ["build-timeout"],
    type: "seconds",
    accepts: "seconds; 0 is no limit. Negative numbers are accepted and mean nothing useful",
    default: "0",
    daemon: "any-user",
    summary: "Kills a build that runs longer than this, by the clock.",
    details:
      "A large value such as `86400` (24 hours) never kills chromium, but a hung build also holds a job slot for a whole day. `max-silent-time` finds hung builds much earlier. Fewer cores make every build longer: check this limit when you lower `cores`.",
    pitfalls: [
      "Too small, it kills chromium-class builds after hours of work.",
      "A negative value is taken without a word.",
    ],
    sources: [tested("Nix 2.8.0: timeout = -5 is accepted")],
  }),
  setting("max-silent-time", {
    aliases: ["build-max-silent-time"],
    type: "seconds",
    accepts: "seconds; 0 is no limit. Negative numbers are accepted and mean nothing useful",
    default: "0",
    daemon: "any-user",
    summary: "Kills a build that has printed nothing for this long.",
    details:
      "The right guard against hung builds on machines nobody watches. Links with LTO are silent for a long time, the more so with few cores: NixOS' own builders use 10800 seconds (3 hours).",
    pitfalls: ["1200 seconds killed ThinLTO builds of codex that were still at work."],
    sources: [
      code("NixOS/infra", "builders/common/nix.nix", "10800 s on the project's builders"),
      issue("numtide/llm-agents.nix#8691", "1200 s killed LTO links"),
    ],
  }),
  setting("keep-going", {
    type: "bool",
    default: "false",
    daemon: "any-user",
    summary: "Goes on with other derivations when one fails.",
    details:
      "Useful on CI, where one run should show every failure. On a laptop it means that hours of building go on for a result that can no longer succeed.",
  }),
  setting("keep-failed", {
    type: "bool",
    default: "false",
    daemon: "any-user",
    summary: "Keeps the build directory of a failed build.",
    details:
      "For debugging. The directories stay in `build-dir` until somebody deletes them; a failed chromium or CUDA build leaves tens of GB, which is RAM if that folder is a tmpfs.",
  }),
  setting("keep-build-log", {
    aliases: ["build-keep-log"],
    type: "bool",
    default: "true",
    summary: "Stores build logs under /nix/var/log/nix/drvs.",
    details: "Cheap: logs are compressed by default. Without them `nix log` shows nothing for local builds.",
  }),
  setting("compress-build-log", {
    aliases: ["build-compress-log"],
    type: "bool",
    default: "true",
    summary: "Compresses build logs with bzip2 while they are written.",
    details: "Costs the daemon a little CPU time for builds that print very much; rarely worth a change.",
  }),
  setting("log-lines", {
    type: "unsigned",
    default: [{ value: "10" }, { value: "25", since: "2.20" }],
    since: "2.2",
    summary: "How many last lines of the log are shown when a build fails.",
    details:
      "No influence on resources. A build killed for lack of memory often ends in a bare `signal 9` within these lines.",
    sources: [releaseNotes("2.20")],
  }),
  setting("max-build-log-size", {
    aliases: ["build-max-log-size"],
    type: "bytes",
    accepts: "bytes; 0 is no limit. With a binary suffix since Nix 2.23",
    default: "0",
    summary: "Kills a build that prints more than this.",
    details: "A guard for CI against builds that print without end and fill /nix/var.",
  }),
  setting("build-poll-interval", {
    type: "seconds",
    default: "5",
    daemon: "any-user",
    summary: "How often Nix looks whether a lock or a build user has become free.",
    details: "Matters only where more builds wait than `build-users-group` has members.",
  }),
  setting("fallback", {
    aliases: ["build-fallback"],
    type: "bool",
    default: "false",
    daemon: "any-user",
    summary: "Builds a package here when its download fails.",
    details:
      "When a cache hiccups, this turns a failed download into a local build of whatever it was, chromium included. With 16 GB keep it `false`, or make sure `max-jobs` × `cores` fits the machine: then the worst case is slow, not a frozen desktop.",
    pitfalls: ["Together with an unreliable cache of your own it hides that the cache is down."],
  }),
  setting("post-build-hook", {
    type: "path",
    accepts: "path of a program, run as root after each build; empty for none",
    default: "",
    since: "2.3",
    summary: "Runs a program after each build, mostly to upload the result to a cache.",
    details:
      "Up to Nix 2.34 the scheduler waits for the hook: while it uploads, no new build starts and the cores idle. Since 2.35 up to `max-jobs` hooks run beside the builds. On older versions let the hook only queue the path and return at once.",
    pitfalls: [
      "A slow upload in the hook stalls all builds on Nix 2.34 and older.",
      "It runs as root: never take it from a flake's `nixConfig`.",
    ],
    sources: [releaseNotes("2.35", "asynchronous post-build-hook")],
  }),
  setting("repeat", {
    type: "unsigned",
    default: "0",
    removed: "2.13",
    summary: "Removed: repeated each build to check that it is deterministic.",
    details:
      "Gone since Nix 2.13; `nix build --rebuild` checks one derivation. Newer versions only warn about an unknown setting, and NixOS' check of nix.conf fails on it.",
    sources: [releaseNotes("2.13")],
  }),
  setting("enforce-determinism", {
    type: "bool",
    default: "true",
    removed: "2.13",
    summary: "Removed together with `repeat`.",
    details: "Gone since Nix 2.13. Delete the line.",
    sources: [releaseNotes("2.13")],
  }),
];
