import assert from "node:assert/strict";
import { parseNixConf, UNKNOWN_TEXT } from "../../server/src/core/workspace/settings/nixConf.js";
import { hostNamed, modelOf, stateText } from "../support/model.js";

describe("nix.conf text", () => {
  const settings = (text: string) => parseNixConf(text).lines.map(({ kind, name, value }) => [kind, name, value]);

  it("reads words, comments anywhere, and any blanks", () => {
    assert.deepEqual(settings("max-jobs = 4\n  cores\t=  2 # two\n# cores = 9\n\nsubstituters = a   b\r\n"), [
      ["setting", "max-jobs", "4"],
      ["setting", "cores", "2"],
      ["setting", "substituters", "a b"],
    ]);
  });

  it("marks lines that Nix refuses, and includes", () => {
    assert.deepEqual(settings("cores\ncores=4\ninclude x.conf\n!include y.conf\ninclude\n= 3"), [
      ["malformed", "cores", ""],
      ["malformed", "cores=4", ""],
      ["include", "include", "x.conf"],
      ["include", "!include", "y.conf"],
      ["malformed", "include", ""],
      ["malformed", "=", ""],
    ]);
  });

  it("gives ranges into the text", () => {
    const text = "# x\n max-jobs =  auto  # y\n";
    const [line] = parseNixConf(text).lines;
    assert.ok(line);
    const at = ({ start, end }: { start: number; end: number }) => text.slice(start, end);
    assert.deepEqual([at(line), at(line.nameRange), at(line.valueRange)], ["max-jobs =  auto", "max-jobs", "auto"]);
  });

  it("tells unknown values from unknown lines", () => {
    const conf = parseNixConf(`cores = ${UNKNOWN_TEXT}\nmax-jobs = 2`);
    assert.equal(conf.open, false);
    assert.deepEqual(
      conf.lines.map(({ known }) => known),
      [false, true],
    );
    assert.equal(parseNixConf(`${UNKNOWN_TEXT}\nmax-jobs = 2`).open, true);
  });
});

describe("settings in text", () => {
  it("a nix.conf is a host of its own; includes count where they stand; the last line wins", async () => {
    const model = await modelOf(`#- etc/nix.conf
cores = 1
include more.conf
build-max-jobs = 3
!include absent.conf
include loop.conf
#- etc/more.conf
cores = 6
auto-optimise-store = yes
min-free = 1G
substituters = https://a https://b
#- etc/loop.conf
include loop.conf
`);
    const host = hostNamed(model, "etc/nix.conf");
    assert.equal(host.platform, "plain");
    assert.equal(stateText(host.setting("cores")), "int 6");
    assert.equal(stateText(host.setting("max-jobs")), "int 3");
    assert.equal(stateText(host.setting("auto-optimise-store")), "bool true");
    assert.equal(stateText(host.setting("min-free")), "int 1073741824");
    assert.equal(stateText(host.setting("substituters")), "[string https://a,string https://b]");
    assert.equal(stateText(host.setting("timeout")), "unset");
    const last = model.definitions.find(
      ({ file, attrPath }) => file === "etc/more.conf" && attrPath.at(-1) === "cores",
    );
    assert.deepEqual(last?.attrPath, ["nix.conf", "cores"]);
  });

  for (const [lines, wanted] of [
    ["extra-trusted-users = x\nextra-trusted-users = y z\n", "[string x,string y,string z]"],
    ["substituters = a\nextra-substituters = b\n", "[string b]"],
    ["extra-substituters = b\nsubstituters = a\n", "unset"],
    ["extra-substituters = b\nbinary-caches = a\nextra-substituters = c\n", "[string c]"],
  ] as const)
    it(`lines add to a list from the last one on that sets it: ${lines.trim().replaceAll("\n", ", ")}`, async () => {
      const model = await modelOf(new Map([["nix.conf", lines]]));
      const name = lines.includes("users") ? "extra-trusted-users" : "extra-substituters";
      assert.equal(stateText(hostNamed(model, "nix.conf").setting(name)), wanted);
    });

  it("text adds to what nix.settings adds, or begins anew", async () => {
    const hostWith = async (text: string) => {
      const host = `{ nix.settings.extra-substituters = [ "a" ]; nix.extraOptions = "${text}"; }`;
      const flake = `{ outputs = { nixpkgs, ... }: { nixosConfigurations.h = nixpkgs.lib.nixosSystem { modules = [ ./h.nix ]; }; }; }`;
      const model = await modelOf(
        new Map([
          ["flake.nix", flake],
          ["h.nix", host],
        ]),
      );
      return stateText(hostNamed(model, "h").setting("extra-substituters"));
    };
    assert.equal(await hostWith("extra-substituters = b"), "[string a,string b]");
    assert.equal(await hostWith("substituters = c"), "unset");
    assert.equal(await hostWith("cores = 2"), "[string a]");
  });

  it("nix.extraOptions is read last: it wins over nix.settings", async () => {
    const model = await modelOf(`#- a.nix
{ pkgs, ... }: {
  nix.settings = { cores = 2; max-jobs = 4; };
  nix.extraOptions = ''
    # a comment
    cores = 6
      keep-outputs = \${"true"}
    plugin-files = \${pkgs.x}/lib
  '';
}
`);
    const [host] = model.hosts;
    assert.ok(host);
    assert.equal(stateText(host.setting("cores")), "int 6");
    assert.equal(stateText(host.option(["nix", "settings", "cores"])), "int 6");
    assert.equal(stateText(host.setting("max-jobs")), "int 4");
    assert.equal(stateText(host.setting("keep-outputs")), "bool true");
    assert.match(stateText(host.setting("plugin-files")), /^\?/);
    const cores = model.definitions.find(({ inText, attrPath }) => inText && attrPath.at(-1) === "cores");
    assert.ok(cores);
    const text = model.sources.get("a.nix")?.text ?? "";
    assert.equal(text.slice(cores.range.start, cores.range.end), "cores = 6");
    assert.equal(text.slice(cores.valueRange.start, cores.valueRange.end), "6");
    assert.deepEqual(cores.inText, { carrier: ["nix", "extraOptions"], nixConf: true });
    assert.equal(cores.site, undefined);
  });

  it("text with an unknown line may set anything", async () => {
    const model = await modelOf("{ x, ... }: { nix.settings.cores = 2; nix.extraOptions = ''\n  ${x}\n''; }");
    const [host] = model.hosts;
    assert.ok(host);
    assert.match(stateText(host.setting("cores")), /^\? nix.extraOptions holds a part/);
  });

  it("reads NIX_CONFIG and a nix.conf in environment.etc", async () => {
    const model = await modelOf(`{
  environment.variables.NIX_CONFIG = "max-jobs = 2";
  environment.etc."nix/nix.conf".text = "cores = 3";
}`);
    const texts = model.definitions.filter(({ inText }) => inText).map(({ attrPath }) => attrPath.join(" "));
    assert.deepEqual(texts, ["environment variables NIX_CONFIG max-jobs", "environment etc nix/nix.conf text cores"]);
  });
});
