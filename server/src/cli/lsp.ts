// `lsp`: the language server on standard input and output.
import type { Command } from "./commandLine.js";
import { UsageError } from "./commandLine.js";

export const lsp: Command = {
  name: "lsp",
  summary: "runs the language server for an editor",
  flags: [{ name: "stdio", help: "speak over standard input and output (the only way; editors pass it)" }],
  async run({ switches }) {
    if (!switches.has("stdio")) throw new UsageError("say how to speak: --stdio");
    const { runServer } = await import("../lsp/stdio.js");
    await runServer();
    return 0;
  },
};
