// The nine findings of the founding document, each with what it claimed and what the sources support.
import { code, documentation, issue, releaseNotes, tested } from "../cite.js";
import type { EvidenceFact } from "../facts.js";

export const FOUNDING_EVIDENCE: readonly EvidenceFact[] = [
  {
    id: "mold-linker",
    title: "mold instead of GNU ld",
    claim: "3-8 times faster linking, half the memory.",
    claimedConfidence: 0.9,
    confidence: 0.75,
    verdict:
      "The direction is right; both figures depend on the linker it is compared with. Against GNU ld 4-30 times faster, against lld about the same (4 times on 32 threads, 0.8 on 2). Memory that cannot be dropped is 65 % less than GNU ld's, but the peak that `time` shows is 67 % **more**, because mold maps its files; on a tmpfs those are RAM too. With LTO the optimiser does the work and mold gains nothing. Supported: 0.75 for speed on large C++ and Rust links against GNU ld, 0.55 for memory, 0.35 against lld.",
    preconditions: [
      "the package is built from source anyway: the change gives it another hash",
      "the target is ELF (Linux), the compiler gcc 12.1 or newer or clang",
      "linking is at least a tenth of the build, and LTO is off",
      "`mold-wrapped` or `useMoldLinker`: plain `mold` leaves run paths out",
    ],
    sources: [
      documentation("mold, benchmarks", "https://github.com/rui314/mold#how-fast-is-mold"),
      tested("821 MB of C++ objects, 2 threads: GNU ld 8.7 s, gold 4.1 s, lld 1.7 s, mold 2.15 s"),
      tested("same link, anonymous memory: GNU ld 958 MiB, gold 417, mold 333, lld 121"),
      issue("paradedb/paradedb#5811", "lld against GNU ld on a Rust library: 3.5 times faster, 7 % less memory"),
      issue("rui314/mold#1319", "fat LTO still runs out of memory with mold"),
      issue("rui314/mold#1426", "slower than GNU ld under memory pressure"),
      issue("NixOS/nixpkgs#257158", "mold-wrapped"),
      issue("NixOS/nixpkgs#250898", "missing run paths with plain mold"),
      issue("rust-lang/rust#140525", "Rust uses lld by default on x86_64 Linux since 1.90"),
    ],
  },
  {
    id: "jobs-times-cores",
    title: "max-jobs × cores within the machine",
    claim: "max-jobs = 3 with cores = 2 is optimal for 8 threads and less than 64 GB.",
    claimedConfidence: 0.88,
    confidence: 0.9,
    verdict:
      "Right as a budget (3 × 2 = 6 of 6 free threads), unproved as an optimum: no benchmark exists, and 2 × 3, 1 × 6 and 6 × 1 fit as well. Many small packages want more jobs, one large package more cores. The same document also says 2 × 6 = 12, twice its own budget. Supported: 0.9 that the product should stay within the budget, 0.5 that 3 × 2 beats 2 × 3.",
    preconditions: ["the number of threads is known", "memory is planned for product × about 2 GiB"],
    sources: [
      documentation(
        "Nix manual, tuning cores and jobs",
        "https://nix.dev/manual/nix/latest/advanced-topics/cores-vs-jobs.html",
      ),
      code("NixOS/infra", "builders/instances", "48 × 2 and 4 × 24 on 96 threads, 40 × 2 on 80"),
      code("nix-community/infra", "modules/shared/community-builder.nix", "a quarter of the threads, for both"),
      documentation(
        "NixOS Discourse 44055: keep the product near the number of threads",
        "https://discourse.nixos.org/t/44055",
      ),
      issue("NixOS/nixpkgs#198668", "defaults of NixOS allow threads squared"),
    ],
  },
  {
    id: "substitution-connections",
    title: "More connections for downloads",
    claim: "http-connections = 128 speeds substitutions up.",
    claimedConfidence: 0.87,
    confidence: 0.5,
    verdict:
      "Weak alone. The default of 25 is a measured one: it was 150 and was lowered, because home routers choked. With HTTP/2 one connection carries many downloads, and `max-substitution-jobs` (16) bounds how many run at once. The pair 128/128 comes from an article about the order of caches. Supported: 0.5 for raising both to 64-128 on a fast line, 0.25 for `http-connections` alone.",
    preconditions: ["100 Mbit/s or more", "Nix 2.16 or newer", "set by the system or a trusted user"],
    sources: [
      issue("NixOS/nixpkgs#9453", "connections dropped"),
      issue("NixOS/nix#708"),
      issue("NixOS/nix#898"),
      issue("NixOS/nix#5118", "the measured bottleneck was the query pool, repaired in Nix"),
      releaseNotes("2.16", "max-substitution-jobs"),
      documentation(
        "Brian McGee on substituter order",
        "https://bmcgee.ie/posts/2023/12/til-how-to-optimise-substitutions-in-nix/",
      ),
    ],
  },
  {
    id: "codegen-units",
    title: "Fewer codegen units for Rust",
    claim: "codegen-units = 4 saves memory against the default of 16.",
    claimedConfidence: 0.85,
    confidence: 0.2,
    verdict:
      "Not supported, and probably the other way round. In two measured crates 4 units took 19-25 % more memory than 16; tikv saw at most 2 % between 1 and 16; builds of codex and vaultwarden that ran out of memory with 1 unit were repaired by 16. Only with **fat LTO** was 1 unit reported to keep the peak down. Link-time optimisation is the memory knob: `off` or `thin` for local builds (0.85). Supported: 0.7 for raising 1 to 16 without LTO, 0.2 for lowering 16 to 4.",
    preconditions: ["the package is built from source anyway", "LTO is off, or set to off"],
    sources: [
      tested("rustc 1.95, two generated crates: 1, 4, 16 units need 3.29, 3.61, 2.89 GB and 0.62, 0.59, 0.50 GB"),
      issue("numtide/llm-agents.nix#3159", "raising 1 to 16 repaired an out-of-memory build"),
      issue("numtide/llm-agents.nix#8691", "16 units without LTO keep rustc's memory bounded"),
      issue("tikv/tikv#4164", "at most 2 % between 1 and 16"),
      issue("dani-garcia/vaultwarden#4336", "its low-resource profile uses 16"),
      issue("firezone/firezone#14388", "the counter-case, with fat LTO"),
      issue("openai/codex#21826", "fat over 60 GB, thin about 30 GB"),
      issue("openai/codex#27702", "981 s with 1 unit, 507 s with 4"),
    ],
  },
  {
    id: "zram-tuning",
    title: "Compressed swap in RAM",
    claim: "zstd with memoryPercent = 75 is optimal.",
    claimedConfidence: 0.83,
    confidence: 0.75,
    verdict:
      "Reasonable values, not an optimum, and 75 % is no memory budget: the compressed data lives in the same RAM. zstd is the default already; it holds 28-53 % more than lz4 at a third of its speed. What is missed more often is the tuning that belongs to it: `vm.page-cluster = 0` and a swappiness of 100-180. Supported: 0.8 for switching it on, 0.75 for page-cluster and swappiness, 0.6 for zstd over lz4, 0.6 for 50-100 %.",
    preconditions: ["16-32 GB of RAM", "no zswap beside it", "some threads to spare: compression competes with builds"],
    sources: [
      documentation("Linux kernel, zram", "https://docs.kernel.org/admin-guide/blockdev/zram.html"),
      documentation("zram measurements collected", "https://notes.xeome.dev/notes/Zram"),
      code("nix-community/infra", "modules/nixos/common/default.nix", "100 %, swappiness 180, page-cluster 0"),
      issue("NixOS/nixpkgs#195522", "zram reduces available RAM; use fewer cores"),
      issue("NixOS/nixpkgs#189111", "what memoryPercent means"),
    ],
  },
  {
    id: "tmpfs-builds",
    title: "Builds off the tmpfs",
    claim: "A disabled tmpfs prevents running out of memory in large C++ builds.",
    claimedConfidence: 0.82,
    confidence: 0.85,
    verdict:
      "Right for Nix before 2.30, mostly settled since: builds then run in /nix/var/nix/builds on disk, and `boot.tmp.useTmpfs` doesn't touch them unless `build-dir` points into /tmp. `useTmpfs` is off by default, so the advice is not to turn it on. Supported: 0.85 where builds are on a tmpfs, 0.3 otherwise.",
    preconditions: ["Nix before 2.30, or `build-dir` on a tmpfs"],
    sources: [
      releaseNotes("2.30", "builds leave /tmp"),
      issue("NixOS/nix#4137", "builds fail on a small tmpfs"),
      issue("olafkfreund/nixarchy#186", "no space left with hundreds of GB free"),
      code("NixOS/nixpkgs", "nixos/modules/system/boot/tmp.nix", "the option's own warning"),
    ],
  },
  {
    id: "node-heap",
    title: "A larger heap for node",
    claim: "--max-old-space-size=3072 prevents running out of memory.",
    claimedConfidence: 0.78,
    confidence: 0.5,
    verdict:
      "Two different shortages. It prevents `JavaScript heap out of memory` only where the default is lower (about 2 GB up to 16 GB of RAM), and **causes** it where the default is 4 GB. It bounds one JavaScript heap, not buffers, workers or child processes. For the machine, jobs × limit must fit into memory: 3 × 3 GB are 9 of 14 GiB. Prebuilt packages need none. Supported: 0.5, for builds that run webpack, tsc, next or vite and are known to fail.",
    preconditions: [
      "the build bundles or type-checks",
      "the machine has 16 GB or less",
      "the package is built from source anyway",
    ],
    sources: [
      tested("node 20 with 23.5 GiB of RAM: 4144 MB by default; 3072 gives 3120"),
      documentation("Node, command line", "https://nodejs.org/api/cli.html#--max-old-space-sizesize-in-mib"),
    ],
  },
  {
    id: "generic-march",
    title: "Code for the machine's own CPU",
    claim: "Flags for Skylake: 5-15 % faster, but the binary cache is lost.",
    claimedConfidence: 0.75,
    confidence: 0.4,
    verdict:
      "The loss of the cache is certain, the gain as an average is not: distribution-wide measurements are mixed, and some packages got slower. For the whole system everything, the compiler included, is built here for days, at each larger update. That works against the aim of fast builds. For single programs of your own that compute a lot it is sane. Supported: 0.15 for the whole system, 0.4 for one package, 0.9 for a warning where it is set globally.",
    preconditions: [
      "one own program that computes a lot, and no run-time dispatch in it",
      "the daemon offers `gccarch-NAME` before the first build",
    ],
    sources: [
      documentation(
        "sunnyflunk, x86-64-v3: mixed bag of performance",
        "https://sunnyflunk.github.io/2023/01/15/x86-64-v3-Mixed-Bag-of-Performance.html",
      ),
      documentation("Arch Linux RFC 2, x86-64-v3", "https://gitlab.archlinux.org/archlinux/rfcs/-/merge_requests/2"),
      issue("NixOS/nixpkgs#59148", "the daemon must offer the feature first"),
    ],
  },
  {
    id: "ccache",
    title: "A compiler cache",
    claim: "50-90 % faster with more than 40 % hits.",
    claimedConfidence: 0.72,
    confidence: 0.6,
    verdict:
      "The arithmetic leaves the overhead out: with 40 % hits, hits 10 times faster and 10 % overhead on misses, a build is 30 % faster; 50 % takes 60 % hits, 90 % takes all. In Nix a package is rebuilt because an input changed, and the inputs' store paths are in every command line, so hits fall. It pays for one large C or C++ package that is patched and rebuilt again and again. Supported: 0.6 there, 0.2 otherwise.",
    preconditions: [
      "C, C++ or CUDA; Rust, Go and linking are not cached",
      "the same source is rebuilt with patches",
      "its folder is in the sandbox, and the package in `packageNames`",
    ],
    sources: [
      documentation("ccache, performance", "https://ccache.dev/performance.html"),
      documentation("NixOS wiki, CCache", "https://wiki.nixos.org/wiki/CCache"),
      code("NixOS/nixpkgs", "nixos/modules/programs/ccache.nix"),
    ],
  },
];
