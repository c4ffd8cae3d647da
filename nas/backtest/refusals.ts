import { z } from 'zod';

/** Sentences a person reads; `en` and `ko` are kept together so that the report needs no second look-up. */
export const sentence = (ko: string, en: string): string => JSON.stringify({ ko, en });

export const refused = (count: number): string =>
  sentence(`전략에 고칠 점이 ${count}개 있어 실행하지 않았습니다.`, `The strategy was not run: it has ${count} fault(s) to mend.`);

export const unreadable = (error: z.ZodError): string => {
  const what = z.prettifyError(error);
  return sentence(`요청을 읽을 수 없습니다: ${what}`, `The request cannot be read: ${what}`);
};

export const noData = ({ message }: Error): string =>
  sentence(
    `이 기간의 데이터가 없습니다 (${message}). 기간이나 데이터셋을 바꾸세요.`,
    `There is no data for this period (${message}). Change the period or the data set.`,
  );
