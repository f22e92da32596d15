// Attributes of packages and builders that decide parallelism, memory and where a package is built.
import { code, documentation, estimate, issue, tested } from "./cite.js";
import { attribute } from "./define.js";
import type { BuilderAttributeFact } from "./facts.js";

const SETUP = code("NixOS/nixpkgs", "pkgs/stdenv/generic/setup.sh");
const CARGO_HOOK = code("NixOS/nixpkgs", "pkgs/build-support/rust/hooks/cargo-build-hook.sh");
const GO_MODULE = code("NixOS/nixpkgs", "pkgs/build-support/go/module.nix");
const NINJA_HOOK = code("NixOS/nixpkgs", "pkgs/by-name/ni/ninja/setup-hook.sh");
const CC_WRAPPER = code("NixOS/nixpkgs", "pkgs/build-support/cc-wrapper/add-flags.sh");
const HASKELL = code("NixOS/nixpkgs", "pkgs/development/haskell-modules/generic-builder.nix");
const MOZILLA = code("NixOS/nixpkgs", "pkgs/build-support/build-mozilla-mach/default.nix");
const CARGO_ENV = documentation(
  "Cargo, environment variables",
  "https://doc.rust-lang.org/cargo/reference/environment-variables.html",
);
const CARGO_PROFILES = documentation("Cargo, profiles", "https://doc.rust-lang.org/cargo/reference/profiles.html");
const ADVANCED = documentation(
  "Nix manual, advanced attributes",
  "https://nix.dev/manual/nix/latest/language/advanced-attributes.html",
);
const STDENV = documentation("nixpkgs manual, stdenv", "https://nixos.org/manual/nixpkgs/stable/#chap-stdenv");
const GO_ENV = documentation("go help environment", "https://pkg.go.dev/cmd/go#hdr-Environment_variables");
const REBUILDS = "It is part of the derivation's hash: the package and what depends on it are built here.";
const RUST = ["buildRustPackage", "crane", "naersk"] as const;

