/** The steps of the walk through the graph: what each shows, says and lights. */
import type { GraphEdge, GraphNode } from "../../parts/graph.ts";
import { factor, show } from "../../parts/number.ts";
import type { BackpropagationReading } from "./experiment.ts";

/** One step: its title and its calculation. */
export interface WalkStep {
  readonly direction: "forward" | "backward" | "none";
  readonly title: string;
  readonly text: string;
}

const FORWARD = ["z", "h", "p", "L"] as const;
const BACKWARD = ["p", "w2", "h", "z", "w1"] as const;

/** The number of steps, the start included. */
export const STEPS = 1 + FORWARD.length + BACKWARD.length;

/** Describes a step with the numbers of the reading. */
export function describeStep(at: number, reading: BackpropagationReading): WalkStep {
  const { values: v, local: d, byHand: g } = reading;
  const off = v.z > 0 ? "" : " The ReLU is off: nothing passes.";
  const forward = (title: string, text: string): WalkStep => ({
    direction: "forward",
    title,
    text,
  });
  const backward = (title: string, text: string): WalkStep => ({
    ...{ direction: "backward", title, text },
  });
  const steps: readonly WalkStep[] = [
    {
      direction: "none",
      title: "Before the walk",
      text: "Four boxes hold given numbers: the input, two weights and the target. Press Next.",
    },
    forward(
      "Forward 1: the weighted input",
      `z = w₁·x = ${show(v.w1)} · ${factor(v.x)} = ${show(v.z)}`,
    ),
    forward("Forward 2: the bend", `h = ReLU(z) = max(0, ${show(v.z)}) = ${show(v.h)}.${off}`),
    forward(
      "Forward 3: the prediction",
      `p = w₂·h = ${show(v.w2)} · ${factor(v.h)} = ${show(v.p)}`,
    ),
    forward(
      "Forward 4: the loss",
      `L = (p − t)² = (${show(v.p)} − ${factor(v.t)})² = ${show(v.L)}`,
    ),
    backward(
      "Backward 1: through the square",
      `∂L/∂p = 2(p − t) = 2 · (${show(v.p)} − ${factor(v.t)}) = ${show(g.p)}`,
    ),
    backward(
      "Backward 2: to the weight w₂",
      `∂L/∂w₂ = ∂L/∂p · ∂p/∂w₂ = ${show(g.p)} · ${factor(d.pw2)} = ${show(g.w2)}`,
    ),
    backward(
      "Backward 3: to h",
      `∂L/∂h = ∂L/∂p · ∂p/∂h = ${show(g.p)} · ${factor(d.ph)} = ${show(g.h)}`,
    ),
    backward(
      "Backward 4: through the ReLU",
      `∂L/∂z = ∂L/∂h · ∂h/∂z = ${show(g.h)} · ${show(d.hz)} = ${show(g.z)}.${off}`,
    ),
    backward(
      "Backward 5: to the weight w₁",
      `∂L/∂w₁ = ∂L/∂z · ∂z/∂w₁ = ${show(g.z)} · ${factor(d.zw1)} = ${show(g.w1)}`,
    ),
  ];
  return steps[at]!;
}

/** Draws the graph as it stands after step `at`. */
export function drawGraph(
  at: number,
  { values: v, local: d, byHand: g }: BackpropagationReading,
): { nodes: GraphNode[]; edges: GraphEdge[] } {
  const reached = (name: string): boolean => FORWARD.indexOf(name as "z") < at;
  const back = at - FORWARD.length; // how many backward steps are done
  const value = (name: "z" | "h" | "p" | "L"): { value?: string; on: boolean } => ({
    ...(reached(name) ? { value: show(v[name]) } : {}),
    on: FORWARD[at - 1] === name,
  });
  const gradient = (name: (typeof BACKWARD)[number]): { gradient?: string; back: boolean } => ({
    ...(BACKWARD.indexOf(name) < back ? { gradient: show(g[name]) } : {}),
    back: BACKWARD[back - 1] === name,
  });
  const nodes: GraphNode[] = [
    { id: "x", symbol: "x", at: [0, 1], rule: "input", value: show(v.x) },
    { id: "w1", symbol: "w₁", at: [1, 0], rule: "weight", value: show(v.w1), ...gradient("w1") },
    { id: "z", symbol: "z", at: [1, 1], rule: "w₁ · x", ...value("z"), ...gradient("z") },
    { id: "h", symbol: "h", at: [2, 1], rule: "ReLU(z)", ...value("h"), ...gradient("h") },
    { id: "w2", symbol: "w₂", at: [3, 0], rule: "weight", value: show(v.w2), ...gradient("w2") },
    { id: "p", symbol: "p", at: [3, 1], rule: "w₂ · h", ...value("p"), ...gradient("p") },
    { id: "t", symbol: "t", at: [4, 0], rule: "target", value: show(v.t) },
    { id: "L", symbol: "L", at: [4, 1], rule: "(p − t)²", ...value("L") },
  ];
  const edge = (from: string, to: string, target: string, derivative?: number): GraphEdge => {
    const order = BACKWARD.indexOf(target as "p");
    const done = derivative !== undefined && order >= 0 && order < back;
    return {
      ...{ from, to, on: FORWARD[at - 1] === to, back: done && order === back - 1 },
      ...(done ? { local: `×${factor(derivative)}` } : {}),
    };
  };
  return {
    nodes,
    edges: [
      edge("x", "z", ""),
      edge("w1", "z", "w1", d.zw1),
      edge("z", "h", "z", d.hz),
      edge("h", "p", "h", d.ph),
      edge("w2", "p", "w2", d.pw2),
      edge("p", "L", "p", d.Lp),
      edge("t", "L", ""),
    ],
  };
}
