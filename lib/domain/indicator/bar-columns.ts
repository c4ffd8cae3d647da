/** The bars of one symbol as an indicator sees them: adjusted prices, one entry a bar; null for a field the data does not have. */
export interface BarColumns {
  readonly open: Float64Array | null;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Shares traded. */
  readonly volume: Float64Array | null;
}
