/** A synthetic listed company or fund. Every name is invented; no code is one that KRX has listed. */
export interface Instrument {
  readonly symbol: string;
  readonly nameKo: string;
  readonly nameEn: string;
  readonly market: 'KOSPI' | 'KOSDAQ';
  readonly kind: 'stock' | 'etf';
  readonly sectorKo: string;
  readonly sectorEn: string;
  /** Won; where the price walk of 2015 begins. */
  readonly startPrice: number;
  /** Shares on an ordinary day. */
  readonly dailyVolume: number;
  /** Deviation of a day's return, as a fraction. */
  readonly volatility: number;
  readonly listedShares: number;
}

type Row = readonly [
  symbol: string,
  ko: string,
  en: string,
  market: 'KOSPI' | 'KOSDAQ',
  sector: keyof typeof SECTORS,
  price: number,
  volume: number,
  volatility: number,
];

const SECTORS = {
  chips: '반도체',
  battery: '이차전지',
  bio: '바이오',
  auto: '자동차',
  ship: '조선',
  bank: '금융',
  retail: '유통',
  game: '게임',
  media: '미디어',
  steel: '철강',
  chemical: '화학',
  energy: '에너지',
  food: '음식료',
  robot: '로봇',
  software: '소프트웨어',
  build: '건설',
  air: '운송',
  fund: 'ETF',
} as const;

