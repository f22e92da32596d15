# Tools that no binary cache has, by language.
final: prev: {
  # Rust
  ck-search = final.callPackage ../packages/rust/ck-search.nix { };
  mcp-filesystem-rust = final.callPackage ../packages/rust/mcp-filesystem-rust.nix { };
  codex = final.callPackage ../packages/rust/codex.nix { };
  chezmoi_modify_manager = final.callPackage ../packages/rust/chezmoi_modify_manager.nix { };

  # Go
  mcp-shell = final.callPackage ../packages/go/mcp-shell.nix { };
  git-mcp-go = final.callPackage ../packages/go/git-mcp-go.nix { };
  mcp-filesystem-go = final.callPackage ../packages/go/mcp-filesystem-go.nix { };
  semantic-grep = final.callPackage ../packages/go/semantic-grep.nix { };

  # npm
  firecrawl-mcp = final.callPackage ../packages/npm/firecrawl-mcp.nix { };
  brave-search-mcp = final.callPackage ../packages/npm/brave-search-mcp.nix { };
  mcp-read-website-fast = final.callPackage ../packages/npm/mcp-read-website-fast.nix { };
  claude-code = final.callPackage ../packages/npm/claude-code.nix { };

  # Python
  claude-continuity = final.callPackage ../packages/python/claude-continuity.nix { };
  ast-grep-mcp = final.callPackage ../packages/python/ast-grep-mcp.nix { };
  gdrive-tray = final.callPackage ../packages/python/gdrive-tray.nix { };

  # Disabled: one build takes the whole machine for a night.
  # firefox-unwrapped = prev.firefox-unwrapped.override { pgoSupport = false; };
}
