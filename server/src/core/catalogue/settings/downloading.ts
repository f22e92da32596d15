// Settings of the transfer itself: connections, parallel downloads, timeouts.
import { code, documentation, issue, releaseNotes } from "../cite.js";
import { setting } from "../define.js";
import type { SettingFact } from "../facts.js";

export const DOWNLOADING_SETTINGS: readonly SettingFact[] = [
  setting("http-connections", {
    aliases: ["binary-caches-parallel-connections"],
    type: "unsigned",
    accepts: "a whole number; 0 is no limit",
    default: "25",
    summary: "Upper limit of open connections for downloads.",
    details: [
      "Bounds the TCP connections of all downloads together; the queue holds 5 times as many requests. cache.nixos.org speaks HTTP/2, where one connection carries many downloads and Nix waits for it rather than open another, so a higher value alone changes little.",
      "How many packages are fetched at once is `max-substitution-jobs` (16). On a line of 100 Mbit/s and more raise the two together, for example to 64 and 64; caches that speak only HTTP/1.1 gain most. Unpacking costs CPU time and disk writes as well: 128 parallel unpacks on 8 threads slow the desktop down.",
    ].join("\n\n"),
    pitfalls: [
      "The default was 150 once and was cut to 25, because home routers dropped connections.",
      "0 can exhaust file descriptors and trip rate limits (HTTP 429).",
      "From `nixConfig` or home-manager of an untrusted user it reaches only the client's own downloads, not the daemon's.",
    ],
    sources: [
      code("NixOS/nix", "src/libstore/filetransfer.cc", "CURLMOPT_MAX_TOTAL_CONNECTIONS, CURLOPT_PIPEWAIT"),
      issue("NixOS/nixpkgs#9453", "connections dropped at 150"),
      issue("NixOS/nix#708"),
      issue("NixOS/nix#898"),
    ],
  }),
  setting("max-substitution-jobs", {
    aliases: ["substitution-max-jobs"],
    type: "unsigned",
    accepts: "a whole number; 0 is read as 1",
    default: "16",
    since: "2.16",
    summary: "How many packages are downloaded and unpacked at the same time.",
    details:
      "Before Nix 2.16 `max-jobs` limited downloads too, so `max-jobs = 1` fetched one package at a time; since then this setting does. 16 suits most machines. 64 can help on a fast line with many small packages; every one of them is also unpacked and written to disk.",
    pitfalls: [
      "128, as found in many dotfiles, comes from an article about the order of caches; no measurement supports it.",
    ],
    sources: [
      releaseNotes("2.16", "substitution split from max-jobs"),
      issue("NixOS/nix#5118", "the bottleneck measured there was the query pool"),
      documentation(
        "Brian McGee on substituter order",
        "https://bmcgee.ie/posts/2023/12/til-how-to-optimise-substitutions-in-nix/",
      ),
    ],
  }),
  setting("connect-timeout", {
    type: "seconds",
    accepts: "seconds; 0 is the system's own limit, about 2 minutes",
    default: [{ value: "0" }, { value: "5", since: "2.29" }, { value: "15", since: "2.32" }],
    daemon: "any-user",
    summary: "How long to wait for a connection to a cache.",
    details:
      "With a cache of your own that is sometimes off, Nix before 2.29 waits minutes for it on every command; `5` repairs that. Newer versions wait 15 seconds by default.",
    pitfalls: ["Values of 1-3 break slow DNS and mobile links."],
    sources: [issue("NixOS/nix#13985", "5 s was too small for slow DNS")],
  }),
  setting("stalled-download-timeout", {
    type: "seconds",
    default: "300",
    since: "2.3",
    summary: "Breaks a download off that has brought nothing for this long.",
    details:
      "A stalled download holds one of `max-substitution-jobs` places until then. 30-60 seconds make dead links recover sooner.",
  }),
  setting("download-attempts", {
    type: "unsigned",
    default: "5",
    since: "2.3",
    renamedTo: "filetransfer-retry-attempts",
    summary: "How often a download is tried.",
    details:
      "Called `filetransfer-retry-attempts` since Nix 2.35; this name stays valid there, while older versions know only this one.",
    sources: [releaseNotes("2.35")],
  }),
  setting("filetransfer-retry-attempts", {
    type: "unsigned",
    default: "5",
    since: "2.35",
    summary: "How often a transfer is tried before it fails.",
    details: "The name since Nix 2.35 of `download-attempts`. Older versions warn about an unknown setting.",
    sources: [releaseNotes("2.35")],
  }),
  setting("download-speed", {
    type: "unsigned",
    accepts: "KB/s; 0 is no limit",
    default: "0",
    since: "2.11",
    summary: "Slows all downloads down to this rate.",
    details: "For metered or shared lines. A forgotten value makes every update slow without any message.",
  }),
  setting("download-buffer-size", {
    type: "bytes",
    default: [{ value: "67108864" }, { value: "1048576", since: "2.33" }],
    since: "2.24",
    summary: "How much of each download may wait in memory.",
    details:
      "Raised by many because of the warning `download buffer is full`. Since Nix 2.33 its cause is repaired, the default is 1 MiB and a larger value is no longer recommended: it only takes memory from builds. On 2.24-2.32 up to 256 MiB is reasonable.",
    pitfalls: ["1 GiB, as found in the wild, is 7 % of a 16 GB laptop's memory for builds."],
    sources: [releaseNotes("2.33"), issue("NixOS/nix#11728"), issue("NixOS/nix#14614")],
  }),
  setting("http2", {
    type: "bool",
    default: "true",
    summary: "Uses HTTP/2 where the cache offers it.",
    details:
      "Leave it on: one connection then carries many downloads. Switch it off only for proxies that break HTTP/2, and raise `http-connections` then.",
  }),
  setting("http3", {
    type: "bool",
    default: "false",
    since: "2.35",
    summary: "Tries HTTP/3 (QUIC) first.",
    details: "Without effect unless the curl that Nix was built with has QUIC.",
    sources: [releaseNotes("2.35")],
  }),
];
