/** The lab's frame without a browser: links that preset, the worker's host, texts, the policy. */
import { describe, expect, it } from "vitest";
import { POLICY } from "../../lab/app/policy.ts";
import { readPreset, readValue, writePreset } from "../../lab/parts/fields.ts";
import { History } from "../../lab/parts/engine/history.ts";
import { EngineHost } from "../../lab/parts/engine/host.ts";
import type { Message, Run, Settings } from "../../lab/parts/engine/protocol.ts";
import { DEFAULTS, FIELDS } from "../../lab/lessons/04-nitrogen/settings.ts";
import { LESSONS } from "../../lab/pages.ts";
import { counting } from "../../lab/parts/scale.ts";
import { readLesson, renderFormula } from "../../lab/scripts/markdown.ts";
import { ROOT, readFile } from "../support/files.ts";

describe("a link that presets", () => {
  const problems = (search: string): string => readPreset(search, FIELDS).problems.join(" ");

  it("sets what it names, and writes what differs", () => {
    const settings = { ...DEFAULTS, hidden: 20, activation: "relu" as const, rate: 0.003 };
    const link = writePreset(settings, DEFAULTS, FIELDS);
    expect(link).toBe("?hidden=20&activation=relu&rate=0.003");
    expect(readPreset(link, FIELDS)).toEqual({
      settings: { hidden: 20, activation: "relu", rate: 0.003 },
      problems: [],
    });
    expect(writePreset(DEFAULTS, DEFAULTS, FIELDS)).toBe("");
  });

  it("names what does not fit and leaves it out", () => {
    expect(problems("?hiden=20")).toMatch(/“hiden”.*Did it mean “hidden”/);
    expect(problems("?hidden=1000")).toMatch(/from 2 to 100/);
    expect(problems("?hidden=2.5")).toMatch(/whole number/);
    expect(problems("?hidden=0x10")).toMatch(/not a number/);
    expect(problems("?hidden=10&hidden=20")).toMatch(/twice/);
    expect(problems("?activation=constructor")).toMatch(/tanh, relu, sigmoid/);
    expect(problems(`?x=${"x".repeat(9000)}`)).toMatch(/longer than/);
  });

  it("pollutes nothing", () => {
    const preset = readPreset("?__proto__=1&constructor=2&toString=3", FIELDS);
    expect(preset.settings).toEqual({});
    expect(preset.problems).toHaveLength(3);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("reads numbers as people type them", () => {
    expect(readValue(FIELDS.rate, " 0,01 ")).toBe(0.01);
    expect(readValue({ ...FIELDS.rate, min: -1 }, "−0.5")).toBe(-0.5);
  });
});

/** A host in a world whose clock the test turns. */
function makeHost(step: () => void = () => undefined) {
  const messages: Message[] = [];
  const later: (() => void)[] = [];
  let now = 0;
  let count = 0;
  const run: Run<Settings, number> = {
    step() {
      count++;
      now += 0.1;
      step();
    },
    read: () => count,
    set: () => undefined,
    snapshot: () => count,
    restore: (saved) => (count = saved as number),
  };
  const host = new EngineHost({
    start: () => ((count = 0), Promise.resolve(run)),
    send: (message) => messages.push(structuredClone(message)),
    now: () => now,
    later: (work) => later.push(work),
  });
  const ask = async (id: number, command: object): Promise<Message> => {
    host.receive({ id, command } as never);
    await new Promise((resolve) => setImmediate(resolve));
    return messages.at(-1)!;
  };
  const turn = (ms = 0): void => {
    now += ms;
    later.shift()?.();
  };
  return { ask, turn, messages, later, host };
}

const START = { kind: "start", experiment: "neuron", settings: {} };

describe("the worker's host", () => {
  it("starts, steps, runs at a speed, pauses, goes back to a snapshot", async () => {
    const { ask, turn } = makeHost();
    await ask(1, START);
    expect(await ask(2, { kind: "step", count: 3 })).toMatchObject({ report: { reading: 3 } });
    const saved = (await ask(3, { kind: "snapshot" })) as { snapshot: unknown };
    await ask(4, { kind: "run", perSecond: 100, until: null });
    turn();
    turn(1000);
    const paused = await ask(5, { kind: "pause" });
    expect(paused).toMatchObject({ report: { running: false } });
    const { steps } = (paused as { report: { steps: number } }).report;
    expect(steps).toBeGreaterThan(90);
    expect(steps).toBeLessThan(120);
    expect(await ask(6, { kind: "restore", ...saved })).toMatchObject({ report: { reading: 3 } });
  });

  it("runs as one run however often Run is clicked, and stops at the end", async () => {
    const { ask, turn, later, messages } = makeHost();
    await ask(1, START);
    await ask(2, { kind: "run", perSecond: null, until: 1000 });
    await ask(3, { kind: "run", perSecond: null, until: 1000 });
    expect(later).toHaveLength(1);
    for (let i = 0; i < 100; i++) turn();
    expect(later).toHaveLength(0);
    expect(messages.at(-1)).toMatchObject({ report: { steps: 1000, running: false } });
  });

  it("sends nothing more before the page has shown the last report", async () => {
    const { ask, turn, messages, host } = makeHost();
    await ask(1, START);
    await ask(2, { kind: "run", perSecond: null, until: null });
    const before = messages.length;
    for (let i = 0; i < 20; i++) turn(50);
    expect(messages.length).toBe(before + 1);
    host.receive({ shown: true });
    turn(50);
    expect(messages.length).toBe(before + 2);
  });

  it("says what went wrong, and goes on", async () => {
    let bad = true;
    const { ask, turn, messages } = makeHost(() => {
      if (bad) throw new Error("the step failed");
    });
    expect(await ask(1, { kind: "step", count: 1 })).toEqual({
      id: 1,
      error: "nothing has been started yet",
    });
    await ask(2, START);
    await ask(3, { kind: "run", perSecond: null, until: null });
    turn();
    expect(messages.at(-1)).toEqual({ id: null, error: "the step failed" });
    bad = false;
    expect(await ask(4, { kind: "step", count: 1 })).toMatchObject({ report: { running: false } });
  });
});

describe("a loss curve", () => {
  it("keeps the first epochs whole, and few of the later ones", () => {
    const history = new History();
    for (let epoch = 0; epoch < 100_000; epoch++) {
      if (history.wants(epoch)) history.add(epoch, 1 / (1 + epoch));
    }
    const { epochs } = history.read();
    expect(epochs.slice(0, 257)).toEqual(Array.from({ length: 257 }, (_, i) => i));
    expect(epochs.filter((e) => e >= 32_768 && e < 65_536)).toHaveLength(32);
    expect(epochs.length).toBeLessThan(600);
  });

  it("gives the first epochs of a long run room on its axis", () => {
    const { at, back, ticks } = counting(10_000, 0, 400);
    expect(ticks.map(({ label }) => label)).toEqual(["0", "1", "10", "100", "1,000", "10,000"]);
    expect([at(0), at(10_000)]).toEqual([0, 400]);
    expect(at(10)).toBeGreaterThan(100);
    expect(back(at(123))).toBeCloseTo(123, 9);
  });
});

describe("the texts", () => {
  it("have every slot, and a reason for every choice", () => {
    expect(LESSONS).toHaveLength(4);
    for (const { path } of LESSONS) {
      const text = readLesson(`${ROOT}lab/${path}text.md`);
      expect(text.quiz.length).toBeGreaterThanOrEqual(3);
      expect(text.tabs.map(({ label }) => label)).toEqual(["Nabla", "PyTorch", "NumPy"]);
      expect(JSON.stringify(text)).not.toMatch(/ style=/);
    }
  });

  it("render formulas as MathML whose live numbers are single tokens", () => {
    const html = renderFormula(String.raw`\class{s-w}{w_1} = \class{v-a}{-4}`, true);
    expect(html).toContain('<mn class="v-a">−4</mn>');
    expect(html).toContain('<msub class="s-w">');
    expect(html).not.toContain("style");
  });

  it("escape code", () => {
    const { tabs } = readLesson(`${ROOT}lab/lessons/01-neuron/text.md`);
    expect(tabs[0]!.html).not.toMatch(/<(?!\/?span)/);
  });
});

it("the pages and the server have one policy", () => {
  expect(readFile("src/cli/lab-server.ts").replace(/" \+\s*"/g, "")).toContain(POLICY);
});
