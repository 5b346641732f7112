/**
 * The door `nabla/plot`: pictures as SVG text, in Node and in the browser, with nothing to install.
 */
export { figure, linePlot, lossCurve, lossPanel, scatter } from "../plot/figure.ts";
export type { FigureOptions, PlotOptions } from "../plot/figure.ts";
export { INK, line, PALETTE, panel, points } from "../plot/series.ts";
export type { Panel, PanelOptions, Series, SeriesStyle } from "../plot/series.ts";
export { escapeXml } from "../plot/svg.ts";
