/**
 * A convolution of an input with holes, as several without: results whose places leave the same
 * remainder meet the same kernel positions, every so many of them, and the others only holes.
 */
import type { Access, ConvKernel, Instr } from "./kernel.ts";

/** Results `first + i · every` along an axis, and the convolution without holes that they are. */
interface Phase {
  readonly first: number;
  readonly every: number;
  readonly output: number;
  /** The kernel positions `from + k · step`; none where `window` is 0. */
  readonly from: number;
  readonly step: number;
  readonly window: number;
  readonly before: number;
  readonly stride: number;
  readonly kernelDilation: number;
}

/** Cuts a kernel, written as if its input had no holes, by the distance between its elements. */
export function withoutHoles(kernel: ConvKernel, inputDilation: readonly number[]): ConvKernel[] {
  if (inputDilation.every((apart) => apart === 1)) return [kernel];
  let all: Phase[][] = [[]];
  inputDilation.forEach((apart, i) => {
    const own = phasesOf(kernel, i, apart);
    all = all.flatMap((list) => own.map((phase) => [...list, phase]));
  });
  return all.map((phases) => phaseOf(kernel, phases));
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

function phasesOf(kernel: ConvKernel, i: number, apart: number): Phase[] {
  const [stride, dilation] = [kernel.stride[i]!, kernel.kernelDilation[i]!];
  const every = apart / divisor(apart, stride);
  const step = apart / divisor(apart, dilation);
  const [output, window] = [kernel.output[i]!, kernel.window[i]!];
  return Array.from({ length: Math.min(every, output) }, (_, first) => {
    const place = (k: number): number => first * stride + k * dilation - kernel.before[i]!;
    let from = 0;
    while (from < Math.min(step, window) && place(from) % apart !== 0) from++;
    const meets = from < Math.min(step, window);
    return {
      first,
      every,
      output: Math.ceil((output - first) / every),
      from,
      step,
      window: meets ? Math.ceil((window - from) / step) : 0,
      before: meets ? 0 - place(from) / apart : 0,
      stride: (every * stride) / apart,
      kernelDilation: (step * dilation) / apart,
    };
  });
}

function phaseOf(kernel: ConvKernel, phases: readonly Phase[]): ConvKernel {
  const some = phases.every(({ window }) => window > 0);
  const w = moved(
    kernel.w,
    3,
    phases.map(({ from, step }) => [some ? from : 0, step]),
  );
  const places = phases.map(({ first, every }) => [first, every] as const);
  return {
    ...kernel,
    channels: some ? kernel.channels : 0,
    window: phases.map(({ window }) => (some ? window : 1)),
    output: phases.map(({ output }) => output),
    stride: phases.map(({ stride }) => stride),
    before: phases.map(({ before }) => before),
    kernelDilation: phases.map(({ kernelDilation }) => kernelDilation),
    w,
    body: kernel.body.map((step) => bodyAt(step, places)),
    stages: kernel.stages.map((stage) => ({ ...stage, access: moved(stage.access, 3, places) })),
  };
}

type Places = readonly (readonly [first: number, every: number])[];

function bodyAt(step: Instr, places: Places): Instr {
  switch (step.op) {
    case "load":
      return { ...step, access: moved(step.access, 3, places) };
    case "gather":
      return { ...step, access: moved(step.access, 3, places) };
    case "index":
      return { ...step, ...moved(step, 3, places) };
    default:
      return step;
  }
}

/** Lets the dims from `dim` on count `first + i · every`. */
function moved<T extends Pick<Access, "offset" | "strides">>(
  at: T,
  dim: number,
  places: Places,
): T {
  const strides = [...at.strides];
  let { offset } = at;
  places.forEach(([first, every], i) => {
    offset += first * strides[dim + i]!;
    strides[dim + i]! *= every;
  });
  return { ...at, offset, strides };
}
