/** Zip files as a test wants them: of one entry, about which the directory may lie. */
import { crc32, deflateRawSync } from "node:zlib";

/** A zip file of one entry, as far as it goes; fields of its directory can lie. */
export function zip(
  content: Uint8Array,
  lies: { method?: number; size?: number; name?: string; flags?: number; crc?: number } = {},
): Uint8Array {
  const { method = 0, size = content.length, name = "x.npy", flags = 0 } = lies;
  const { crc = crc32(content) } = lies;
  const data = method === 8 ? deflateRawSync(content) : content;
  const local = Buffer.alloc(30 + name.length);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(name.length, 26);
  local.write(name, 30);
  const central = Buffer.alloc(46 + name.length);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(flags, 8);
  central.writeUInt16LE(method, 10);
  central.writeUInt32LE(crc, 16);
  central.writeUInt32LE(data.length, 20);
  central.writeUInt32LE(size, 24);
  central.writeUInt16LE(name.length, 28);
  central.write(name, 46);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length + data.length, 16);
  return Buffer.concat([local, data, central, end]);
}
