/** The table of devices: how each comes to life, and what its first use says. */
import type { DeviceName } from "../../src/runtime/device.ts";
import { deviceNamed, devices } from "../../src/runtime/device.ts";
import { createWasmBackend } from "../../src/backend/wasm/backend.ts";
import { explain, ready, tensor } from "nabla";
import { afterEach, expect, test } from "vitest";

const SLOW = "slow" as DeviceName;

afterEach(() => void devices.delete(SLOW));

test("an unknown name is refused with those that there are", () => {
  for (const name of ["gpu", "constructor", "slow"]) {
    expect(() => deviceNamed(name as DeviceName)).toThrow(
      `"${name}" is no device; there are ${[...devices.keys()].join(", ")}.`,
    );
  }
});

test("a device that takes time to start says so once, and works when it was waited for", async () => {
  let starts = 0;
  devices.set(SLOW, {
    load: async () => {
      starts++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return createWasmBackend();
    },
  });
  expect(() => tensor([1], { device: SLOW })).toThrow(
    '"slow" takes time to start; wait for it once: await ready({ device: "slow" }).',
  );
  await Promise.all([ready({ device: SLOW }), ready({ device: SLOW })]);
  const x = tensor([1, 2], { device: SLOW });
  expect([x.add(1).toArraySync(), x.device, starts]).toEqual([[2, 3], SLOW, 1]);
});

test("a device that cannot start says so to each who waits, and is tried again", async () => {
  const broken = "broken" as DeviceName;
  let starts = 0;
  devices.set(broken, {
    load: () => {
      starts++;
      return Promise.reject(new Error("no adapter"));
    },
  });
  for (let i = 1; i <= 2; i++) {
    await expect(ready({ device: broken })).rejects.toThrow("no adapter");
    expect(starts).toBe(i);
  }
  devices.delete(broken);
});

test("every device waits, also one that starts at once", async () => {
  await ready();
  await ready({ device: "interpret" });
  await expect(ready({ device: "gpu" as DeviceName })).rejects.toThrow('"gpu" is no device');
  await expect(ready({ cores: 2 } as never)).rejects.toThrow("there is no option");
});

test("explain shows the kernels of the device that the table names", () => {
  const double = (x: ReturnType<typeof tensor>): unknown => x.mul(2);
  const here = explain(double, tensor([1, 2]));
  const there = explain(double, tensor([1, 2], { device: "interpret" }));
  expect(there.code).toBe(here.code);
});
