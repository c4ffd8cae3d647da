import { runStack } from './stack/run.ts';

/** `npm run dev`: the same with hot reload of the web app. */
await runStack('dev');
