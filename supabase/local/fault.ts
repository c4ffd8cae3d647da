/** A fault whose sentence is for the person at the terminal: what happened, why, what next. Printed without a stack. */
export class StackFault extends Error {
  constructor(korean: string, english: string, options: { cause?: unknown } = {}) {
    super(`${korean}\n${english}`, options);
    this.name = 'StackFault';
  }
}
