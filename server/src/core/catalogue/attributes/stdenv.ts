// Attributes that all packages share: parallelism, compiler flags, and where a package is built.
import { code, documentation, estimate, issue, tested } from "../cite.js";
import { attribute } from "../define.js";
import type { BuilderAttributeFact } from "../facts.js";

const SETUP = code("NixOS/nixpkgs", "pkgs/stdenv/generic/setup.sh");
const NINJA_HOOK = code("NixOS/nixpkgs", "pkgs/by-name/ni/ninja/setup-hook.sh");
const CC_WRAPPER = code("NixOS/nixpkgs", "pkgs/build-support/cc-wrapper/add-flags.sh");
const ADVANCED = documentation(
  "Nix manual, advanced attributes",
  "https://nix.dev/manual/nix/latest/language/advanced-attributes.html",
);
const STDENV = documentation("nixpkgs manual, stdenv", "https://nixos.org/manual/nixpkgs/stable/#chap-stdenv");
const REBUILDS = "It is part of the derivation's hash: the package and what depends on it are built here.";

export const STDENV_ATTRIBUTES: readonly BuilderAttributeFact[] = [
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
