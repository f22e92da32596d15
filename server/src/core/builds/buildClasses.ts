// What building takes, by class: memory, work and how much of it runs in parallel. The one table of these numbers.
// Nearly all medians are estimates: each row says on what they rest, and `packages` in nix-build-budget.json beats them.
import type { Source } from "../catalogue/source.js";
import type { PackageClass } from "../machine/schema.js";

/** Peak memory in GiB with n parallel processes: median base + n x perProcess, 95th percentile `spread` times that. */
export interface BuildClass {
  readonly base: number;
  readonly perProcess: number;
  readonly spread: number;
  /** Core-minutes of one build, and the share of them that runs in parallel: they only rank plans. */
  readonly work: number;
  readonly parallelShare: number;
  readonly source: Source;
}

const estimate = (text: string): Source => ({ grade: "estimate", text });
const issue = (text: string, url: string): Source => ({ grade: "issue", text, url });
const documented = (text: string, url: string): Source => ({ grade: "documentation", text, url });

const constant = (median: number, p95: number) => ({ base: median, perProcess: 0, spread: p95 / median });

export const BUILD_CLASSES: Readonly<Record<PackageClass, BuildClass>> = {
  rust: {
    ...constant(2.5, 3.5),
    work: 10,
    parallelShare: 0.75,
    source: estimate("a Rust program of 100 to 300 crates without LTO"),
  },
  "rust-small": {
    ...constant(1.5, 2.5),
    work: 4,
    parallelShare: 0.75,
    source: estimate("a Rust program of less than 100 crates without LTO"),
  },
  "rust-large": {
    ...constant(6, 9),
    work: 40,
    parallelShare: 0.75,
    source: estimate(
      "a Rust program of 300 crates and more without LTO: 6 to 8 GB were reported for codex with 421 crates",
    ),
  },
  "rust-thin-lto": {
    ...constant(8, 14),
    work: 15,
    parallelShare: 0.75,
    source: estimate("thin LTO over a middling crate graph; it passed where fat LTO exhausted 16 GiB"),
  },
  "rust-fat-lto": {
    ...constant(14, 20),
    work: 20,
    parallelShare: 0.5,
    source: issue(
      "fat LTO with one codegen unit exhausts a 16 GiB machine",
      "https://github.com/huggingface/funes/issues/65",
    ),
  },
  "rust-large-thin-lto": {
    ...constant(30, 36),
    work: 60,
    parallelShare: 0.75,
    source: issue("codex: about 30 GB with thin LTO", "https://github.com/openai/codex/issues/21826"),
  },
  "rust-large-fat-lto": {
    ...constant(60, 72),
    work: 80,
    parallelShare: 0.5,
    source: issue("codex: more than 60 GB with fat LTO", "https://github.com/openai/codex/issues/21826"),
  },
  go: {
    ...constant(0.7, 1.2),
    work: 3,
    parallelShare: 0.6,
    source: estimate("less than 1 GB was reported for small Go programs; linking large ones takes 1 to 2 GB"),
  },
  npm: {
    ...constant(1.2, 2.2),
    work: 4,
    parallelShare: 0.15,
    source: estimate("1 to 2 GB were reported for small npm programs"),
  },
  python: {
    ...constant(0.3, 0.6),
    work: 1,
    parallelShare: 0.1,
    source: estimate("less than 0.5 GB was reported for pure Python"),
  },
  c: {
    base: 0.2,
    perProcess: 0.25,
    spread: 2.5,
    work: 3,
    parallelShare: 0.6,
    source: estimate("an ordinary C or C++ program"),
  },
  "c-heavy": {
    base: 0.5,
    perProcess: 1.5,
    spread: 1.4,
    work: 60,
    parallelShare: 0.9,
    source: documented("large C++ takes 2 GB a compile process", "https://github.com/Igalia/meta-webkit/issues/178"),
  },
  cuda: {
    base: 2,
    perProcess: 4,
    spread: 1.5,
    work: 120,
    parallelShare: 0.9,
    source: issue("nvcc: 4 GB mean, 6 GB peak a thread", "https://github.com/microsoft/onnxruntime/issues/17419"),
  },
  onnxruntime: {
    base: 2,
    perProcess: 1.3,
    spread: 1.5,
    work: 60,
    parallelShare: 0.9,
    source: estimate("ONNX Runtime without CUDA and LTO: 10 GB were reported with 6 processes"),
  },
  "onnxruntime-cuda": {
    base: 3,
    perProcess: 16,
    spread: 1.3,
    work: 240,
    parallelShare: 0.9,
    source: issue("ONNX Runtime with CUDA: 35 GB with 2 processes", "https://github.com/NixOS/nixpkgs/issues/293768"),
  },
  torch: {
    base: 4,
    perProcess: 2,
    spread: 1.4,
    work: 240,
    parallelShare: 0.9,
    source: documented(
      "openSUSE reserves 2000 MB a job for torch, 1300 MB for tensorflow",
      "https://build.opensuse.org",
    ),
  },
  firefox: {
    ...constant(16, 26),
    work: 240,
    parallelShare: 0.85,
    source: documented(
      "openSUSE reserves 26 GB for Firefox with LTO and PGO; Mozilla recommends 8 GB and more without",
      "https://firefox-source-docs.mozilla.org/setup/linux_build.html",
    ),
  },
  chromium: {
    base: 4,
    perProcess: 1.5,
    spread: 1.4,
    work: 1200,
    parallelShare: 0.95,
    source: documented(
      "at least 8 GB, more than 16 GB recommended",
      "https://chromium.googlesource.com/chromium/src/+/main/docs/linux/build_instructions.md",
    ),
  },
  webkitgtk: {
    base: 2,
    perProcess: 1.5,
    spread: 1.3,
    work: 200,
    parallelShare: 0.95,
    source: issue("24 processes exhaust 32 GB and zram", "https://github.com/NixOS/nixpkgs/issues/216363"),
  },
  llvm: {
    base: 2,
    perProcess: 1,
    spread: 1.5,
    work: 120,
    parallelShare: 0.9,
    source: issue(
      "about 2 GB compiling, more than 8 GB linking a debug build with 8 processes",
      "https://github.com/rust-lang/rust/issues/40277",
    ),
  },
  haskell: {
    ...constant(2, 4),
    work: 6,
    parallelShare: 0.5,
    source: documented("openSUSE reserves 4 GB for GHC", "https://build.opensuse.org"),
  },
  prebuilt: {
    ...constant(0.3, 0.5),
    work: 0.2,
    parallelShare: 0,
    source: estimate("unpacking what others have built"),
  },
  unknown: {
    base: 0.3,
    perProcess: 0.15,
    spread: 2.5,
    work: 3,
    parallelShare: 0.5,
    source: estimate("nothing is known of what is built"),
  },
};

