// Attributes and variables of Go, Node, Python, Haskell and Firefox packages.
import { code, documentation, estimate, issue, tested } from "../cite.js";
import { attribute } from "../define.js";
import type { BuilderAttributeFact } from "../facts.js";

const GO_MODULE = code("NixOS/nixpkgs", "pkgs/build-support/go/module.nix");
const HASKELL = code("NixOS/nixpkgs", "pkgs/development/haskell-modules/generic-builder.nix");
const MOZILLA = code("NixOS/nixpkgs", "pkgs/build-support/build-mozilla-mach/default.nix");
const GO_ENV = documentation("go help environment", "https://pkg.go.dev/cmd/go#hdr-Environment_variables");
const REBUILDS = "It is part of the derivation's hash: the package and what depends on it are built here.";

export const LANGUAGE_ATTRIBUTES: readonly BuilderAttributeFact[] = [
  attribute("MAX_JOBS", {
    environment: true,
    builders: ["buildPythonPackage"],
    summary: "Compilers that torch-like Python packages run at once.",
    details:
      "torch, flash-attn and vllm start this many nvcc or g++ processes, at 3-6 GB each with CUDA. Set it to memory divided by 4 GB.",
    sources: [issue("Dao-AILab/flash-attention#2079", "3.2-5 GB a thread")],
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
    summary: "The x86-64 level of the result, `v1` to `v4`.",
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
      estimate("2 GB up to 16 GB of RAM: a third party's study of V8, not measured here"),
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
];
