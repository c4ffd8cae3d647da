import { expect, test } from 'vitest';
import { decodeFrame, encodeBroadcast, encodeFrame } from './frames.ts';

test('a text frame survives the way there and back', () => {
  const frame = { joinRef: '1', ref: '2', topic: 'realtime:user:1', event: 'phx_join', payload: { config: {} } };
  expect(decodeFrame(Buffer.from(encodeFrame(frame)), false)).toEqual(frame);
});

test.each(['', '{}', '[1,2]', '[null,null,1,"x",{}]', 'not json'])('what is no frame is refused: %j', (text) => {
  expect(decodeFrame(Buffer.from(text), false)).toBeNull();
});

test.each([Buffer.alloc(0), Buffer.from([3]), Buffer.from([9, 0, 0, 0, 0, 0, 1]), Buffer.from([3, 255, 0, 0, 0, 0, 1, 65])])(
  'bytes that are no broadcast are refused: %j',
  (bytes) => {
    expect(decodeFrame(bytes, true)).toBeNull();
  },
);

test('a client broadcast is read from its bytes, counting UTF-8', () => {
  const texts = ['6', '11', 'realtime:방', '체결', '{"id":"x"}'].map((t) => Buffer.from(t));
  const bytes = Buffer.concat([Buffer.from([3, ...texts.map((t) => t.length), 1]), ...texts, Buffer.from('{"n":1}')]);
  expect(decodeFrame(bytes, true)).toEqual({
    joinRef: '6',
    ref: '11',
    topic: 'realtime:방',
    event: 'broadcast',
    payload: { type: 'broadcast', event: '체결', payload: { n: 1 }, meta: { id: 'x' } },
  });
});

test('a broadcast whose names are too long for one byte goes out as text', () => {
  const text = encodeBroadcast('realtime:t', { event: 'e'.repeat(256), payload: { n: 1 } });
  expect(decodeFrame(Buffer.from(text), false)).toMatchObject({ event: 'broadcast', payload: { payload: { n: 1 } } });
});
