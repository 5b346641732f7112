/** The worker: the only place of the lab that loads the engine. */
import { EXPERIMENTS } from "./experiments.ts";
import { EngineHost } from "./host.ts";
import type { Experiment, Request, Run, Settings, Shown } from "./protocol.ts";

async function start(name: string, settings: Settings): Promise<Run<Settings, unknown>> {
  const load = EXPERIMENTS.get(name);
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
