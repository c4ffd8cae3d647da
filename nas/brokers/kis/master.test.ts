import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MASTER_LAYOUTS, type MasterMarket, parseMaster } from './master.ts';
import { downloadMaster, unzipOne } from './master-download.ts';
import { masterLine, zipped } from './testing/master-files.ts';
import { startWire } from './testing/wire-server.ts';

const LABELS = {
  KOSPI: {
    group: '그룹코드',
    halt: '거래정지',
    admin: '관리종목',
    warning: '시장경고',
    base: '기준가',
    shares: '상장주수',
    hot: '단기과열',
    end: '정리매매',
  },
  KOSDAQ: {
    group: '증권그룹구분코드',
    halt: '거래정지 여부',
    admin: '관리 종목 여부',
    warning: '시장 경고 구분 코드',
    base: '주식 기준가',
    shares: '상장 주수(천)',
    hot: '단기과열종목구분코드',
    end: '정리매매 여부',
  },
} as const;
type Over = Partial<Record<keyof (typeof LABELS)['KOSPI'], string>>;
function line(market: MasterMarket, code: string, name: string, over: Over = {}): Buffer {
  const values: Over = { group: 'ST', base: '71900', shares: '5969783', warning: '00', hot: '0', ...over };
  const labels = LABELS[market];
  return masterLine(
    market,
    code,
    name,
    Object.fromEntries(Object.entries(values).map(([key, value]) => [labels[key as keyof Over], value])),
  );
}
const file = (...lines: Buffer[]) => Buffer.concat(lines.flatMap((one) => [one, Buffer.from('\n')]));

const SAMSUNG = {
  symbol: '005930',
  isin: 'KR7005930003',
  name: '삼성전자',
  kind: 'stock',
  basePrice: 71_900,
  listedShares: 5_969_783_000,
  isHalted: false,
  isLiquidation: false,
  statusCode: '',
};

test.each(['KOSPI', 'KOSDAQ'] as const)('%s: a line made after the published widths is read field by field', (market) => {
  expect(parseMaster(file(line(market, '005930', '삼성전자')), market)).toEqual([{ ...SAMSUNG, market }]);
});

test.each([
  { over: { halt: 'Y' }, want: { isHalted: true } },
  { over: { admin: 'Y' }, want: { statusCode: '51' } },
  { over: { warning: '01' }, want: { statusCode: '54' } },
  { over: { warning: '02' }, want: { statusCode: '53' } },
  { over: { warning: '03' }, want: { statusCode: '52' } },
  { over: { hot: '1' }, want: { statusCode: '59' } },
  { over: { end: 'Y' }, want: { isLiquidation: true } },
  { over: { group: 'EF' }, want: { kind: 'etf' } },
  { over: { group: 'RT' }, want: { kind: 'stock' } },
] as { over: Over; want: object }[])('$over is told as $want in both markets', ({ over, want }) => {
  for (const market of ['KOSPI', 'KOSDAQ'] as const)
    expect(parseMaster(file(line(market, '005930', '삼성전자', over)), market)).toEqual([{ ...SAMSUNG, market, ...want }]);
});

test('names of any length, letters in codes, ETN with Q, Windows line ends and no last line end', () => {
  const lines = [
    line('KOSPI', '0126Z0', '삼성에피스홀딩스'),
    line('KOSPI', 'Q500001', '신한 인버스 2X 코스피 200 선물 상장지수증권 아주 긴 이름 똠방각하', { group: 'EN' }),
  ];
  const issues = parseMaster(Buffer.concat([lines[0]!, Buffer.from('\r\n'), lines[1]!]), 'KOSPI');
  expect(issues.map((issue) => [issue.symbol, issue.kind, issue.name])).toEqual([
    ['0126Z0', 'stock', '삼성에피스홀딩스'],
    ['500001', 'etn', '신한 인버스 2X 코스피 200 선물 상장지수증권 아주 긴 이름 똠방각하'],
  ]);
});

