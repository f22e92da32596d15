{ pkgs, ... }:
{
  home.username = "takumi";
  home.homeDirectory = "/home/takumi";
  home.stateVersion = "25.05";

  home.packages = with pkgs; [
    ck-search
    mcp-filesystem-rust
    codex
    mcp-shell
    git-mcp-go
    mcp-filesystem-go
    firecrawl-mcp
    brave-search-mcp
    mcp-read-website-fast
    claude-code
    claude-continuity
    ast-grep-mcp
    gdrive-tray
  ];
}
