// What rules about something missing ask first: whether the whole configuration is in sight, where advice would stand, and
// whether somebody works at the machine.
import { isGenerated } from "../../edits/definitions.js";
import type { Definition, Host, Model } from "../../workspace/model.js";
import { isTrue } from "./sizes.js";

/**
 * Where advice about a host's builds stands: beside what it says of `near` (option path), of its Nix settings, or of Nix.
 * Undefined where the host does not configure Nix or leaves it to others, or is only a part of a configuration: a lone file
 * counts where no other file of the workspace configures Nix.
 */
export function adviceSpot(host: Host, model: Model, near: readonly string[] = []): Definition | undefined {
  const spots = configuring(host);
  if (spots.length === 0 || isNixOff(host)) return undefined;
  if (host.kind !== "host" && model.ask(numberConfiguring) > 1) return undefined;
  const beside = (path: readonly string[]) =>
    host.definitions.find((d) => isEditable(d) && path.every((name, i) => d.attrPath[i] === name));
  return (near.length > 0 ? beside(near) : undefined) ?? beside(["nix", "settings"]) ?? spots[0];
}

/** True if the system leaves Nix to somebody else (Determinate on macOS): what is set under `nix` has no effect. */
export function isNixOff(host: Host): boolean {
  const enabled = host.option(["nix", "enable"]);
  return enabled.state === "known" && enabled.value.kind === "bool" && !enabled.value.value;
}

function numberConfiguring({ hosts }: Model): number {
  return hosts.filter((host) => configuring(host).length > 0).length;
}

function configuring({ definitions }: Host): readonly Definition[] {
  return definitions.filter((d) => d.attrPath[0] === "nix" && isEditable(d));
}

function isEditable(definition: Definition): boolean {
  return !definition.inText && !isGenerated(definition.file, definition.source?.text ?? "");
}

const DESKTOPS: readonly (readonly string[])[] = [
  ["services", "xserver", "enable"],
  ...["plasma5", "plasma6", "gnome", "cosmic", "xfce", "cinnamon", "mate", "budgie", "pantheon", "lxqt"].flatMap(
    (name) => [
      ["services", "desktopManager", name, "enable"],
      ["services", "xserver", "desktopManager", name, "enable"],
    ],
  ),
  ...["hyprland", "sway", "niri", "river", "wayfire", "labwc"].map((name) => ["programs", name, "enable"]),
];
const DESKTOP_LINE =
  /^\s*(?:services\.(?:xserver|(?:xserver\.)?desktopManager\.\w+)|programs\.(?:hyprland|sway|niri|river|wayfire|labwc))\.enable = true;/m;

/** The option that shows that somebody works at this host, as text; undefined if none is certainly on. */
export function desktopOf(host: Host, model: Model): string | undefined {
  const path = DESKTOPS.find((option) => isTrue(host.option(option)));
  if (path) return path.slice(0, -1).join(".");
  // A lone file is read as text: its conditions are unknown, so it must have none.
  const text = host.kind === "file" ? (model.textOf(host.files[0] ?? "") ?? "") : "";
  const line = /\bmkIf\b|\boptions\b/.test(text) ? undefined : DESKTOP_LINE.exec(text)?.[0];
  return line?.trim().replace(".enable = true;", "");
}
