import { expect, test } from 'vitest';
import { joinCalls } from './join-calls.ts';

function slowWork() {
  const open: { resolve: (value: string) => void; reject: (error: Error) => void }[] = [];
  const call = joinCalls(() => new Promise<string>((resolve, reject) => open.push({ resolve, reject })));
  return { open, call };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('whoever asks during a run gets one that began after the question, and shares it', async () => {
  const { open, call } = slowWork();
  const [first, second, third] = [call(), call(), call()];
  expect(open).toHaveLength(1);
  open[0]!.resolve('old');
  expect(await first).toBe('old');
  await settle();
  expect(open).toHaveLength(2);
  open[1]!.resolve('new');
  expect(await Promise.all([second, third])).toEqual(['new', 'new']);
  void call();
  expect(open).toHaveLength(3);
});

test('a run that fails fails for those who began it, and for nobody who waits', async () => {
  const { open, call } = slowWork();
  const first = call();
  const second = call();
  open[0]!.reject(new Error('gone'));
  await expect(first).rejects.toThrow('gone');
  await settle();
  open[1]!.resolve('new');
  expect(await second).toBe('new');
});
