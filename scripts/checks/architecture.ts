/**
 * Checks the arrows of the house (README, "Where things live") and the purity of lib/domain. Prints `file:line: message` for
 * each fault and ends with 1; ends with 0 when there is none.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkArchitecture } from '#scripts/checks/architecture-rules.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDERS = ['app', 'components', 'lib', 'nas', 'scripts', 'supabase'];

function sourceFiles(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name.startsWith('.') ? [] : sourceFiles(path);
    return /\.(ts|tsx|mts)$/.test(entry.name) && !entry.name.endsWith('.gen.ts') ? [path] : [];
  });
}

const present = new Set(readdirSync(ROOT));
const paths = [...FOLDERS.filter((folder) => present.has(folder)).flatMap(sourceFiles), ...(present.has('proxy.ts') ? ['proxy.ts'] : [])];
const violations = checkArchitecture(new Map(paths.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')])));

for (const { file, line, message } of violations) process.stdout.write(`${file}:${line}: ${message}\n`);
process.stdout.write(`${paths.length} files, ${violations.length} broken arrows\n`);
process.exitCode = violations.length > 0 ? 1 : 0;
