/** What a graph of operations shows. */

/** A node of the graph. */
export interface GraphNode {
  readonly id: string;
  readonly symbol: string;
  /** Column and row. */
  readonly at: readonly [number, number];
  /** How it is computed. */
  readonly rule?: string;
  readonly value?: string;
  readonly gradient?: string;
  /** Being computed in the step that is shown. */
  readonly on?: boolean;
  readonly back?: boolean;
}

/** An edge from what is used to what uses it. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** The local derivative as it is shown on the edge. */
  readonly local?: string;
  readonly on?: boolean;
  readonly back?: boolean;
}
