/** The examples about training networks run, and their numbers are those that they claim. */
import { describe, expect, it } from "vitest";
import { run as initialisation } from "../../examples/initialisation.ts";
import { run as spiral } from "../../examples/mlp-spiral.ts";
import { run as nanoGPT } from "../../examples/nano-gpt.ts";
import { run as overfitting } from "../../examples/overfitting.ts";
import { run as oscillator } from "../../examples/pinn-oscillator.ts";
import { run as vanishing } from "../../examples/vanishing-gradients.ts";
import { run as diffusion } from "../../examples/diffusion.ts";
import { run as gan } from "../../examples/gan.ts";
import { run as karate } from "../../examples/gcn-karate.ts";
import { run as makemore } from "../../examples/makemore.ts";
import { run as cartPole } from "../../examples/reinforce-cartpole.ts";
import { run as vae } from "../../examples/vae.ts";
import { readFile } from "../support/files.ts";

const silent = (): void => undefined;
const isDrawn = (name: string, svg: string): void =>
  expect(readFile(`runs/examples/${name}.svg`)).toBe(svg);

describe("examples", () => {
  it("pinn-oscillator finds the motion from the law", { timeout: 120_000 }, async () => {
    const { losses, error, svg } = await oscillator(silent);
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 1000);
    expect(error).toBeLessThan(0.05);
    isDrawn("pinn-oscillator", svg);
  });

  it("initialisation: only the fitting schemes keep both scales", async () => {
    const { scales, svg } = await initialisation(silent);
    const shrinks = (name: string, kind: "signal" | "gradient"): number => {
      const list = scales[name]![kind];
      return kind === "signal" ? list.at(-1)! / list[0]! : list[0]! / list.at(-1)!;
    };
    for (const name of ["tanh, Xavier", "ReLU, He"]) {
      for (const kind of ["signal", "gradient"] as const) {
        expect(Math.abs(Math.log10(shrinks(name, kind))), `${name} ${kind}`).toBeLessThan(1.5);
      }
    }
    expect(shrinks("tanh, std 0.01", "signal")).toBeLessThan(1e-20);
    expect(shrinks("ReLU, Xavier", "signal")).toBeLessThan(1e-3);
    expect(scales["tanh, std 1"]!.signal.at(-1)!).toBeGreaterThan(0.9); // saturated
    expect(shrinks("tanh, std 1", "gradient")).toBeGreaterThan(1e3);
    isDrawn("initialisation", svg);
  });

  it("vanishing-gradients: a sigmoid chain loses it, shortcuts keep it", async () => {
    const { norms, svg } = await vanishing(silent);
    const ratio = (name: string): number => norms[name]![0]! / norms[name]!.at(-1)!;
    expect(ratio("sigmoid")).toBeLessThan(1e-6);
    expect(ratio("tanh")).toBeGreaterThan(ratio("sigmoid") * 100);
    expect(ratio("sigmoid with shortcuts")).toBeGreaterThan(0.01);
    isDrawn("vanishing-gradients", svg);
  });

  it("mlp-spiral separates the arms", { timeout: 60_000 }, async () => {
    const { testLoss, accuracy, svg } = await spiral(silent);
    expect(testLoss).toBeLessThan(0.1);
    expect(accuracy).toBeGreaterThan(0.9);
    isDrawn("mlp-spiral", svg);
  });

  it("nano-gpt: context tells more than counts", { timeout: 120_000 }, async () => {
    const { trainLoss, testLoss, lossByCount, written, svg } = await nanoGPT(silent);
    expect(testLoss).toBeLessThan(lossByCount - 0.7);
    expect(trainLoss).toBeLessThan(lossByCount - 0.7);
    expect(written).toHaveLength(300);
    expect(new Set(written).size).toBeGreaterThan(20);
    isDrawn("nano-gpt", svg);
  });

  it("overfitting: noise does it, not size", { timeout: 120_000 }, async () => {
    const { fits, svg } = await overfitting(silent);
    const last = (name: string): number => fits[name]!.heldOut.at(-1)!;
    const best = (name: string): number => Math.min(...fits[name]!.heldOut);
    expect(last("clean rows")).toBeLessThan(1e-4);
    expect(last("clean rows")).toBeLessThan(3 * best("clean rows"));
    expect(last("noisy third")).toBeGreaterThan(2 * best("noisy third"));
    expect(fits["noisy third"]!.train.at(-1)!).toBeLessThan(last("noisy third") / 3);
    expect(last("noisy, weight decay 3")).toBeLessThan(last("noisy third") / 2);
    expect(last("noisy, dropout 0.1")).toBeLessThan(last("noisy third") / 1.5);
    expect(best("noisy, dropout 0.1")).toBeLessThan(best("noisy third"));
    expect(fits["noisy third"]!.bestEpoch).toBeLessThan(1000);
    isDrawn("overfitting", svg);
  });

  it("gan: the generator finds all heaps", { timeout: 120_000 }, async () => {
    const { heaps, onHeap, svg } = await gan(silent, 1600);
    expect(heaps).toBeGreaterThanOrEqual(7);
    expect(onHeap).toBeGreaterThan(0.7);
    isDrawn("gan", svg);
  });

  it("vae: each digit has a place of its own", { timeout: 120_000 }, async () => {
    const { losses, apart, svg } = await vae(silent, 1500);
    expect(losses.at(-1)!).toBeLessThan(losses[0]! - 3);
    expect(apart).toBeGreaterThan(0.9);
    isDrawn("vae", svg);
  });

  it("diffusion: noise becomes moons", { timeout: 120_000 }, async () => {
    const { distance, svg } = await diffusion(silent, 1600);
    expect(distance).toBeLessThan(0.15); // that of pure noise is 0.7
    isDrawn("diffusion", svg);
  });

  it("gcn-karate: two told sides give all but two others", async () => {
    const { wrong, svg } = await karate(silent);
    expect(wrong.length).toBeLessThanOrEqual(2);
    isDrawn("gcn-karate", svg);
  });

  it("reinforce-cartpole: rides become long", { timeout: 120_000 }, async () => {
    const { means, svg } = await cartPole(silent, 40);
    expect(means[0]!).toBeLessThan(40);
    expect(Math.max(...means)).toBeGreaterThan(300);
    isDrawn("reinforce-cartpole", svg);
  });

  it("makemore: three letters tell more than one", { timeout: 120_000 }, async () => {
    const { losses, names, svg } = await makemore(silent);
    expect(losses["MLP"]!).toBeLessThan(losses["bigram"]! - 0.1);
    expect(losses["bigram"]!).toBeLessThan(Math.log(27) - 0.8);
    expect(names).toHaveLength(8);
    for (const name of names) expect(name).toMatch(/^[a-z]+$/);
    isDrawn("makemore", svg);
  });
});
