/** Brings convolutions to the compiler: for those who build graphs with them. */
import type { ConvAttrs } from "../ir/attrs.ts";
import type { Node, NodeBuilder } from "../ir/node.ts";
import { take } from "./brought.ts";
import { loopsOfConv } from "./loops/conv.ts";
import { conv } from "./lower-conv.ts";

/** Lets graphs with convolutions be compiled. */
export function bringConvolutions(): void {
  take({ lower: conv, loops: loopsOfConv });
}

/** A convolution, in a graph that can be compiled. */
export function convolve(b: NodeBuilder, x: Node, w: Node, attrs: ConvAttrs): Node {
  bringConvolutions();
  return b.apply("conv", [x, w], attrs);
}
