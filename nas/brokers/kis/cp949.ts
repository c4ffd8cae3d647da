// CP949 is EUC-KR (KS X 1001, 2,350 syllables) and the other 8,822 Hangul syllables in Unicode order, put where EUC-KR has nothing.
// The runtime's decoder knows the first part only.

const eucKr = new TextDecoder('euc-kr', { fatal: true });
const FIRST_SYLLABLE = 0xac00;
const SYLLABLES = 11_172;
/** Trail bytes of the second part: beside every lead up to A0, and below A1 from there on. */
const TRAILS = [...range(0x41, 0x5a), ...range(0x61, 0x7a), ...range(0x81, 0xfe)];
const LOW_TRAILS = TRAILS.filter((trail) => trail <= 0xa0);

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, n) => from + n);
}

let syllables: string[] | null = null;
/** The syllables of the second part in their order. */
function extension(): string[] {
  if (syllables) return syllables;
  const known = new Set<string>();
  for (const lead of range(0xb0, 0xc8)) for (const trail of range(0xa1, 0xfe)) known.add(eucKr.decode(Uint8Array.of(lead, trail)));
  syllables = Array.from({ length: SYLLABLES }, (_, n) => String.fromCodePoint(FIRST_SYLLABLE + n)).filter((one) => !known.has(one));
  return syllables;
}

function pair(lead: number, trail: number): string | null {
  if (lead >= 0xa1 && trail >= 0xa1) {
    try {
      return eucKr.decode(Uint8Array.of(lead, trail));
    } catch {
      return null;
    }
  }
  if (lead < 0x81 || lead > 0xc6) return null;
  const isLow = lead > 0xa0;
  const column = (isLow ? LOW_TRAILS : TRAILS).indexOf(trail);
  if (column < 0) return null;
  const before = isLow ? (0xa0 - 0x80) * TRAILS.length + (lead - 0xa1) * LOW_TRAILS.length : (lead - 0x81) * TRAILS.length;
  return extension()[before + column] ?? null;
}

/** A text in CP949, or null when the bytes are none. */
export function decodeCp949(bytes: Uint8Array): string | null {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at]!;
    if (lead < 0x80) {
      text += String.fromCharCode(lead);
      at += 1;
      continue;
    }
    const letter = at + 1 < bytes.length ? pair(lead, bytes[at + 1]!) : null;
    if (letter === null) return null;
    text += letter;
    at += 2;
  }
  return text;
}
