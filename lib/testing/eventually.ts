/** How long `vi.waitFor` may wait for what must come by itself: its own second is too short for a machine that is busy. */
export const EVENTUALLY = { timeout: 20_000, interval: 25 };
