/**
 * The door `nabla/plot`: pictures as SVG text, in Node and in the browser, with nothing to install.
 */
export { figure, linePlot, lossCurve, lossPanel, scatter } from "./figure.ts";
export type { FigureOptions, PlotOptions } from "./figure.ts";
export { INK, line, PALETTE, panel, points } from "./series.ts";
export type { Panel, PanelOptions, Series, SeriesStyle } from "./series.ts";
export { escapeXml } from "./svg.ts";
