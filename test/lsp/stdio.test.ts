// The server as its own process, as every editor starts it.
import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import {
  createProtocolConnection,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  type PublishDiagnosticsParams,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";

const PROGRAM = fileURLToPath(new URL("../../server/src/cli/main.js", import.meta.url));

describe("language server over stdio", function () {
  this.timeout(20_000);
  let server: ChildProcessWithoutNullStreams;
  let connection: ProtocolConnection;

  beforeEach(async () => {
    server = spawn(process.execPath, [PROGRAM, "lsp", "--stdio", `--clientProcessId=${process.pid}`]);
    connection = createProtocolConnection(
      new StreamMessageReader(server.stdout),
      new StreamMessageWriter(server.stdin),
    );
    connection.listen();
    const { serverInfo } = await connection.sendRequest(InitializeRequest.type, {
      processId: process.pid,
      rootUri: null,
      capabilities: {},
    });
    assert.equal(serverInfo?.name, "nix-build-budget");
    await connection.sendNotification(InitializedNotification.type, {});
  });

  afterEach(() => {
    connection.dispose();
    server.kill();
  });

  it("finds, and ends when it is told to", async () => {
    const shown = new Promise<PublishDiagnosticsParams>((resolve) =>
      connection.onNotification(PublishDiagnosticsNotification.type, resolve),
    );
    await connection.sendNotification(DidOpenTextDocumentNotification.type, {
      textDocument: { uri: "untitled:a", languageId: "nix", version: 7, text: '{ nix.settings.cores = "auto"; }' },
    });
    const { version, diagnostics } = await shown;
    assert.equal(version, 7);
    assert.ok(diagnostics.some(({ code }) => code === "cores-auto"));
    const ended = once(server, "exit");
    await connection.sendRequest(ShutdownRequest.type);
    await connection.sendNotification(ExitNotification.type);
    assert.deepEqual(await ended, [0, null]);
  });

  it("ends when the editor is gone", async () => {
    const ended = once(server, "exit");
    server.stdin.end();
    const [code] = await ended;
    assert.equal(code, 1);
  });
});
