// What rules about something missing ask first: whether the whole configuration is in sight, where advice would stand, and
// whether somebody works at the machine.
import { isGenerated } from "../../edits/definitions.js";
import type { Definition, Host, Model } from "../../workspace/model.js";
import { isFlakeConfiguration } from "./settingOf.js";
import { isTrue } from "./sizes.js";

/**
 * Where advice about a host's builds stands: beside what it says of `near` (option path), of its Nix settings, or of Nix; if
 * `needing` names the hosts that need the advice, where no others are reached.
 * Undefined where the host does not configure Nix or leaves it to others, or is only a part of a configuration: a lone file
 * counts where no other file of the workspace configures Nix.
 */
export function adviceSpot(
  host: Host,
  model: Model,
  near: readonly string[] = [],
  needing?: ReadonlySet<string>,
): Definition | undefined {
  const spots = configuring(host);
  if (spots.length === 0 || isNixOff(host)) return undefined;
  if (host.kind !== "host" && model.ask(numberConfiguring) > 1) return undefined;
  const beside = host.definitions.find((d) => isEditable(d) && near.every((name, i) => d.attrPath[i] === name));
  if (near.length > 0 && beside) return beside;
  const best = bestPlace(spots, needing);
  return spots.find((d) => d.file === best?.file && d.hosts.length === best.hosts.length && isSetting(d)) ?? best;
}

/**
 * The best of several places for another option of Nix: one that reaches only hosts which need it, and as many of them as may
 * be; then among the most settings.
 */
export function bestPlace(places: readonly Definition[], needing?: ReadonlySet<string>): Definition | undefined {
  const company = new Map<unknown, number>();
  for (const place of places)
    if (isSetting(place)) company.set(place.site?.set, (company.get(place.site?.set) ?? 0) + 1);
  const merits = (place: Definition): readonly number[] => [
    isWithin(place, needing) ? 1 : 0,
    place.conditional ? 0 : 1,
    place.hosts.length,
    isSetting(place) ? 1 : 0,
    company.get(place.site?.set) ?? 0,
  ];
  const isBetter = (a: readonly number[], b: readonly number[]): boolean => {
    const i = a.findIndex((merit, k) => merit !== b[k]);
    return i >= 0 && (a[i] ?? 0) > (b[i] ?? 0);
  };
  return places.reduce<Definition | undefined>(
    (best, place) => (best === undefined || isBetter(merits(place), merits(best)) ? place : best),
    undefined,
  );
}

function isSetting({ attrPath }: Definition): boolean {
  return attrPath[0] === "nix" && attrPath[1] === "settings";
}

/** True if what is set beside a definition reaches no host but these. */
export function isWithin({ hosts }: Definition, needing: ReadonlySet<string> | undefined): boolean {
  return needing === undefined || hosts.every((name) => needing.has(name));
}

/** True if the system leaves Nix to somebody else (Determinate on macOS): what is set under `nix` has no effect. */
export function isNixOff(host: Host): boolean {
  const enabled = host.option(["nix", "enable"]);
  return enabled.state === "known" && enabled.value.kind === "bool" && !enabled.value.value;
}

/** True for a setting that nothing writes: the system leaves Nix to somebody else. */
export function isUnwritten({ attrPath }: Definition, host: Host): boolean {
  return attrPath[0] === "nix" && isNixOff(host);
}

function numberConfiguring({ hosts }: Model): number {
  return hosts.filter((host) => configuring(host).length > 0).length;
}

function configuring({ definitions }: Host): readonly Definition[] {
  return definitions.filter((d) => d.attrPath[0] === "nix" && isEditable(d));
}

/** True for what stands in code of its own: no text, no hardware scan, no flake's `nixConfig` that a module takes over. */
export function isEditable(definition: Definition): boolean {
  if (definition.inText || isGenerated(definition.file, definition.source?.text ?? "")) return false;
  return definition.attrPath[0] === "nixConfig" || !isFlakeConfiguration(definition);
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

const desktopHosts = ({ hosts }: Model): readonly string[] =>
  hosts.filter((host) => host.kind === "host" && desktopOption(host) !== undefined).map(({ name }) => name);

function desktopOption(host: Host): readonly string[] | undefined {
  return DESKTOPS.find((option) => isTrue(host.option(option)));
}

/** Where advice for those who work at a machine stands: reaching other hosts only where it can't be helped. */
export function desktopSpot(
  host: Host,
  model: Model,
): { readonly spot: Definition; readonly reachesOthers: boolean } | undefined {
  const needing = host.kind === "host" ? new Set(model.ask(desktopHosts)) : undefined;
  const usual = adviceSpot(host, model, [], needing);
  if (usual === undefined || isWithin(usual, needing)) return usual && { spot: usual, reachesOthers: false };
  const desktop = host.option(desktopOption(host) ?? []);
  const own = desktop.state === "known" ? desktop.definitions : [];
  const spot = own.find((one) => isEditable(one) && !one.conditional && isWithin(one, needing));
  return { spot: spot ?? usual, reachesOthers: spot === undefined };
}

/** The option that shows that somebody works at this host, as text; undefined if none is certainly on. */
export function desktopOf(host: Host, model: Model): string | undefined {
  const path = desktopOption(host);
  if (path) return path.slice(0, -1).join(".");
  // A lone file is read as text: its conditions are unknown, so it must have none.
  const text = host.kind === "file" ? (model.textOf(host.files[0] ?? "") ?? "") : "";
  const line = /\bmkIf\b|\boptions\b/.test(text) ? undefined : DESKTOP_LINE.exec(text)?.[0];
  return line?.trim().replace(".enable = true;", "");
}
