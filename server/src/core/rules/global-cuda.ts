// CUDA switched on for all of nixpkgs.
import { documentation, issue } from "../catalogue/cite.js";
import type { Rule } from "./rule.js";
import { hasCudaCache } from "./cuda-capabilities-unset.js";
import { strongest } from "./support/parallelism.js";
import { isTrue } from "./support/sizes.js";
import { spot } from "./support/spot.js";

/** Packages for which people want CUDA, as they are named in configurations. */
const USERS =
  /\b(torch|pytorch|tensorflow|jax|jaxlib|cupy|onnxruntime|llama-cpp|whisper-cpp|ollama|faiss|magma|triton|vllm|xgboost|lightgbm|blender|opencv4?|comfyui|stable-diffusion\w*|koboldcpp|tabby|colmap|openvino|gromacs)\b/g;
const FEW = 3;

export const globalCuda: Rule = {
  id: "global-cuda",
  title: "CUDA for all of nixpkgs, for the sake of a few packages",
  class: "missed-optimization",
  severity: "information",
  confidence: 0.6,
  tier: "P2",
  docs: {
    what: "Finds `nixpkgs.config.cudaSupport = true` on hosts that name fewer than three packages which use CUDA, without a cache that holds CUDA packages.",
    why: "The switch changes every package that knows it, and all that depend on those: opencv, ffmpeg and with them browsers and desktops are built here. `pkgsCuda.blender` or `ollama-cuda` and the like touch one package.",
    when: "Desktops with one or two CUDA programs.",
    risk: "Packages that were meant to use CUDA must be named one by one. No automatic fix.",
    rollback: "Set the switch again.",
    evidence: [
      documentation("nixpkgs manual, CUDA", "https://nixos.org/manual/nixpkgs/stable/#cuda"),
      issue("NixOS/nixpkgs#517434"),
    ],
  },
  examples: [
    {
      title: "For one program",
      machine: "none",
      before: `{ pkgs, ... }:
{
  boot.tmp.cleanOnBoot = true;
  ⟦nixpkgs.config.cudaSupport = true;⟧
  nixpkgs.config.cudaCapabilities = [ "8.6" ];
  environment.systemPackages = [ pkgs.blender ];
}
`,
    },
    {
      title: "A host for that work",
      machine: "none",
      before: `{ pkgs, ... }:
{
  boot.tmp.cleanOnBoot = true;
  nixpkgs.config.cudaSupport = true;
  nixpkgs.config.cudaCapabilities = [ "8.6" ];
  environment.systemPackages = [ pkgs.blender pkgs.colmap pkgs.whisper-cpp ];
}
`,
    },
  ],
  *checkHost(host, { model }) {
    const support = host.option(["nixpkgs", "config", "cudaSupport"]);
    if (host.platform !== "nixos" || support.state !== "known" || !isTrue(support) || hasCudaCache(host) !== false)
      return;
    const texts = host.files.map((file) => model.textOf(file) ?? "");
    const users = new Set(texts.flatMap((text) => text.match(USERS) ?? []));
    if (users.size >= FEW) return;
    const named = [...users].join(" and ");
    yield {
      ...spot(strongest(support.definitions)),
      message: `cudaSupport changes every package that knows the switch and all that depend on them; nothing of it comes from cache.nixos.org. ${
        named === "" ? "No package that uses CUDA is named here." : `For ${named}, override the package alone.`
      }`,
    };
  },
};
