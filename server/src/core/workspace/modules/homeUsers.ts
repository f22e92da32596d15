// home-manager inside NixOS and nix-darwin: each user's modules are a configuration of their own.
import type { Evaluator } from "../../evaluate/evaluator.js";
import type { AttrsValue, Thunk } from "../../evaluate/value.js";
import type { HostInput } from "../hostUnit.js";
import type { Handling } from "./moduleConfig.js";

const MAX_USERS = 20;

/** How a host's config takes the definitions that home-manager reads. */
export function homeHandling([first, second, ...more]: readonly string[]): Handling {
  if (first !== "home-manager" || second === undefined) return undefined;
  if (second === "users") return more.length === 1 ? "module" : undefined;
  return second === "sharedModules" || second === "extraSpecialArgs" ? "raw" : undefined;
}

/** The users that a host's modules give a home; `config` is the host's. */
export function homeUsers(host: HostInput, config: Thunk, evaluator: Evaluator): HostInput[] {
  const home = (name: string) => evaluator.select(config.force(), ["home-manager", name]);
  const users = home("users");
  if (users.kind !== "attrs") return [];
  const shared = evaluator.of(home("sharedModules"));
  const extra = home("extraSpecialArgs");
  // A module that is listed with the users' own imports the shared ones, so that they come after these.
  const importing = (modules: Thunk) => evaluator.of(evaluator.attrs([["imports", modules]]));
  const given =
    extra.kind === "attrs" ? [...extra.entries].map(([name, { thunk }]): [string, Thunk] => [name, thunk]) : [];
  return [...(users as AttrsValue).entries].slice(0, MAX_USERS).map(([name, user]) => ({
    name: `${name}@${host.name}`,
    platform: "home-manager",
    machine: host.name,
    within: host.platform,
    ...(host.target !== undefined && { target: host.target }),
    flake: host.flake,
    declaration: host.declaration,
    modules:
      shared.force().kind === "list"
        ? [importing(evaluator.of({ kind: "list", items: [importing(shared)] })), user.thunk]
        : [user.thunk],
    specialArgs: new Map([...given, ["osConfig", config]]),
  }));
}
