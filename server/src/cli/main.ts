// The terminal command. One file a command; this one only finds it and turns what goes wrong into an exit code.
import { check } from "./check.js";
import { type Command, commandHelp, findCommand, helpText, parseArguments, UsageError } from "./commandLine.js";
import { explain } from "./explain.js";
import { lsp } from "./lsp.js";
import { machine } from "./machine.js";
import { print, warn } from "./output.js";
import { packages } from "./packages.js";
import { plan } from "./plan.js";
import { rules } from "./rules.js";
import { settings } from "./settings.js";
import { programVersion } from "./version.js";

const COMMANDS: readonly Command[] = [check, settings, machine, packages, plan, rules, explain, lsp];
const USAGE_ERROR = 2;

/** Whatever goes wrong that is not the program's own fault. */
async function run(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined) {
    process.stderr.write(helpText(COMMANDS));
    return USAGE_ERROR;
  }
  if (name === "--help" || name === "-h" || (name === "help" && rest.length === 0)) {
    print(helpText(COMMANDS));
    return 0;
  }
  if (name === "--version" || name === "-V") {
    print(programVersion());
    return 0;
  }
  if (name.startsWith("-")) throw new UsageError(`unknown flag ${name}; a command comes first`);
  if (name === "help") {
    print(commandHelp(findCommand(COMMANDS, rest[0] ?? "")));
    return 0;
  }
  const command = findCommand(COMMANDS, name);
  try {
    const args = parseArguments(command, rest);
    if (args !== "help") return await command.run(args);
    print(commandHelp(command));
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    warn(`${error.message}\nTry 'nix-build-budget ${command.name} --help'.`);
    return USAGE_ERROR;
  }
}

// A reader that has seen enough (`| head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  warn(error instanceof UsageError ? `${error.message}\nTry 'nix-build-budget --help'.` : `${(error as Error).stack}`);
  process.exitCode = USAGE_ERROR;
}
