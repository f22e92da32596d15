// Further evidence that rules cite: the model of memory and threads, and practices beyond the nine findings.
import { code, documentation, estimate, issue, releaseNotes, tested } from "../cite.js";
import type { EvidenceFact } from "../facts.js";

const SRVOS_COMMON = code("nix-community/srvos", "nixos/common/nix.nix");
const INFRA_COMMON = code("NixOS/infra", "builders/common/nix.nix");

export const PRACTICE_EVIDENCE: readonly EvidenceFact[] = [
  {
    id: "default-parallelism",
    title: "The default of threads squared",
    confidence: 0.95,
    verdict:
      "NixOS and nix-darwin default to `max-jobs = auto` and `cores = 0`: threads squared, 64 on 8 threads and 1024 on 32. The Nix manual calls that very likely oversold. The brake is gone: nixpkgs' make no longer gets a load limit since 2022.",
    preconditions: ["neither setting is defined for the host"],
    sources: [
      issue("NixOS/nixpkgs#198668"),
      issue("NixOS/nixpkgs#192447", "load limit removed"),
      documentation(
        "Nix manual, tuning cores and jobs",
        "https://nix.dev/manual/nix/latest/advanced-topics/cores-vs-jobs.html",
      ),
    ],
  },
  {
    id: "memory-per-process",
    title: "Memory for each compiler",
    confidence: 0.75,
    verdict:
      "Plan 2 GiB for each process (1.75 at least, heavy templates 2.5): distributions reserve 1.2-2.5 GB a job, WebKit asks for 2 GB a thread. On 14 GiB that is 6-8 processes. Fewer jobs alone do not help: one webkitgtk build with all cores exhausted 32 GB.",
    preconditions: ["C++ or Rust is built from source"],
    sources: [
      issue("Igalia/meta-webkit#178", "2 GB a thread"),
      issue("NixOS/nixpkgs#431552", "32 GB exhausted with one job"),
      issue("NixOS/nixpkgs#216363", "24 jobs over 32 GB"),
      documentation(
        "openSUSE build constraints (memory per job)",
        "https://openbuildservice.org/help/manuals/obs-user-guide/cha-obs-package-constraints",
      ),
    ],
  },
  {
    id: "zram-capacity",
    title: "What zram adds",
    confidence: 0.85,
    verdict:
      "zram lives in RAM, so 16 GB and a device of 12 GB are not 28 GB. With RAM R, reserve S, device Z, compression ratio ρ and swappable share f of a build's memory, the capacity for builds is min(R − S + Z(1 − 1/ρ), (R − S) / (1 − f(1 − 1/ρ))). For 16 GB, 2 GB reserve and ρ = 2.5: 14.0 GiB with nothing swappable, 16.5 with a quarter, 18.4 with 40 %; 26 GiB would need infinite compression.",
    preconditions: ["zram is switched on"],
    sources: [
      documentation("Linux kernel, zram", "https://docs.kernel.org/admin-guide/blockdev/zram.html"),
      estimate("share of a build's memory that is cold: 25-40 %"),
    ],
  },
  {
    id: "oom-model",
    title: "Probability of running out of memory",
    confidence: 0.7,
    verdict:
      "Peaks are taken as log-normal from their median and 95th percentile, and the sum of the heaviest `max-jobs` packages as log-normal too (Fenton-Wilkinson), with all peaks at the same moment as the worst case. It agrees with simulation within half a percentage point. With the founding document's peaks, onnxruntime beside codex exceeds 14 GiB in 53 % of cases; its promise of less than 5 % holds only if zram counted in full.",
    preconditions: ["peaks are declared, measured, or of a known class"],
    sources: [
      tested("Monte Carlo with 120,000 samples, 25 cases"),
      estimate("class medians stem from the founding document and are no measurements of ours"),
    ],
  },
  {
    id: "package-peaks",
    title: "How much memory packages take",
    confidence: 0.6,
    verdict:
      "Firefox with LTO and PGO about 26 GB; Chromium 8-16 GB and more; onnxruntime with CUDA 35 GB at 2 cores; codex over 60 GB with fat LTO, 30 GB with thin, 6-8 GB without; GHC 4 GB; one heavy rustc 2-3.5 GB; nvcc 4-6 GB a thread. Declare or measure your own.",
    preconditions: ["the package is built from source"],
    sources: [
      documentation(
        "Chromium's build instructions",
        "https://chromium.googlesource.com/chromium/src/+/main/docs/linux/build_instructions.md",
      ),
      issue("NixOS/nixpkgs#293768", "onnxruntime with CUDA: 35 GB"),
      issue("openai/codex#21826"),
      issue("microsoft/onnxruntime#17419", "nvcc: 4 GB mean, 6 GB peak a thread"),
      issue("rust-lang/rust#73337", "one rustc: 3 GB"),
      issue("NixOS/nixpkgs#301949", "24 GB desktop frozen"),
    ],
  },
  {
    id: "oom-score",
    title: "Let builds die before the session",
    confidence: 0.85,
    verdict:
      "Without it the kernel may kill the desktop for a build's memory. `OOMScoreAdjust = 250` on nix-daemon puts builds before user slices, which have 100.",
    preconditions: ["somebody works on the machine that builds"],
    sources: [
      SRVOS_COMMON,
      issue("nix-community/srvos#315"),
      documentation("NixOS Discourse 35752", "https://discourse.nixos.org/t/35752"),
    ],
  },
  {
    id: "daemon-memory-limit",
    title: "A memory limit for all builds",
    confidence: 0.75,
    verdict:
      "`MemoryMax` at RAM minus reserve keeps builds from taking the machine with them; `MemoryHigh` below it slows them down first. All builds share one control group, so the kernel may choose any of them.",
    preconditions: ["Linux with systemd"],
    sources: [
      documentation(
        "systemd.resource-control(5)",
        "https://www.freedesktop.org/software/systemd/man/latest/systemd.resource-control.html",
      ),
      issue("NixOS/nix#7388", "limits inside Nix were proposed and closed"),
    ],
  },
  {
    id: "daemon-scheduling",
    title: "Builds yield to the desktop",
    confidence: 0.8,
    verdict:
      '`nix.daemonCPUSchedPolicy` = `idle` on desktops, `batch` on servers; `nix.daemonIOSchedClass = "idle"` helps only with an I/O scheduler that knows classes.',
    preconditions: ["somebody works on the machine that builds"],
    sources: [SRVOS_COMMON, code("nix-community/srvos", "nixos/desktop/default.nix")],
  },
  {
    id: "cpu-quota",
    title: "A CPU quota for all builds",
    confidence: 0.7,
    verdict:
      '`CPUQuota = "600%"` leaves 2 of 8 threads to the rest, and `cores = 0` then resolves to 6 by itself. `max-jobs = auto` ignores it.',
    preconditions: ["Nix 2.13 or newer, cgroup v2"],
    sources: [code("NixOS/nix", "src/libutil/unix/current-process.cc", "getMaxCPU")],
  },
  {
    id: "lto-off",
    title: "No link-time optimisation in local Rust builds",
    confidence: 0.85,
    verdict:
      "Fat LTO multiplies memory and time: codex over 60 GB and 30 minutes with it, 30 GB and 24 minutes with thin, 6-8 GB without. For a program that you build yourself, `off` or `thin`.",
    preconditions: ["more than about 150 crates, or less than 32 GB of RAM", "the package is built from source anyway"],
    sources: [
      issue("openai/codex#21826"),
      issue("huggingface/funes#65"),
      tested("cargo 1.95: the environment beats Cargo.toml"),
    ],
  },
  {
    id: "env-merge",
    title: "overrideAttrs replaces env",
    confidence: 0.95,
    verdict:
      "`overrideAttrs` merges with `//`, one level deep: `env.X = ...` in it throws every other variable of `env` away. `env = (old.env or { }) // { X = ...; }` keeps them.",
    preconditions: ["the package has variables in `env`, as recent Rust and Go packages do"],
    sources: [
      tested("stub with nixpkgs.lib: env.X left X alone; the merged form kept all"),
      issue("NixOS/nixpkgs#175649", "env"),
      documentation("nixpkgs manual, overrideAttrs", "https://nixos.org/manual/nixpkgs/stable/#sec-pkg-overrideAttrs"),
    ],
  },
  {
    id: "alias-order",
    title: "An alias is overridden by the declared key",
    confidence: 0.98,
    verdict:
      "NixOS and nix-darwin print nix.conf in alphabetical order and always print `cores`, `max-jobs`, `substituters` and other declared keys. A later line wins, and `build-cores` stands before `cores`: the alias has no effect at all. home-manager declares none, so there the alias works.",
    preconditions: ["NixOS or nix-darwin"],
    sources: [
      tested("lib.evalModules and Nix 2.8.0: build-cores = 3 leaves cores = 0"),
      code("NixOS/nixpkgs", "nixos/modules/config/nix.nix"),
      code("NixOS/nix", "src/libutil/configuration.cc"),
    ],
  },
  {
    id: "nixconfig-consent",
    title: "nixConfig needs consent, and more",
    confidence: 0.95,
    verdict:
      "All but six settings of a flake's `nixConfig` are asked about, and refused where nobody can answer. Of the accepted ones the daemon takes `max-jobs`, `cores` and `timeout` from everybody, most others from trusted users only. Accepted values beat the command line. `accept-flake-config = true` hands root to every flake.",
    preconditions: [],
    sources: [
      code("NixOS/nix", "src/libflake/config.cc"),
      code("NixOS/nix", "src/libstore/daemon.cc"),
      tested("Nix 2.8.0: accepted cores = 3 beats --cores 5"),
      issue("NixOS/nix#9649", "root for any flake"),
    ],
  },
  {
    id: "nixconfig-literal",
    title: "nixConfig takes literals only",
    confidence: 0.98,
    verdict:
      "A string, integer, boolean, path or list of strings. Anything computed, even `1 + 2`, is an error: `is a thunk`.",
    preconditions: [],
    sources: [tested("Nix 2.8.0"), code("NixOS/nix", "src/libflake/flake.cc")],
  },
  {
    id: "remote-builders",
    title: "Remote builders as they are meant",
    confidence: 0.9,
    verdict:
      "`nix.buildMachines` is ignored without `nix.distributedBuilds = true`; a machine without `big-parallel` never gets the heavy packages; `builders-use-substitutes = true` spares the upload of dependencies. The projects' own builders run two shapes: few wide ones for `big-parallel`, many narrow ones for the rest.",
    preconditions: ["at least one remote builder"],
    sources: [
      code("NixOS/nixpkgs", "nixos/modules/config/nix-remote-build.nix"),
      INFRA_COMMON,
      SRVOS_COMMON,
      issue("NixOS/nix#3806", "features of builders"),
    ],
  },
  {
    id: "own-cache",
    title: "A cache of your own",
    confidence: 0.85,
    verdict:
      "A package built on one machine and pushed to a cache (attic, cachix, harmonia) is never built on the others. Give it a key, order it by `?priority=`, and shorten `narinfo-cache-negative-ttl`. Push from CI rather than from `post-build-hook`, which blocks builds before Nix 2.35.",
    preconditions: ["the same packages are built on more than one machine"],
    sources: [
      releaseNotes("2.35"),
      documentation(
        "Brian McGee on substituter order",
        "https://bmcgee.ie/posts/2023/12/til-how-to-optimise-substitutions-in-nix/",
      ),
    ],
  },
  {
    id: "core-overlays",
    title: "Overlays on low-level packages",
    confidence: 0.9,
    verdict:
      "An overlay that replaces stdenv, glibc, openssl, python3, systemd and the like changes the hash of everything above it: nothing of that comes from the cache. Give the changed package a name of its own and use it where it is needed.",
    preconditions: ["the overlay rebinds a package that many others depend on"],
    sources: [documentation("nixpkgs manual, overlays", "https://nixos.org/manual/nixpkgs/stable/#chap-overlays")],
  },
  {
    id: "cuda-per-package",
    title: "CUDA where it is needed",
    confidence: 0.8,
    verdict:
      "`nixpkgs.config.cudaSupport` rebuilds everything that knows the switch. Override the few packages that need it, and name the GPU in `cudaCapabilities`: device code for one generation instead of all.",
    preconditions: ["one GPU model", "few packages that use it"],
    sources: [
      documentation("nixpkgs manual, CUDA", "https://nixos.org/manual/nixpkgs/stable/#cuda"),
      issue("NixOS/nixpkgs#517434"),
    ],
  },
  {
    id: "hardcoded-parallelism",
    title: "A fixed number of jobs in a package",
    confidence: 0.9,
    verdict:
      "`-j16`, `-j$(nproc)` or a plain `make -j` in a phase ignore `cores`: with `max-jobs` builds at once the machine is oversubscribed whatever nix.conf says. `-j$NIX_BUILD_CORES` follows it.",
    preconditions: ["the text is part of a build"],
    sources: [
      documentation(
        "nixpkgs manual, parallel building",
        "https://nixos.org/manual/nixpkgs/stable/#var-stdenv-enableParallelBuilding",
      ),
      tested("GNU make 4.3 and ninja: the last -j counts"),
    ],
  },
  {
    id: "source-filter",
    title: "A filtered source",
    confidence: 0.85,
    verdict:
      "`src = ./.` copies everything and rebuilds after every edit of a README. `lib.fileset` or `craneLib.cleanCargoSource` keep to what is compiled; crane's `buildDepsOnly` compiles dependencies once for each lock file.",
    preconditions: ["own package in the same repository"],
    sources: [
      documentation(
        "nixpkgs manual, filesets",
        "https://nixos.org/manual/nixpkgs/stable/#sec-functions-library-fileset",
      ),
      code("ipetkov/crane", "docs/API.md"),
    ],
  },
  {
    id: "store-upkeep",
    title: "Upkeep of the store beside builds, not in them",
    confidence: 0.7,
    verdict:
      "`nix.optimise.automatic` and `nix.gc.automatic` work on a timer; `auto-optimise-store` and `min-free` do the same inside builds and downloads. Keep `min-free` as a safety net at 5-10 GiB where large packages are built.",
    preconditions: [],
    sources: [issue("NixOS/nix#462"), issue("indexable-inc/index#938"), SRVOS_COMMON],
  },
  {
    id: "silent-time",
    title: "Silence instead of a long timeout",
    confidence: 0.75,
    verdict:
      "A `timeout` of a day lets a hung build hold its place for a day. `max-silent-time` of 1-4 hours finds it; NixOS' builders use 3 hours, since links with LTO are silent for long.",
    preconditions: ["builds run unattended"],
    sources: [INFRA_COMMON, issue("numtide/llm-agents.nix#8691", "1200 s was too short")],
  },
  {
    id: "newer-nix",
    title: "A newer Nix",
    confidence: 0.8,
    verdict:
      "2.30 moves builds off /tmp and takes 20 % less memory to evaluate; 2.31 resolves `cores = 0`; 2.33 unpacks tarballs with far fewer system calls; 2.35 evaluates 5-12 % faster, and its daemon needs 2-8 times less memory.",
    preconditions: [],
    sources: [releaseNotes("2.30"), releaseNotes("2.31"), releaseNotes("2.33"), releaseNotes("2.35")],
  },
  {
    id: "disk-swap",
    title: "Disk swap behind zram",
    confidence: 0.7,
    verdict:
      "8-16 GB on an SSD, with lower priority than zram, let chromium-class builds finish on 16 GB. It catches cold pages and is no memory to plan with.",
    preconditions: ["16 GB of RAM or less", "very large packages are built here"],
    sources: [
      documentation(
        "Chromium's build instructions",
        "https://chromium.googlesource.com/chromium/src/+/main/docs/linux/build_instructions.md",
      ),
    ],
  },
];
