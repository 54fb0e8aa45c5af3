export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** The slope of a straight line through the points, both axes logarithmic: 1 is growth in proportion. */
export function slope(points) {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)])
  const mean = (axis) => logs.reduce((sum, point) => sum + point[axis], 0) / logs.length
  const [meanX, meanY] = [mean(0), mean(1)]
  const over = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0)
  return over / logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
}
