/** Saves under faults: every call of the file system fails in turn, and the old file stays. */
import { mkdir, mkdtemp, readFile, readdir, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { host } from "../../src/host/node.ts";
import { host as web } from "../../src/host/web.ts";
import type { FileCalls, Target } from "../../src/host/save.ts";
import { saveAll } from "../../src/host/save.ts";

type Call = "create" | "write" | "sync" | "close" | "rename" | "syncFolder";

/** A file system in memory that takes at most 3 bytes a write and can fail once. */
function memory(
  fail?: Call,
  time = 1,
): { calls: FileCalls; files: Map<string, number[]>; log: string[] } {
  const files = new Map([["/run/a", [1, 2]]]);
  const log: string[] = [];
  const step = async (name: Call): Promise<void> => {
    log.push(name);
    if (name === fail && log.filter((each) => each === fail).length === time)
      throw Object.assign(new Error(`${name} failed`), { code: "ENOSPC" });
  };
  const calls: FileCalls = {
    pid: 7,
    isRunning: (pid) => pid === 8,
    create: async (path) => {
      await step("create");
      const data: number[] = [];
      files.set(path, data);
      return {
        write: async (bytes, offset) => {
          await step("write");
          const part = bytes.subarray(offset, offset + 3);
          data.push(...part);
          return part.length;
        },
        sync: () => step("sync"),
        close: () => step("close"),
      };
    },
    rename: async (from, to) => {
      await step("rename");
      files.set(to, files.get(from)!);
      files.delete(from);
    },
    remove: async (path) => void files.delete(path),
    list: async () => [...files.keys()].map((path) => path.slice("/run/".length)),
    syncFolder: () => step("syncFolder"),
  };
  return { calls, files, log };
}

const target = { folder: "/run", name: "a", join: (a: string, b: string) => `${a}/${b}` };
const content = Uint8Array.of(5, 6, 7, 8, 9, 10, 11);

describe("saveAll", () => {
  it("writes through short writes, in the order that survives a crash", async () => {
    const { calls, files, log } = memory();
    await saveAll(calls, [{ target, bytes: content }]);
    expect([...files]).toEqual([["/run/a", [...content]]]);
    expect(log.join(" ")).toBe("create write write write sync close rename syncFolder");
  });

  it.each(["create", "write", "sync", "close", "rename"] as const)(
    "leaves the old file and no other when %s fails",
    async (call) => {
      const { calls, files } = memory(call);
      await expect(saveAll(calls, [{ target, bytes: content }])).rejects.toThrow(`${call} failed`);
      expect([...files]).toEqual([["/run/a", [1, 2]]]);
    },
  );

  it.each(["create", "write", "sync", "close", "rename"] as const)(
    "leaves every old file when %s fails for the second of two",
    async (call) => {
      const { calls, files } = memory(call, call === "write" ? 4 : call === "rename" ? 1 : 2);
      files.set("/run/b", [3]);
      const both = ["a", "b"].map((name) => ({ target: { ...target, name }, bytes: content }));
      const blamed: string[] = [];
      const saved = saveAll(calls, both, (piece, error) => {
        blamed.push(piece.target.name);
        return error;
      });
      await expect(saved).rejects.toThrow(`${call} failed`);
      expect([...files]).toEqual([
        ["/run/a", [1, 2]],
        ["/run/b", [3]],
      ]);
      expect(blamed).toEqual([call === "rename" ? "a" : "b"]);
    },
  );

  it("removes what is superseded once all files are in their places, and the record last", async () => {
    const { calls, files, log } = memory();
    files.set("/run/old", [9]);
    const remove: FileCalls["remove"] = async (path) => {
      log.push(`remove ${path}`);
      if (!files.delete(path)) throw Object.assign(new Error("none"), { code: "ENOENT" });
    };
    const both = ["a", "b"].map((name) => ({ target: { ...target, name }, bytes: content }));
    const [old, never] = ["old", "never"].map((name) => ({ ...target, name })) as [Target, Target];
    await saveAll({ ...calls, remove }, both, undefined, [old, never]);
    const end = "rename rename remove /run/old remove /run/never syncFolder remove /run/.saved";
    expect(log.join(" ").endsWith(end)).toBe(true);
    expect([...files.keys()]).toEqual(["/run/a", "/run/b"]);
    const refuse = async (): Promise<never> => {
      throw Object.assign(new Error("refused"), { code: "EACCES" });
    };
    const again = saveAll({ ...calls, remove: refuse }, both, undefined, [old]);
    await expect(again).rejects.toThrow("refused");
  });

  it("does not report success when the folder is not on disk", async () => {
    await expect(
      saveAll(memory("syncFolder").calls, [{ target, bytes: content }]),
    ).rejects.toThrow();
  });

  it("removes what killed saves left, but not what a running process writes", async () => {
    const { calls, files } = memory();
    for (const name of [".a.9.tmp", ".a.8.tmp", ".a.7.tmp", ".a.b.9.tmp", ".b.9.tmp"]) {
      files.set(`/run/${name}`, []);
    }
    await saveAll(calls, [{ target, bytes: content }]);
    expect([...files.keys()].sort()).toEqual(
      ["/run/.a.8.tmp", "/run/.a.b.9.tmp", "/run/.b.9.tmp", "/run/a"].sort(),
    );
  });
});

describe("the host's files", () => {
  const folder = (): Promise<string> => mkdtemp(join(tmpdir(), "nabla-host-"));

  it("are saved, replaced and read back; a link stays a link", async () => {
    const at = await folder();
    await mkdir(join(at, "real"));
    await symlink(join(at, "real"), join(at, "link"));
    const path = join(at, "link", "a.bin");
    await host.writeFileAtomic(path, Uint8Array.of(1, 2, 3));
    await Promise.all([host.writeFileAtomic(path, "first"), host.writeFileAtomic(path, "second")]);
    expect(await host.readText(path)).toBe("second");
    expect(await readdir(join(at, "real"))).toEqual(["a.bin"]);
  });

  it("name path and cause when they cannot be had", async () => {
    const at = await folder();
    const nowhere = join(at, "no", "file");
    await expect(host.writeFileAtomic(nowhere, "x")).rejects.toThrow(/no.file".*no such.*ENOENT/);
    await expect(host.readBytes(nowhere)).rejects.toThrow(/cannot read .*ENOENT/);
    await expect(host.readBytes(at)).rejects.toThrow(/it is a folder \(EISDIR\)/);
    await writeFile(join(at, "f"), "xyz");
    await expect(host.makeFolder(join(at, "f", "g"))).rejects.toThrow(/cannot make folder/);
    expect(await host.exists(join(at, "f", "g"))).toBe(false);
    await expect(host.readBytes(join(at, "f"), 2)).rejects.toThrow("larger than 2 bytes");
    expect((await host.readBytes(join(at, "f"), 3)).length).toBe(3);
    expect(await readFile(join(at, "f"), "utf8")).toBe("xyz");
  });

  it("refuse text that is not UTF-8 and drop a byte order mark", async () => {
    const path = join(await folder(), "t");
    await writeFile(path, Uint8Array.of(0xef, 0xbb, 0xbf, 0x61));
    expect(await host.readText(path)).toBe("a");
    await writeFile(path, Uint8Array.of(0xff, 0xfe));
    await expect(host.readText(path)).rejects.toThrow("not UTF-8");
  });

  it("do not exist on the web, which says what to do instead", async () => {
    await expect(web.readText("a.csv")).rejects.toThrow("Pass bytes instead");
  });
});

it("does not take over a lock that it cannot read", async () => {
  const folder = await mkdtemp(join(tmpdir(), "nabla-lock-"));
  const name = join(folder, "run.lock");
  await mkdir(name); // stands for a file that may not be read, which root always may
  await expect(host.lock(name)).rejects.toThrow(/cannot lock ".*run\.lock"/);
  expect(await readdir(folder)).toEqual(["run.lock"]);
});
