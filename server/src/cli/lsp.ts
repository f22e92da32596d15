// `lsp`: the language server on standard input and output.
import { type Command, UsageError } from "./commandLine.js";
import { programVersion } from "./version.js";

export const lsp: Command = {
  name: "lsp",
  summary: "runs the language server for an editor",
  flags: [
    { name: "stdio", help: "speak over standard input and output (the only way; editors pass it)" },
    {
      name: "clientProcessId",
      value: "PID",
      help: "accepted since editors pass it; they tell it again when they connect",
    },
  ],
  async run({ switches }) {
    if (!switches.has("stdio")) throw new UsageError("say how to speak: --stdio");
    const { runServer } = await import("../lsp/stdio.js");
    runServer(programVersion());
    return 0;
  },
};
