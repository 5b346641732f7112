/** Checks a graph against the table: what a pass must never break. */
import { NablaError } from "../core/errors.ts";
import type { OpName } from "./attrs.ts";
import type { Graph, Node, TensorType } from "./node.ts";
import { isGraph, topological } from "./node.ts";
import { OPS } from "./ops.ts";
import type { OpRow } from "./row.ts";

/** Throws if a node is not what its row says, or needs an input that the graph does not list. */
export function verify(graph: Graph): void {
  const pending: Graph[] = [graph];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    const listed = new Set(current.inputs);
    if (listed.size !== current.inputs.length) fail("a graph lists one input twice");
    for (const node of topological(current.outputs)) {
      verifyNode(node, listed);
      pending.push(...nestedGraphs(node));
    }
  }
}

/** Lists the graphs that a node carries in its attributes. */
export function nestedGraphs(node: Node): Graph[] {
  return Object.values(node.attrs as Record<string, unknown>).filter(isGraph);
}

function verifyNode(node: Node, listed: ReadonlySet<Node>): void {
  const row = (OPS as Readonly<Record<string, OpRow<OpName> | undefined>>)[node.op];
  if (row === undefined) fail(`there is no operation ${node.op}`);
  if (row.lowering.kind === "input") {
    if (!listed.has(node)) fail(`an input of type ${node.type.text} is not listed`);
    return;
  }
  if (listed.has(node)) fail(`${node.op} is listed as an input`);
  for (const input of node.inputs) {
    if (input.id >= node.id) fail(`${node.op} comes before its operand ${input.op}`);
  }
  for (const [key, value] of Object.entries(node.attrs as Record<string, unknown>)) {
    if (!isPlain(value)) fail(`attribute ${key} of ${node.op} cannot be written down`);
  }
  const type = typeByRow(row, node);
  if (type !== node.type) {
    fail(`${node.op} says ${node.type.text}, its row says ${type.text}`);
  }
}

function typeByRow(row: OpRow<OpName>, node: Node): TensorType {
  return row.type(
    node.inputs.map((input) => input.type),
    node.attrs,
  );
}

/** Whether a value is made of numbers, strings, booleans, lists and graphs. */
function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value === "object" && value !== null) {
    return isGraph(value) || Object.values(value).every(isPlain);
  }
  return ["number", "string", "boolean"].includes(typeof value);
}

function fail(problem: string): never {
  throw new NablaError("state", `verify: ${problem}; this is a fault of Nabla, please report it.`);
}
