/** What we use of @resvg/resvg-wasm, whose `exports` leave its own declarations out. */
declare module "@resvg/resvg-wasm" {
  export function initWasm(module: BufferSource): Promise<void>;

  export class Resvg {
    constructor(
      svg: string,
      options: {
        readonly font: { readonly fontBuffers: readonly Uint8Array[] } & Readonly<
          Record<"defaultFontFamily" | "sansSerifFamily", string>
        >;
        readonly fitTo: { readonly mode: "zoom"; readonly value: number };
      },
    );
    render(): { asPng(): Uint8Array; free(): void };
    free(): void;
  }
}
