import { createHmac, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { StackFault } from './fault.ts';

const stackSecrets = z.strictObject({
  /** Of the superuser; each service's password is derived from it. */
  databasePassword: z.string().min(32),
  /** Signs access tokens (HS256). */
  jwtSecret: z.string().min(32),
  publishableKey: z.string().startsWith('sb_publishable_'),
  secretKey: z.string().startsWith('sb_secret_'),
  /** Between the web app and the gateway. */
  nasApiKey: z.string().min(32),
  nasApiSecret: z.string().min(32),
  /** Opens the exchange simulator's control face. */
  venueControlToken: z.string().min(32),
});
export type StackSecrets = z.infer<typeof stackSecrets>;

/** The local stack's secrets: made once for a data folder, readable by its owner only, never part of the repository. */
export function loadSecrets(file: string): StackSecrets {
  const stored = existsSync(file) ? parseJson(readFileSync(file, 'utf8')) : {};
  // A secret that a later version added is made when it is missing; the database's password is only made together with the file.
  const isWhole = !existsSync(file) || z.looseObject({ databasePassword: z.string() }).safeParse(stored).success;
  const parsed = stackSecrets.safeParse(isWhole ? { ...fresh(), ...(stored as object) } : stored);
  if (parsed.success) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(parsed.data, null, 2)}\n`, { mode: 0o600 });
    chmodSync(file, 0o600); // the mode above counts for a new file only
    return parsed.data;
  }
  throw new StackFault(
    `${file}을(를) 읽을 수 없습니다. 백업을 되돌리거나, 새로 시작하려면 그 파일이 든 폴더 전체를 다른 이름으로 옮기세요. 데이터베이스 암호가 들어 있어 파일만 지우면 데이터를 열 수 없습니다.`,
    `${file} cannot be read. Restore a backup, or move its whole folder away to start anew: it holds the database password, so without it the data stays closed.`,
  );
}

/** The password of a database role on this stack. */
export function rolePassword(secrets: StackSecrets, role: string): string {
  return createHmac('sha256', secrets.databasePassword).update(role).digest('base64url');
}

function fresh(): StackSecrets {
  return {
    databasePassword: random(24),
    jwtSecret: random(48),
    publishableKey: `sb_publishable_${random(24)}`,
    secretKey: `sb_secret_${random(24)}`,
    nasApiKey: random(32),
    nasApiSecret: random(32),
    venueControlToken: random(32),
  };
}

function random(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
