/** Where the examples put their pictures. */
import { mkdirSync, writeFileSync } from "node:fs";

/** Saves a picture in runs/examples and says so. */
export function savePicture(name: string, svg: string, print: (line: string) => void): void {
  mkdirSync("runs/examples", { recursive: true });
  writeFileSync(`runs/examples/${name}.svg`, svg);
  print(`drawn: runs/examples/${name}.svg`);
}
