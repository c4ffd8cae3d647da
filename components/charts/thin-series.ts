/** `[day, equity, drawdown]` */
type Point = readonly [day: string, equity: number, drawdown: number];

/**
 * At most about `most` points for drawing: each stretch of days gives its deepest drawdown and its last day, so neither the worst
 * moment nor the ends of the curve are lost.
 */
export function thinSeries(points: readonly Point[], most: number): readonly Point[] {
  if (points.length <= most) return points;
  const stretch = Math.ceil((points.length * 2) / most);
  const kept: Point[] = [points[0] as Point];
  for (let from = 1; from < points.length; from += stretch) {
    const part = points.slice(from, from + stretch);
    const last = part.at(-1) as Point;
    const deepest = part.reduce((worst, point) => (point[2] < worst[2] ? point : worst), last);
    if (deepest !== last) kept.push(deepest);
    kept.push(last);
  }
  return kept;
}
