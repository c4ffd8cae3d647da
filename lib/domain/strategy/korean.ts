/** Whether a word ends in a final consonant when read aloud in Korean. A trailing parenthesis is not read: `RSI(14)` ends like RSI. */
function endsInConsonant(word: string): boolean {
  const last = word.replace(/\([^()]*\)$/, '').at(-1) ?? '';
  const code = last.charCodeAt(0);
  if (code >= 0xac00 && code <= 0xd7a3) return (code - 0xac00) % 28 !== 0;
  // 영 일 이 삼 사 오 육 칠 팔 구; 엘 엠 엔 알.
  return /[013678LMNRlmnr]/.test(last);
}

type Pair = '이/가' | '을/를' | '은/는' | '과/와';

/** The word with the particle that fits its ending. */
export function withParticle(word: string, pair: Pair): string {
  const [afterConsonant, afterVowel] = pair.split('/') as [string, string];
  return word + (endsInConsonant(word) ? afterConsonant : afterVowel);
}
