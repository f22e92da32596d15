// The command line: what each command takes, in one table a command, from which both parsing and --help are made.
import { nearestName } from "../core/text/nearest.js";

export interface Flag {
  /** Without the dashes. */
  readonly name: string;
  /** How --help calls the value; a flag without it takes none. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly help: string;
}

export interface Command {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** How --help calls the operands, and how many there may be. */
  readonly operands?: { readonly name: string; readonly least: number; readonly most: number };
  readonly flags: readonly Flag[];
  /** Further lines for --help. */
  readonly details?: readonly string[];
  /** The exit code. */
  readonly run: (args: Arguments) => Promise<number>;
}

export interface Arguments {
  readonly operands: readonly string[];
  readonly values: ReadonlyMap<string, string>;
  readonly switches: ReadonlySet<string>;
}

/** The user asked for what there is not. Its message goes to stderr, and the command ends with exit code 2. */
export class UsageError extends Error {}

const PROGRAM = "nix-build-budget";

/** @throws UsageError */
export function parseArguments(command: Command, argv: readonly string[]): Arguments | "help" {
  const operands: string[] = [];
  const values = new Map<string, string>();
  const switches = new Set<string>();
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? "";
    if (word === "--") {
      operands.push(...argv.slice(i + 1));
      break;
    }
    if (word === "--help" || word === "-h") return "help";
    if (!word.startsWith("-") || word === "-") {
      operands.push(word);
      continue;
    }
    const equals = word.indexOf("=");
    const name = equals < 0 ? word : word.slice(0, equals);
    const flag = command.flags.find((candidate) => `--${candidate.name}` === name);
    if (!flag) throw new UsageError(unknownFlag(command, name));
    if (!flag.value) {
      if (equals >= 0) throw new UsageError(`${name} takes no value`);
      switches.add(flag.name);
      continue;
    }
    const value = equals >= 0 ? word.slice(equals + 1) : argv[++i];
    if (value === undefined) throw new UsageError(`${name} needs a value: ${name} ${flag.value}`);
    if (flag.choices && !flag.choices.includes(value)) throw new UsageError(unknownChoice(name, value, flag.choices));
    values.set(flag.name, value);
  }
  const { name, least, most } = command.operands ?? { name: "", least: 0, most: 0 };
  if (operands.length < least) throw new UsageError(`${name} is missing`);
  if (operands.length > most) throw new UsageError(`unexpected argument "${operands[most]}"`);
  return { operands, values, switches };
}

function unknownFlag(command: Command, name: string): string {
  const near = nearestName(
    name,
    command.flags.map((flag) => `--${flag.name}`),
  );
  return `unknown flag ${name}${near ? `; did you mean ${near}?` : ""}`;
}

function unknownChoice(flag: string, value: string, choices: readonly string[]): string {
  const near = nearestName(value, choices);
  return `${flag} must be one of ${choices.join(", ")}: "${value}"${near ? `; did you mean ${near}?` : ""}`;
}

/** @throws UsageError if it is not a number from `least` to `most`. */
export function numberValue(args: Arguments, flag: string, least: number, most: number): number | undefined {
  const text = args.values.get(flag);
  if (text === undefined) return undefined;
  const value = /^\d+(\.\d+)?$|^\.\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    throw new UsageError(`--${flag} must be a number from ${least} to ${most}: "${text}"`);
  return value;
}

/** @throws UsageError naming the commands there are. */
export function findCommand(commands: readonly Command[], name: string): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command) return command;
  const names = commands.map((candidate) => candidate.name);
  const near = nearestName(name, names);
  throw new UsageError(
    `unknown command "${name}"${near ? `; did you mean ${near}?` : `. There are: ${names.join(", ")}`}`,
  );
}

export function helpText(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  return [
    "Finds Nix build settings that do not fit the hardware, and fixes them.",
    "",
    `Usage: ${PROGRAM} COMMAND [ARGUMENTS]`,
    "",
    "Commands:",
    ...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    "",
    `\`${PROGRAM} COMMAND --help\` tells what a command takes; --version prints the version.`,
    "Exit code: 0 nothing to report, 1 findings, 2 wrong usage or unreadable input.",
    "",
  ].join("\n");
}

export function commandHelp(command: Command): string {
  const operand = command.operands ? ` ${operandUsage(command.operands)}` : "";
  const flags = [...command.flags, { name: "help", help: "this text" }].map((flag: Flag) => ({
    head: flag.value ? `--${flag.name} ${flag.value}` : `--${flag.name}`,
    help: flag.choices ? `${flag.help}: ${flag.choices.join(", ")}` : flag.help,
  }));
  const width = Math.max(...flags.map(({ head }) => head.length));
  return [
    command.summary,
    "",
    `Usage: ${PROGRAM} ${command.name}${operand} [FLAGS]`,
    "",
    ...flags.map(({ head, help }) => `  ${head.padEnd(width)}  ${help}`),
    ...(command.details ? ["", ...command.details] : []),
    "",
  ].join("\n");
}

function operandUsage({ name, least, most }: NonNullable<Command["operands"]>): string {
  const repeated = most > 1 ? `${name}...` : name;
  return least === 0 ? `[${repeated}]` : repeated;
}
