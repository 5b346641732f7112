/** The worker: the only place of the lab that loads the engine. */
import { EngineHost } from "./host.ts";
import type { Experiment, ExperimentName, Request, Run, Settings, Shown } from "./protocol.ts";

const EXPERIMENTS: Partial<Record<ExperimentName, () => Promise<{ experiment: unknown }>>> = {
  backpropagation: () => import("../../lessons/02-backpropagation/experiment.ts"),
  polynomial: () => import("../../lessons/02-backpropagation/polynomial.ts"),
  nitrogen: () => import("../../lessons/04-nitrogen/experiment.ts"),
  neuron: () => import("../../lessons/01-neuron/experiment.ts"),
  "training-loop": () => import("../../lessons/03-training-loop/experiment.ts"),
  home: () => import("../../home/experiment.ts"),
};

async function start(name: string, settings: Settings): Promise<Run<Settings, unknown>> {
  const load = Object.hasOwn(EXPERIMENTS, name) ? EXPERIMENTS[name as ExperimentName] : undefined;
  if (load === undefined) throw new Error(`there is no experiment called "${name}"`);
  const { experiment } = await load();
  return (experiment as Experiment<Settings, unknown>).start(settings);
}

// A message port gives other messages their turn without the 4 ms that nested timers wait.
const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
port1.onmessage = () => waiting.shift()?.();

const host = new EngineHost({
  start,
  send: (message) => self.postMessage(message),
  now: () => performance.now(),
  later(work, ms) {
    if (ms > 0) {
      setTimeout(work, ms);
      return;
    }
    waiting.push(work);
    port2.postMessage(null);
  },
});

self.onmessage = (event: MessageEvent<Request | Shown>) => host.receive(event.data);
