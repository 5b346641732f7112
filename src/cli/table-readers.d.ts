/** The parts of two readers of tables that are used here; their packages are loaded when needed. */
declare module "hyparquet" {
  /** A column of a group of rows, as the file describes it. */
  interface ParquetColumn {
    readonly meta_data?: {
      readonly num_values: bigint;
      readonly total_uncompressed_size: bigint;
    };
  }
  /** What a file says of itself. */
  export interface ParquetMetadata {
    readonly num_rows: bigint;
    readonly row_groups: readonly {
      readonly num_rows: bigint;
      readonly columns: readonly ParquetColumn[];
    }[];
  }
  /** Unpacks a piece to the length that is stated. */
  type Unpack = (input: Uint8Array, length: number) => Uint8Array;
  export function parquetMetadata(file: ArrayBuffer): ParquetMetadata;
  export function parquetReadObjects(options: {
    readonly file: ArrayBuffer;
    readonly metadata: ParquetMetadata;
    readonly compressors: Readonly<Record<string, Unpack>>;
  }): Promise<Record<string, unknown>[]>;
}

declare module "hyparquet-compressors" {
  export const compressors: Readonly<
    Record<string, (input: Uint8Array, length: number) => Uint8Array>
  >;
}

declare module "read-excel-file/universal" {
  export function readSheet(file: ArrayBuffer): Promise<unknown[][]>;
}
