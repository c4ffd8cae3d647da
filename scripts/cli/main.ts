import { parseArgs } from 'node:util';
import { AppError } from '#lib/errors.ts';
import { backtest } from './backtest.ts';
import { type Command, say } from './command.ts';
import { dataImport, dataStitch, dataVerify } from './data.ts';
import { halt } from './halt.ts';
import { dataInstruments } from './instruments.ts';
import { ledgerVerify } from './ledger.ts';
import { adminGrant, adminRevoke, keysShow } from './operate.ts';
import { optimise } from './optimise.ts';
import { strategyTemplate } from './strategy.ts';

const COMMANDS: readonly Command[] = [
  dataImport,
  dataVerify,
  dataStitch,
  dataInstruments,
  backtest,
  optimise,
  strategyTemplate,
  adminGrant,
  adminRevoke,
  keysShow,
  ledgerVerify,
  halt,
];

function help(command?: Command): void {
  if (!command) {
    say('usage: npm run cli -- <command> [options]\n');
    for (const { name, usage, summary } of COMMANDS) say(`  ${name} ${usage}\n      ${summary}`);
    return;
  }
  say(`usage: npm run cli -- ${command.name} ${command.usage}\n${command.summary}\n`);
  for (const [name, option] of Object.entries(command.options)) say(`  --${name}${option.type === 'string' ? ' <value>' : ''}`);
}

async function main(words: string[]): Promise<number> {
  const command = COMMANDS.find(({ name }) => words.slice(0, name.split(' ').length).join(' ') === name);
  if (!command) {
    help();
    return words.length === 0 || words.includes('--help') ? 0 : 2;
  }
  const args = words.slice(command.name.split(' ').length);
  try {
    const { values, positionals } = parseArgs({ args, options: { ...command.options, help: { type: 'boolean' } }, allowPositionals: true });
    if (values.help) {
      help(command);
      return 0;
    }
    return await command.run(positionals, values as Record<string, string | boolean | undefined>);
  } catch (error) {
    const isUsage = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
    if (!isUsage && !(error instanceof AppError)) throw error;
    process.stderr.write(`${(error as Error).message}\n`);
    return 2;
  }
}

process.exitCode = await main(process.argv.slice(2));
