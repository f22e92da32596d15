// Read-only Markdown documents that the server writes: the budget with its arithmetic, and the pages of rules and settings.
import { commands, type Disposable, EventEmitter, Uri, workspace } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import {
  BUDGET,
  type BudgetParams,
  EXPLAIN,
  type ExplainParams,
  type MarkdownResult,
} from "../../server/src/lsp/protocol.js";

const SCHEME = "nix-build-budget";

export interface Documents extends Disposable {
  showBudget(of: Uri | undefined): Promise<void>;
  showExplanation(name: string): Promise<void>;
}

export function registerDocuments(client: LanguageClient): Documents {
  const changed = new EventEmitter<Uri>();
  const provider = workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: changed.event,
    provideTextDocumentContent: async (uri) => {
      const { markdown } = uri.path.startsWith("/rule/")
        ? await client.sendRequest<MarkdownResult>(EXPLAIN, { name: uri.query } satisfies ExplainParams)
        : await client.sendRequest<MarkdownResult>(
            BUDGET,
            (uri.query ? { uri: uri.query } : {}) satisfies BudgetParams,
          );
      return markdown;
    },
  });
  async function show(uri: Uri): Promise<void> {
    changed.fire(uri);
    await commands.executeCommand("markdown.showPreview", uri);
  }
  return {
    showBudget: (of) => show(Uri.from({ scheme: SCHEME, path: "/Build budget.md", query: of?.toString() ?? "" })),
    showExplanation: (name) => show(Uri.from({ scheme: SCHEME, path: `/rule/${name}.md`, query: name })),
    dispose() {
      provider.dispose();
      changed.dispose();
    },
  };
}