test('what we do not trade is left out: ELW, certificates, rights, and what has no price yet', () => {
  const lines = ['EW', 'BC', 'SC', 'SW', 'SR'].map((group) => line('KOSPI', '57A123', '워런트', { group }));
  expect(parseMaster(file(...lines, line('KOSPI', '005930', '삼성전자', { base: '0' })), 'KOSPI')).toEqual([]);
});

test.each([
  ['an unknown group', line('KOSPI', '005930', '삼성전자', { group: 'ZZ' })],
  ['a flag that is none', line('KOSPI', '005930', '삼성전자', { halt: 'X' })],
  ['a price that is none', line('KOSPI', '005930', '삼성전자', { base: '7190A' })],
  ['the other market’s layout', line('KOSDAQ', '005930', '삼성전자')],
  ['a line cut off', line('KOSPI', '005930', '삼성전자').subarray(0, 200)],
  ['a column moved by one', Buffer.concat([line('KOSPI', '005930', '삼성전자'), Buffer.from(' ')])],
])('%s refuses the whole file, with its line', (_name, bad) => {
  expect(() => parseMaster(file(line('KOSPI', '000660', 'SK하이닉스'), bad), 'KOSPI')).toThrow(/line 2 of the KOSPI master file/);
});

test('any bytes: refused by us, or issues with whole prices', () => {
  const good = file(line('KOSPI', '005930', '삼성전자'), line('KOSPI', '000660', 'SK하이닉스'));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 4 }), (changes) => {
      const bytes = Buffer.from(good);
      for (const [at, byte] of changes) bytes[at] = byte;
      try {
        for (const issue of parseMaster(bytes, 'KOSPI')) {
          expect(Number.isSafeInteger(issue.basePrice) && issue.basePrice > 0).toBe(true);
          expect(issue.symbol).toMatch(/^[0-9A-Z]{6}$/);
        }
      } catch (error) {
        expect(error).toMatchObject({ code: 'invalid_input' });
      }
    }),
    { numRuns: 1_000 },
  );
});

test('places inside the tail only', () => {
  for (const { tailBytes, ...places } of Object.values(MASTER_LAYOUTS))
    for (const [start, width] of Object.values(places)) expect(start + width).toBeLessThanOrEqual(tailBytes);
});

test('a file is downloaded from the given host, unpacked and checked', async () => {
  const text = file(line('KOSDAQ', '247540', '에코프로비엠'));
  const wire = await startWire(({ path }) =>
    path === '/master/kosdaq_code.mst.zip' ? { body: zipped('kosdaq_code.mst', text) } : { status: 404, body: '' },
  );
  const from = `${wire.url}/master/`;
  expect(await downloadMaster('KOSDAQ', from)).toMatchObject([{ symbol: '247540', name: '에코프로비엠', market: 'KOSDAQ' }]);
  await expect(downloadMaster('KOSPI', from)).rejects.toMatchObject({
    code: 'broker_unavailable',
    message: expect.stringContaining('HTTP 404'),
  });
  await wire.close();
  await expect(downloadMaster('KOSDAQ', from)).rejects.toMatchObject({ code: 'broker_unavailable' });
});

test('a zip that is damaged anywhere gives nothing else than its file', () => {
  const text = file(line('KOSPI', '005930', '삼성전자'));
  const zip = zipped('kospi_code.mst', text);
  expect(unzipOne(zip, 'kospi_code.mst')).toEqual(text);
  expect(unzipOne(zip, 'other.mst')).toBeNull();
  fc.assert(
    fc.property(fc.nat(zip.length - 1), fc.nat(255), fc.nat(zip.length), (at, byte, cut) => {
      const bytes = Buffer.from(zip.subarray(0, zip.length - (cut % 3 === 0 ? cut : 0)));
      if (at < bytes.length) bytes[at] = byte;
      const read = unzipOne(bytes, 'kospi_code.mst');
      expect(read === null || read.equals(text)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});
