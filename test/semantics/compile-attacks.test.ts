/**
 * Attacks on `compile`: programs whose state of the host changes between calls or while they are
 * traced. Each gives the bits of plain code, or an error; never other bits.
 */
import type { Tensor } from "nabla";
import { compile, tensor } from "nabla";
import { describe, expect, it } from "vitest";
import { looked } from "../support/guard.ts";
import type { Attack } from "./attack.ts";
import { outcomeOf } from "./attack.ts";
import { ARRAYS, OBJECTS } from "./attacks-arguments.ts";
import { CLOSURES, NUMBERS } from "./attacks-host.ts";
import { atCalls, SEEN, UNSEEN } from "./attacks-later.ts";
import { IDENTITY } from "./attacks-identity.ts";
import { THROWS, MIXED } from "./attacks-mixed.ts";
import { MODULES, STEPS } from "./attacks-modules.ts";
import { MORE } from "./attacks-more.ts";
import { REST } from "./attacks-rest.ts";
import { GRADIENTS, RESULTS, TEXTS } from "./attacks-results.ts";

const LATE = atCalls(SEEN);
const GIVEN = { ARRAYS, OBJECTS, IDENTITY, RESULTS, GRADIENTS, TEXTS, THROWS, MIXED };
const GROUPS = { NUMBERS, CLOSURES, MODULES, STEPS, REST, MORE, LATE, ...GIVEN };
const ALL = Object.entries(GROUPS).flatMap(([group, attacks]) =>
  Object.entries(attacks).map(
    ([name, attack]) => [`${group.toLowerCase()}: ${name}`, attack] as const,
  ),
);

describe("compile against plain code", () => {
  it.each(ALL)("%s", (_, attack) => {
    expect(outcomeOf(attack)).not.toMatchObject({ kind: "different" });
  });

  it.each(Object.entries(atCalls(SEEN)))("without checks: %s", (_, attack) => {
    expect(outcomeOf(attack, { check: "never" })).not.toMatchObject({ kind: "different" });
  });

  it.each(Object.entries(atCalls(UNSEEN)))("looked at each time: %s", (_, attack) => {
    expect(outcomeOf(attack, { check: "always" })).not.toMatchObject({ kind: "different" });
  });

  it.each(Object.entries(atCalls(UNSEEN, [2, 3, 8])))("looked at first: %s", (_, attack) => {
    expect(outcomeOf(attack)).not.toMatchObject({ kind: "different" });
  });

  it("says how many were equal and how many refused", ({ task }) => {
    const kinds = ALL.map(([, attack]) => outcomeOf(attack).kind);
    const count = (kind: string): number => kinds.filter((one) => one === kind).length;
    looked(
      task,
      `compile: ${kinds.length} attacks, ${count("equal")} equal, ${count("refused")} refused`,
    );
    expect(count("equal")).toBeGreaterThan(230);
    expect(count("equal") + count("refused")).toBe(kinds.length);
  });

  it("would see other bits: a check that never looks", () => {
    const x = tensor([1, 2, 3]);
    let k = 1;
    const blind: Attack = (wrap) => {
      k = 1;
      const f = wrap((x: Tensor) => x.mul(k));
      const unchecked = f.name === "compiled" ? compile(() => x.mul(k), { check: "never" }) : f;
      return [() => unchecked(x), () => ((k = 2), unchecked(x))];
    };
    expect(outcomeOf(blind).kind).toBe("different");
  });
});
