/**
 * PNG from our SVG pictures, by resvg compiled to WASM: nothing is built at install, and the same
 * picture comes out on every system, with the fonts that the package brings along.
 */
import { host } from "#host";
import { pathOfUrl } from "./package-file.ts";

/** Pixels of the PNG for one pixel of the SVG; 2 is sharp in print and on dense screens. */
const ZOOM = 2;
const FAMILY = "DejaVu Sans";
const FONTS = ["DejaVuSans-subset.ttf", "DejaVuSans-Bold-subset.ttf"];

type Renderer = (svg: string) => Uint8Array;
let renderer: Promise<Renderer> | undefined;

/** Renders a picture of `nabla/plot` as PNG; what draws it is loaded at the first call. */
export async function renderPng(svg: string): Promise<Uint8Array> {
  renderer ??= loadRenderer();
  return (await renderer)(svg);
}

/** Renders a picture of `nabla/plot` and writes it, whole or not at all. */
export async function writePng(svg: string, path: string): Promise<void> {
  await host.writeFileAtomic(path, await renderPng(svg));
}

async function loadRenderer(): Promise<Renderer> {
  const wasm = pathOfUrl(import.meta.resolve("@resvg/resvg-wasm/index_bg.wasm"));
  const fonts = FONTS.map((name) =>
    pathOfUrl(new URL(`../../assets/fonts/${name}`, import.meta.url)),
  );
  const [{ initWasm, Resvg }, module, ...fontBuffers] = await Promise.all([
    import("@resvg/resvg-wasm"),
    host.readBytes(wasm),
    ...fonts.map((path) => host.readBytes(path)),
  ]);
  await initWasm(module as Uint8Array<ArrayBuffer>);
  const font = { fontBuffers, defaultFontFamily: FAMILY, sansSerifFamily: FAMILY };
  return (svg) => {
    const picture = new Resvg(withoutClips(svg), { font, fitTo: { mode: "zoom", value: ZOOM } });
    const image = picture.render();
    try {
      return image.asPng();
    } finally {
      image.free();
      picture.free();
    }
  };
}

/**
 * Takes the clips off: the scales of our panels hold every mark, and each clip costs resvg a layer
 * of the whole picture (0.3 s a panel).
 */
function withoutClips(svg: string): string {
  return svg.replaceAll(/ clip-path="url\(#panel-\d+-\d+\)"/g, "");
}
