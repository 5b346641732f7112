/** The door ".": what `import { … } from "nabla"` gives. */
export { MemoryError, NablaError } from "./core/errors.ts";
