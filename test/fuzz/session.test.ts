// The server in the hands of chance: every question is answered, nothing fails, and what is shown is what a new server shows.
import assert from "node:assert/strict";
import { closeEditors } from "../lsp/harness.js";
import { forSeeds, LONGEST_TEST } from "../support/seeds.js";
import { generateWorkspace } from "../support/workspaceGenerator.js";
import { Session } from "./session.js";

const SESSIONS = 8;
const BURSTS = 3;

describe("an editing session", function () {
  this.timeout(LONGEST_TEST);
  afterEach(closeEditors);

  it("shows what a new server shows, and its fixes do what they say", () =>
    forSeeds(SESSIONS, async (random, seed) => {
      const session = await Session.start(random, generateWorkspace(seed));
      try {
        for (let i = 0; i < BURSTS; i++) {
          await session.burst();
          assert.deepEqual(session.shown(), await session.shownAfresh());
          await session.fix();
        }
      } catch (error) {
        throw new Error(`after ${session.done.join(", ")}`, { cause: error });
      } finally {
        await closeEditors();
      }
    }));
});
