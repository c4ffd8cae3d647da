// Adds to package-lock.json the optional platform packages that npm left out because the registry at hand
// did not carry them; without their entries `npm ci` refuses the lock file on every machine.
// Run after each `npm install`; with --check it only reports and fails.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const has = (from, name) => {
  // npm resolves from the nearest node_modules outwards
  for (let base = from; ; base = base.slice(0, base.lastIndexOf('node_modules/'))) {
    const at = `${base}${base && !base.endsWith('/') ? '/' : ''}node_modules/${name}`;
    if (lock.packages[at]) return true;
    if (!base.includes('node_modules/')) return false;
  }
};
/** What a package runs on, read from the usual spelling of platform packages (`…-linux-x64-musl`). */
const platform = (name) => {
  const os = ['darwin', 'linux', 'win32', 'freebsd', 'android', 'openharmony', 'windows', 'netbsd', 'openbsd', 'sunos', 'aix'].find((o) =>
    name.includes(o),
  );
  const cpu = ['arm64', 'x64', 'ia32', 'arm', 'riscv64', 's390x', 'ppc64', 'loong64', 'wasm32', 'mips64el'].find((c) => name.includes(c));
  return { ...(os && { os: [os === 'windows' ? 'win32' : os] }), ...(cpu && { cpu: [cpu] }) };
};

const missing = [];
for (const [at, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (!has(at, name)) missing.push({ name, version });
  }
}
for (const { name, version } of missing) {
  const exact = version.replace(/^[^\d]*/, '');
  lock.packages[`node_modules/${name}`] = { version: exact, optional: true, ...platform(name) };
}
if (process.argv.includes('--check')) {
  if (missing.length > 0) {
    process.stderr.write(`package-lock.json lacks ${missing.length} optional packages: run node scripts/complete-lockfile.mjs\n`);
    process.exit(1);
  }
} else if (missing.length > 0) {
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
}
process.stdout.write(`${missing.length} optional packages ${process.argv.includes('--check') ? 'missing' : 'added'}\n`);