export const BUILDER_ATTRIBUTES: readonly BuilderAttributeFact[] = [
  attribute("NIX_BUILD_CORES", {
    environment: true,
    summary: "Threads that this one package may use, whatever `cores` says.",
    details: `The derivation's own value is applied after Nix has set \`cores\`, so it wins. The way to hold one heavy package (onnxruntime, webkitgtk) to what memory allows while everything else uses all threads: \`env.NIX_BUILD_CORES = 2;\`. ${REBUILDS}`,
    pitfalls: ["In `overrideAttrs` write `env = (old.env or { }) // { ... }`, or all other variables are lost."],
    sources: [
      code("NixOS/nix", "src/libstore/unix/build/derivation-builder.cc"),
      tested("Nix 2.8.0: 3 in the derivation beats --cores 6"),
    ],
  }),
  attribute("enableParallelBuilding", {
    summary: "Lets make use `-j$NIX_BUILD_CORES`.",
    details: `False by default with plain make; the cmake and meson hooks, Go and Rust builders turn it on. ${REBUILDS}`,
    pitfalls: ["`false` without a comment on an own package costs all threads but one."],
    sources: [SETUP, STDENV],
  }),
  attribute("enableParallelChecking", {
    summary: "The same for the check phase.",
    details: "Follows `enableParallelBuilding` unless set. Tests in parallel take memory in parallel.",
    sources: [SETUP],
  }),
  attribute("enableParallelInstalling", {
    summary: "The same for the install phase.",
    details: "Follows `enableParallelBuilding` unless set.",
    sources: [SETUP],
  }),
  attribute("makeFlags", {
    summary: "Arguments of make in all phases.",
    details: `They follow the \`-j\` of stdenv, and make takes the last one: \`[ "-j2" ]\` caps the package. A fixed \`-j16\` ignores \`cores\`. ${REBUILDS}`,
    sources: [SETUP, tested("GNU make 4.3: the last -j counts")],
  }),
  attribute("ninjaFlags", {
    summary: "Arguments of ninja in all phases.",
    details: `\`[ "-j2" ]\` caps the package, since the last \`-j\` counts. Without \`ninja\` in \`nativeBuildInputs\` it does nothing. There is no attribute \`ninjaJobs\`. ${REBUILDS}`,
    sources: [NINJA_HOOK, tested("ninja: the last -j counts")],
  }),
  attribute("cmakeFlags", {
    summary: "Arguments of cmake.",
    details:
      "`-DCMAKE_JOB_POOLS=link=1 -DCMAKE_JOB_POOL_LINK=link` (with ninja) links one program at a time: the cure where linking, not compiling, exhausts memory. LLVM has `-DLLVM_PARALLEL_LINK_JOBS=1`. A later `-D` wins.",
    sources: [documentation("CMake, JOB_POOLS", "https://cmake.org/cmake/help/latest/prop_gbl/JOB_POOLS.html")],
  }),
  attribute("MAKEFLAGS", {
    environment: true,
    summary: "Arguments that every make takes from its environment.",
    details:
      "`-j` on the command line beats it. It also reaches makes that other tools start (node-gyp, cargo build scripts).",
    sources: [
      documentation(
        "GNU make, MAKEFLAGS",
        "https://www.gnu.org/software/make/manual/html_node/Options_002fRecursion.html",
      ),
    ],
  }),
  attribute("CMAKE_BUILD_PARALLEL_LEVEL", {
    environment: true,
    summary: "Threads of `cmake --build`.",
    details:
      "Used where a package calls `cmake --build` itself (pip, node-gyp, cargo's cmake crate). A fixed number ignores `cores`.",
    sources: [
      documentation(
        "CMake, CMAKE_BUILD_PARALLEL_LEVEL",
        "https://cmake.org/cmake/help/latest/envvar/CMAKE_BUILD_PARALLEL_LEVEL.html",
      ),
    ],
  }),
  attribute("CTEST_PARALLEL_LEVEL", {
    environment: true,
    summary: "Tests that ctest runs at once.",
    details: "The cmake hook sets it to `NIX_BUILD_CORES`.",
    sources: [code("NixOS/nixpkgs", "pkgs/by-name/cm/cmake/setup-hook.sh")],
  }),
  attribute("MAX_JOBS", {
    environment: true,
    builders: ["buildPythonPackage"],
    summary: "Compilers that torch-like Python packages run at once.",
    details:
      "torch, flash-attn and vllm start this many nvcc or g++ processes, at 3-6 GB each with CUDA. Set it to memory divided by 4 GB.",
    sources: [issue("Dao-AILab/flash-attention#2079", "3.2-5 GB a thread")],
  }),
  attribute("NVCC_THREADS", {
    environment: true,
    summary: "Threads inside each nvcc process.",
    details:
      "Multiplies with `-j`: 4 jobs × 4 threads are 16 compilers at about 4 GB each. Keep 1; 0 means all threads.",
    sources: [issue("microsoft/onnxruntime#17419", "about 4 GB a thread")],
  }),
  attribute("NIX_CFLAGS_COMPILE", {
    environment: true,
    summary: "Further arguments of the C and C++ compiler.",
    details: `\`-march=skylake\` tunes one package for one CPU; results then don't run on older ones. \`-march=native\` is stripped by nixpkgs' wrapper. ${REBUILDS}`,
    sources: [CC_WRAPPER],
  }),
  attribute("NIX_CXXFLAGS_COMPILE", {
    environment: true,
    summary: "Further arguments of the C++ compiler only.",
    details: REBUILDS,
    sources: [CC_WRAPPER],
  }),
  attribute("NIX_CFLAGS_LINK", {
    environment: true,
    summary: "Further arguments of the compiler when it links.",
    details:
      "`-fuse-ld=mold` together with `mold-wrapped` in `nativeBuildInputs` links with mold. gcc takes the name from 12.1 on and never a path.",
    sources: [CC_WRAPPER, tested("gcc 12.2: an absolute path is refused")],
  }),
  attribute("NIX_LDFLAGS", {
    environment: true,
    summary: "Further arguments of the linker.",
    details: "`--no-keep-memory` makes GNU ld slower and smaller.",
    sources: [CC_WRAPPER],
  }),
  attribute("NIX_ENFORCE_NO_NATIVE", {
    environment: true,
    summary: "`0` lets `-march=native` through.",
    details:
      "The result then depends on the CPU of whoever builds it: it may crash elsewhere, and its cache entry is wrong for others.",
    sources: [CC_WRAPPER],
  }),
  attribute("hardeningDisable", {
    summary: "Switches compiler hardening off.",
    details: `Gains a few per cent at run time in some programs, nothing in the build. ${REBUILDS}`,
    sources: [STDENV],
  }),
  attribute("dontStrip", {
    summary: "Keeps symbols in the result.",
    details:
      "Saves a short single step and makes the output several times larger: more to write, to store and to upload.",
    sources: [STDENV],
  }),
  attribute("separateDebugInfo", {
    summary: "Puts debug information into an output of its own.",
    details:
      "Compiles with `-g`: compilers and linkers take a multiple of the memory, and build trees several GB more.",
    sources: [STDENV],
  }),
  attribute("doCheck", {
    summary: "Whether the package's tests run.",
    details: `Rust builds everything a second time in test mode; pytest-xdist starts a worker a thread. On own heavy packages \`false\` here and tests on CI halves the time. ${REBUILDS}`,
    pitfalls: ["For Python packages it works through `overridePythonAttrs` only."],
    sources: [STDENV],
  }),
  attribute("requiredSystemFeatures", {
    summary: "Features a machine must offer to build this.",
    details:
      '`[ "big-parallel" ]` keeps a heavy package off machines without that feature in `system-features`: the way to send it to a strong remote builder.',
    sources: [ADVANCED],
  }),
  attribute("preferLocalBuild", {
    summary: "Builds here even if a remote builder is free.",
    details:
      "Meant for things that take less time than the transfer. On a heavy package it keeps the load on this machine, and `max-jobs = 0` doesn't prevent it.",
    sources: [ADVANCED],
  }),
  attribute("allowSubstitutes", {
    summary: "`false`: never fetched from a cache.",
    details:
      "Meant for trivial derivations. On a heavy package it means that everybody builds it. `always-allow-substitutes` overrules it.",
    sources: [ADVANCED],
  }),
  attribute("TMPDIR", {
    environment: true,
    summary: "Folder for temporary files of the build.",
    details:
      "In a derivation it should stay unset: Nix points it into the build's own folder. For where builds are unpacked see `build-dir`.",
    sources: [ADVANCED],
  }),
  attribute("MOLD_JOBS", {
    environment: true,
    summary: "`1`: one mold at a time.",
    details:
      "mold uses up to 32 threads whatever `cores` says; several links at once oversubscribe the machine and its memory.",
    sources: [documentation("mold, environment", "https://github.com/rui314/mold/blob/main/docs/mold.md")],
  }),

  attribute("CARGO_BUILD_JOBS", {
    environment: true,
    builders: ["crane"],
    summary: "Parallel jobs of cargo.",
    details:
      "Works with crane. In `buildRustPackage` and naersk it is ignored, since they pass `-j $NIX_BUILD_CORES`: use `env.NIX_BUILD_CORES` there.",
    sources: [CARGO_HOOK, code("ipetkov/crane", "lib/setupHooks/configureCargoCommonVarsHook.sh"), CARGO_ENV],
  }),
  attribute("CARGO_PROFILE_*_CODEGEN_UNITS", {
    environment: true,
    builders: RUST,
    summary: "Into how many pieces rustc splits each crate.",
    details:
      "16 by default in release builds. Lowering it for memory is not supported by measurements: 4 units took 19-25 % **more** than 16 in two crates, and raising 1 to 16 repaired real out-of-memory builds. 1 makes slightly faster programs and much longer builds. It overrides Cargo.toml.",
    sources: [
      tested("rustc 1.95: 1 unit 3.29 GB, 4 units 3.61 GB, 16 units 2.89 GB"),
      issue("numtide/llm-agents.nix#3159", "16 units repaired an out-of-memory build"),
      CARGO_PROFILES,
    ],
  }),
  attribute("CARGO_PROFILE_*_LTO", {
    environment: true,
    builders: RUST,
    summary: "Link-time optimisation: `off`, `false` (within crates), `thin`, `fat`.",
    details:
      "**The** memory knob of large Rust programs: codex takes over 60 GB with `fat`, about 30 GB with `thin`, 6-8 GB with `off`. For local builds `off` or `thin`. It overrides Cargo.toml.",
    sources: [
      issue("openai/codex#21826"),
      issue("huggingface/funes#65", "fat and 1 unit killed a 16 GiB runner"),
      tested("cargo 1.95: the variable beats the manifest"),
    ],
  }),
  attribute("CARGO_PROFILE_*_DEBUG", {
    environment: true,
    builders: RUST,
    summary: "Debug information: 0 none, 1 lines, 2 full.",
    details: "0 cuts the memory of linking and the size of the build tree.",
    sources: [CARGO_PROFILES],
  }),
  attribute("CARGO_PROFILE_*", {
    environment: true,
    builders: RUST,
    summary: "A key of a Cargo profile; overrides Cargo.toml.",
    details: REBUILDS,
    sources: [CARGO_PROFILES],
  }),
  attribute("CARGO_INCREMENTAL", {
    environment: true,
    builders: RUST,
    summary: "Incremental compilation.",
    details: "Of no use in a sandbox that starts empty; it writes a cache that is thrown away. Keep 0.",
    sources: [CARGO_PROFILES],
  }),
  attribute("CARGO_BUILD_RUSTFLAGS", {
    environment: true,
    builders: RUST,
    summary: "Arguments of rustc; `RUSTFLAGS` beats it.",
    details: REBUILDS,
    sources: [CARGO_ENV],
  }),
  attribute("CARGO_TARGET_*_LINKER", {
    environment: true,
    builders: RUST,
    summary: "Linker program for one target.",
    details:
      "buildRustPackage sets it to the compiler of the Rust platform. Point it at clang and add `-fuse-ld=lld` or `mold` as a flag.",
    sources: [CARGO_ENV],
  }),
  attribute("CARGO_TARGET_*_RUSTFLAGS", {
    environment: true,
    builders: RUST,
    summary: "Arguments of rustc for one target; `RUSTFLAGS` beats it.",
    details: REBUILDS,
    sources: [CARGO_ENV],
  }),
  attribute("RUSTFLAGS", {
    environment: true,
    builders: RUST,
    summary: "Arguments of rustc.",
    details: `\`-C link-arg=-fuse-ld=mold\` links with mold (with \`mold-wrapped\` in \`nativeBuildInputs\`); \`-C target-cpu=...\` tunes for one CPU. It **replaces** \`build.rustflags\` of the project's .cargo/config.toml. ${REBUILDS}`,
    pitfalls: ["Recent buildRustPackage keeps it in `env`: a second one at top level fails the evaluation."],
    sources: [CARGO_ENV, CARGO_HOOK],
  }),
  attribute("NIX_RUSTFLAGS", {
    environment: true,
    builders: ["buildRustPackage"],
    summary: "Arguments that nixpkgs' rustc wrapper adds.",
    details: REBUILDS,
    sources: [code("NixOS/nixpkgs", "pkgs/build-support/rust/rustc-wrapper/rustc-wrapper.sh")],
  }),
  attribute("RUST_TEST_THREADS", {
    environment: true,
    builders: RUST,
    summary: "Tests that run at once.",
    details: "The check hook sets it to `NIX_BUILD_CORES`.",
    sources: [code("NixOS/nixpkgs", "pkgs/build-support/rust/hooks/cargo-check-hook.sh")],
  }),
  attribute("cargoBuildFlags", {
    builders: ["buildRustPackage"],
    summary: "Arguments of `cargo build`.",
    details: "`-p` and `--bin` build only what is needed, which saves memory and time.",
    pitfalls: ["`-j` in it is an error: cargo refuses a second one."],
    sources: [CARGO_HOOK, tested("cargo 1.95: --jobs cannot be used multiple times")],
  }),
  attribute("cargoTestFlags", {
    builders: ["buildRustPackage"],
    summary: "Arguments of `cargo test`.",
    details: "",
    pitfalls: ["`-j` in it is an error."],
    sources: [CARGO_HOOK],
  }),
  attribute("cargoExtraArgs", {
    builders: ["crane"],
    summary: "Arguments of every cargo call.",
    details: "`--locked` by default.",
    sources: [code("ipetkov/crane", "docs/API.md")],
  }),
  attribute("cargoArtifacts", {
    builders: ["crane"],
    summary: "Compiled dependencies from `buildDepsOnly`.",
    details: "With it, dependencies are compiled once for each Cargo.lock instead of at every change of the program.",
    sources: [code("ipetkov/crane", "docs/API.md")],
  }),
  attribute("cargoBuildType", {
    builders: ["buildRustPackage"],
    summary: "Cargo profile, as seen by `overrideAttrs`.",
    details: "`release` by default. `debug` builds fast and needs much memory for linking.",
    sources: [CARGO_HOOK],
  }),
  attribute("buildType", {
    builders: ["buildRustPackage"],
    summary: "Cargo profile.",
    details: "An argument of the builder: in `overrideAttrs` it has no effect, `cargoBuildType` has.",
    sources: [CARGO_HOOK, issue("NixOS/nixpkgs#514218")],
  }),
  attribute("auditable", {
    builders: ["buildRustPackage"],
    summary: "Embeds the list of dependencies in programs.",
    details: "A small step in each link.",
    sources: [code("NixOS/nixpkgs", "pkgs/build-support/rust/build-rust-package/default.nix")],
  }),
  attribute("useNextest", {
    builders: ["buildRustPackage"],
    summary: "Runs tests with cargo-nextest.",
    details: "A process for each test: faster, with more memory at once.",
    sources: [code("NixOS/nixpkgs", "pkgs/build-support/rust/hooks/cargo-nextest-hook.sh")],
  }),

  attribute("GOMAXPROCS", {
    environment: true,
    builders: ["buildGoModule"],
    summary: "Threads of each Go compiler and linker process.",
    details: "Not the number of processes: that is `-p`, from `cores`.",
    sources: [GO_ENV],
  }),
  attribute("GOMEMLIMIT", {
    environment: true,
    builders: ["buildGoModule"],
    summary: "Soft memory limit of each Go process, such as `1500MiB`.",
    details: "From Go 1.19. The compiler collects garbage more often instead of growing; too low, it crawls.",
    sources: [documentation("Go, garbage collector guide", "https://go.dev/doc/gc-guide")],
  }),
  attribute("GOFLAGS", {
    environment: true,
    builders: ["buildGoModule"],
    summary: "Arguments of every go command.",
    details:
      "`-p=2` in it has no effect: the builder passes `-p $NIX_BUILD_CORES` on the command line. Use `env.NIX_BUILD_CORES`.",
    pitfalls: ["Recent buildGoModule keeps it in `env`: a second one at top level fails the evaluation."],
    sources: [GO_MODULE, GO_ENV],
  }),
  attribute("GOAMD64", {
    environment: true,
    builders: ["buildGoModule"],
    summary: "x86-64 level of the result, `v1` to `v4`.",
    details: "`v3` needs AVX2. Small gains; the package is built here.",
    sources: [GO_ENV],
  }),

  attribute("NODE_OPTIONS", {
    environment: true,
    builders: ["buildNpmPackage"],
    summary: "Arguments of every node process.",
    details:
      "`--max-old-space-size=3072` sets the JavaScript heap's limit in MiB. By default it is about 2 GB on machines up to 16 GB of RAM and 4 GB above: so 3072 raises it on the first and **lowers** it on the second. It holds for each process and worker, and not for buffers and WebAssembly. Prebuilt packages need none.",
    sources: [
      tested("node 20 with 23.5 GiB: default 4144 MB"),
      documentation("Node, command line", "https://nodejs.org/api/cli.html#--max-old-space-sizesize-in-mib"),
    ],
  }),
  attribute("npm_config_jobs", {
    environment: true,
    builders: ["buildNpmPackage"],
    summary: "Threads of node-gyp for native modules.",
    details: "npm itself does not look at `cores`.",
    sources: [documentation("node-gyp", "https://github.com/nodejs/node-gyp#command-options")],
  }),
  attribute("UV_THREADPOOL_SIZE", {
    environment: true,
    builders: ["buildNpmPackage"],
    summary: "Threads of node's pool for files and compression.",
    details: "4 by default.",
    sources: [documentation("libuv, thread pool", "https://docs.libuv.org/en/v1.x/threadpool.html")],
  }),
  attribute("npmFlags", {
    builders: ["buildNpmPackage"],
    summary: "Arguments of every npm command.",
    details: "",
    sources: [code("NixOS/nixpkgs", "pkgs/build-support/node/build-npm-package/default.nix")],
  }),
  attribute("dontNpmBuild", {
    builders: ["buildNpmPackage"],
    summary: "Takes the package as it was published.",
    details: "Nothing is bundled then, and a larger heap is of no use.",
    sources: [code("NixOS/nixpkgs", "pkgs/build-support/node/build-npm-package/default.nix")],
  }),

  attribute("maxBuildCores", {
    builders: ["haskell"],
    summary: "Upper limit of GHC's threads, 16 by default.",
    details: "`cores` above it are not used. Each thread takes a nursery of 64 MB.",
    sources: [HASKELL],
  }),
  attribute("doHaddock", {
    builders: ["haskell"],
    summary: "Builds the documentation.",
    details: `\`haskell.lib.compose.dontHaddock\` saves a second pass over all modules. ${REBUILDS}`,
    sources: [HASKELL],
  }),
  attribute("enableLibraryProfiling", {
    builders: ["haskell"],
    summary: "Compiles everything a second time for profiling.",
    details: `Without it a build takes about half the time. ${REBUILDS}`,
    sources: [HASKELL],
  }),

  attribute("ltoSupport", {
    builders: ["buildMozillaMach"],
    summary: "Builds Firefox with link-time optimisation.",
    details:
      "Needs about 26 GB with profile-guided optimisation. Change it with `firefox-unwrapped.override { ltoSupport = false; }`.",
    sources: [MOZILLA, documentation("openSUSE build constraints, MozillaFirefox")],
  }),
  attribute("pgoSupport", {
    builders: ["buildMozillaMach"],
    summary: "Builds Firefox twice, guided by a profile.",
    details: "`false` halves the time.",
    sources: [MOZILLA],
  }),
  attribute("cudaSupport", {
    summary: "Builds with CUDA.",
    details:
      "Hours, and up to 35 GB of memory, for torch or onnxruntime, and rarely in a cache. Set it for the packages that need it rather than in `nixpkgs.config`.",
    sources: [issue("NixOS/nixpkgs#293768", "35 GB at --cores 2"), issue("NixOS/nixpkgs#517434")],
  }),
  attribute("cudaCapabilities", {
    summary: 'GPU generations that device code is compiled for, as `[ "8.6" ]`.',
    details: "One entry instead of all divides time and memory by the number left out. `sm_86` is the wrong form.",
    sources: [documentation("nixpkgs manual, CUDA", "https://nixos.org/manual/nixpkgs/stable/#cuda")],
  }),
  attribute("cudaForwardCompat", {
    summary: "Adds code that later GPUs can translate.",
    details: "",
    sources: [documentation("nixpkgs manual, CUDA", "https://nixos.org/manual/nixpkgs/stable/#cuda")],
  }),
  attribute("rocmSupport", {
    summary: "Builds with ROCm.",
    details: "As `cudaSupport`: torch-class packages are built here.",
    sources: [estimate("same class of packages as CUDA")],
  }),
];
