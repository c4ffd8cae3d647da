import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** A private in-memory DuckDB for one piece of work; closed (and its memory freed) whatever happens. */
export async function withDuck<T>(work: (db: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** A value as an SQL string literal; paths and names come from the command line. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A file as a table for SQL: CSV with every column as text (codes keep their zeros), anything else as Parquet. */
export function sourceOf(file: string): string {
  return /\.(csv|tsv|txt)(\.gz)?$/i.test(file)
    ? `read_csv(${literal(file)}, header = true, all_varchar = true)`
    : `read_parquet(${literal(file)})`;
}

/** Rows as plain JSON (big integers as text). For small answers only. */
export async function rowsOf(db: DuckDBConnection, sql: string): Promise<Record<string, unknown>[]> {
  const reader = await db.runAndReadAll(sql);
  return reader.getRowObjectsJson() as Record<string, unknown>[];
}

/** The single number a query answers. */
export async function numberOf(db: DuckDBConnection, sql: string): Promise<number> {
  const [row] = await rowsOf(db, sql);
  return Number(Object.values(row ?? {})[0] ?? 0);
}
