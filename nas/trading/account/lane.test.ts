import { expect, test } from 'vitest';
import { createLane } from './lane.ts';

/** Tasks that end when they are told to. */
function tasks() {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const task = (key: string) => () => {
    started.push(key);
    return new Promise<void>((resolve) => ends.set(key, resolve));
  };
  const end = async (key: string) => {
    ends.get(key)!();
    await new Promise(setImmediate);
  };
  return { started, task, end };
}
const settled = () => new Promise(setImmediate);

test.each([
  { width: 1, first: ['a'], after: ['a', 'b'] },
  { width: 2, first: ['a', 'b'], after: ['a', 'b', 'c'] },
])('$width at a time, in the order they came; a key that waits or runs is taken once', async ({ width, first, after }) => {
  const { started, task, end } = tasks();
  const lane = createLane(() => {}, width);
  for (const key of ['a', 'b', 'c', 'a', 'c']) lane.add(key, task(key));
  await settled();
  expect(started).toEqual(first);
  await end('a');
  expect(started).toEqual(after);
  expect([lane.has('a'), lane.has('c')]).toEqual([false, true]);
});

test('a task that throws is told and does not stop the lane', async () => {
  const faults: unknown[] = [];
  const ran: string[] = [];
  const lane = createLane((error, key) => faults.push([key, (error as Error).message]));
  lane.add('bad', () => Promise.reject(new Error('no')));
  lane.add('worse', () => {
    throw new Error('at once');
  });
  lane.add('good', async () => void ran.push('good'));
  await lane.idle();
  expect(faults).toEqual([
    ['bad', 'no'],
    ['worse', 'at once'],
  ]);
  expect(ran).toEqual(['good']);
});
