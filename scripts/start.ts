import { runStack } from './stack/run.ts';

/** `npm start`: the whole product on this machine, production build, demo data. */
await runStack('start');
