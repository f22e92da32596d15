// The disk host: what becomes part of a snapshot, and what does not.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findRoot, loadPaths, loadWorkspace, pathInRoot } from "../../server/src/host/disk.js";

describe("disk host", () => {
  let root: string;
  const write = (path: string, content: string | Uint8Array = "{ }\n") => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  const loaded = (options?: Parameters<typeof loadWorkspace>[1]) =>
    [...loadWorkspace(root, options).snapshot.files.keys()].sort();
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "nbb-disk-")));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it("loads Nix files, nix.conf and the configuration file, and lists every folder", () => {
    for (const path of ["flake.nix", "a/b/c.nix", "etc/nix.conf", "nix-build-budget.json", "a/facter.json"])
      write(path);
    const { snapshot } = loadWorkspace(root);
    assert.deepEqual([...snapshot.files.keys()].sort(), [
      "a/b/c.nix",
      "etc/nix.conf",
      "flake.nix",
      "nix-build-budget.json",
    ]);
    assert.deepEqual([...snapshot.folders.keys()].sort(), ["", "a", "a/b", "etc"]);
    assert.deepEqual(Object.fromEntries(snapshot.folders.get("a") ?? []), { b: "directory", "facter.json": "regular" });
  });

  it("respects nested .gitignore files, negations and exclude globs, and never looks into .git", () => {
    write(".gitignore", "build/\n*.gen.nix\n");
    write("sub/.gitignore", "!keep.gen.nix\nlocal.nix\n");
    for (const path of ["x.gen.nix", "sub/keep.gen.nix", "sub/local.nix", "local.nix", "build/y.nix", "vendor/z.nix"])
      write(path);
    write(".git/hooks/h.nix");
    assert.deepEqual(loaded({ exclude: ["vendor/**"] }), ["local.nix", "sub/keep.gen.nix"]);
    const workspace = loadWorkspace(root, { exclude: ["vendor/**"] });
    assert.deepEqual(
      ["x.gen.nix", "build/y.nix", "vendor/z.nix", "sub/keep.gen.nix", "local.nix"].map(workspace.isIgnored),
      [true, true, true, false, false],
    );
    assert.equal(workspace.snapshot.folders.get("")?.has(".git"), false);
  });

  it("reads the configuration even though it is ignored, by itself too", () => {
    write(".gitignore", "nix-build-budget.json\n");
    write("nix-build-budget.json");
    write("sub/nix-build-budget.json");
    write("a.nix");
    assert.deepEqual(loaded({ exclude: ["**"] }), ["nix-build-budget.json"]);
    assert.deepEqual(loaded({}), ["a.nix", "nix-build-budget.json"]);
  });

  it("loads a target that is named even though it is ignored", () => {
    write(".gitignore", "build/\n");
    write("build/deep/y.nix");
    const workspace = loadWorkspace(root, { targets: ["build"] });
    assert.deepEqual([...workspace.snapshot.files.keys()], ["build/deep/y.nix"]);
    assert.equal(workspace.isIgnored("build/deep/y.nix"), false);
  });

  it("does not follow symbolic links on its own, survives loops and never leaves the root", () => {
    write("a/real.nix", "1");
    symlinkSync("..", join(root, "a/up"));
    symlinkSync("loop", join(root, "loop"));
    symlinkSync("/etc/passwd", join(root, "outside.nix"));
    symlinkSync("a/real.nix", join(root, "link.nix"));
    const workspace = loadWorkspace(root);
    assert.deepEqual([...workspace.snapshot.files.keys()], ["a/real.nix"]);
    const more = loadPaths(workspace, ["link.nix", "outside.nix", "../other.nix", "/etc/passwd", "loop"]);
    assert.deepEqual([...more.snapshot.files.keys()].sort(), ["a/real.nix", "link.nix"]);
  });

  it("marks what is not UTF-8 or too large as unreadable, and drops a byte order mark", () => {
    write("latin.nix", Buffer.from([0x7b, 0xe9, 0x7d]));
    write("bom.nix", Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from("{ }\r\n")]));
    write("huge.nix", Buffer.alloc(17 * 1024 * 1024, 32));
    const { files } = loadWorkspace(root).snapshot;
    const state = (path: string) => {
      const file = files.get(path);
      return file && "text" in file ? file.text : file?.unreadable;
    };
    assert.equal(state("latin.nix"), "not UTF-8");
    assert.equal(state("bom.nix"), "{ }\r\n");
    assert.equal(state("huge.nix"), "larger than 16 MiB");
  });

  it("loads what is needed later, notices changes and deletions, and says so when nothing is new", () => {
    write("flake.nix", "1");
    write("data/facter.json", "{}");
    const first = loadWorkspace(root);
    assert.equal(loadPaths(first, ["flake.nix", "absent.nix", "data"]), first);
    const second = loadPaths(first, ["data/facter.json"]);
    assert.ok(second.snapshot.files.has("data/facter.json"));
    assert.equal(first.snapshot.files.has("data/facter.json"), false, "the earlier snapshot stays as it was");
    write("new/deep/x.nix");
    rmSync(join(root, "data"), { recursive: true });
    const third = loadPaths(second, ["new", "data"]);
    assert.deepEqual([...third.snapshot.files.keys()].sort(), ["flake.nix", "new/deep/x.nix"]);
    assert.deepEqual([...third.snapshot.folders.keys()].sort(), ["", "new", "new/deep"]);
  });

  it("reads only what is asked for in shallow mode", () => {
    write("lone.nix");
    write("other/x.nix");
    const workspace = loadWorkspace(root, { shallow: true, targets: ["lone.nix"] });
    assert.deepEqual([...workspace.snapshot.files.keys()], ["lone.nix"]);
    assert.deepEqual([...workspace.snapshot.folders.keys()], [""]);
  });

  it("finds the root: nearest configuration file, else nearest flake, else the path itself", () => {
    write("nix-build-budget.json", "{}");
    write("sub/flake.nix");
    write("sub/a/x.nix");
    assert.equal(findRoot(join(root, "sub/a/x.nix")), root);
    rmSync(join(root, "nix-build-budget.json"));
    assert.equal(findRoot(join(root, "sub/a/x.nix")), join(root, "sub"));
    rmSync(join(root, "sub/flake.nix"));
    assert.equal(findRoot(join(root, "sub/a/x.nix")), join(root, "sub/a"));
    assert.equal(findRoot(join(root, "sub/a")), join(root, "sub/a"));
    assert.equal(pathInRoot(root, join(root, "sub/a/x.nix")), "sub/a/x.nix");
    assert.equal(pathInRoot(root, root), "");
    assert.equal(pathInRoot(root, dirname(root)), undefined);
  });
});
