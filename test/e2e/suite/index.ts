// Loaded by the extension host as extensionTestsPath. Runs mocha there and tells the result line by line.
import { inspect } from "node:util";

export async function run(): Promise<void> {
  // Imported when it runs: the oldest VS Code that we support cannot require ES modules, which mocha is.
  const { default: Mocha } = await import("mocha");
  const mocha = new Mocha({ ui: "bdd", timeout: 30_000, reporter: "min", color: false });
  const say = (text: string) => console.log(`[test] ${text}`);
  mocha.suite.emit("pre-require", globalThis, "index", mocha);
  await import("./extension.test.js");
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on("pass", (test) => say(`  ok   ${test.fullTitle()} (${test.duration} ms)`));
    runner.on("fail", (test, error: unknown) => say(`  FAIL ${test.fullTitle()}\n${inspect(error)}`));
    runner.on("end", () => say(`  ${runner.stats?.passes} passing\n  ${runner.stats?.failures} failing`));
  });
  if (failures > 0) throw new Error(`${failures} tests failed`);
}