const ROWS: readonly Row[] = [
  ['990010', '한빛가온전자', 'Hanbit Gaon Electronics', 'KOSPI', 'chips', 48_000, 9_000_000, 0.017],
  ['990020', '미르반도체', 'Mir Semiconductor', 'KOSPI', 'chips', 92_000, 2_600_000, 0.021],
  ['990030', '누리자동차', 'Nuri Motors', 'KOSPI', 'auto', 165_000, 600_000, 0.016],
  ['990040', '가람에너지솔', 'Garam Energy Sol', 'KOSPI', 'battery', 310_000, 280_000, 0.024],
  ['990050', '다온금융지주', 'Daon Financial Group', 'KOSPI', 'bank', 42_000, 1_300_000, 0.014],
  ['990060', '해오름은행', 'Haeoreum Bank', 'KOSPI', 'bank', 15_500, 2_100_000, 0.013],
  ['990070', '온새미조선', 'Onsaemi Shipbuilding', 'KOSPI', 'ship', 88_000, 700_000, 0.022],
  ['990080', '두루중공업', 'Duru Heavy Industries', 'KOSPI', 'ship', 12_300, 4_800_000, 0.025],
  ['990090', '참빛제철', 'Chambit Steel', 'KOSPI', 'steel', 265_000, 240_000, 0.017],
  ['990100', '소담화학', 'Sodam Chemical', 'KOSPI', 'chemical', 480_000, 130_000, 0.02],
  ['990110', '푸른솔정유', 'Pureunsol Refining', 'KOSPI', 'energy', 98_500, 420_000, 0.019],
  ['990120', '마루식품', 'Maru Foods', 'KOSPI', 'food', 335_000, 40_000, 0.013],
  ['990130', '달보드레제과', 'Dalbodre Confectionery', 'KOSPI', 'food', 118_000, 60_000, 0.012],
  ['990140', '나들목유통', 'Nadeulmok Retail', 'KOSPI', 'retail', 76_000, 210_000, 0.016],
  ['990150', '새벽별항공', 'Saebyeokbyeol Air', 'KOSPI', 'air', 23_400, 1_500_000, 0.021],
  ['990160', '너른바다해운', 'Neoreun Bada Shipping', 'KOSPI', 'air', 17_850, 3_300_000, 0.024],
  ['990170', '우람건설', 'Uram Construction', 'KOSPI', 'build', 36_500, 650_000, 0.02],
  ['990180', '아라전력', 'Ara Power', 'KOSPI', 'energy', 21_000, 1_700_000, 0.014],
  ['990190', '별하통신', 'Byeolha Telecom', 'KOSPI', 'software', 52_400, 480_000, 0.011],
  ['990200', '라온소프트', 'Raon Soft', 'KOSPI', 'software', 205_000, 520_000, 0.021],
  ['990210', '윤슬바이오로직', 'Yunseul Biologic', 'KOSPI', 'bio', 760_000, 70_000, 0.018],
  ['990220', '한울보험', 'Hanul Insurance', 'KOSPI', 'bank', 68_900, 260_000, 0.015],
  ['995010', '하늬테크', 'Hanui Tech', 'KOSDAQ', 'chips', 28_700, 900_000, 0.027],
  ['995020', '도담메디칼', 'Dodam Medical', 'KOSDAQ', 'bio', 43_200, 500_000, 0.028],
  ['995030', '비나리제약', 'Binari Pharma', 'KOSDAQ', 'bio', 8_940, 2_900_000, 0.033],
  ['995040', '시나브로게임즈', 'Sinabro Games', 'KOSDAQ', 'game', 61_300, 380_000, 0.029],
  ['995050', '꽃담엔터', 'Kkotdam Entertainment', 'KOSDAQ', 'media', 55_800, 450_000, 0.027],
  ['995060', '모아로보틱스', 'Moa Robotics', 'KOSDAQ', 'robot', 96_700, 620_000, 0.036],
  ['995070', '이든배터리', 'Ideun Battery', 'KOSDAQ', 'battery', 142_000, 700_000, 0.034],
  ['995080', '솔잎소재', 'Sollip Materials', 'KOSDAQ', 'battery', 19_750, 1_600_000, 0.032],
  ['995090', '여울시스템', 'Yeoul Systems', 'KOSDAQ', 'software', 4_385, 3_800_000, 0.029],
  ['995100', '가비네트웍스', 'Gabi Networks', 'KOSDAQ', 'software', 1_562, 6_200_000, 0.035],
  ['995110', '늘봄푸드', 'Neulbom Food', 'KOSDAQ', 'food', 7_120, 800_000, 0.021],
  ['995120', '다솜코스메틱', 'Dasom Cosmetics', 'KOSDAQ', 'retail', 33_900, 560_000, 0.026],
  ['995130', '타니스튜디오', 'Tani Studio', 'KOSDAQ', 'media', 3_240, 2_700_000, 0.034],
  ['995140', '해밀센서', 'Haemil Sensor', 'KOSDAQ', 'chips', 16_480, 1_100_000, 0.028],
  ['995150', '그린나래환경', 'Green Narae Environment', 'KOSDAQ', 'energy', 11_260, 950_000, 0.026],
  ['995160', '온누리철강', 'Onnuri Steel', 'KOSDAQ', 'steel', 2_870, 1_900_000, 0.023],
  ['995170', '예그리나항암', 'Yegrina Oncology', 'KOSDAQ', 'bio', 72_600, 640_000, 0.038],
  ['995180', '단미건축', 'Danmi Architecture', 'KOSDAQ', 'build', 6_030, 720_000, 0.022],
  ['999010', '나래 가상200', 'NARAE Virtual 200', 'KOSPI', 'fund', 27_500, 5_200_000, 0.011],
  ['999020', '나래 가상코스닥150', 'NARAE Virtual KOSDAQ 150', 'KOSPI', 'fund', 9_800, 4_400_000, 0.015],
];

/** Forty fictional companies and two fictional funds: the demonstration market. */
export const SYNTHETIC_INSTRUMENTS: readonly Instrument[] = ROWS.map(
  ([symbol, nameKo, nameEn, market, sector, startPrice, dailyVolume, volatility]) => ({
    symbol,
    nameKo,
    nameEn,
    market,
    kind: sector === 'fund' ? 'etf' : 'stock',
    sectorKo: SECTORS[sector],
    sectorEn: sector,
    startPrice,
    dailyVolume,
    volatility,
    listedShares: dailyVolume * 180,
  }),
);
