import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, open as openFile, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '#lib/errors.ts';
import { fingerprint, generateSealingPair, importPrivateKey } from './hpke.ts';

const keyFile = z.strictObject({ keyId: z.string(), publicKey: z.string(), privateJwk: z.record(z.string(), z.unknown()) });

/** The fleet's sealing key in memory. */
export interface SealingKey {
  readonly keyId: string;
  readonly publicKey: string;
  readonly fingerprint: string;
  readonly privateKey: CryptoKey;
}

/**
 * The sealing key of a credentials directory, made on first use (file mode 0600). Two processes that start together agree on
 * one key: the file is written aside and linked into place, which only one of them can do.
 */
export async function loadOrMakeSealingKey(directory: string): Promise<SealingKey> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'sealing-key.json');
  const existing = await readKey(path);
  if (existing) return existing;
  const { publicKey, privateJwk } = await generateSealingPair();
  const keyId = `k${(await fingerprint(publicKey)).replaceAll('-', '').slice(0, 12)}`;
  const draft = join(directory, `.sealing-key-${randomUUID()}`);
  const file = await openFile(draft, 'wx', 0o600);
  await file.writeFile(JSON.stringify({ keyId, publicKey, privateJwk }));
  await file.sync();
  await file.close();
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await unlink(draft);
  const made = await readKey(path);
  if (!made) throw new AppError('internal', 'sealing key vanished after it was written');
  return made;
}

async function readKey(path: string): Promise<SealingKey | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  const parsed = keyFile.safeParse(safeJson(text));
  // A damaged key is never replaced by itself: every stored credential would be lost with it.
  if (!parsed.success) {
    throw new AppError('internal', `the sealing key ${path} cannot be read; restore it from your backup of the credentials volume`);
  }
  await chmod(path, 0o600);
  const { keyId, publicKey, privateJwk } = parsed.data;
  return { keyId, publicKey, fingerprint: await fingerprint(publicKey), privateKey: await importPrivateKey(privateJwk as JsonWebKey) };
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
