/** Values from −1 to 1 as colours: from the colour below zero over paper to the one above. */

type Colour = readonly [red: number, green: number, blue: number];

function colourOf(style: CSSStyleDeclaration, name: string): Colour {
  const text = style.getPropertyValue(name).trim();
  const parts = /^#(..)(..)(..)$/.exec(text);
  if (parts === null) throw new Error(`${name} is "${text}"; need #rrggbb`);
  return [1, 2, 3].map((i) => parseInt(parts[i]!, 16)) as unknown as Colour;
}

/** The colours of maps in the present theme. */
export class Heat {
  private readonly shades = new Uint32Array(256);

  constructor(root: Element) {
    const style = getComputedStyle(root);
    const [below, middle, above] = ["--below", "--middle", "--above"].map((name) =>
      colourOf(style, name),
    ) as [Colour, Colour, Colour];
    const bytes = new Uint8ClampedArray(this.shades.buffer);
    for (let i = 0; i < 256; i++) {
      const value = i / 127.5 - 1;
      const [end, share] = value < 0 ? [below, -value] : [above, value];
      for (const c of [0, 1, 2]) bytes[4 * i + c] = middle[c]! + (end[c]! - middle[c]!) * share;
      bytes[4 * i + 3] = 255;
    }
  }

  /** Paints a square of bytes, 0 for −1 and 255 for 1, into a canvas of as many pixels. */
  paint(canvas: HTMLCanvasElement, bytes: Uint8Array, sides = false): void {
    const size = Math.round(Math.sqrt(bytes.length));
    if (canvas.width !== size) canvas.width = canvas.height = size;
    const image = new ImageData(size, size);
    const pixels = new Uint32Array(image.data.buffer);
    for (let i = 0; i < bytes.length; i++) {
      const byte = sides ? (bytes[i]! < 128 ? 0 : 255) : bytes[i]!;
      pixels[i] = this.shades[byte]!;
    }
    canvas.getContext("2d")!.putImageData(image, 0, 0);
  }
}

/** Calls back now and whenever the theme changes; returns what ends that. */
export function onTheme(change: (heat: Heat) => void): () => void {
  const root = document.documentElement;
  const tell = (): void => change(new Heat(root));
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const watcher = new MutationObserver(tell);
  watcher.observe(root, { attributes: true, attributeFilter: ["data-theme"] });
  dark.addEventListener("change", tell);
  tell();
  return () => {
    watcher.disconnect();
    dark.removeEventListener("change", tell);
  };
}