/** Packages that are known to be heavy, by name; the first match counts. */
export const HEAVY_PACKAGES: readonly {
  readonly name: RegExp;
  readonly class: PackageClass;
  readonly withCuda?: PackageClass;
}[] = [
  { name: /^onnxruntime$/, class: "onnxruntime", withCuda: "onnxruntime-cuda" },
  { name: /^(webkitgtk|qtwebkit)/, class: "webkitgtk" },
  {
    name: /^(ungoogled-)?chromium(-unwrapped)?$|^qtwebengine$|^electron(-source|-unwrapped)?$|^cef$/,
    class: "chromium",
  },
  { name: /^(firefox|librewolf|thunderbird|floorp|waterfox|zen-browser)(-.*)?-unwrapped$/, class: "firefox" },
  { name: /^(torch|pytorch|tensorflow|jaxlib|libtorch)$/, class: "torch", withCuda: "cuda" },
  { name: /^(llvm|clang|lldb|mlir|ghc|rustc)(-unwrapped)?$/, class: "llvm" },
  { name: /^(libreoffice|blender|opencv4?|ceph|openvino|v8|nodejs|godot_4|freecad)$/, class: "c-heavy" },
];

/** Names that nixpkgs gives to small wrappers around a program: overriding their attributes does not build the program. */
export const WRAPPERS = /^((ungoogled-)?chromium|libreoffice(-\w+)?)$/;

/** Programs that compile CUDA kernels where `cudaSupport` is switched on; others only look for the driver's libraries. */
export const CUDA_KERNELS =
  /^(ollama|llama-cpp|whisper-cpp|stable-diffusion-cpp|koboldcpp|opencv4?|onnxruntime|(lib)?torch|pytorch|tensorflow|jax(lib)?|vllm|xformers|flash-attn|bitsandbytes|triton|ctranslate2|faiss|magma|cupy|cutlass|nccl|xgboost|lightgbm|blender|colmap|gromacs|openmm)$/;
